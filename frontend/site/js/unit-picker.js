// Choosing one of up to some thousand units: type a few letters (tones and đ forgiven), tap a name.

import { fill, h } from "./dom.js";
import { fold, number } from "./format.js";
import { t } from "./texts.js";
import "./texts-forms.js";

/** @typedef {{ code: string, name: string, bloc: string, parent: string }} Unit of data/units.json */

const SHOWN = 60;

/**
 * Writes a unit's name behind that of the unit above, where there is one: schools of two districts look alike.
 * @param {Unit[]} units
 * @returns {(unit: Unit) => string}
 */
export function fullNames(units) {
  const names = new Map(units.map(({ code, name }) => [code, name]));
  return (unit) => (names.has(unit.parent) ? `${names.get(unit.parent)} – ${unit.name}` : unit.name);
}

/**
 * Units whose full name or code holds every word typed; those that begin with what was typed come first.
 * @param {Unit[]} units
 * @param {string} typed
 * @param {(unit: Unit) => string} fullName
 */
export function matching(units, typed, fullName = fullNames(units)) {
  const words = fold(typed).split(" ").filter(Boolean);
  const found = units.filter((unit) => {
    const text = fold(`${fullName(unit)} ${unit.code} ${unit.bloc}`);
    return words.every((word) => text.includes(word));
  });
  const start = words.join(" ");
  const first = (unit) => (start && fold(unit.name).startsWith(start) ? 0 : 1);
  return found.sort((a, b) => first(a) - first(b));
}

/** A field `unit_code`; `value()` is the chosen code or null. @param {Unit[]} units */
export function unitPicker(units) {
  const fullName = fullNames(units);
  /** @type {Unit | null} */
  let chosen = null;
  const hint = h("p", { class: "hint", id: "unit_code-hint" });
  const input = h("input", {
    id: "unit_code",
    class: "search",
    type: "text",
    autocomplete: "off",
    "aria-describedby": "unit_code-hint unit_code-mistake",
    oninput: () => list(),
    onfocus: () => list(),
  });
  const picks = h("ul", { class: "picks", hidden: true });
  const count = h("p", { class: "hint", "aria-live": "polite" });
  const area = h("div");
  const box = h("div", { class: "field", id: "unit_code-field" },
    h("label", { for: "unit_code" }, t("person.unit")), hint, area,
    h("p", { class: "mistake", id: "unit_code-mistake", hidden: true }));

  function list() {
    const found = matching(units, input.value, fullName);
    const shown = found.slice(0, SHOWN);
    const rows = [];
    /** @type {string | null} */
    let bloc = null;
    for (const unit of groupByBloc(shown)) {
      if (unit.bloc !== bloc) rows.push(h("li", { class: "bloc" }, unit.bloc));
      bloc = unit.bloc;
      rows.push(h("li", null, h("button", { type: "button", onclick: () => chooseByHand(unit) }, fullName(unit))));
    }
    fill(picks, rows);
    picks.hidden = !rows.length;
    const more = found.length - shown.length;
    count.textContent = !found.length ? t("person.unitNone") : more ? t("person.unitMore", { count: number(more) }) : "";
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
      fill(hint, how === "optional" ? `${t("person.unitOptional")} ` : "", t("person.unitHint"), ".");
    },
  };
}

/** @param {Unit[]} units @returns {Unit[]} */
function groupByBloc(units) {
  const blocs = new Map();
  for (const unit of units) blocs.set(unit.bloc, [...(blocs.get(unit.bloc) || []), unit]);
  return [].concat(...blocs.values());
}
