// Choosing one of up to some thousand units: type a few letters, tap a name or press Enter for the first.

import { fill, h } from "./dom.js";
import { number } from "./format.js";
import { t } from "./texts.js";
import "./texts-forms.js";
import { fullNames, searchOf } from "./unit-search.js";

/** @import { Unit } from "./unit-search.js" */

const SHOWN = 60;

/** A field `unit_code`; `value()` is the chosen code or null. @param {Unit[]} units */
export function unitPicker(units) {
  const [fullName, search] = [fullNames(units), searchOf(units)];
  /** @type {Unit | null} */
  let chosen = null;
  const hint = h("p", { class: "hint", id: "unit_code-hint" });
  const input = h("input", {
    id: "unit_code",
    class: "search",
    type: "text",
    autocomplete: "off",
    autocapitalize: "none",
    autocorrect: "off",
    spellcheck: "false",
    "aria-describedby": "unit_code-hint unit_code-mistake",
    oninput: () => list(),
    onfocus: () => list(),
  });
  const picks = h("ul", { class: "picks", hidden: true });
  const count = h("p", { class: "hint", "aria-live": "polite" });
  const area = h("div", { onkeydown: onKey });
  const box = h("div", { class: "field", id: "unit_code-field" },
    h("label", { for: "unit_code" }, t("person.unit")), hint, area,
    h("p", { class: "mistake", id: "unit_code-mistake", hidden: true }));

  function list() {
    const typed = input.value.trim();
    const found = search(typed);
    const shown = typed ? found.slice(0, SHOWN) : groupByBloc(found.slice(0, SHOWN));
    fill(picks, shown.map((unit, i) => [
      !typed && (i === 0 || shown[i - 1].bloc !== unit.bloc) && h("li", { class: "bloc" }, unit.bloc),
      h("li", null, h("button", { type: "button", onclick: () => chooseByHand(unit) },
        fullName(unit), typed && h("span", { class: "hint" }, unit.bloc))),
    ]));
    picks.classList.toggle("typed", Boolean(typed)); // then Enter picks the first
    picks.hidden = !shown.length;
    const more = found.length - shown.length;
    count.textContent = !found.length ? t("person.unitNone") : more ? t("person.unitMore", { count: number(more) }) : "";
  }

  /** Enter picks and sends no form; the arrows walk through the list. @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.isComposing || chosen) return; // a Vietnamese keyboard is still putting a letter together
    const buttons = [...picks.querySelectorAll("button")];
    const at = buttons.indexOf(/** @type {any} */ (document.activeElement));
    if (event.key === "Enter" && at < 0) {
      event.preventDefault();
      if (input.value.trim() && buttons.length) buttons[0].click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = event.key === "ArrowDown" ? Math.min(at + 1, buttons.length - 1) : at - 1;
      (buttons[next] || input).focus();
    }
  }

  /** @param {Unit | null} unit */
  function choose(unit) {
    chosen = unit;
    const change = h("button", { class: "button quiet", type: "button", onclick: () => chooseByHand(null) },
      t("person.unitChange"));
    if (unit) {
      fill(area, h("p", { class: "picked" }, h("span", { role: "status" }, t("person.unitChosen", { unit: fullName(unit) })), change));
      return;
    }
    input.value = "";
    picks.hidden = true;
    count.textContent = "";
    fill(area, input, picks, count);
  }

  function chooseByHand(unit) {
    choose(unit);
    /** @type {HTMLElement} */ (area.querySelector("input, button")).focus();
    box.dispatchEvent(new Event("change", { bubbles: true })); // like other fields
  }

  choose(null);
  return {
    box,
    value: () => (chosen && !box.hidden ? chosen.code : null),
    /** The chosen unit's name, for people. */
    name: () => (chosen && !box.hidden ? fullName(chosen) : ""),
    typed: () => input.value,
    /** Restores the chosen unit, or the typed text. */
    restore(code, typed) {
      choose(units.find((unit) => unit.code === code) || null);
      input.value = typed;
    },
    /** Typed something but chose nothing. */
    unfinished: () => !box.hidden && !chosen && input.value.trim() !== "",
    /** Whether the chosen category needs a unit, may have one, or has none. @param {"required" | "optional" | "none"} how */
    ask(how) {
      box.hidden = how === "none";
      fill(hint, how === "optional" ? t("person.unitOptional") : [t("person.unitHint"), "."]);
    },
  };
}

/** @param {Unit[]} units @returns {Unit[]} */
function groupByBloc(units) {
  const blocs = new Map();
  for (const unit of units) blocs.set(unit.bloc, [...(blocs.get(unit.bloc) || []), unit]);
  return [].concat(...blocs.values());
}
