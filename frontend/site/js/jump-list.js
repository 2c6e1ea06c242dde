// All questions at a glance, answered, marked or neither, each a tap away; and how the paper is shown.

import { fill, h } from "./dom.js";
import { isAnswered, placeName, placesOf, predictionPlace } from "./paper-view.js";
import { forward } from "./storage.js";
import { t } from "./texts.js";

const WIDE = matchMedia("(min-width: 64rem)");

/**
 * `jump(place)` goes to a question, `change(mode)` shows them one by one or all. On a wide screen it stands in `beside`, else in
 * a sheet that `open()` lays over the paper; `closed()` tells that a person has closed that. `draw(at)` shows the state; `at` is
 * the question looked at, or null. `handIn`: the button that stands here until the last question has it.
 */
export function jumpList(attempt, state, mode, { jump, change, closed, handIn }) {
  const buttons = new Map(placesOf(attempt).map((place) => [place, h("button", { type: "button", onclick: () => jump(place) })]));
  const title = h("h2", { id: "list" });
  const sheet = h("dialog", { class: "jump-sheet", "aria-labelledby": "list", oncancel: closed, onclick: (event) => event.target === sheet && closed() });
  const end = h("p", { class: "actions" }, handIn);
  const panel = h("div", { class: "jump" },
    h("div", { class: "row" }, title, h("button", { class: "close", type: "button", onclick: () => closed() }, t("paper.closeList"))),
    h("nav", { "aria-labelledby": "list" },
      h("ol", { class: "numbers" }, [...buttons].map(([place, button]) => h("li", { class: place === predictionPlace(attempt) ? "words" : null }, button)))),
    h("p", { class: "hint" }, t("paper.legend")),
    end,
    modeSwitch(mode, change),
    h("label", { class: "choice bare" },
      h("input", { type: "checkbox", id: "forward", checked: forward.get(), onchange: (event) => forward.set(event.target.checked) }),
      h("span", null, t("paper.forward"))),
    h("p", { class: "leave" }, h("a", { href: "#/me" }, t("paper.leave")), " ", h("span", { class: "hint" }, t("paper.leaveHint"))));
  const beside = h("div", { class: "beside" });
  const settle = () => {
    if (WIDE.matches && sheet.open) closed();
    (WIDE.matches ? beside : sheet).append(panel);
  };
  WIDE.addEventListener("change", settle);
  settle();

  return {
    beside,
    sheet,
    end,
    open() {
      if (WIDE.matches || sheet.hasAttribute("open")) return;
      if (sheet.showModal) sheet.showModal();
      else sheet.setAttribute("open", ""); // Safari before 15.4
    },
    close() {
      if (sheet.close) sheet.close();
      else sheet.removeAttribute("open");
    },
    stop: () => WIDE.removeEventListener("change", settle),
    draw(at) {
      const flags = attempt.questions.filter(({ number }) => state.flags[number]).length;
      title.textContent = flags ? t("paper.listFlagged", { count: flags }) : t("paper.list");
      for (const [place, button] of buttons) {
        const [answered, flagged] = [isAnswered(attempt, state, place), Boolean(state.flags[place])];
        const words = [placeName(attempt, place), t(answered ? "paper.isAnswered" : "paper.isOpen"), flagged && t("paper.isFlagged")];
        button.setAttribute("aria-label", words.filter(Boolean).join(", "));
        button.className = [answered && "answered", flagged && "flagged"].filter(Boolean).join(" ");
        if (place === at) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
        fill(button, place === predictionPlace(attempt) ? t("paper.predictionShort") : place, flagged && h("span", { class: "mark" }, "⚑"));
      }
    },
  };
}

/** Two radio buttons: one question at a time, or all in a list. */
function modeSwitch(chosen, change) {
  const choice = (value) =>
    h("label", null,
      h("input", { type: "radio", name: "mode", value, checked: value === chosen, onchange: () => change(value) }),
      h("span", null, t(`mode.${value}`)));
  return h("fieldset", { class: "mode" }, h("legend", null, t("paper.mode")), choice("one"), choice("list"));
}
