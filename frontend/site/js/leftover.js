// Answers on this device that did not reach the server in time: shown as such, and saved as a file that the organisers can
// read, for a complaint.

import { h } from "./dom.js";
import { moment } from "./format.js";
import { unmarked } from "./marked.js";
import { asksPrediction } from "./record.js";
import { saveFile } from "./save-file.js";
import { t } from "./texts.js";

/** The file's lines; `record` has the time of each answer, and may be gone. */
export function leftoverText(id, paper, { answers, prediction }, record) {
  const when = (place) => {
    const change = record && record.changes[place];
    return change ? ` (${t("leftover.unsent", { time: moment(change.at, true) })})` : "";
  };
  const lines = [t("leftover.file"), `${t("leftover.attempt")}: ${id}`];
  if (record) {
    lines.push(`${t("leftover.deadline")}: ${moment(record.deadline, true)}`);
    if (record.base.revision) lines.push(`${t("leftover.saved")}: ${moment(record.started + record.base.revision, true)}`);
  }
  lines.push("");
  if (!paper) lines.push(JSON.stringify({ answers, prediction }));
  for (const { number, id: question, text, options } of paper ? paper.questions : []) {
    const chosen = (answers[number] || []).map((key) => `${key}. ${(options.find((option) => option.key === key) || { text: "" }).text}`).map(unmarked);
    lines.push(`${t("paper.question", { number })} [${question}] ${unmarked(text)}`);
    lines.push(`   → ${chosen.join("; ") || t("paper.isOpen")}${when(number)}`);
  }
  if (paper && asksPrediction(paper)) lines.push(`${t("paper.predictionName")}: ${prediction === null ? "–" : prediction}${when("prediction")}`);
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

export function leftoverSection(id, paper, sheet, record) {
  const name = `cau-tra-loi-tren-thiet-bi-${id.split("-").slice(0, 2).join("-")}.txt`;
  const save = () => saveFile(name, leftoverText(id, paper, sheet, record), "text/plain;charset=utf-8");
  return h("section", { class: "card narrow", "aria-labelledby": "leftover" },
    h("h2", { id: "leftover" }, t("leftover.title")),
    h("p", null, t("leftover.what")),
    h("p", { class: "actions" }, h("button", { class: "button", type: "button", onclick: save }, t("leftover.save"))));
}
