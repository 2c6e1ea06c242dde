// The personal page: the current week, attempts used and left, all attempts with receipts; the start button.

import { api, data, pause } from "../api.js";
import { clock } from "../clock.js";
import { afterClick, fill, h, once, withPhone } from "../dom.js";
import { countdown, moment, number, span, time } from "../format.js";
import { phase } from "../phase.js";
import { bestScores, remember, scoreOf } from "../mine.js";
import { explain } from "../problems.js";
import { papers } from "../records.js";
import { receipts, session } from "../storage.js";
import { t } from "../texts.js";
import "../texts-me.js";
import "../texts-result.js";
import { takeTurn } from "../waiting.js";

const OWN_WITHIN_MS = 1500; // a later result comes by itself

/** The part with the own result is loaded when there can be one. */
const showOwn = (box, me, contest) => import("../own-result.js").then((part) => part.showOwn(box, me, contest)).catch(() => {
  box.hidden = true;
});

/** `query`: `own`, for somebody who comes for the result; `registered`, `listed`: of whom has just registered. */
export async function screen({ contest, query, go, signedIn, signedOut, kept }) {
  const open = papers.open(signedIn.participant.participant_id, clock.now());
  let me = kept;
  try {
    if (!me) me = await api.me(open.length ? { tries: 1, timeout: 8000, quiet: true } : {});
  } catch (thrown) {
    const error = /** @type {import("../api.js").ApiError} */ (thrown);
    if (!error.passing || !open.length) throw error;
    return withoutServer(open, signedIn.participant, go);
  }
  remember(me);
  const units = await data("units.json", { keep: true, quiet: true, tries: 2 }).catch(() => null);
  const { participant, attempts } = me;
  const unit = (units || []).find((found) => found.code === participant.unit_code);
  if (session.holder() === participant.participant_id) {
    const names = me.pseudonyms.map(({ week, pseudonym }) => ({ week, pseudonym })); // for the home page, after a close
    session.set(/** @type {any} */ ({ ...session.get(), ...(unit ? { unit: unit.name } : {}), names }));
  }
  const unitName = unit ? unit.name : participant.unit_code || t("me.noUnit");
  const leave = () => {
    session.clear();
    go("#/");
  };
  const status = h("div", { class: "status" });
  const starter = makeStarter(contest, go, signedOut);
  /** @type {import("../phase.js").Phase & { short: boolean } | null} */
  let shown = null;
  const draw = () => {
    const now = phase(contest.weeks, clock.now());
    const at = { ...now, short: endsEarly(contest, now) };
    const same = shown && shown.kind === at.kind && shown.week === at.week && shown.short === at.short;
    const ended = shown !== null && !same && shown.kind === "open"; // the week has ended while somebody looks
    shown = at;
    if (ended) {
      tellOwn();
      drawHistory(); // its papers may be reviewed now
    }
    if (!same) return fill(status, standing(contest, at, me, starter, open));
    const left = status.querySelector(".until .countdown");
    if (left) left.textContent = countdown(/** @type {number} */ (at.change) - clock.now());
    return status;
  };
  const own = h("div", { class: "own-place", "aria-live": "polite", hidden: true }, h("p", { class: "loading" }, t("app.loading")));
  const tellOwn = async () => {
    own.hidden = !attempts.length || !contest.weeks.some(({ closes_at: at }) => Date.parse(at) <= clock.now());
    if (!own.hidden) await showOwn(own, me, contest);
  };
  const papersOf = h("div");
  const drawHistory = () => fill(papersOf, attempts.length ? history(attempts, contest) : h("p", { class: "soft" }, t("me.noHistory")));
  drawHistory();
  draw();
  const timer = setInterval(() => afterClick(draw), 1000);
  await Promise.race([tellOwn(), pause(OWN_WITHIN_MS)]);
  import("./paper.js").catch(() => {}); // ahead of the start: one step less on a slow line
  const content = [
    h("section", null,
      h("h1", null, t("me.hello", { name: participant.full_name })),
      query.get("registered") && h("p", { class: "notice good", role: "status" }, t("me.registered")),
      query.get("listed") && h("p", { class: "notice", role: "status" },
        withPhone(t("me.listed", { unit: unitName, hotline: contest.hotline }), contest.hotline)),
      signedIn.password_reset_at && h("p", { class: "notice", role: "status" },
        withPhone(t("me.reset", { at: moment(signedIn.password_reset_at), hotline: contest.hotline }), contest.hotline)),
      h("p", { class: "soft" }, unitName),
      query.get("own") ? [own, status] : status),
    !query.get("own") && own,
    h("section", { "aria-labelledby": "history" },
      h("h2", { id: "history" }, t("me.history")),
      papersOf),
    h("p", null, h("button", { class: "button quiet", type: "button", onclick: leave }, t("me.signOut"))),
  ];
  return { title: t("me.title"), content, stop: () => clearInterval(timer), keep: () => me };
}

