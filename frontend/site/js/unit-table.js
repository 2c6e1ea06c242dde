// Units with their figures: a table on wide screens, the same rows as cards on phones (style.css), and the finder.

import { barList, fill, h } from "./dom.js";
import { fold, number, percent } from "./format.js";
import { explain } from "./problems.js";
import { t } from "./texts.js";
import "./texts-results.js";
import { told } from "./unit-places.js";

/** @import { Placed, UnitRow } from "./unit-places.js" */

const STEP = 50;
const FOUND = 10;

/**
 * @typedef {{ names: Map<string, string>, once: boolean, weeks: (() => Promise<any[]>) | null }} Shown
 * `names`: of units by code; `once`: the figures are sums over the weeks; `weeks`: reads the pages of all weeks, null if
 * there is but one
 */

/**
 * A table of `rows` that grows by STEP rows at a time, so that a phone draws 1,500 of them only if somebody asks for all.
 * @param {Placed[]} rows
 * @param {string} label id of its heading
 * @param {Shown} shown
 * @param {number} step
 */
export function unitTable(rows, label, shown, step = STEP) {
  const { once } = shown;
  const column = (key, words = false) => h("th", { scope: "col", role: "columnheader", class: words ? "words" : "" }, t(`results.${key}`));
  const body = h("tbody", { role: "rowgroup" });
  const count = h("p", { class: "hint", role: "status" });
  const more = h("p", { class: "actions" }, h("button", { class: "button", type: "button", onclick: () => grow() }, t("results.more")));
  const grow = () => {
    body.append(...rows.slice(body.rows.length, body.rows.length + step).map((row) => unitRow(row, shown)));
    count.textContent = t("results.showing", { shown: number(body.rows.length), all: number(rows.length) });
    more.hidden = body.rows.length >= rows.length;
  };
  grow();
  return [
    h("div", { class: "scroll of-cards", tabindex: "0", role: "region", "aria-labelledby": label },
      h("table", { class: `data cards${once ? " once" : ""}`, role: "table", "aria-labelledby": label },
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, column("rank"), column("unit", true), column("unitScore"),
          column(once ? "obligedSum" : "obliged"), column("rate"), once && column("obligedOnce"),
          column(once ? "unitPeopleOnce" : "unitPeople"), column("unitAttempts"), column("quality"))),
        body)),
    rows.length > 1 && count,
    more,
  ];
}

/** @param {Placed} placed @param {Shown} shown */
function unitRow({ unit, place, tied }, { names, once, weeks }) {
  const headcount = unit.headcount - unit.exempt;
  const above = names.get(unit.parent);
  const cell = (key, value, look = "") =>
    h("td", { role: "cell", class: look }, h("span", { class: "of" }, t(`results.${key}`), " "), h("span", null, value));
  return h("tr", { role: "row", class: unit.prize ? "prize" : "" },
    h("td", { role: "cell", class: "place" }, h("span", { class: "of" }, t("results.rank"), " "),
      place === null ? "–" : h("strong", null, `${tied ? "=" : ""}${number(place)}`)),
    h("th", { scope: "row", role: "rowheader", class: "words" }, unit.name, " ", above && h("span", { class: "soft" }, `(${above}) `),
      unit.prize && h("span", { class: "badge good" }, unit.prize_title),
      tied && h("span", { class: "badge" }, t("results.tied")),
      place === null ? h("span", { class: "badge" }, t("results.noPeople")) : unit.note && h("span", { class: "badge" }, t(`unit.${unit.note}`)),
      weeks && course(t("results.course"), weeks, (page) => weekOfUnit(page, unit))),
    cell("unitScore", told(unit) ? number(unit.unit_score || 0, 2) : "–", "main"),
    cell(once ? "obligedSum" : "obliged", headcount > 0 ? `${number(unit.obliged_people)}/${number(headcount)}` : "–"),
    cell("rate", headcount > 0 ? percent(unit.rate) : "–"),
    once && cell("obligedOnce", number(unit.distinct_obliged)),
    cell(once ? "unitPeopleOnce" : "unitPeople", number(unit.distinct_people)),
    cell("unitAttempts", number(unit.attempts)),
    cell("quality", told(unit) ? percent(unit.quality || 0) : "–"));
}

