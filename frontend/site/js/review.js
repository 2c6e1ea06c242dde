// The last look before a paper is handed in: every question with what was chosen, each a tap away.

import { h, once } from "./dom.js";
import { isAnswered, placeName, placesOf, predictionPlace } from "./paper-view.js";
import { number } from "./format.js";
import { asksPrediction } from "./record.js";
import { t } from "./texts.js";

const NAMED = 5; // so few missing or marked ones have a button each

/**
 * `back(place?)` and `submit()` are the actions. `why` it asks once more: the server has more answers
 * ("fewer" here; `inServer` there), or newer ones came from another device ("overtaken").
 */
export function reviewView(attempt, state, { back, submit, why, inServer }) {
  const { questions } = attempt;
  const without = questions.filter((question) => !isAnswered(attempt, state, question.number));
  const missing = without.length;
  const flagged = questions.filter((question) => state.flags[question.number]);
  const few = (some) => h("p", { class: "actions" }, some.map(({ number: place }) =>
    h("button", { class: "button", type: "button", onclick: () => back(place) }, placeName(attempt, place))));
  const asks = asksPrediction(attempt) && state.prediction === null;
  const send = h("button", { class: missing ? "button" : "button primary", type: "button", id: "submit" },
    why === "fewer" ? t("paper.submitFewer") : missing ? t("paper.submitWithout", { count: missing }) : t("paper.submit"));
  send.addEventListener("click", once(send, submit));
  const goBack = h("button", { class: missing ? "button primary" : "button", type: "button", onclick: () => back() }, t("paper.back"));
  const chosen = (place) => {
    if (!isAnswered(attempt, state, place)) return h("span", { class: "badge warn" }, t("paper.isOpen"));
    return h("strong", null, place === predictionPlace(attempt) ? number(state.prediction) : state.answers[place].join(", "));
  };
  const row = (place) =>
    h("li", null, h("button", { type: "button", onclick: () => back(place) },
      h("span", { class: "what" }, placeName(attempt, place), state.flags[place] && h("span", { class: "mark" }, " ⚑ ", t("paper.isFlagged"))),
      " ", chosen(place)));
  return h("section", { class: "card review", "aria-labelledby": "review" },
    h("h2", { id: "review" }, t("paper.confirm")),
    why === "fewer" && h("p", { class: "notice bad", role: "alert" },
      t("paper.fewer", { saved: inServer, here: questions.length - missing })),
    why === "overtaken" && h("p", { class: "notice", role: "alert" }, t("paper.overtaken"), " ", t("paper.overtakenReview")),
    missing
      ? h("div", { class: "notice warn" }, h("p", null, t("paper.unanswered", { count: missing })), missing <= NAMED ? few(without) : h("p", null, t("paper.below")))
      : h("p", { class: "notice good" }, t("paper.allDone", { all: questions.length })),
    flagged.length > 0 && h("div", { class: "notice" }, h("p", null, t("paper.stillFlagged", { count: flagged.length })), flagged.length <= NAMED && few(flagged)),
    asks && h("div", { class: "notice" }, h("p", null, t("paper.noPrediction")), few([{ number: predictionPlace(attempt) }])),
    attempt.prediction_question && !asksPrediction(attempt)
      && h("p", null, t("paper.predictionFixed", { value: number(attempt.counted_prediction) })),
    h("p", null, t("paper.final")),
    h("p", { class: "actions" }, missing ? [goBack, send] : [send, goBack]),
    h("h3", null, t("paper.yourAnswers")),
    h("ol", { class: "answers" }, placesOf(attempt).map(row)));
}