/** The server does not answer: papers open on this device can be continued. */
function withoutServer(open, participant, go) {
  const links = open.map(({ attempt_id: id, week, number: count }) =>
    h("li", null, h("a", { class: "button primary big", href: `#/paper/${id}` }, t("me.resume"), " – ", t("me.attempt", { week, number: number(count) }))));
  const content = h("section", { class: "narrow" },
    h("h1", null, t("me.hello", { name: participant.full_name })),
    h("p", { class: "notice", role: "status" }, t("me.offline")),
    h("ul", { class: "list" }, links),
    h("p", { class: "actions" }, h("button", { class: "button", type: "button", onclick: () => go("#/me") }, t("app.retry"))));
  return { title: t("me.title"), content };
}

/** A person's state in week `week`; needs no call when a week opens while the page is shown. */
export function ofWeek(me, week, attemptsPerWeek) {
  if (me.week && me.week.number === week) return me.week;
  const mine = me.attempts.filter((attempt) => attempt.week === week);
  const scores = mine.map(({ score }) => score).filter((score) => score !== null);
  const open = mine.find(({ status }) => status === "open");
  return {
    number: week,
    attempts_used: mine.length,
    attempts_left: Math.max(attemptsPerWeek - mine.length, 0),
    best_score: scores.length ? Math.max(...scores) : null,
    open_attempt: open ? open.attempt_id : null,
  };
}

/** Makes the button that starts or resumes, and says why it could not. */
function makeStarter(contest, go, signedOut) {
  return (text, fresh) => {
    const problem = h("p", { class: "mistake", role: "alert", hidden: true });
    const note = h("p", { class: "hint", role: "status" });
    const button = h("button", { class: "button primary big", type: "button" }, text);
    button.addEventListener("click", once(button, async () => {
      problem.hidden = true;
      try {
        if (fresh) await takeTurn(contest, note, "me.rush");
        const { attempt } = await api.start();
        go(`#/paper/${attempt.attempt_id}`);
      } catch (error) {
        if (signedOut(error)) return;
        problem.textContent = explain(error);
        problem.hidden = false;
      }
    }));
    return [button, note, problem];
  };
}

/** Whether a paper that is begun now ends with its week, before its time is up. */
const endsEarly = ({ paper }, { kind, change }) => kind === "open" && change - clock.now() < paper.time_limit_seconds * 1000;