/** The unit's line of a week for the chart of its course. @param {any} page @param {UnitRow} unit */
function weekOfUnit(page, { code, level }) {
  const found = page.units.find((one) => one.code === code && one.level === level);
  if (!found) return null;
  const people = t("results.coursePeople", { people: number(found.distinct_people) });
  const score = told(found) ? t("results.courseScore", { score: number(found.unit_score, 2) }) : "";
  return { value: (found.unit_score || 0) / 100, text: [score, people].filter(Boolean).join(" · ") };
}

/**
 * Something over the weeks: bars beside words, read when somebody opens it.
 * @param {string} title
 * @param {() => Promise<any[]>} weeks
 * @param {(page: any) => { value: number, text: string } | null} line of the page of a week
 * @param {number} [most] of the longest bar; the largest value if none is given
 */
export function course(title, weeks, line, most = 1) {
  const box = h("div", { "aria-live": "polite" });
  async function read() {
    fill(box, h("p", { class: "hint" }, t("app.loading")));
    try {
      const rows = [];
      for (const page of await weeks()) {
        const said = line(page);
        if (said) rows.push({ label: t("home.week", { week: page.week }), ...said });
      }
      fill(box, barList(rows, most || undefined));
    } catch (error) {
      fill(box, h("p", { class: "hint" }, explain(error)), h("button", { class: "button quiet", type: "button", onclick: read }, t("app.retry")));
    }
  }
  const details = h("details", { class: "course", ontoggle: () => details.open && !box.hasChildNodes() && read() }, h("summary", null, title), box);
  return details;
}

/**
 * Which units have every word typed in their name, the name above or the bloc; tones and case do not matter.
 * @param {Placed[]} rows
 * @param {Map<string, string>} names
 * @returns {(typed: string) => Placed[]}
 */
export function finder(rows, names) {
  /** @type {string[] | null} */
  let folded = null; // made once: folding 1,500 names at each letter is felt on a phone
  return (typed) => {
    const words = fold(typed).split(" ").filter(Boolean);
    if (!words.length) return [];
    folded = folded || rows.map(({ unit }) => fold(`${unit.name} ${names.get(unit.parent) || ""} ${unit.bloc} ${unit.code}`));
    return rows.filter((_, index) => words.every((word) => /** @type {string[]} */ (folded)[index].includes(word)));
  };
}

/** The own unit, if somebody of one is signed in, and the search. @param {Placed[]} rows @param {string | null} own @param {Shown} shown */
export function lookUp(rows, own, shown) {
  const mine = rows.filter(({ unit }) => unit.code === own);
  const find = finder(rows, shown.names);
  const found = h("div");
  const input = h("input", { class: "search", type: "search", id: "find-unit", autocomplete: "off", "aria-describedby": "find-unit-none", oninput: draw });
  const none = h("p", { class: "hint", id: "find-unit-none", role: "status" });
  function draw() {
    const matching = find(input.value);
    none.textContent = input.value.trim() && !matching.length ? t("results.notFound") : "";
    fill(found, matching.length > 0 && [
      h("h2", { class: "unseen", id: "found-units" }, t("results.found")),
      unitTable(matching, "found-units", shown, FOUND),
    ]);
  }
  return h("section", { class: "look-up" },
    mine.length > 0 && [h("h2", { id: "own-unit" }, t("results.ownUnit")), unitTable(mine, "own-unit", shown)],
    rows.length > 1 && h("div", { class: "field" },
      h("label", { for: "find-unit" }, t("results.filter")), input, none),
    found);
}
