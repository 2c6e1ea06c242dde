// The result of one attempt by its outcome, what to do next, the paper after the close, and the receipt.

import { clock } from "../clock.js";
import { fill, h } from "../dom.js";
import { moment, number, span } from "../format.js";
import { marked } from "../marked.js";
import { bestScores, others, scoreOf } from "../mine.js";
import { ownPaper } from "../own-paper.js";
import { phase } from "../phase.js";
import { saveButton } from "../receipt-file.js";
import { inWords, rulingView } from "../ruling.js";
import { receipts, session } from "../storage.js";
import { t } from "../texts.js";
import "../texts-paper.js";
import "../texts-result.js";

const LEVELS = { perfect: 1, nearly: 0.9, high: 0.8, middle: 0.5, low: 0 }; // of the points
const WORDS = { perfect: "result.perfect", nearly: "result.nearly", high: "result.high", middle: "result.middle", low: "result.low" };

/**
 * `status` is "submitted" or "overdue"; a score is null for an attempt that is not counted, or not told yet; `ruled_score` is
 * null unless the organisers' rulings have changed the score.
 */
export function resultView({ status, result }, contest) {
  const { attempt_id: id, week, number: count, counted, score, ruled_score: ruled, total, duration_ms: took, submitted_at: at, late, rulings, questions } = result;
  const row = (name, value) => h("div", null, h("dt", null, name), h("dd", null, value));
  const receipt = result.receipt || receipts.get(id);
  const points = scoreOf(result);
  const { kind, week: current } = phase(contest.weeks, clock.now());
  const open = kind === "open" && current === week;
  const left = open ? Math.max(contest.paper.attempts_per_week - count, 0) : 0;
  const level = levelOf(points, total);
  return h("section", { class: "narrow" },
    h("h1", null, t("result.title")),
    h("p", { class: "kicker" }, t("paper.heading", { week, number: number(count) })),
    h("div", { class: `card outcome ${level || ""}` },
      !counted
        ? h("p", null, t(status === "submitted" ? "result.blank" : "result.discarded"))
        : score === null
          ? [h("p", { class: "score later" }, t("result.received")), h("p", { class: "notice" }, t("result.scoreLater"))]
          : [level === "perfect" && h("p", { class: "joy", "aria-hidden": "true" }, "★ ★ ★"),
            h("p", { class: "score", id: "score" }, `${number(points)}/${number(total)}`), h("p", null, t("result.score")),
            h("p", { class: "words" }, t(level === "low" && !left ? "result.lowLast" : WORDS[/** @type {keyof typeof WORDS} */ (level)]))],
      ruled !== null && h("p", { class: "notice" }, t("ruling.again", { score: number(score), total: number(total) })),
      points !== null && counted && standing(others(session.holder(), week, id), points, total, open),
      h("dl", { class: "rows" },
        took !== null && row(t("result.duration"), span(Math.floor(took / 1000))),
        at && row(t("result.at"), moment(at, true))),
      counted && status === "overdue" && h("p", { class: "notice" }, t("result.overdue")),
      late && counted && status !== "overdue" && h("p", { class: "notice" }, t("result.late"))),
    next(contest, { week, left, open, level, counted, reviewed: questions.length > 0 }),
    questions.length > 0 ? ownPaper(questions, rulings, contest.paper.publish_bank) : rulings.length > 0 && rulingsSection(rulings),
    receipt && receiptSection(id, receipt));
}

/** How it went, in one word of the style sheet; null while there is no score. */
export function levelOf(points, total) {
  if (points === null) return null;
  return Object.keys(LEVELS).find((level) => points >= LEVELS[/** @type {keyof typeof LEVELS} */ (level)] * total);
}

/** Where it stands among the own attempts of the week; nothing where the page does not know them. */
function standing(before, points, total, open) {
  const [best] = Object.values(bestScores(before || []));
  if (best === undefined) return null;
  if (points < best) return h("p", null, t("result.bestBefore", { score: number(best), total: number(total) }));
  return h("p", null, t(open ? "result.best" : "result.bestOfWeek"), points > best && ` ${t("result.better", { more: number(points - best) })}`);
}

/** What makes sense now: again, study, tell others; and what comes after the week. */
function next(contest, { week, left, open, level, counted, reviewed }) {
  const { closes_at: closes } = contest.weeks.find(({ number: one }) => one === week) || {};
  const perfect = level === "perfect";
  const first = left > 0 && contest.paper.publish_bank && level === "low"; // to study comes before the next attempt
  const look = (primary) => (primary ? "button primary" : "button");
  const study = contest.paper.publish_bank && !perfect && h("a", { class: look(first), href: "#/bank" }, t("result.study"));
  const again = left > 0 && h("a", { class: look(!perfect && !first), href: "#/me" }, t("result.again")); // even after a perfect one: time may count
  const mine = !left && h("a", { class: look(!perfect), href: "#/me" }, t("result.toMe")); // where one goes on, too
  const told = h("p", { class: "hint", role: "status" });
  const tell = ["perfect", "nearly", "high"].includes(level) && h("button", { class: look(perfect), type: "button", onclick: () => tellOthers(contest, told) }, t("result.tell"));
  return [
    open && h("p", null, left > 0 ? t("result.left", { left: number(left) }) : t("result.noneLeft", { all: number(contest.paper.attempts_per_week) })),
    h("p", { class: "actions" }, perfect ? [tell, mine, again] : first ? [study, again] : [mine || again, study, tell]),
    told,
    counted && !reviewed && closes && h("p", { class: "hint" }, t("result.later", { at: moment(closes) }), contest.paper.publish_bank && ` ${t("result.reviewLater")}`),
  ];
}

/** By the phone's own way of sharing, else the address to paste. */
async function tellOthers({ title }, told) {
  const url = new URL("/", location.href).href;
  try {
    if (navigator.share) await navigator.share({ title, url });
    else {
      await navigator.clipboard.writeText(url);
      fill(told, t("result.told"));
    }
  } catch (error) {
    fill(told, url); // refused, or not there: the address to copy by hand
  }
}

function rulingsSection(rulings) {
  return h("section", { class: "card", "aria-labelledby": "rulings" },
    h("h2", { id: "rulings" }, t("ruling.title")),
    h("ul", { class: "list" }, rulings.map((one) => h("li", null,
      h("p", null, h("strong", null, t("ruling.number", { number: number(one.number) })), " ", marked(one.text)),
      rulingView(one),
      h("p", { class: "soft" }, one.chosen.length ? t("ruling.chosen", { chosen: inWords([one.chosen]) }) : t("ruling.blank"))))));
}

function receiptSection(id, receipt) {
  return h("section", { class: "card receipt", "aria-labelledby": "receipt" },
    h("h2", { id: "receipt" }, t("receipt.yours")),
    h("p", null, t("receipt.about")),
    h("p", { class: "code" }, t("receipt.code"), " ", h("code", null, receipt.leaf_hash.slice(0, 16))),
    h("p", { class: "actions" }, saveButton(receipt), h("a", { class: "button", href: `#/receipt/${id}` }, t("receipt.check"))));
}
