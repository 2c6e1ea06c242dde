// The published results of the closed weeks and of the whole contest.

import { data } from "../api.js";
import { clock } from "../clock.js";
import { barList, fill, h } from "../dom.js";
import { date, duration, moment, number } from "../format.js";
import { awaited, codeOf, placeAtTheEnd, placeOf, winsAtTheEnd } from "../places.js";
import { rulingView } from "../ruling.js";
import { styled } from "../styles.js";
import { t } from "../texts.js";
import "../texts-results.js";
import { byLevel, told } from "../unit-places.js";
import { course, lookUp, unitTable } from "../unit-table.js";

/** @import { UnitRow } from "../unit-places.js" */

const IN_CHART = 10;
const WINNERS = 30;

export async function screen({ argument, contest, signedIn }) {
  const title = t("results.title");
  const [index] = await Promise.all([data("results/index.json"), styled("results.css")]);
  const weeks = index ? index.weeks.map(({ week }) => String(week)) : [];
  const choices = index && index.final ? [...weeks, "final"] : weeks;
  const wanted = choices.includes(argument) ? argument : choices[choices.length - 1];
  const page = wanted && (await data(wanted === "final" ? "results/final.json" : `results/week-${wanted}.json`));
  const head = [h("h1", null, title), choices.length > 0 && tabs(choices, wanted)];
  if (!page || (argument && argument !== wanted)) {
    const [closing] = awaited(contest.weeks, weeks.map(Number));
    const [first] = contest.weeks;
    const none = h("p", { class: "notice" }, closing ? t("results.closing", { week: closing.number })
      : [t("results.none"), first && Date.parse(first.closes_at) > clock.now() && ` ${t("results.firstAt", { week: first.number, at: moment(first.closes_at) })}`]);
    return { title, content: h("section", null, head, none) };
  }
  const own = signedIn ? signedIn.participant.unit_code : null;
  const pages = weeks.length > 1 || wanted === "final" ? onceRead(weeks, page) : null;
  const names = ((signedIn && signedIn.names) || []).filter(({ week: one }) => (wanted === "final" ? winsAtTheEnd(contest) : String(one) === wanted));
  const me = names.map(({ pseudonym }) => codeOf(pseudonym));
  const mine = h("p", { class: "notice good", hidden: true });
  if (names.length) tellMine(mine, names, wanted);
  head.push(mine);
  return { title, content: [head, wanted === "final" ? final(page, contest, own, pages, me) : week(page, contest, own, pages, me)] };
}

/** The own rank above everybody's; of the end only winners have one. */
async function tellMine(box, names, wanted) {
  const place = await (wanted === "final" ? placeAtTheEnd(names) : placeOf(names[0].week, names[0].pseudonym)).catch(() => null);
  if (!place || place.state !== "ranked") return;
  const { rank, ranked, score, total } = place;
  fill(box, h("strong", null, t("results.mine", { rank: number(rank), ranked: number(ranked), score: number(score), total: number(total) })),
    " ", h("a", { href: "#/me?own=1" }, t("home.mine")));
  box.hidden = false;
}

/** Reads the pages of all weeks when they are asked for, each once; `page` is there already. */
function onceRead(weeks, page) {
  /** @type {Promise<any[]> | null} */
  let reading = null;
  const read = async (week) => (String(page.week) === week ? page : data(`results/week-${week}.json`));
  return () => {
    reading = reading || Promise.all(weeks.map(read)).then((pages) => pages.filter(Boolean)); // one may just have been withdrawn
    reading.catch(() => (reading = null));
    return reading;
  };
}

/** Whether the result is provisional or recognised, what that means, and how it was corrected. */
function standing(page) {
  const { recognised, complaints_until: until, corrections } = page;
  return h("div", { class: "standing" },
    recognised
      ? h("p", null, h("span", { class: "badge good" },
        t("results.recognised", { decision: recognised.decision, day: date(`${recognised.decided_on}T12:00:00Z`) })))
      : h("p", null, h("span", { class: "badge next" }, t("results.provisional")), " ",
        until && t("results.complaints", { until: moment(until) })),
    h("p", { class: "soft" }, t(recognised ? "results.recognisedMeans" : "results.provisionalMeans")),
    corrections.length > 0 && h("div", { class: "notice" },
      corrections.map(({ at, reason, code }) => h("p", null, t("results.corrected", { at: moment(at), reason, code }))),
      h("p", { class: "soft" }, t("results.correctedMeans"))));
}

function tabs(choices, wanted) {
  const name = (choice) => (choice === "final" ? t("home.end") : t("home.week", { week: choice }));
  return h("nav", { "aria-label": t("results.weeks") }, h("ul", { class: "tabs" }, choices.map((choice) =>
    h("li", null, h("a", { href: `#/results/${choice}`, "aria-current": choice === wanted ? "page" : null }, name(choice))))));
}

const fact = (value, text) => h("div", { class: "fact" }, h("dt", null, text), h("dd", null, number(value)));

/** `me`: the codes of who looks, among the winners'. */
function week(page, contest, own, pages, me) {
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
      h("p", { class: "hint" }, t("results.distinct")),
      prediction && h("p", null, h("strong", null, t("results.actual", { value: number(prediction.actual) }))),
      pages && peopleByWeek(pages)),
    ...unitsAround(units, contest, own, pages, false, [
      h("section", { "aria-labelledby": "winners" },
        h("h2", { id: "winners" }, t("results.winners")),
        winners.length ? winnersList(winners, contest.ranking.order, me) : h("p", { class: "soft" }, t("results.noWinners"))),
      rulings.length > 0 && h("section", { "aria-labelledby": "rulings" },
        h("h2", { id: "rulings" }, t("ruling.title")),
        h("ul", { class: "list two" }, rulings.map((one) => h("li", { class: "entry" },
          h("p", { class: "wide" }, h("strong", null, t("ruling.number", { number: one.question }))),
          h("div", { class: "wide" }, rulingView(one)))))),
    ]),
  ];
}

