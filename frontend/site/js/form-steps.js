// A form in steps: one is shown at a time, and a phone's back key goes one back.

import { backKey } from "./back-key.js";
import { focusOn } from "./dom.js";

/**
 * @param {HTMLElement[]} sections each with a heading h2
 * @param {(at: number) => void} shown called with each step
 */
export function formSteps(sections, shown) {
  let at = 0;
  let reached = 0; // keys lead no further: an entry may be that of a form filled in before

  function show(step) {
    at = step;
    reached = Math.max(reached, step);
    sections.forEach((section, i) => {
      section.hidden = i !== step;
    });
    shown(step);
  }
  function move(step) {
    show(step);
    focusOn(sections[step].querySelector("h2"), { top: true });
  }
  const key = backKey((step) => move(Math.min(step.at || 0, reached)));

  return {
    at: () => at,
    /** For a form that was just opened, reloaded or drawn in another language. */
    begin(step) {
      key.instead({ at: step });
      show(step);
    },
    to(step) {
      if (step === at) return;
      key.step({ at: step });
      move(step);
    },
    back: key.back,
    stop: key.stop,
    leave: key.leave,
  };
}
