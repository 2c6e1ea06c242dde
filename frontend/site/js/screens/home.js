// The contest, its dates and the next event.

import { pause } from "../api.js";
import { clock } from "../clock.js";
import { afterClick, fill, h } from "../dom.js";
import { countdown, moment, number, span } from "../format.js";
import { showLive } from "../live.js";
import { phase } from "../phase.js";
import { isEnglish, t } from "../texts.js";

const LIVE_WITHIN_MS = 1000; // later it comes on its own, and moves everything below

export async function screen({ contest, signedIn }) {
  const english = isEnglish();
  const title = (english && contest.title_en) || contest.title;
  const organiser = (english && contest.organiser_en) || contest.organiser;
  const status = h("div", { class: "status" });
  const weeks = h("ol", { class: "weeks" });

  const live = h("section", { class: "live card", "aria-labelledby": "live", hidden: true });

  /** @type {{ attempt_id: string, deadline: string } | undefined} */
  let open; // a paper of this person that waits on this device

  const draw = () => {
    fill(status, statusCard(phase(contest.weeks, clock.now()), signedIn, open));
    const all = [...contest.weeks, ...(contest.cancelled || [])].sort((one, other) => one.number - other.number);
    fill(weeks, all.map((week) => weekRow(week, clock.now())));
  };
  draw();
  let shown = phase(contest.weeks, clock.now());
  const timer = setInterval(() => {
    const at = phase(contest.weeks, clock.now());
    const left = status.querySelector(".countdown");
    const ended = open && Date.parse(open.deadline) <= clock.now();
    if (ended) open = undefined;
    if (ended || at.kind !== shown.kind || at.week !== shown.week) afterClick(draw); // the second in which everybody presses
    else if (left) left.textContent = countdown(endOf(at, open) - clock.now());
    shown = at;
  }, 1000);
  const shownLive = showLive(live, () => phase(contest.weeks, clock.now()).week);
  const stop = () => {
    clearInterval(timer);
    shownLive.stop();
  };

  const mine = signedIn && signedIn.names; // as the own page has left them
  const over = contest.weeks.some(({ closes_at: at }) => Date.parse(at) <= clock.now());
  const line = h("strong");
  const own = mine && over && h("p", { class: "notice good own" }, line, " ", h("a", { href: "#/me?own=1" }, t("home.mine")));
  if (own) import("../own-result.js").then((part) => part.homeLine(mine, contest)).then((text) => fill(line, text)).catch(() => {});
  const waiting = signedIn && import("../records.js").then(({ papers }) => {
    [open] = papers.open(signedIn.participant.participant_id, clock.now());
    if (open) afterClick(draw);
  }).catch(() => {});
  await Promise.race([Promise.all([shownLive.first, waiting]), pause(LIVE_WITHIN_MS)]);
  const content = [
    contest.banner && banner(contest.banner),
    h("div", { class: "hero" },
      h("section", null,
        organiserLine(contest, organiser),
        h("h1", null, title),
        own,
        status,
        h("p", { class: "to-screen" }, h("a", { href: "#/truc-tiep" }, t("home.bigScreen")))),
      live),
    h("div", { class: "columns" },
      h("section", { "aria-labelledby": "weeks" }, h("h2", { id: "weeks" }, t("home.weeks")), weeks),
      h("section", { "aria-labelledby": "rules" }, h("h2", { id: "rules" }, t("home.rules")), rules(contest),
        h("p", null, h("a", { class: "button", href: "#/guide" }, t("home.guide"))))),
  ];
  return { title, content, stop, renew: draw };
}

/** The organiser's emblem and name, which leads to their own site. */
export const organiserLine = ({ emblem, portal }, name) => h("div", { class: "organiser" },
  emblem && h("img", { src: `/data/${emblem.file}`, alt: "", width: 56, height: 56 }),
  h("p", { class: "kicker" }, portal ? h("a", { href: portal }, name) : name));

/** Only on wide screens; lazily, so that others do not fetch it. Its place is kept from the start. */
const banner = ({ file, width, height }) =>
  h("img", { class: "banner", src: `/data/${file}`, alt: "", width, height, loading: "lazy" });

