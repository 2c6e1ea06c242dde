// While the server is busy, or would be: says what is happening, when the page goes on, and that nothing has to be done.

import { onWaiting, pause } from "./api.js";
import { clock } from "./clock.js";
import { afterClick, fill, h } from "./dom.js";
import { number } from "./format.js";
import { rushWait } from "./phase.js";
import { t } from "./texts.js";

/**
 * Waits for a turn in the first seconds of a week, as `text` in `note` says; otherwise not at all.
 * @param {Pick<import("../../types/api").Contest, "weeks">} contest
 * @param {HTMLElement} note
 * @param {string} text
 */
export async function takeTurn({ weeks }, note, text) {
  const week = weeks.find(({ closes_at: closes }) => clock.now() < Date.parse(closes));
  const rush = week ? rushWait(week, clock.now()) : 0;
  if (!rush) return;
  note.textContent = t(text, { seconds: number(Math.ceil(rush / 1000)) });
  await pause(rush);
  note.textContent = "";
}

/** Shows waiting in `box`; of several waiting calls, the last one postponed. */
export function showWaiting(box, { now = () => performance.now() } = {}) {
  let until = 0;
  /** @type {number | null} */
  let timer = null;
  /** @type {Parameters<Parameters<typeof onWaiting>[0]>[0]} */
  let told = null;
  const seconds = h("strong", { class: "countdown", "aria-hidden": "true" });
  const count = () => {
    seconds.textContent = t("wait.seconds", { seconds: Math.max(0, Math.ceil((until - now()) / 1000)) });
  };
  const draw = () => {
    clearInterval(timer);
    box.hidden = !told;
    if (!told) return void fill(box);
    fill(box,
      h("p", null, h("strong", null, t(told.busy ? "wait.busy" : "wait.lost"))),
      h("p", null, t("wait.again", { round: told.round }), " ", seconds),
      h("p", null, t("wait.nothing")));
    count();
    timer = setInterval(count, 500);
  };
  onWaiting((put) => {
    told = put;
    if (put) until = now() + put.wait;
    afterClick(draw); // it covers the foot of the page
  });
}