const final = (page, contest, own, pages, me) => [
  h("section", null,
    standing(page),
    h("dl", { class: "facts wide" },
      fact(page.once.people, t("results.peopleOnce")),
      fact(page.once.obliged_people, t("results.obligedPeople")),
      fact(page.once.other_people, t("results.otherPeople"))),
    h("p", { class: "hint" }, t("results.distinctOnce")),
    pages && peopleByWeek(pages)),
  ...unitsAround(page.units, contest, own, pages, true, [
    page.winners.length > 0 && h("section", { "aria-labelledby": "winners" },
      h("h2", { id: "winners" }, t("results.winners")), winnersList(page.winners, [], me)),
  ]),
];

const peopleByWeek = (pages) => course(t("results.byWeek"), pages, ({ counts: { people, attempts } }) => ({
  value: people, text: t("results.byWeekLine", { people: number(people), attempts: number(attempts) }) }), 0);

function winnersList(winners, order, me) {
  const list = h("ol", { class: "list two" });
  const more = h("p", { class: "actions" }, h("button", { class: "button", type: "button", onclick: () => grow() }, t("results.more")));
  function grow() {
    list.append(...winners.slice(list.children.length, list.children.length + WINNERS).map((winner) => winnerCard(winner, order, me.includes(winner.code))));
    more.hidden = list.children.length >= winners.length;
  }
  grow();
  return [winners.some(({ code }) => code) && h("p", { class: "hint" }, t("results.codes")), list, more];
}

function winnerCard(winner, order, mine) {
  const guess = order.includes("prediction") && winner.prediction !== null;
  const off = guess && winner.prediction_error !== null ? `, ${t("results.off", { off: number(winner.prediction_error) })}` : "";
  return h("li", { class: "entry" },
    h("p", null, h("span", { class: "badge" }, winner.title), mine && [" ", h("span", { class: "badge good" }, t("results.you"))]),
    h("p", { class: "big" }, `${number(winner.score)}/${number(winner.total)}`),
    h("p", { class: "wide" }, h("strong", null, winner.name), winner.code && [" ", h("code", null, winner.code)]),
    h("p", { class: "wide soft" }, winner.unit_name || t("results.noUnit")),
    h("p", { class: "wide soft" },
      guess && `${t("results.prediction")} ${number(winner.prediction)}${off} · `,
      `${t("results.duration")}: ${duration(winner.duration_ms)}`));
}

/** The own unit and the search come before `prizes`, the units' prizes and ranking after them. @param {UnitRow[]} units */
function unitsAround(units, contest, own, pages, once, prizes) {
  const names = new Map(units.map(({ code, name }) => [code, name]));
  const levels = byLevel(units, contest.unit_score.volume);
  const shown = { names, once, weeks: pages };
  const all = [...levels.values()].flatMap(({ ranked, absent }) => [...ranked, ...absent]);
  const awarded = units.filter((unit) => unit.prize);
  return [
    units.length > 0 && lookUp(all, own, shown),
    ...prizes,
    awarded.length > 0 && h("section", { "aria-labelledby": "unit-prizes" },
      h("h2", { id: "unit-prizes" }, t("home.unitPrizes")),
      h("ol", { class: "list two" }, awarded.map((unit) => h("li", { class: "entry" },
        h("p", null, h("span", { class: "badge" }, unit.prize_title)),
        h("p", { class: "big" }, told(unit) && number(unit.unit_score || 0, 2)),
        h("p", { class: "wide" }, h("strong", null, unit.name)),
        h("p", { class: "wide soft" }, names.get(unit.parent) || unit.bloc))))),
    [...levels].map(([level, placed]) => ranking(placed, level, shown)),
  ];
}

/** The units of one level, which has a name where units have others above them. */
function ranking({ ranked, absent }, level, shown) {
  const section = `units${level && `-${level}`}`;
  const best = ranked.slice(0, IN_CHART).filter(({ unit }) => told(unit));
  return h("section", { "aria-labelledby": section },
    h("h2", { id: section, class: "later" }, t(level ? `results.units.${level}` : "results.units")),
    ranked.length > 1 && best.some(({ unit }) => unit.unit_score) && h("figure", null,
      h("figcaption", null, t("results.best", { count: number(best.length) })),
      barList(best.map(({ unit, place, tied }) => (
        { label: `${tied ? "=" : ""}${place}. ${unit.name}`, value: unit.unit_score || 0, text: number(unit.unit_score || 0, 2) })), 100)),
    !ranked.every(({ unit }) => told(unit)) && h("p", { class: "hint" }, "–: ", t("unit.untold")),
    ranked.some(({ tied }) => tied) && h("p", { class: "hint" }, t("results.tiedMeans")),
    ranked.length ? unitTable(ranked, section, shown) : h("p", { class: "soft" }, t("results.nobody")),
    absent.length > 0 && absentUnits(absent, shown.names));
}

/** Their names, made when somebody opens the list. */
function absentUnits(absent, names) {
  const list = h("ul", { class: "plain absent" });
  const details = h("details", {
    class: "course",
    ontoggle: () => details.open && !list.hasChildNodes() && list.append(...absent.map(({ unit }) =>
      h("li", null, unit.name, names.has(unit.parent) && h("span", { class: "soft" }, ` (${names.get(unit.parent)})`)))),
  }, h("summary", null, t("results.absent", { count: number(absent.length) })), h("p", { class: "hint" }, t("results.absentMeans")), list);
  return details;
}
