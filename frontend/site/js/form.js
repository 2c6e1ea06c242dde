// Parts of forms: a field with its label, hint and mistake; the list of mistakes on top.

import { fill, h } from "./dom.js";
import { t } from "./texts.js";

/** A labelled text input; `mistake` is where what is wrong is told. */
export function textField(name, label, { hint, ...attributes } = {}) {
  const about = [hint && `${name}-hint`, `${name}-mistake`].filter(Boolean).join(" ");
  const input = h("input", { id: name, name, type: "text", "aria-describedby": about, ...attributes });
  const box = h("div", { class: "field", id: `${name}-field` },
    h("label", { for: name }, label),
    hint && h("p", { class: "hint", id: `${name}-hint` }, hint),
    input,
    h("p", { class: "mistake", id: `${name}-mistake`, hidden: true }));
  return { box, input };
}

/** A password with a switch to show it. */
export function passwordField(name, { label = t("person.password"), ...options }) {
  const { box, input } = textField(name, label, { type: "password", ...options });
  const show = h("input", {
    type: "checkbox",
    onchange: () => {
      input.type = show.checked ? "text" : "password";
    },
  });
  box.append(h("label", { class: "choice bare" }, show, t("person.showPassword")));
  return { box, input };
}

/** Radio buttons in a fieldset: `choices` is [[value, text]]. */
export function radioField(name, legend, choices, { side, onchange } = {}) {
  const mark = (box) => {
    for (const input of box.querySelectorAll("input")) input.parentElement.classList.toggle("chosen", input.checked);
  };
  const box = h("fieldset", {
    class: "field",
    id: `${name}-field`,
    "aria-describedby": `${name}-mistake`,
    onchange: () => {
      mark(box);
      if (onchange) onchange();
    },
  },
    h("legend", null, legend),
    h("div", { class: side ? "side" : "" }, choices.map(([value, text]) =>
      h("label", { class: "choice" }, h("input", { type: "radio", name, value }), h("span", null, text)))),
    h("p", { class: "mistake", id: `${name}-mistake`, hidden: true }));
  const value = () => (box.querySelector("input:checked") || { value: "" }).value;
  const choose = (wanted) => {
    for (const input of box.querySelectorAll("input")) input.checked = input.value === wanted;
    mark(box);
  };
  return { box, value, choose };
}

const nameOf = (box) => box.id.replace(/-field$/, "");

function showMistake(box, message) {
  const note = box.querySelector(".mistake");
  box.classList.toggle("wrong", Boolean(message));
  note.hidden = !message;
  note.textContent = message || "";
  for (const input of box.querySelectorAll("input")) {
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

/**
 * Checks a field when it is left with something in it, and from then on with every change: `check()` gives {field: message}.
 * While a finger is down nothing is shown: what it aims at would move away under it.
 */
export function checkAsTyped(form, check) {
  const left = new Set();
  let down = false;
  const draw = () => {
    const messages = check();
    for (const box of left) showMistake(box, messages[nameOf(box)]);
  };
  const filled = (input) => (/radio|checkbox/.test(input.type) ? input.checked : input.value.trim() !== "");
  form.addEventListener("focusout", ({ target, relatedTarget }) => {
    const box = target.closest(".field");
    if (!box || box.contains(relatedTarget) || !Array.from(box.querySelectorAll("input")).some(filled)) return;
    left.add(box);
    if (!down) draw();
  });
  const up = () => {
    down = false;
    setTimeout(draw); // after the click
  };
  form.addEventListener("pointerdown", () => {
    down = true;
    addEventListener("pointerup", up, { once: true });
    addEventListener("pointercancel", up, { once: true });
  });
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
}

/** Shows {field: message} at the fields and in `summary`, which takes the focus. Nothing wrong: clears all. */
export function showMistakes(form, summary, messages, heading = t("form.fix")) {
  for (const box of form.querySelectorAll(".field")) showMistake(box, messages[nameOf(box)]);
  const wrong = Object.entries(messages);
  summary.hidden = !wrong.length;
  if (!wrong.length) return fill(summary);
  const jump = (name) => (event) => {
    event.preventDefault();
    const box = form.querySelector(`#${name}-field`);
    const input = box && box.querySelector("input, button");
    if (input) input.focus();
  };
  fill(summary, h("p", null, h("strong", null, heading)), h("ul", { class: "plain" }, wrong.map(([name, message]) =>
    h("li", null, form.querySelector(`#${name}-field`)
      ? h("a", { href: `#${name}`, onclick: jump(name) }, message)
      : message))));
  summary.focus();
  return summary;
}

/** One sentence in the place of the list of mistakes. */
export function showProblem(summary, ...content) {
  summary.hidden = false;
  fill(summary, h("p", null, content));
  summary.focus();
}

export const summaryBox = () => h("div", { class: "notice bad", role: "alert", tabindex: "-1", hidden: true });