/** `kept`: the open papers that this device knows. */
function standing(contest, at, me, starter, kept) {
  const resume = (id) => {
    const known = kept.find(({ attempt_id: one }) => one === id);
    return [starter(t("me.resume"), false), known && h("p", { class: "hint" }, t("me.runsOut", { time: time(known.deadline, true) }))];
  };
  const until = at.change && h("p", { class: "until" },
    t(at.kind === "open" ? "home.closesIn" : "home.opensIn", { week: at.week }), " ",
    h("strong", { class: "countdown" }, countdown(at.change - clock.now())));
  if (at.kind !== "open") {
    const open = me.week && me.week.open_attempt; // a paper may outlast its week by the grace
    return [h("h2", { class: `state ${at.kind}` }, t(`home.${at.kind}`)), until,
      open && resume(open),
      at.kind === "after" && h("p", { class: "actions" }, h("a", { class: "button primary", href: "#/results" }, t("home.seeResults")))];
  }
  const { paper } = contest;
  const week = ofWeek(me, at.week, paper.attempts_per_week);
  const fact = (value, text) => h("div", { class: "fact" }, h("dt", null, text), h("dd", null, value));
  const best = week.best_score === null ? "–" : `${number(week.best_score)}/${number(paper.questions)}`;
  const later = me.attempts.some((attempt) => attempt.week === at.week && untold(attempt));
  const note = t("me.startNote", { questions: number(paper.questions), limit: span(paper.time_limit_seconds) });
  return [
    h("h2", { class: "state open" }, t("home.open", { week: at.week })),
    until,
    h("dl", { class: "facts" },
      fact(number(week.attempts_used), t("me.used")),
      fact(number(week.attempts_left), t("me.left")),
      !later && fact(best, t("me.best"))),
    later && h("p", { class: "hint" }, t("result.scoreLater")),
    week.open_attempt
      ? resume(week.open_attempt)
      : week.attempts_left > 0
        ? [at.short && h("p", { class: "notice warn" }, t("me.endsEarly", { time: time(/** @type {number} */ (at.change)) })),
          h("p", { class: "hint" }, note), starter(t("me.start"), true)]
        : h("p", { class: "notice" }, t("me.noneLeft")),
  ];
}

/** Whether the score of an attempt that counts is told after the close. */
const untold = ({ counted, score }) => counted && score === null;

/** Whether an attempt's answers and keys may be seen by now. */
const isReviewed = ({ week, counted, status }, { weeks, paper }) => {
  const over = ({ closes_at: at }) => Date.parse(at) <= clock.now();
  return status !== "open" && counted && (paper.publish_bank ? weeks.some((one) => one.number === week && over(one)) : weeks.every(over));
};

function history(attempts, contest) {
  const best = bestScores(attempts);
  return h("ul", { class: "list two" }, attempts.slice().reverse().map((attempt) => {
    const { attempt_id: id, week, number: count, status, total, duration_ms: took } = attempt;
    const score = scoreOf(attempt);
    const open = status === "open";
    const name = t("me.attempt", { week, number: number(count) });
    const isBest = score !== null && score === best[week];
    return h("li", { class: "entry" },
      h("p", null, h("a", { href: `#/paper/${id}` }, h("strong", null, name))),
      h("p", { class: "big" }, open ? "" : untold(attempt) ? "" : score === null ? "–" : `${number(score)}/${number(total)}`),
      h("p", { class: "soft wide" }, moment(attempt.submitted_at || attempt.started_at), took !== null && !open ? ` · ${span(Math.floor(took / 1000))}` : ""),
      h("p", { class: "wide badges" },
        open && h("span", { class: "badge now" }, t("me.open")),
        untold(attempt) && h("span", { class: "badge" }, t("me.scoreLater")),
        attempt.ruled_score !== null && h("span", { class: "badge" }, t("me.ruled")),
        isBest && h("span", { class: "badge good" }, t("me.bestMark")),
        !open && !attempt.counted && h("span", { class: "badge" }, t("me.discarded")),
        status === "overdue" && attempt.counted && h("span", { class: "badge" }, t("me.overdue")),
        isReviewed(attempt, contest) && h("a", { href: `#/paper/${id}` }, t("me.review")),
        receipts.get(id) && h("a", { href: `#/receipt/${id}` }, t("me.receipt"))));
  }));
}
