// While the server is busy: says what is going on and when the page tries again, and that nothing has to be done.

import { onWaiting } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./texts.js";

/** Shows waiting in `box`; several calls may wait at once, the last to be put off is told about. */
export function showWaiting(box, { now = () => performance.now() } = {}) {
  let until = 0;
  let timer = null;
  const seconds = h("strong", { class: "countdown", "aria-hidden": "true" });
  const count = () => {
    seconds.textContent = t("wait.seconds", { seconds: Math.max(0, Math.ceil((until - now()) / 1000)) });
  };
  onWaiting((put) => {
    clearInterval(timer);
    box.hidden = !put;
    if (!put) return void fill(box);
    until = now() + put.wait;
    fill(box,
      h("p", null, h("strong", null, t(put.busy ? "wait.busy" : "wait.lost"))),
      h("p", null, t("wait.again", { round: put.round }), " ", seconds),
      h("p", null, t("wait.nothing")));
    count();
    timer = setInterval(count, 500);
  });
}
