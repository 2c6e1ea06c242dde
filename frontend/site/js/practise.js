// Testing oneself: a question, an answer, at once whether it is right and where it is written. By hand or by keyboard.

import { fill, focusOn, h } from "./dom.js";
import { number } from "./format.js";
import { marked } from "./marked.js";
import { reference } from "./reference.js";
import { known, left, mixed, roundOf, standing } from "./study.js";
import { t } from "./texts.js";

const LETTERS = "ABCDEF";

/** The screen for `questions`; `title` says of what, `bank` is the way back. */
export function practise({ title, questions, bank }) {
  const place = h("div", { class: "practice", onkeydown: byKey });
  const line = h("progress", { max: "1", "aria-label": t("study.round") });
  const count = h("p", { class: "hint" });
  const verdict = h("p", { class: "unseen", role: "status" }); // read aloud: it stays while the question changes
  /** @type {any[]} */
  let queue = [];
  /** @type {any[]} */
  let missed = [];
  let size = 0;
  /** @type {((index: number) => void) | null} */
  let choose = null; // an option, as long as the question is open

  function begin() {
    queue = roundOf(questions, known.get());
    [size, missed] = [queue.length, []];
    ask();
    focusOn(heading(), { top: true });
  }

  /** A letter or a number chooses, while the focus is on the question. */
  function byKey(event) {
    if (!choose || event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
    const index = Math.max(LETTERS.indexOf(event.key.toUpperCase()), "123456".indexOf(event.key));
    if (index < 0) return;
    event.preventDefault();
    choose(index);
  }

  function showCount() {
    const done = size - new Set(queue).size;
    line.value = size ? done / size : 1;
    count.textContent = t("study.left", { done: number(done), size: number(size) });
  }

  function ask() {
    const question = mixed(queue[0]);
    const several = question.answer.length > 1;
    const chosen = new Set();
    const buttons = question.options.map(({ key, text }, index) =>
      h("button", { type: "button", class: "choice", "aria-pressed": several ? "false" : null, onclick: () => pick(index) },
        h("strong", null, `${key}.`), h("span", null, marked(text))));
    const check = several && h("button", { type: "button", class: "button primary big", onclick: () => tell([...chosen]) }, t("study.check"));

    function pick(index) {
      const option = question.options[index];
      if (!option) return;
      if (!several) return void tell([option.key]);
      if (!chosen.delete(option.key)) chosen.add(option.key);
      buttons[index].setAttribute("aria-pressed", String(chosen.has(option.key)));
      buttons[index].classList.toggle("chosen", chosen.has(option.key));
    }

    function tell(keys) {
      if (!keys.length) return;
      const right = keys.length === question.answer.length && keys.every((key) => question.answer.includes(key));
      known.tell(question.id, right);
      if (!right && !missed.includes(queue[0])) missed.push(queue[0]);
      queue = left(queue, right);
      choose = null;
      showCount();
      answered(question, keys, right, buttons, check);
    }

    choose = pick;
    verdict.textContent = "";
    showCount();
    fill(place, h("h2", { tabindex: "-1" }, marked(question.text)),
      several && h("p", { class: "hint" }, t("study.several")),
      h("div", { class: "field" }, buttons), check);
  }

  function answered(question, keys, right, buttons, check) {
    verdict.textContent = right ? t("study.isRight") : t("study.isWrong", { answer: question.answer.join(", ") });
    question.options.forEach(({ key }, index) => { // they stay where they are
      const look = question.answer.includes(key) ? "right" : keys.includes(key) ? "wrong" : null;
      buttons[index].disabled = true;
      if (!look) return;
      buttons[index].classList.add(look);
      buttons[index].lastElementChild.append(h("strong", null, ` ${t(look === "right" ? "bank.right" : "study.yours")}`));
    });
    const next = h("button", { type: "button", class: "button primary big", onclick: go }, t(queue.length ? "study.next" : "study.finish"));
    if (check) check.remove();
    place.append(h("div", { class: right ? "notice good" : "notice bad" },
      h("p", null, h("strong", null, verdict.textContent)),
      reference(question.reference, bank)), next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function go() {
    if (queue.length) ask();
    else finish();
    focusOn(heading());
  }

  function finish() {
    const now = standing(questions, known.get());
    fill(place, h("h2", { tabindex: "-1" }, t("study.done")),
      h("p", { class: "score" }, `${number(size - missed.length)}/${number(size)}`),
      h("p", null, t("study.firstTime")),
      missed.length > 0 && h("section", null, h("h3", null, t("study.missed")),
        h("ul", { class: "plain" }, missed.map((question) => h("li", null, marked(question.text), " ", reference(question.reference, bank))))),
      h("p", null, t("study.known", { known: number(now.known), all: number(now.all) })),
      h("p", { class: "actions" },
        h("button", { type: "button", class: "button primary", onclick: begin }, t("study.more")),
        h("a", { class: "button", href: bank }, t("study.other"))));
  }

  const heading = () => place.querySelector("h2");
  queue = roundOf(questions, known.get());
  size = queue.length;
  ask();
  const content = h("section", { class: "paper" },
    h("p", null, h("a", { href: bank }, t("study.other"))), h("h1", null, title), line, count, place, verdict,
    h("p", { class: "hint keys" }, t("study.keys")));
  return { title, content, shown: heading, top: true };
}
