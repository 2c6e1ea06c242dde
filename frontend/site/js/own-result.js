// A person's own result, and the unit's, once a week has closed: from published files, without a call to the server.

import { data } from "./api.js";
import { clock } from "./clock.js";
import { fill, h, withPhone } from "./dom.js";
import { date, moment, number, percent } from "./format.js";
import { ahead, awaited, codeOf, placeAtTheEnd, placeOf, THE_END, unitIn, winsAtTheEnd } from "./places.js";
import { styled } from "./styles.js";
import { t } from "./texts.js";
import "./texts-own.js";

/** What is out: numbers of weeks, the newest first, and whether the end is. */
async function published() {
  const index = (await data("results/index.json", { quiet: true })) || { weeks: [], final: null };
  return { weeks: index.weeks.map(({ week }) => week).reverse(), end: Boolean(index.final) };
}

const pageOf = (week) => data(`results/week-${week}.json`, { quiet: true });

/** One line for the home page, "" where there is nothing to say. `mine`: [{week, pseudonym}]. */
export async function homeLine(mine, contest) {
  styled("own.css");
  const { weeks, end } = await published();
  const own = mine.find((one) => one.week === weeks[0]);
  const place = (end && (await wonAtTheEnd(mine, contest))) || (own && (await placeOf(own.week, own.pseudonym)));
  return place && place.state === "ranked" ? `${lineOf(place)}${place.prize && ` · ${place.prize}${place.decision ? "" : ` (${t("own.provisional").toLowerCase()})`}`}.` : "";
}

const AGAIN_MS = 30000;

const wonAtTheEnd = async (mine, contest) => (winsAtTheEnd(contest) ? placeAtTheEnd(mine) : null);

const lineOf = ({ week, rank, ranked, score, total }) =>
  t("own.line", { week, rank: number(rank), ranked: number(ranked), score: number(score), total: number(total) });

/** Fills `box` with the result of the last closed week, and short ones of those before. */
export async function showOwn(box, me, contest) {
  const now = clock.now(); // by which the caller knows that a week is over: an answer may set the clock back
  try {
    await styled("own.css");
    const { weeks, end } = await published();
    const took = me.pseudonyms.filter(({ week }) => me.attempts.some((attempt) => attempt.week === week));
    const mine = weeks.map((week) => took.find((one) => one.week === week)).filter(Boolean);
    const closing = lastClosed(contest, took, weeks, now);
    const [newest, ...earlier] = await Promise.all(mine.map(({ week, pseudonym }) => placeOf(week, pseudonym)));
    const pages = await Promise.all(weeks.map(pageOf));
    const page = newest && pages[weeks.indexOf(newest.week)];
    const won = end && (await wonAtTheEnd(me.pseudonyms, contest));
    const last = won && (await data("results/final.json", { quiet: true }));
    const unit = unitView(me.participant.unit_code, pages.filter(Boolean), contest);
    fill(box, closing && h("p", { class: "notice" }, t("own.closing", { week: closing })),
      won && card(won, last, me, contest),
      newest && card(newest, page, me, contest),
      earlier.some(Boolean) && h("section", { "aria-labelledby": "earlier" }, h("h3", { id: "earlier" }, t("own.earlier")),
        h("ul", { class: "plain" }, earlier.filter(Boolean).map((place) => h("li", null, short(place, contest))))),
      unit);
    box.hidden = !box.childNodes.length;
    if (closing) later(box, me, contest);
  } catch (error) {
    fill(box, h("p", { class: "notice" }, t("own.failed")));
    later(box, me, contest); // what was promised before the line was lost
  }
}

/** Once more after a while, for somebody who still looks; at random, since a province waits for the same minute. */
function later(box, me, contest) {
  setTimeout(() => {
    if (!box.isConnected) return;
    (document.visibilityState === "visible" ? showOwn : later)(box, me, contest);
  }, AGAIN_MS * (0.8 + 0.4 * Math.random()));
}

/** The newest week that is over, in which the person took part, and whose result is not out; null if there is none. */
const lastClosed = (contest, took, weeks, now) => {
  const over = awaited(contest.weeks, weeks, now).filter(({ number: week }) => took.some((one) => one.week === week));
  return over.length ? over[over.length - 1].number : null;
};

const short = (place, contest) => (place.state === "ranked"
  ? [lineOf(place), place.prize && [" · ", h("strong", null, place.prize)], " · ", h("a", { href: `#/chung-nhan/${place.week}` }, t("own.certificate"))]
  : withPhone(t(`own.${place.state}`, { week: place.week, hotline: contest.hotline }), contest.hotline));

