// The published results of the closed weeks and of the whole contest.

import { data } from "../api.js";
import { barList } from "../chart.js";
import { fill, h } from "../dom.js";
import { date, duration, fold, moment, number, percent } from "../format.js";
import { rulingView } from "../ruling.js";
import { t } from "../texts.js";
import "../texts-results.js";

const STEP = 50;
const IN_CHART = 10;

export async function screen({ argument, contest }) {
  const title = t("results.title");
  const index = await data("results/index.json");
  const weeks = index ? index.weeks.map(({ week }) => String(week)) : [];
  const choices = index && index.final ? [...weeks, "final"] : weeks;
  const wanted = choices.includes(argument) ? argument : choices[choices.length - 1];
  const page = wanted && (await data(wanted === "final" ? "results/final.json" : `results/week-${wanted}.json`));
  const head = [h("h1", null, title), choices.length > 0 && tabs(choices, wanted)];
  if (!page || (argument && argument !== wanted)) {
    const none = h("p", { class: "notice" }, t("results.none"));
    return { title, content: h("section", null, head, none) };
  }
  return { title, content: wanted === "final" ? [head, standing(page), final(page)] : [head, week(page, contest)] };
}

/** Whether the result is provisional or recognised, and how it was corrected. */
function standing(page) {
  const { recognised, complaints_until: until } = page;
  return h("div", { class: "standing" },
    recognised
      ? h("p", null, h("span", { class: "badge good" },
        t("results.recognised", { decision: recognised.decision, day: date(`${recognised.decided_on}T12:00:00Z`) })))
      : h("p", null, h("span", { class: "badge next" }, t("results.provisional")), " ",
        until && t("results.complaints", { until: moment(until) })),
    page.corrections.map(({ at, reason, code }) =>
      h("p", { class: "notice" }, t("results.corrected", { at: moment(at), reason, code }))));
}

function tabs(choices, wanted) {
  const name = (choice) => (choice === "final" ? t("results.final") : t("home.week", { week: choice }));
  return h("nav", { "aria-label": t("results.weeks") }, h("ul", { class: "tabs" }, choices.map((choice) =>
    h("li", null, h("a", { href: `#/results/${choice}`, "aria-current": choice === wanted ? "page" : null }, name(choice))))));
}

const fact = (value, text) => h("div", { class: "fact" }, h("dt", null, text), h("dd", null, number(value)));

function week(page, contest) {
  const { counts, prediction, winners, units, rulings } = page;
  const seconds = Date.parse(page.closes_at) - Date.parse(page.opens_at) < 3600000;
  return [
    h("section", null,
      h("p", { class: "soft" },
        t("home.fromTo", { from: moment(page.opens_at, seconds), to: moment(page.closes_at, seconds) }), ". ",
        page.revision > 1 && `${t("results.revision", { revision: page.revision })}.`),
      standing(page),
      h("dl", { class: "facts wide" },
        fact(counts.people, t("results.people")),
        fact(counts.attempts, t("results.attempts")),
        fact(counts.obliged_people, t("results.obligedPeople")),
        fact(counts.other_people, t("results.otherPeople")),
        fact(counts.perfect_people, t("results.perfect"))),
      prediction && h("p", null, h("strong", null, t("results.actual", { value: number(prediction.actual) })))),
    h("section", { "aria-labelledby": "winners" },
      h("h2", { id: "winners" }, t("results.winners")),
      winners.length ? winnersList(winners, contest.ranking.order) : h("p", { class: "soft" }, t("results.noWinners"))),
    rulings.length > 0 && h("section", { "aria-labelledby": "rulings" },
      h("h2", { id: "rulings" }, t("ruling.title")),
      h("ul", { class: "list two" }, rulings.map((one) => h("li", { class: "entry" },
        h("p", { class: "wide" }, h("strong", null, t("ruling.number", { number: one.question }))),
        h("div", { class: "wide" }, rulingView(one)))))),
    unitSection(units),
  ];
}

const final = (page) => [
  h("dl", { class: "facts wide" },
    fact(page.once.people, t("results.peopleOnce")),
    fact(page.once.obliged_people, t("results.obligedPeople")),
    fact(page.once.other_people, t("results.otherPeople"))),
  page.winners.length > 0 && h("section", { "aria-labelledby": "winners" },
    h("h2", { id: "winners" }, t("results.winners")), winnersList(page.winners, [])),
  unitSection(page.units, true),
];

function winnersList(winners, order) {
  return h("ol", { class: "list two" }, winners.map((winner) => {
    const guess = order.includes("prediction") && winner.prediction !== null;
    const off = guess && winner.prediction_error !== null ? ` (${number(winner.prediction_error)})` : "";
    return h("li", { class: "entry" },
      h("p", null, h("span", { class: "badge next" }, winner.title)),
      h("p", { class: "big" }, `${number(winner.score)}/${number(winner.total)}`),
      h("p", { class: "wide" }, h("strong", null, winner.name)),
      h("p", { class: "wide soft" }, winner.unit_name || t("results.noUnit")),
      h("p", { class: "wide soft" },
        guess && `${t("results.prediction")}: ${number(winner.prediction)}${off} · `,
        `${t("results.duration")}: ${duration(winner.duration_ms)}`));
  }));
}

