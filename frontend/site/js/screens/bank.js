// The published bank, to learn from: by topic, to test oneself, to search and to read.

import { data } from "../api.js";
import { afterClick, fill, h } from "../dom.js";
import { fold, number } from "../format.js";
import { marked, optionList, unmarked } from "../marked.js";
import { practise } from "../practise.js";
import { reference } from "../reference.js";
import { rulingView } from "../ruling.js";
import { byTopic, known, practisable, standing } from "../study.js";
import { t } from "../texts.js";
import "../texts-bank.js";

const STEP = 25;

/** Questions that contain every typed word, first those that have them as typed; tones and đ are forgiven. */
export function search(questions, typed) {
  const phrase = fold(typed);
  const words = phrase.split(" ").filter(Boolean);
  if (!words.length) return questions;
  const found = questions.filter(({ folded }) => words.every((word) => folded.includes(word)));
  const whole = ({ folded }) => folded.includes(phrase);
  return [...found.filter(whole), ...found.filter((question) => !whole(question))];
}

/** Adds the searchable text, once, and the rulings on each question. */
export function prepared(questions, rulings = []) {
  return questions.map((question, i) => ({
    ...question,
    place: i + 1,
    rulings: rulings.filter((ruling) => ruling.question === question.id),
    folded: fold(unmarked([question.id, question.topic, question.text, question.reference, ...question.options.map(({ text }) => text)].join(" "))),
  }));
}

/** `#/bank`, `#/bank/next`: the list; `?practise=<topic>`, empty for all, tests oneself; `?q=` is searched for. */
export async function screen({ argument, query }) {
  const title = t("bank.title");
  const published = await data("bank.json", { keep: true });
  const next = published && published.next; // if the questions change from one week to the next
  const bank = next && argument === "next" ? next : published;
  if (!bank || !bank.questions.length) return { title, content: [h("h1", null, title), h("p", { class: "notice" }, t("bank.none"))] };
  const questions = prepared(bank.questions, bank.rulings);
  const address = bank === next ? "#/bank/next" : "#/bank";
  const topic = query.get("practise");
  if (topic !== null) {
    const chosen = practisable(questions).filter((question) => !topic || question.topic === topic);
    if (chosen.length) return practise({ title: topic || t("study.all"), questions: chosen, bank: address });
  }
  const list = reader(questions, query.get("q") || "", address);
  const content = h("section", { class: "paper" },
    h("h1", null, title),
    next && tabs(next.week, bank === next),
    h("p", null, t("bank.intro", { count: number(questions.length) })),
    trainer(practisable(questions), address),
    h("section", null, h("h2", null, t("bank.read")), list.content),
    h("p", { class: "hint digest" }, t("bank.digest", { digest: bank.digest })));
  return { title, content, stop: list.stop, shown: query.get("q") ? list.shown : null };
}

function tabs(week, later) {
  const tab = (href, text, here) => h("li", null, h("a", { href, "aria-current": here ? "page" : null }, text));
  return h("nav", { "aria-label": t("bank.of") }, h("ul", { class: "tabs" },
    tab("#/bank", t("bank.now"), !later), tab("#/bank/next", t("bank.next", { week }), later)));
}

/** What this device's owner knows, by topic, each a tap away from ten questions. */
function trainer(questions, address) {
  const box = h("section", { class: "study" });
  const way = (topic) => `${address}?practise=${encodeURIComponent(topic)}`;
  function draw() {
    const told = known.get();
    const whole = standing(questions, told);
    const begun = whole.known + whole.again > 0;
    const topics = byTopic(questions);
    fill(box, h("h2", null, t("study.title")),
      h("p", null, begun ? progressText(whole) : t("study.intro")),
      begun && line(whole, t("study.all")),
      h("p", { class: "actions" }, h("a", { class: "button primary big", href: way("") }, t(begun ? "study.more" : "study.begin"))),
      topics.length > 1 && h("ul", { class: "list two" }, topics.map(([topic, those]) => {
        const here = standing(those, told);
        return h("li", { class: "entry" }, h("a", { href: way(topic) }, topic),
          h("p", { class: "hint" }, h("span", { class: "unseen" }, progressText(here)),
            h("span", { "aria-hidden": "true" }, `${number(here.known)}/${number(here.all)}`)),
          here.again > 0 && h("p", { class: "hint wide" }, t("study.again", { again: number(here.again) })),
          line(here, topic));
      })),
      begun && h("p", { class: "actions" }, h("button", { class: "button quiet", type: "button", onclick: forget }, t("study.forget"))),
      h("p", { class: "hint" }, t("study.kept")));
  }
  function forget() {
    known.clear();
    draw();
    /** @type {HTMLElement} */ (box.querySelector("a")).focus();
  }
  draw();
  return box;
}

const progressText = (now) =>
  t(now.again ? "study.knownAgain" : "study.known", { known: number(now.known), all: number(now.all), again: number(now.again) });

const line = (now, label) => h("progress", { max: String(now.all), value: now.known, "aria-label": label });

/** All questions with their answers, and what finds them. */
function reader(questions, typed, address) {
  const list = h("ol", { class: "list bank" });
  const count = h("p", { class: "hint", role: "status" });
  const more = h("button", { class: "button", type: "button", onclick: () => draw(shown + STEP) }, t("results.more"));
  let timer = 0;
  let shown = STEP;
  const input = h("input", {
    id: "bank-search",
    class: "search",
    type: "search",
    autocomplete: "off",
    value: typed,
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => afterClick(() => draw()), 150);
    },
  });

  function draw(size = STEP) {
    shown = size;
    const found = search(questions, input.value);
    fill(list, found.slice(0, shown).map((question) => questionView(question, address)));
    count.textContent = t("bank.found", { count: number(found.length) });
    more.hidden = found.length <= shown;
  }
  draw();
  const content = [
    h("div", { class: "field" }, h("label", { for: "bank-search" }, t("bank.search")), input, count),
    list,
    h("p", { class: "actions" }, more),
  ];
  return { content, stop: () => clearTimeout(timer), shown: () => input };
}

function questionView({ place, topic, text, options, answer, reference: told, rulings }, address) {
  const right = (key) => answer.includes(key);
  return h("li", { class: "card" },
    h("p", { class: "hint" }, topic),
    h("h3", null, `${number(place)}. `, marked(text)),
    optionList(options, (key) => (right(key) ? "right" : null), (key) => right(key) && h("span", { class: "unseen" }, ` ${t("bank.right")}`)),
    h("p", { class: "hint" }, t("bank.answer", { answer: answer.join(", ") })),
    reference(told, address),
    rulings.map((ruling) => h("div", { class: "notice" },
      h("p", null, h("strong", null, t("ruling.inWeeks", { weeks: ruling.weeks.map(number).join(", ") }))),
      rulingView(ruling))));
}