/** What the countdown leads to: the end of an open paper before anything else. */
const endOf = ({ change }, open) => (open ? Date.parse(open.deadline) : /** @type {number} */ (change));

function statusCard(at, signedIn, open) {
  const { kind, week, change } = at;
  const left = (open || change) && h("p", { class: "until" },
    open ? t("home.paperLeft") : t(kind === "open" ? "home.closesIn" : "home.opensIn", { week }), " ",
    h("strong", { class: "countdown" }, countdown(endOf(at, open) - clock.now())));
  const running = kind === "open";
  const [target, name] = open ? [`#/paper/${open.attempt_id}`, t("me.resume")]
    : signedIn ? ["#/me", t(running ? "home.enter" : "nav.me")]
      : ["#/sign-in", t(running ? "home.enterAgain" : "nav.signIn")];
  const ahead = !signedIn && kind === "before"; // then hardly anybody is registered
  const enter = h("a", { class: ahead ? "button" : "button primary", href: target }, name);
  const register = !signedIn && h("a", { class: ahead ? "button primary" : "button", href: "#/register" }, t(running ? "home.registerFirst" : "nav.register"));
  const results = h("a", { class: "button primary", href: "#/results" }, t("home.seeResults"));
  return [
    h("p", { class: `state ${kind}` }, t(`home.${kind}`, { week })),
    left || h("p", { class: "until" }, t("home.thanks")),
    !signedIn && (kind === "before" || kind === "between") && h("p", { class: "hint" }, t("home.signInAhead")),
    h("p", { class: "actions" }, kind === "after" ? [results] : ahead ? [register, enter] : [enter, register]),
  ];
}

function weekRow(week, now) {
  const [opens, closes] = [Date.parse(week.opens_at), Date.parse(week.closes_at)];
  const state = !week.opens_at ? "cancelled" : now >= closes ? "done" : now >= opens ? "now" : "next";
  const seconds = closes - opens < 3600000; // trial contests run for minutes
  return h("li", { class: state },
    h("div", null,
      h("strong", null, t("home.week", { week: week.number })), " ",
      h("span", { class: `badge ${state}` }, t(`home.${state}`))),
    week.opens_at && h("p", null, t("home.fromTo", { from: moment(opens, seconds), to: moment(closes, seconds) })),
    week.reason && h("p", { class: "hint" }, t("home.reason", { reason: week.reason })),
    state === "done" && h("a", { href: `#/results/${week.number}` }, t("home.seeResults")));
}

function nextRules({ number: week, paper }) {
  const { questions, time_limit_seconds: limit, attempts_per_week: attempts } = paper;
  const told = { week, questions: number(questions), limit: span(limit), attempts: number(attempts) };
  return h("p", { class: "notice" }, t("home.nextRules", told));
}

const prizeList = (prizes) => h("ul", { class: "plain" }, prizes.map((prize) => {
  const told = { count: number(prize.count), title: prize.title };
  return h("li", null, t(prize.when === "final" ? "home.atTheEnd" : "home.eachWeek", told));
}));

function rules(contest) {
  const { paper, ranking, prizes, unit_prizes: unitPrizes, eligibility, prediction } = contest;
  const fact = (value, text) => h("div", { class: "fact" }, h("dt", null, text), h("dd", null, value));
  const order = ranking.order.filter((key) => key !== "prediction" || prediction);
  return [
    h("dl", { class: "facts" },
      fact(number(paper.questions), t("home.questions")),
      fact(span(paper.time_limit_seconds), t("home.limit")),
      fact(number(paper.attempts_per_week), t("home.attempts"))),
    contest.next_rules && nextRules(contest.next_rules),
    h("p", null, t("home.age", { age: eligibility.min_age }), " ", t("home.best"), " ",
      t(paper.show_score === "at_once" ? "home.scoreAtOnce" : "home.scoreLater")),
    h("h3", null, t("home.order")),
    h("ol", { class: "plain" }, [...order, "draw"].map((key) => h("li", null, t(`order.${key}`)))),
    h("h3", null, t("home.prizes")),
    prizeList(prizes),
    ranking.one_prize === "contest" && h("p", null, t("home.onePrize")),
    h("h3", null, t("home.unitPrizes")),
    prizeList(unitPrizes),
  ];
}
