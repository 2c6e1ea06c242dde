// The published bank, to study from: search, and hide the answers to test oneself.

import { data } from "../api.js";
import { afterClick, fill, h } from "../dom.js";
import { fold, number } from "../format.js";
import { rulingView } from "../ruling.js";
import { t } from "../texts.js";
import "../texts-bank.js";

const STEP = 25;

/** Questions that contain every typed word, in any order; tones and đ are forgiven. */
export function search(questions, typed) {
  const words = fold(typed).split(" ").filter(Boolean);
  return words.length ? questions.filter(({ folded }) => words.every((word) => folded.includes(word))) : questions;
}

/** Adds the searchable text, once, and the rulings on each question. */
export function prepared(questions, rulings = []) {
  return questions.map((question, i) => ({
    ...question,
    place: i + 1,
    rulings: rulings.filter((ruling) => ruling.question === question.id),
    folded: fold([question.id, question.text, question.reference, ...question.options.map(({ text }) => text)].join(" ")),
  }));
}

export async function screen({ argument }) {
  const title = t("bank.title");
  const published = await data("bank.json", { keep: true });
  const next = published && published.next; // if the questions change from one week to the next
  const bank = next && argument === "next" ? next : published;
  if (!bank || !bank.questions.length) return { title, content: [h("h1", null, title), h("p", { class: "notice" }, t("bank.none"))] };
  const questions = prepared(bank.questions, bank.rulings);
  const list = h("ol", { class: "list bank" });
  const count = h("p", { class: "hint", role: "status" });
  const more = h("button", { class: "button", type: "button", onclick: () => draw(shown + STEP) }, t("results.more"));
  const hide = h("input", { type: "checkbox", onchange: () => draw(shown) });
  let timer = 0;
  let shown = STEP;
  const input = h("input", {
    id: "bank-search",
    class: "search",
    type: "search",
    autocomplete: "off",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => afterClick(() => draw()), 150);
    },
  });

  function draw(size = STEP) {
    shown = size;
    const found = search(questions, input.value);
    fill(list, found.slice(0, shown).map((question) => questionView(question, hide.checked)));
    count.textContent = t("bank.found", { count: number(found.length) });
    more.hidden = found.length <= shown;
  }
  draw();

  const content = h("section", { class: "paper" },
    h("h1", null, title),
    next && tabs(next.week, bank === next),
    h("p", null, t("bank.intro", { count: number(questions.length) })),
    h("div", { class: "field" }, h("label", { for: "bank-search" }, t("bank.search")), input,
      h("label", { class: "choice bare" }, hide, t("bank.hide")), count),
    list,
    h("p", { class: "actions" }, more),
    h("p", { class: "hint digest" }, t("bank.digest", { digest: bank.digest })));
  return { title, content, stop: () => clearTimeout(timer) };
}

function tabs(week, later) {
  const tab = (href, text, here) => h("li", null, h("a", { href, "aria-current": here ? "page" : null }, text));
  return h("nav", { "aria-label": t("bank.of") }, h("ul", { class: "tabs" },
    tab("#/bank", t("bank.now"), !later), tab("#/bank/next", t("bank.next", { week }), later)));
}

function questionView({ place, text, options, answer, reference, rulings }, hidden) {
  const right = ({ key }) => !hidden && answer.includes(key);
  const view = h("li", { class: "card" },
    h("h2", null, `${number(place)}. ${text}`),
    h("ul", { class: "options" }, options.map((option) =>
      h("li", { class: right(option) ? "right" : "" },
        h("span", { class: "key" }, `${option.key}.`),
        h("span", null, option.text, right(option) && h("span", { class: "unseen" }, ` ${t("bank.right")}`))))));
  if (hidden) {
    const reveal = h("button", { class: "button quiet", type: "button" }, t("bank.reveal"));
    reveal.addEventListener("click", () => {
      const open = questionView({ place, text, options, answer, reference, rulings }, false);
      view.replaceWith(open);
      const heading = /** @type {HTMLElement} */ (open.querySelector("h2"));
      heading.setAttribute("tabindex", "-1");
      heading.focus({ preventScroll: true });
    });
    view.append(reveal);
  } else {
    view.append(h("p", { class: "hint" }, t("bank.answer", { answer: answer.join(", ") }), ". ", reference && t("bank.source"), reference));
    for (const ruling of rulings) {
      view.append(h("div", { class: "notice" },
        h("p", null, h("strong", null, t("ruling.inWeeks", { weeks: ruling.weeks.map(number).join(", ") }))),
        rulingView(ruling)));
    }
  }
  return view;
}
