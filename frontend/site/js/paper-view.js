// How a paper looks: the questions, and the last look before it is handed in.

import { h, once } from "./dom.js";
import { readPrediction } from "./draft.js";
import { t } from "./texts.js";

/** The questions as a form that writes into `state` and calls `changed()`. */
export function questionsView(attempt, state, changed) {
  const rows = attempt.questions.map((question) => questionView(question, state, changed));
  if (attempt.prediction_question) rows.push(predictionView(attempt.prediction_question, state, changed));
  return h("form", { novalidate: true, autocomplete: "off", onsubmit: (event) => event.preventDefault() }, rows);
}

function questionView({ number, text, options, multiple }, state, changed) {
  const mark = () => {
    const chosen = inputs.filter((input) => input.checked);
    for (const input of inputs) input.parentElement.classList.toggle("chosen", input.checked);
    return chosen.map((input) => input.value);
  };
  const answer = () => {
    const keys = mark();
    if (keys.length) state.answers[number] = keys;
    else delete state.answers[number];
    changed();
  };
  const before = state.answers[number] || [];
  const inputs = options.map(({ key }) =>
    h("input", {
      type: multiple ? "checkbox" : "radio",
      name: `q${number}`,
      value: key,
      checked: before.includes(key),
      onchange: answer,
    }),
  );
  const labels = options.map((option, i) =>
    h("label", { class: "choice" }, inputs[i], h("span", null, h("strong", null, `${option.key}. `), option.text)),
  );
  const view = h("fieldset", { class: "question", id: `q${number}` },
    h("legend", null, h("span", { class: "number" }, t("paper.question", { number })), text),
    multiple && h("p", { class: "hint" }, t("paper.several")),
    labels);
  mark();
  return view;
}

function predictionView(question, state, changed) {
  const mistake = h("p", { class: "mistake", id: "prediction-mistake", role: "alert", hidden: true });
  const input = h("input", {
    id: "prediction",
    type: "text",
    inputmode: "numeric",
    maxlength: 14,
    value: state.prediction === null ? "" : String(state.prediction),
    "aria-describedby": "prediction-hint prediction-mistake",
    oninput() {
      const value = readPrediction(input.value);
      mistake.hidden = value !== undefined;
      mistake.textContent = value === undefined ? t("paper.predictionHint") : "";
      state.prediction = value === undefined ? null : value;
      changed();
    },
  });
  return h("div", { class: "question field" },
    h("label", { for: "prediction" }, question),
    h("p", { class: "hint", id: "prediction-hint" }, t("paper.predictionHint")),
    input,
    mistake);
}

/** Says how much is unanswered; `back(number?)` and `submit()` are what can be done. */
export function confirmView(attempt, state, { back, submit }) {
  const { questions, prediction_question: asks } = attempt;
  const missing = questions.map(({ number }) => number).filter((number) => !state.answers[number]);
  const send = h("button", { class: "button primary", type: "button", id: "submit" }, t("paper.submit"));
  send.addEventListener("click", once(send, submit));
  const jump = (number) =>
    h("li", null, h("button", {
      class: "button quiet",
      type: "button",
      "aria-label": t("paper.question", { number }),
      onclick: () => back(number),
    }, number));
  return h("section", { class: "card", "aria-labelledby": "confirm" },
    h("h2", { id: "confirm" }, t("paper.confirm")),
    missing.length
      ? [h("p", null, t("paper.unanswered", { count: missing.length })), h("ul", { class: "numbers" }, missing.map(jump))]
      : h("p", null, t("paper.allDone", { all: questions.length })),
    asks && state.prediction === null && h("p", { class: "notice" }, t("paper.noPrediction")),
    h("p", null, t("paper.final")),
    h("p", { class: "actions" }, send,
      h("button", { class: "button", type: "button", onclick: () => back() }, t("paper.back"))));
}
