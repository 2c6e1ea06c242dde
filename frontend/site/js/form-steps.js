// A form in steps: one is shown at a time. Each is an entry of the browser's history, so that a phone's back key goes one back.

import { focusOn } from "./dom.js";

/** How many entries the form has made. @returns {number} */
const depth = () => (history.state && history.state.depth) || 0;

/**
 * @param {HTMLElement[]} sections each with a heading h2
 * @param {(at: number) => void} shown called with each step
 */
export function formSteps(sections, shown) {
  const here = location.hash;
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
  const popped = ({ state }) => {
    if (location.hash === here) move(Math.min((state && state.step) || 0, reached));
  };
  addEventListener("popstate", popped);
  const stop = () => removeEventListener("popstate", popped);

  return {
    at: () => at,
    /** For a form that was just opened, reloaded or drawn in another language. */
    begin(step) {
      history.replaceState({ step, depth: depth() }, "");
      show(step);
    },
    to(step) {
      if (step === at) return;
      history.pushState({ step, depth: depth() + 1 }, "");
      move(step);
    },
    back: () => history.back(),
    stop,
    /** Calls `then` when the form's entries lie ahead: nobody comes back to them. */
    leave(then) {
      stop();
      if (!depth()) return void then();
      addEventListener("popstate", then, { once: true });
      history.go(-depth());
    },
  };
}