/** Whether the result is provisional or recognised, and by which decision. */
function standing(page) {
  const { recognised, complaints_until: until } = page;
  return h("p", { class: "soft" }, recognised
    ? h("span", { class: "badge good" }, t("own.recognised", { decision: recognised.decision, day: date(`${recognised.decided_on}T12:00:00Z`) }))
    : [h("span", { class: "badge next" }, t("own.provisional")), " ", until && t("own.until", { until: moment(until) })]);
}

function card(place, page, me, contest) {
  const { week, rank, ranked, score, total, prize, pseudonym, decision } = place;
  const end = week === THE_END;
  const id = end ? "own-end" : "own";
  const head = [h("h2", { id }, t("own.title"), " – ", t("home.week", { week })), page && standing(page)];
  const whole = h("p", { class: "actions" },
    place.state === "ranked" && h("a", { class: "button", href: `#/chung-nhan/${end ? "chung-cuoc" : week}` }, t("own.certificate")),
    h("a", { class: "button", href: `#/results/${end ? "final" : week}` }, t("own.whole")));
  if (place.state !== "ranked") return h("section", { class: "card own", "aria-labelledby": id }, head, h("p", null, short(place, contest)), whole);
  const fact = (value, text) => h("div", { class: "fact" }, h("dt", null, text), h("dd", null, value));
  const before = ahead(place);
  return h("section", { class: "card own", "aria-labelledby": id }, head,
    prize && h("div", { class: "notice good" },
      h("p", null, h("strong", null, t("own.won", { person: me.participant.full_name, prize }))),
      h("p", null, withPhone(t(decision ? "own.wonNow" : "own.wonSoon", { hotline: contest.hotline }), contest.hotline)),
      h("p", null, t("own.code"), " ", h("code", null, codeOf(pseudonym)))),
    h("dl", { class: "facts wide" },
      fact(t("own.rank", { rank: number(rank) }), t("own.of", { ranked: number(ranked) })),
      fact(`${number(score)}/${number(total)}`, t(end ? "own.scoreAll" : "own.score")),
      before > 0 && !prize && fact(`${number(before)}%`, t("own.ahead"))),
    !prize && h("p", { class: "hint" }, t("own.equal")), whole);
}

/** The figure that a unit misses, where the week's prizes have only one. */
function leastOf({ note, headcount, exempt }, prizes) {
  const [prize, ...others] = prizes.filter(({ when }) => when === "week");
  if (!prize || others.length) return "";
  if (note === "below_min_people") return ` (${number(prize.min_people)})`;
  const step = prize.min_rate.find(({ up_to: most }) => most === null || headcount - exempt <= most);
  return note === "below_min_rate" && step ? ` (${percent(step.rate)})` : "";
}

const lowered = (words) => words[0].toLowerCase() + words.slice(1);

/** The unit's place in the newest of `pages`, its distance to the next one, and its course; null without a unit. */
function unitView(code, pages, contest) {
  const found = pages.map((page) => ({ week: page.week, ...unitIn(page, code, contest.unit_score.volume) })).filter(({ unit }) => unit);
  if (!code || !found.length) return null;
  const [{ week, unit, place, tied, others, next, behind }] = found;
  const fact = (value, text) => h("div", { class: "fact" }, h("dt", null, text), h("dd", null, value));
  const ranked = found.filter((one) => one.place !== null).reverse();
  return h("section", { class: "card own", "aria-labelledby": "own-unit" },
    h("h2", { id: "own-unit" }, t("own.unit")),
    h("p", null, h("strong", null, unit.name), " · ", t("home.week", { week })),
    place === null
      ? h("p", null, t("own.unitNobody", { week }))
      : [h("dl", { class: "facts wide" },
        fact(`${tied ? "=" : ""}${t("own.rank", { rank: number(place) })}`, t("own.unitRank", { others: number(others) })),
        unit.headcount > unit.exempt && fact(percent(unit.rate), t("own.unitRate")),
        unit.unit_score !== null && fact(number(unit.unit_score, 2), t("own.unitScore"))),
      unit.note && h("p", { class: "notice" }, t("own.unitNote", { why: `${lowered(t(`unit.${unit.note}`))}${leastOf(unit, contest.unit_prizes)}` })),
      unit.unit_score === null && h("p", { class: "hint" }, t("unit.untold")),
      h("p", { class: "hint" }, h("a", { href: "#/guide/units" }, t("own.unitHow"))),
      h("p", null, !next ? !unit.note && t("own.unitFirst")
        : behind === null ? t("own.unitAbove", { next: next.name })
          : t("own.unitNext", { behind: number(behind, 2), next: next.name }))],
    ranked.length > 1 && [h("h3", null, t("own.course")),
      h("ul", { class: "plain" }, ranked.map((one) => h("li", null,
        t("own.courseLine", { week: one.week, rank: number(/** @type {number} */ (one.place)), rate: percent(/** @type {any} */ (one).unit.rate) }))))]);
}
