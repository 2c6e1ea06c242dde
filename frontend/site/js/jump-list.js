// All questions at a glance, answered, marked or neither, each a tap away; and how they are shown.

import { fill, h } from "./dom.js";
import { isAnswered, placeName, placesOf, predictionPlace } from "./paper-view.js";
import { t } from "./texts.js";

const WIDE = "(min-width: 64rem)";

/** `jump(place)` goes to a question. `draw(at)` shows the state; `at` is the one looked at, or null. */
export function jumpList(attempt, state, jump) {
  const buttons = new Map(placesOf(attempt).map((place) => [place, h("button", { type: "button", onclick: () => jump(place) })]));
  const summary = h("summary");
  const box = h("details", { class: "jump", open: matchMedia(WIDE).matches }, summary,
    h("nav", { "aria-label": t("paper.list") },
      h("ol", { class: "numbers" }, [...buttons.values()].map((button) => h("li", null, button)))));

  function draw(at) {
    const flags = attempt.questions.filter(({ number }) => state.flags[number]).length;
    summary.textContent = flags ? t("paper.listFlagged", { count: flags }) : t("paper.list");
    for (const [place, button] of buttons) {
      const [answered, flagged] = [isAnswered(attempt, state, place), Boolean(state.flags[place])];
      const words = [placeName(attempt, place), t(answered ? "paper.isAnswered" : "paper.isOpen"), flagged && t("paper.isFlagged")];
      button.setAttribute("aria-label", words.filter(Boolean).join(", "));
      button.className = [answered && "answered", flagged && "flagged"].filter(Boolean).join(" ");
      if (place === at) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      fill(button, place === predictionPlace(attempt) ? "?" : place, flagged && h("span", { class: "mark" }, "⚑"));
    }
  }
  return { box, draw };
}

/** Two radio buttons: one question at a time, or all in a list. */
export function modeSwitch(chosen, change) {
  const choice = (value) =>
    h("label", null,
      h("input", { type: "radio", name: "mode", value, checked: value === chosen, onchange: () => change(value) }),
      h("span", null, t(`mode.${value}`)));
  return h("fieldset", { class: "mode" }, h("legend", { class: "unseen" }, t("paper.mode")), choice("one"), choice("list"));
}