/** `once`: also who took part in some week; the other numbers of people are then sums over the weeks. */
function unitSection(units, once = false) {
  const awarded = units.filter((unit) => unit.prize);
  const levels = [...new Set(units.map(({ level }) => level))];
  const names = new Map(units.map(({ code, name }) => [code, name]));
  return [
    awarded.length > 0 && h("section", { "aria-labelledby": "unit-prizes" },
      h("h2", { id: "unit-prizes" }, t("home.unitPrizes")),
      h("ol", { class: "list two" }, awarded.map((unit) => h("li", { class: "entry" },
        h("p", null, h("span", { class: "badge next" }, unit.prize_title)),
        h("p", { class: "big" }, number(unit.unit_score, 2)),
        h("p", { class: "wide" }, h("strong", null, unit.name)),
        h("p", { class: "wide soft" }, names.get(unit.parent) || unit.bloc))))),
    levels.map((level) => ranking(units.filter((unit) => unit.level === level), level, names, once)),
  ];
}

/** The units of one level, which has a name where units have others above them. */
function ranking(units, level, names, once) {
  const section = `units${level && `-${level}`}`;
  const filter = `unit-filter${level && `-${level}`}`;
  const input = h("input", { class: "search", type: "text", id: filter, autocomplete: "off", oninput: () => draw() });
  const count = h("p", { class: "hint", role: "status" });
  const body = h("tbody");
  const more = h("button", { class: "button", type: "button", onclick: () => draw(shown + STEP) }, t("results.more"));
  let shown = STEP;

  function draw(size = STEP) {
    shown = size;
    const words = fold(input.value).split(" ").filter(Boolean);
    const found = units.filter((unit) => words.every((word) => fold(`${unit.name} ${names.get(unit.parent) || ""} ${unit.bloc}`).includes(word)));
    const rows = found.slice(0, shown);
    fill(body, rows.map((unit) => unitRow(unit, names.get(unit.parent), once)));
    count.textContent = t("results.showing", { shown: number(rows.length), all: number(units.length) });
    more.hidden = rows.length === found.length;
  }
  draw();

  const best = units.slice(0, IN_CHART).filter(told);
  const column = (key, words) => h("th", { scope: "col", class: words ? "words" : "" }, t(`results.${key}`));
  return h("section", { "aria-labelledby": section },
    h("h2", { id: section, class: "after" }, t(level ? `results.units.${level}` : "results.units")),
    units.length > 1 && best.some((unit) => unit.unit_score) && h("figure", null,
      h("figcaption", null, t("results.best", { count: number(best.length) })),
      barList(best.map((unit) => (
        { label: `${number(unit.rank)}. ${unit.name}`, value: unit.unit_score, text: number(unit.unit_score, 2) })), 100)),
    h("div", { class: "field" }, h("label", { for: filter }, t("results.filter")), input, count),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": section },
      h("table", { class: "data" },
        h("thead", null, h("tr", null, column("rank"), column("unit", true), column("unitScore"),
          column(once ? "obligedSum" : "obliged"), column("rate"), once && column("obligedOnce"),
          column(once ? "unitPeopleOnce" : "unitPeople"), column("unitAttempts"), column("quality"))),
        body)),
    !units.every(told) && h("p", { class: "hint" }, t("results.untold")),
    h("p", { class: "actions" }, more));
}

/** Of a unit in which few people took part, score and quality are not published. */
const told = (unit) => unit.unit_score !== null;

function unitRow(unit, above, once) {
  const headcount = unit.headcount - unit.exempt;
  return h("tr", { class: unit.prize ? "prize" : "" },
    h("td", null, number(unit.rank)),
    h("th", { scope: "row", class: "words" }, unit.name, " ", above && h("span", { class: "soft" }, `(${above}) `),
      unit.prize && h("span", { class: "badge good" }, unit.prize_title),
      unit.note && h("span", { class: "badge" }, t(`results.${unit.note}`))),
    h("td", null, told(unit) ? number(unit.unit_score, 2) : "–"),
    h("td", null, headcount > 0 ? `${number(unit.obliged_people)}/${number(headcount)}` : "–"),
    h("td", null, headcount > 0 ? percent(unit.rate) : "–"),
    once && h("td", null, number(unit.distinct_obliged)),
    h("td", null, number(unit.distinct_people)),
    h("td", null, number(unit.attempts)),
    h("td", null, told(unit) ? percent(unit.quality) : "–"));
}
