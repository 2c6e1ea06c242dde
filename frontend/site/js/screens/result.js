// The result of one attempt, and its receipt.

import { h } from "../dom.js";
import { duration, moment, number } from "../format.js";
import { saveButton } from "../receipt-file.js";
import { inWords, rulingView } from "../ruling.js";
import { receipts } from "../storage.js";
import { t } from "../texts.js";
import "../texts-paper.js";
import "../texts-result.js";

/**
 * `status` is "submitted" or "overdue"; a score is null for an attempt that is not counted, or not told yet; `ruled_score` is
 * null unless the organisers' rulings have changed the score.
 */
export function resultView({ status, result }, contest) {
  const { attempt_id: id, week, number: count, counted, score, ruled_score: ruled, total, duration_ms: took, submitted_at: at, late, rulings } = result;
  const row = (name, value) => h("div", null, h("dt", null, name), h("dd", null, value));
  const receipt = result.receipt || receipts.get(id);
  return h("section", { class: "narrow" },
    h("h1", null, t("result.title")),
    h("p", { class: "kicker" }, t("paper.heading", { week, number: number(count) })),
    h("div", { class: "card" },
      !counted
        ? h("p", null, t(status === "submitted" ? "result.blank" : "result.discarded"))
        : score === null
          ? [h("p", { class: "score later" }, t("result.received")), h("p", { class: "notice" }, t("result.scoreLater"))]
          : [h("p", { class: "score", id: "score" }, `${number(ruled ?? score)}/${number(total)}`), h("p", null, t("result.score"))],
      ruled !== null && h("p", { class: "notice" }, t("ruling.again", { score: number(score), total: number(total) })),
      h("dl", { class: "rows" },
        took !== null && row(t("result.duration"), duration(took)),
        at && row(t("result.at"), moment(at, true))),
      counted && status === "overdue" && h("p", { class: "notice" }, t("result.overdue")),
      late && counted && status !== "overdue" && h("p", { class: "notice" }, t("result.late")),
      counted && h("p", { class: "hint" }, t("result.later"))),
    rulings.length > 0 && rulingsSection(rulings),
    receipt && receiptSection(id, receipt),
    h("p", { class: "actions" },
      h("a", { class: "button primary", href: "#/me" }, t("result.toMe")),
      contest.paper.publish_bank && h("a", { class: "button", href: "#/bank" }, t("nav.bank"))));
}

function rulingsSection(rulings) {
  return h("section", { class: "card", "aria-labelledby": "rulings" },
    h("h2", { id: "rulings" }, t("ruling.title")),
    h("ul", { class: "list" }, rulings.map((one) => h("li", null,
      h("p", null, h("strong", null, t("ruling.number", { number: number(one.number) })), " ", one.text),
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
