// Always in sight during a paper: time left, number of answers, state and time of saving.

import { clock } from "./clock.js";
import { afterClick, fill, h } from "./dom.js";
import { countdown, time } from "./format.js";
import { t } from "./texts.js";

const WARNINGS = [5, 1]; // minutes before the end
const WARNS_FOR_MS = 20000;

export function examBar(attempt) {
  const started = Date.parse(attempt.started_at);
  let deadline = Date.parse(attempt.deadline);
  const left = h("strong", { class: "countdown", role: "timer" }, "\u00a0"); // its line is there before the first second
  const answered = h("span", { id: "answered" });
  const heading = h("h1", null, t("paper.heading", { week: attempt.week, number: attempt.number }));
  const progress = h("progress", { max: attempt.questions.length, "aria-labelledby": "answered" });
  const save = h("p", { class: "save", id: "save" });
  const announce = h("p", { class: "unseen", role: "status" }); // not each save: only what changes for a listener
  const warning = h("p", { class: "warning", role: "status" });
  const box = h("div", { class: "exam" },
    h("div", { class: "row" }, h("span", null, h("span", { class: "words" }, t("paper.left"), " "), left), heading, answered),
    progress, save, announce, warning);
  const warnings = WARNINGS.filter((minutes) => minutes * 60000 < deadline - started);
  const said = new Set();
  const warn = (text) => text !== warning.textContent && afterClick(() => {
    warning.textContent = text; // it moves the paper
  });
  let failing = false;

  return {
    box,

    /** One line, true of every answer: where they are kept, and what happens to those not on the server. */
    showSave({ state, kept, unsent, savedAt, answers, problem }) {
      const kind = kindOf(state, unsent, problem);
      const at = savedAt !== null && time(savedAt, true);
      save.className = `save ${kind}`;
      const now = kind === "saved"
        ? at ? t("save.saved", { time: at }) : t(Object.keys(answers).length ? "save.restored" : "save.none")
        : t(kept ? `save.${kind}` : `save.${kind}NotKept`);
      const before = ["failed", "stuck"].includes(kind) && at && h("span", { class: "before" }, " ", t("save.before", { time: at }));
      fill(save, now, before);
      if (kind === "failed" ? !failing : failing && kind === "saved") {
        announce.textContent = now;
        failing = !failing;
      }
    },

    showAnswered(done) {
      const all = attempt.questions.length;
      fill(answered, h("span", { class: "words" }, t("paper.answered"), " "), `${done}/${all}`);
      progress.value = done;
    },

    /** The deadline may be put off. @param {number | null} moment */
    until(moment) {
      if (moment !== null) deadline = moment;
    },

    /** Shows the time left and returns it, in ms. Each warning is said once, calmly, and goes away. */
    tick() {
      const rest = deadline - clock.now();
      left.textContent = countdown(Math.min(rest, deadline - started));
      const minutes = warnings.filter((at) => rest <= at * 60000).pop();
      box.classList.toggle("soon", Boolean(minutes));
      box.classList.toggle("last", minutes === 1);
      if (minutes && rest <= minutes * 60000 - WARNS_FOR_MS) warn("");
      else if (minutes && !said.has(minutes)) {
        said.add(minutes);
        warn(t("paper.minutesLeft", { minutes }));
      }
      return rest;
    },
  };
}

/** The line's state: all is "saved", or something is "waiting", "saving" or could not be sent ("failed", "stuck"). */
function kindOf(state, unsent, problem) {
  if (state === "saving") return "saving";
  if (!unsent) return "saved";
  if (state === "offline") return problem ? "stuck" : "failed";
  return navigator.onLine === false ? "failed" : "waiting"; // nothing is about to be sent without a line
}
