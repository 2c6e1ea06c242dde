// How a paper looks: its questions, one at a time or all in a list.

import { afterClick, h } from "./dom.js";
import { number as wholeNumber } from "./format.js";
import { marked } from "./marked.js";
import { asksPrediction, readPrediction } from "./record.js";
import { t } from "./texts.js";

// Many banks say it in the question: once is enough.
const SAYS_SEVERAL = /chọn (tất cả|các|những) phương án/i;

const ASKS_TRUTH = /đúng hay sai/i;

/** Whether a question is a statement that does not ask by itself whether it is right. */
export const asksTruth = (text, options) => isStatement(options) && !ASKS_TRUTH.test(text);
/** Whether the question is a statement that is right or wrong. */
const isStatement = (options) => options.length === 2 && options.every(({ text }) => ["Đúng", "Sai"].includes(text));

/** The place of the prediction, after the questions. */
export const predictionPlace = ({ questions }) => questions.length + 1;

export const placesOf = (attempt) =>
  attempt.questions.map(({ number }) => number).concat(asksPrediction(attempt) ? [predictionPlace(attempt)] : []);

export const placeName = (attempt, place) =>
  place === predictionPlace(attempt) ? t("paper.predictionName") : t("paper.question", { number: place });

export const isAnswered = (attempt, state, place) =>
  place === predictionPlace(attempt) ? state.prediction !== null : Boolean(state.answers[place]);

/**
 * The questions as a form that tells what people do: `answer(number, keys)`, `predict(value or null)`, `flag(number)`.
 * `refresh(locked)` shows what `state` holds, `showOnly(place)` hides the others (null: shows all), `show(place)` scrolls there, `focus(place)` moves the focus too.
 */
export function questionsView(attempt, state, { answer, predict, flag }) {
  const views = new Map();
  for (const question of attempt.questions) {
    views.set(question.number, questionView(question, state, answer, flagButton(question.number, state, flag)));
  }
  if (asksPrediction(attempt)) {
    views.set(predictionPlace(attempt), predictionView(attempt.prediction_question, state, predict));
  }
  const all = [...views.values()];
  const show = (place) => views.get(place).box.scrollIntoView({ block: "start" });
  const form = h("form", { novalidate: true, autocomplete: "off", onsubmit: (event) => event.preventDefault() },
    all.map(({ box }) => box));
  return {
    form,
    showOnly(place) {
      for (const [at, { box }] of views) box.hidden = place !== null && at !== place;
    },
    refresh: (locked) => all.forEach((view) => view.refresh(locked)),
    focus(place) {
      views.get(place).title.focus({ preventScroll: true });
      show(place);
    },
    show,
    /** Whether `target` chooses the one answer of a question, so that nothing more is to be done there. */
    settles: (target) => target.type === "radio" && target.closest(".question") !== null,
  };
}

function flagButton(number, state, flag) {
  const text = h("span");
  const button = h("button", { type: "button", class: "flag", "aria-label": t("paper.flagLabel", { number }) },
    h("span", { "aria-hidden": "true" }, "⚑ "), text);
  const refresh = () => {
    button.setAttribute("aria-pressed", String(Boolean(state.flags[number])));
    text.textContent = t(state.flags[number] ? "paper.flagged" : "paper.flag");
  };
  button.addEventListener("click", () => flag(number));
  return { button, refresh };
}

function questionView({ number, text, options, multiple }, state, tell, flag) {
  const inputs = options.map(({ key }) =>
    h("input", { type: multiple ? "checkbox" : "radio", name: `q${number}`, value: key, onchange: answer }),
  );
  const labels = options.map((option, i) =>
    h("label", { class: "choice" }, inputs[i], h("span", null, h("strong", null, `${option.key}. `), marked(option.text))),
  );
  const mark = () => inputs.forEach((input) => input.parentElement.classList.toggle("chosen", input.checked));
  function answer() {
    mark();
    tell(number, inputs.filter((input) => input.checked).map((input) => input.value));
  }
  function refresh(locked) {
    const chosen = state.answers[number] || [];
    for (const input of inputs) {
      input.checked = chosen.includes(input.value);
      input.disabled = Boolean(locked);
    }
    mark();
    flag.refresh();
  }
  const title = h("legend", { tabindex: "-1" }, h("span", { class: "number" }, t("paper.question", { number })), marked(text));
  const box = h("fieldset", { class: "question", id: `q${number}` }, title,
    multiple && !SAYS_SEVERAL.test(text) && h("p", { class: "hint" }, t("paper.several")),
    asksTruth(text, options) && h("p", { class: "hint" }, t("paper.truth")), labels, flag.button);
  refresh();
  return { box, title, refresh };
}

function predictionView(question, state, tell) {
  /** @type {number | null} */
  let told = null; // the text shown or typed, so that typing is not overwritten
  const mistake = h("p", { class: "mistake", id: "prediction-mistake", role: "alert", hidden: true });
  const echo = h("p", { class: "echo", id: "prediction-echo", role: "status" });
  const input = h("input", {
    id: "prediction",
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-describedby": "prediction-hint prediction-echo prediction-mistake",
    oninput() {
      const value = readPrediction(input.value);
      told = value === undefined ? null : value;
      afterClick(tellRead); // a keyboard may hand over its last letters only when the field is left
      tell(told);
    },
  });
  /** Says how the number is understood, or that it is none. */
  const tellRead = () => {
    const value = readPrediction(input.value);
    mistake.hidden = value !== undefined;
    mistake.textContent = value === undefined ? t("paper.predictionWrong") : "";
    echo.textContent = value === undefined || value === null ? "" : t("paper.predictionRead", { value: wholeNumber(value) });
  };
  const refresh = (locked) => {
    input.disabled = Boolean(locked);
    if (state.prediction === told) return;
    told = state.prediction;
    input.value = told === null ? "" : String(told);
    tellRead();
  };
  const title = h("label", { for: "prediction", tabindex: "-1" },
    h("span", { class: "number" }, t("paper.predictionName")), question);
  const box = h("div", { class: "question field" }, title,
    h("p", { class: "hint", id: "prediction-hint" }, t("paper.predictionHint")), input, echo, mistake);
  refresh();
  return { box, title, refresh };
}
