// The own paper after the close: what was chosen, what was right, and where it is written.

import { barList, fill, h } from "./dom.js";
import { number } from "./format.js";
import { marked, optionList, unbroken } from "./marked.js";
import { asksTruth } from "./paper-view.js";
import { inWords, rulingView } from "./ruling.js";
import { byTopic } from "./study.js";
import { t } from "./texts.js";
import "./texts-paper.js";
import "./texts-result.js";

/** The topics of a paper, the weakest first: [{topic, right, all}]. */
export const weakestFirst = (questions) => byTopic(questions)
  .map(([topic, those]) => ({ topic, right: those.filter(({ right }) => right).length, all: those.length }))
  .sort((a, b) => a.right / a.all - b.right / b.all || b.all - a.all);

/** `questions` and `rulings` of a result; `study`: whether the bank can be studied from. */
export function ownPaper(questions, rulings, study) {
  const wrong = questions.filter((one) => !one.right);
  const list = h("ol", { class: "list own-paper" });
  const some = wrong.length > 0 && wrong.length < questions.length;
  const draw = (all) => fill(list, (all ? questions : wrong).map((one) => questionView(one, rulings.find((ruling) => ruling.number === one.number))));
  const all = h("input", { type: "checkbox", id: "with-right", onchange: () => draw(all.checked) });
  draw(!some);
  return h("section", { "aria-labelledby": "own-paper" },
    h("h2", { id: "own-paper" }, t("result.review")),
    h("p", null, t(wrong.length ? "result.reviewSum" : "result.allRight", { right: number(questions.length - wrong.length), wrong: number(wrong.length) })),
    some && h("label", { class: "choice bare" }, all, h("span", null, t("result.withRight"))),
    list,
    topicsView(weakestFirst(questions), study));
}

function topicsView(topics, study) {
  if (topics.length < 2) return null;
  const name = (topic) => (study ? h("a", { href: `#/bank?practise=${encodeURIComponent(topic)}` }, topic) : topic);
  return h("figure", { class: "topics" },
    h("figcaption", null, t("result.byTopic")),
    barList(topics.map(({ topic, right, all }) => ({ label: name(topic), value: right / all, text: `${number(right)}/${number(all)}` })), 1));
}

function questionView({ number: place, text, options, chosen, keys, right, reference }, ruling) {
  const outcome = right ? "result.right" : chosen.length ? "result.wrong" : "result.blankOne";
  const inKey = new Set(keys.flat());
  const look = (key) => (inKey.has(key) ? "right" : chosen.includes(key) ? "wrong" : null);
  const beside = (key) => {
    const marks = [chosen.includes(key) && t("result.yours"), inKey.has(key) && t("result.key")].filter(Boolean);
    return marks.length > 0 && h("strong", { class: "marks" }, ` (${marks.join(", ")})`);
  };
  return h("li", { class: "card" },
    h("p", { class: "row" }, h("span", { class: "number" }, t("paper.question", { number: place })),
      h("strong", { class: right ? "badge good" : "badge warn" }, h("span", { "aria-hidden": "true" }, right ? "✓ " : "✗ "), t(outcome))),
    h("p", null, h("strong", null, marked(text))),
    asksTruth(text, options) && h("p", { class: "hint" }, t("paper.truth")),
    optionList(options, look, beside),
    !right && !ruling && chosen.length > 0 && inKey.size > 1 && h("p", null, t("result.wholeKey", { keys: inWords(keys) })),
    ruling && rulingView(ruling),
    reference && h("p", { class: "soft" }, unbroken(t("result.source", { reference }))));
}
