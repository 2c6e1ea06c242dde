// How a paper looks: its questions, one at a time or all in a list.

import { h } from "./dom.js";
import { readPrediction } from "./draft.js";
import { t } from "./texts.js";

/** The place of the prediction, after the questions. */
export const predictionPlace = ({ questions }) => questions.length + 1;

export const placesOf = (attempt) =>
  attempt.questions.map(({ number }) => number).concat(attempt.prediction_question ? [predictionPlace(attempt)] : []);

export const placeName = (attempt, place) =>
  place === predictionPlace(attempt) ? t("paper.predictionName") : t("paper.question", { number: place });

export const isAnswered = (attempt, state, place) =>
  place === predictionPlace(attempt) ? state.prediction !== null : Boolean(state.answers[place]);

/**
 * The questions as a form that writes into `state` and calls `changed()` after an answer, `flagged()` after a mark.
 * `showOnly(place)` hides the others (null: shows all), `refresh()` shows what `state` holds, `focus(place)` goes there.
 */
export function questionsView(attempt, state, { changed, flagged }) {
  const views = new Map();
  for (const question of attempt.questions) {
    views.set(question.number, questionView(question, state, changed, flagButton(question.number, state, flagged)));
  }
  if (attempt.prediction_question) {
    views.set(predictionPlace(attempt), predictionView(attempt.prediction_question, state, changed));
  }
  const all = [...views.values()];
  const form = h("form", { novalidate: true, autocomplete: "off", onsubmit: (event) => event.preventDefault() },
    all.map(({ box }) => box));
  return {
    form,
    showOnly(place) {
      for (const [at, { box }] of views) box.hidden = place !== null && at !== place;
    },
    refresh: () => all.forEach((view) => view.refresh()),
    focus(place) {
      const { box, title } = views.get(place);
      title.focus({ preventScroll: true });
      box.scrollIntoView({ block: "start" });
    },
  };
}

function flagButton(number, state, flagged) {
  const button = h("button", { type: "button", class: "flag", "aria-label": t("paper.flagLabel", { number }) },
    h("span", { "aria-hidden": "true" }, "⚑ "), t("paper.flag"));
  const refresh = () => button.setAttribute("aria-pressed", String(Boolean(state.flags[number])));
  button.addEventListener("click", () => {
    if (state.flags[number]) delete state.flags[number];
    else state.flags[number] = true;
    refresh();
    flagged();
  });
  return { button, refresh };
}

function questionView({ number, text, options, multiple }, state, changed, flag) {
  const inputs = options.map(({ key }) =>
    h("input", { type: multiple ? "checkbox" : "radio", name: `q${number}`, value: key, onchange: answer }),
  );
  const labels = options.map((option, i) =>
    h("label", { class: "choice" }, inputs[i], h("span", null, h("strong", null, `${option.key}. `), option.text)),
  );
  const mark = () => inputs.forEach((input) => input.parentElement.classList.toggle("chosen", input.checked));
  function answer() {
    mark();
    const keys = inputs.filter((input) => input.checked).map((input) => input.value);
    if (keys.length) state.answers[number] = keys;
    else delete state.answers[number];
    changed();
  }
  function refresh() {
    const chosen = state.answers[number] || [];
    for (const input of inputs) input.checked = chosen.includes(input.value);
    mark();
    flag.refresh();
  }
  const title = h("legend", { tabindex: "-1" }, h("span", { class: "number" }, t("paper.question", { number })), text);
  const box = h("fieldset", { class: "question", id: `q${number}` }, title,
    multiple && h("p", { class: "hint" }, t("paper.several")), labels, flag.button);
  refresh();
  return { box, title, refresh };
}

function predictionView(question, state, changed) {
  const mistake = h("p", { class: "mistake", id: "prediction-mistake", role: "alert", hidden: true });
  const input = h("input", {
    id: "prediction",
    type: "text",
    inputmode: "numeric",
    maxlength: 14,
    "aria-describedby": "prediction-hint prediction-mistake",
    oninput() {
      const value = readPrediction(input.value);
      mistake.hidden = value !== undefined;
      mistake.textContent = value === undefined ? t("paper.predictionHint") : "";
      state.prediction = value === undefined ? null : value;
      changed();
    },
  });
  const refresh = () => {
    if (readPrediction(input.value) !== state.prediction) input.value = state.prediction === null ? "" : state.prediction;
  };
  const title = h("label", { for: "prediction", tabindex: "-1" },
    h("span", { class: "number" }, t("paper.predictionName")), question);
  const box = h("div", { class: "question field" }, title,
    h("p", { class: "hint", id: "prediction-hint" }, t("paper.predictionHint")), input, mistake);
  refresh();
  return { box, title, refresh };
}
