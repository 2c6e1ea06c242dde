// One's own page: attempts used and left, the best one, all attempts; where an attempt is started.

import { api, data } from "../api.js";
import { h, once } from "../dom.js";
import { duration, moment, number, span } from "../format.js";
import { explain } from "../problems.js";
import { session } from "../storage.js";
import { t } from "../texts.js";

export async function screen({ contest, query, go, signedOut }) {
  const [me, units] = await Promise.all([api.me(), data("units.json", { keep: true }).catch(() => null)]);
  const { participant, week, attempts } = me;
  const unit = (units || []).find((found) => found.code === participant.unit_code);
  const leave = () => {
    session.clear();
    go("#/");
  };
  const content = [
    h("section", null,
      h("h1", null, t("me.hello", { name: participant.full_name })),
      query.get("registered") && h("p", { class: "notice good", role: "status" }, t("register.done")),
      h("p", { class: "soft" }, unit ? unit.name : participant.unit_code || t("me.noUnit")),
      week ? thisWeek(contest, week, start(go, signedOut)) : h("p", { class: "notice" }, t("me.noWeek"))),
    h("section", { "aria-labelledby": "history" },
      h("h2", { id: "history" }, t("me.history")),
      attempts.length ? history(attempts) : h("p", { class: "soft" }, t("me.noHistory"))),
    h("p", null, h("button", { class: "button quiet", type: "button", onclick: leave }, t("me.signOut"))),
  ];
  return { title: t("me.title"), content };
}

/** Makes the button that starts or resumes, and says why it could not. */
function start(go, signedOut) {
  return (text) => {
    const problem = h("p", { class: "mistake", role: "alert", hidden: true });
    const button = h("button", { class: "button primary", type: "button" }, text);
    button.addEventListener("click", once(button, async () => {
      problem.hidden = true;
      try {
        const { attempt } = await api.start();
        go(`#/paper/${attempt.attempt_id}`);
      } catch (error) {
        if (signedOut(error)) return;
        problem.textContent = explain(error);
        problem.hidden = false;
      }
    }));
    return [button, problem];
  };
}

function thisWeek(contest, week, starter) {
  const fact = (value, text) => h("div", { class: "fact" }, h("dt", null, text), h("dd", null, value));
  const best = week.best_score === null ? "–" : `${number(week.best_score)}/${number(contest.paper.questions)}`;
  const limit = span(contest.paper.time_limit_seconds);
  const note = t("me.startNote", { questions: number(contest.paper.questions), limit });
  return h("section", { "aria-labelledby": "this-week" },
    h("h2", { id: "this-week" }, t("home.open", { week: week.number })),
    h("dl", { class: "facts" },
      fact(number(week.attempts_used), t("me.used")),
      fact(number(week.attempts_left), t("me.left")),
      fact(best, t("me.best"))),
    week.open_attempt
      ? h("div", null, starter(t("me.resume")))
      : week.attempts_left > 0
        ? h("div", null, starter(t("me.start")), h("p", { class: "hint" }, note))
        : h("p", { class: "notice" }, t("me.noneLeft")));
}

/** The highest score of each week: {week: score}. Which of several equal ones ranks first, the close-out decides. */
export function bestScores(attempts) {
  const best = {};
  for (const { week, score } of attempts) {
    if (score !== null && !(best[week] >= score)) best[week] = score;
  }
  return best;
}

function history(attempts) {
  const best = bestScores(attempts);
  return h("ul", { class: "list two" }, attempts.slice().reverse().map((attempt) => {
    const { week, number: count, status, score, total, duration_ms: took } = attempt;
    const open = status === "open";
    const name = t("me.attempt", { week, number: number(count) });
    const isBest = score !== null && score === best[week];
    return h("li", { class: "entry" },
      h("p", null, h("a", { href: `#/paper/${attempt.attempt_id}` }, h("strong", null, name))),
      h("p", { class: "big" }, open ? "" : score === null ? "–" : `${number(score)}/${number(total)}`),
      h("p", { class: "soft wide" }, moment(attempt.submitted_at || attempt.started_at), took !== null && !open ? ` · ${duration(took)}` : ""),
      h("p", { class: "wide" },
        open && h("span", { class: "badge now" }, t("me.open")),
        isBest && h("span", { class: "badge good" }, t("me.bestMark")), " ",
        !open && score === null && h("span", { class: "badge" }, t("me.discarded")),
        status === "overdue" && score !== null && h("span", { class: "badge" }, t("me.overdue"))));
  }));
}
