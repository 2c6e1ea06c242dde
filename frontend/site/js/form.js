// Parts of forms: a field with its label, hint and mistake; the list of mistakes on top; when and where each is shown.

import { afterClick, fill, h } from "./dom.js";
import { hadInvisible, numberIn } from "./pasted.js";
import { styled } from "./styles.js";
import { t } from "./texts.js";
import "./texts-forms.js";

await styled("forms.css");

/**
 * A labelled text input; `mistake` shows its mistake. `clean` is applied when the field is left: no length cuts a pasted text.
 * @param {string} name
 * @param {string} label
 * @param {{ hint?: string, clean?: (text: string) => string } & Record<string, unknown>} attributes
 */
export function textField(name, label, { hint, clean, ...attributes } = {}) {
  const about = [hint && `${name}-hint`, `${name}-cleaned`, `${name}-mistake`].filter(Boolean).join(" ");
  const cleaned = h("p", { class: "hint", id: `${name}-cleaned`, role: "status" });
  const input = h("input", {
    id: name, name, type: "text", "aria-describedby": about, ...attributes,
    onchange() {
      const note = hadInvisible(input.value) ? t("form.invisible") : "";
      afterClick(() => {
        cleaned.textContent = note;
      });
      if (clean) input.value = clean(input.value);
    },
  });
  const box = h("div", { class: "field", id: `${name}-field` },
    h("label", { for: name }, label),
    hint && h("p", { class: "hint", id: `${name}-hint` }, hint),
    input,
    cleaned,
    h("p", { class: "mistake", id: `${name}-mistake`, hidden: true }));
  return { box, input };
}

/** The citizen ID, also with its label, spaces or dots. */
export const citizenIdField = (hint = "") =>
  textField("citizen_id", t("person.citizenId"), { hint, inputmode: "numeric", autocomplete: "username", clean: numberIn });

/** A password with a button that shows it. What a phone's keyboard would correct or capitalise stays as it is typed. */
export function passwordField(name, { label = t("person.password"), ...options }) {
  const { box, input } = textField(name, label, {
    type: "password", autocapitalize: "none", autocorrect: "off", spellcheck: "false", ...options,
  });
  const show = h("button", { class: "show", type: "button", "aria-controls": name,
    onmousedown: (event) => event.preventDefault(), // the field keeps the focus, and a phone its keyboard
    onclick: () => turn(input.type === "password") });
  const turn = (shown) => {
    input.type = shown ? "text" : "password";
    show.textContent = t(shown ? "person.hide" : "person.show");
    show.setAttribute("aria-label", t(shown ? "person.hidePassword" : "person.showPassword"));
  };
  turn(false);
  const row = h("div", { class: "secret" });
  input.replaceWith(row);
  row.append(input, show);
  return { box, input };
}

/**
 * Radio buttons in a fieldset.
 * @param {string} name
 * @param {string} legend
 * @param {string[][]} choices [[value, text]]
 * @param {{ side?: boolean, onchange?: () => void }} options
 */
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
  const value = () => /** @type {{ value: any }} */ (box.querySelector("input:checked") || { value: "" }).value;
  const choose = (wanted) => {
    for (const input of box.querySelectorAll("input")) input.checked = input.value === wanted;
    mark(box);
  };
  return { box, value, choose };
}

const nameOf = (box) => box.id.replace(/-field$/, "");
const inputsOf = (box) => [...box.querySelectorAll("input")];
export const isFilled = (input) => (/radio|checkbox/.test(input.type) ? input.checked : input.value.trim() !== "");

function showMistake(box, message) {
  const note = box.querySelector(".mistake");
  box.classList.toggle("wrong", Boolean(message));
  note.hidden = !message;
  note.textContent = message || "";
  for (const input of inputsOf(box)) {
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

/**
 * The only place that decides which mistakes `form` shows, at its fields and in `summary`. `check()` gives {field: message}.
 * A field shows its mistake after it was left with something in it, or sent; from then on with every change. The summary
 * lists the mistakes found when the form was sent, takes the focus only then, and drops each line when its field is right.
 * `reveal(box)` brings a field into view that is on another step of the form.
 * All of this waits for the click of a finger that is down.
 */
export function mistakesOf(form, summary, check = () => ({}), reveal = /** @type {(box: Element) => void} */ (() => {})) {
  const told = new Set(); // fields
  let refused = {}; // mistakes found by the server, until their field changes
  let lines = new Map(); // of the summary, by field
  const boxes = () => [...form.querySelectorAll(".field[id]")];

  /** {field: message} of all mistakes to show now; also draws them at the fields. */
  function drawFields() {
    const found = { ...Object.fromEntries(Object.entries(check()).filter(([name]) => told.has(name))), ...refused };
    for (const box of boxes()) showMistake(box, found[nameOf(box)]);
    return found;
  }

  /** Only removes lines, one by one: if they were rewritten, a screen reader would read all of them with every letter. */
  function draw() {
    const found = drawFields();
    for (const [name, line] of lines) {
      if (!found[name]) {
        line.remove();
        lines.delete(name);
        summary.hidden = !lines.size;
      } else if (line.textContent !== found[name]) line.firstChild.textContent = found[name];
    }
  }

  function list() {
    const found = Object.entries(drawFields());
    lines = new Map(found.map(([name, message]) => [name, h("li", null, lineOf(name, message))]));
    summary.hidden = !found.length;
    fill(summary, found.length > 0 && [
      h("p", null, h("strong", null, t("form.fix"))),
      h("ul", { class: "plain" }, [...lines.values()]),
    ]);
    if (found.length) summary.focus();
  }

  function lineOf(name, message) {
    const box = form.querySelector(`#${name}-field`);
    if (!box) return message;
    const jump = (event) => {
      event.preventDefault();
      reveal(box);
      const input = box.querySelector("input, button");
      if (input) input.focus();
    };
    return h("a", { href: `#${name}`, onclick: jump }, message);
  }

  form.addEventListener("focusout", ({ target, relatedTarget }) => {
    const box = target.closest(".field");
    if (!box || box.contains(relatedTarget) || !inputsOf(box).some(isFilled)) return;
    told.add(nameOf(box));
    afterClick(draw);
  });
  const changed = ({ target }) => {
    const box = target.closest(".field");
    if (!box) return;
    delete refused[nameOf(box)];
    afterClick(draw);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);

  return {
    /** Called when the form is sent, or its `part`: shows the mistakes there are by now; true if the part has none. */
    none(part = form) {
      const asked = new Set(boxes().filter((box) => part.contains(box)).map(nameOf));
      for (const name of asked) told.add(name);
      refused = {};
      afterClick(list);
      return !Object.keys(check()).some((name) => part === form || asked.has(name));
    },

    /** Shows {field: message} found by the server. */
    tell(messages) {
      refused = { ...messages };
      afterClick(list);
    },

    /** Shows one sentence in place of the summary until the form is sent again. */
    say(...content) {
      afterClick(() => {
        lines.clear();
        summary.hidden = false;
        fill(summary, h("p", null, content));
        summary.focus();
      });
    },
  };
}

/** Says that the device is computing a proof of work; `tell(true)` shows it. */
export function checkingNote() {
  const note = h("p", { class: "hint", role: "status" });
  const tell = (computing) => {
    note.textContent = computing ? t("form.checking") : "";
  };
  return { note, tell };
}

export const summaryBox = () => h("div", { class: "notice bad", role: "alert", tabindex: "-1", hidden: true });
