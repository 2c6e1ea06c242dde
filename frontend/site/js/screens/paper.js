// Sitting a paper. Every answer is kept on the device at once, sent now and then, handed in by hand or at the deadline.

import { api } from "../api.js";
import { makeAutosave } from "../autosave.js";
import { clock, makeTicker } from "../clock.js";
import { fill, focusOn, h } from "../dom.js";
import { bodyOf, isUnsent, restore } from "../draft.js";
import { countdown, time } from "../format.js";
import { confirmView, questionsView } from "../paper-view.js";
import { explain } from "../problems.js";
import { draft } from "../storage.js";
import { t } from "../texts.js";
import { resultView } from "./result.js";

const SHORT_MS = 60000;
const PATIENCE_MS = 40000;

export async function screen(context) {
  const { argument: id, contest, go } = context;
  if (!id) {
    go("#/me", { instead: true });
    return { title: "", content: [] };
  }
  const found = await api.attempt(id);
  if (found.status !== "open") {
    draft.clear(id);
    return { title: t("result.title"), content: resultView(found, contest) };
  }
  return openPaper(found.attempt, context);
}

function openPaper(attempt, { contest, signedOut }) {
  const { attempt_id: id, questions, prediction_question: asks } = attempt;
  const deadline = Date.parse(attempt.deadline);
  const grace = contest.paper.grace_seconds * 1000;
  draft.sweep(clock.now());
  const state = restore(attempt, draft.get(id));
  draft.set(id, state);
  let sending = false;
  let finished = false;

  const left = h("strong", { class: "countdown" });
  const answered = h("span", { id: "answered" });
  const progress = h("progress", { max: questions.length, "aria-labelledby": "answered" });
  const save = h("p", { class: "save", id: "save", role: "status" },
    t(Object.keys(state.answers).length ? "save.restored" : "save.none"));
  const announce = h("p", { class: "unseen", role: "status" });
  const problem = h("div", { class: "notice bad", role: "alert", tabindex: "-1", hidden: true });
  const bar = h("div", { class: "exam" },
    h("div", { class: "row" }, h("span", null, t("paper.left"), " ", left), answered),
    progress, save, announce);
  const area = h("div");
  const heading = h("h1", null, t("paper.heading", { week: attempt.week, number: attempt.number }));
  const content = h("div", { class: "paper" }, heading, bar, problem, area);

  const showSave = (kind) => {
    save.className = `save ${kind}`;
    save.textContent = t(`save.${kind}`, { time: time(clock.now(), true) });
  };
  const autosave = makeAutosave({
    async send() {
      const sent = { answers: { ...state.answers }, prediction: state.prediction };
      await api.save(id, bodyOf(sent, asks));
      state.base = sent;
      draft.set(id, state);
    },
    onState: showSave,
    onRefused: (error) => (signedOut(error) ? null : settle(error)),
  });

  const form = questionsView(attempt, state, () => {
    draft.set(id, state);
    drawAnswered();
    autosave.touch();
  });
  const toConfirm = h("button", { class: "button primary", type: "button", onclick: () => confirm() }, t("paper.toSubmit"));
  const sheet = h("div", null, form, h("p", { class: "actions" }, toConfirm));
  fill(area, sheet);

  function drawAnswered() {
    const done = questions.filter(({ number }) => state.answers[number]).length;
    answered.textContent = t("paper.answered", { done, all: questions.length });
    progress.value = done;
  }

  function confirm() {
    const view = confirmView(attempt, state, {
      back(number) {
        fill(area, sheet);
        const target = number === undefined ? toConfirm : form.querySelector(`#q${number} input`);
        target.focus({ preventScroll: true });
        (target.closest(".question") || target).scrollIntoView({ block: number === undefined ? "center" : "start" });
      },
      submit: () => handIn(false),
    });
    fill(area, view);
    focusOn(view.querySelector("h2"));
  }

  function tell(...text) {
    fill(problem, h("p", null, text));
    problem.hidden = !text.length;
  }

  async function handIn(byClock) {
    if (sending || finished) return;
    sending = true;
    autosave.stop();
    fill(area, h("p", { class: "loading", role: "status" }, t(byClock ? "paper.timeUp" : "paper.sending")));
    tell();
    // A little later at the deadline itself: a whole week's papers may end in the same second.
    if (byClock) await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(3000, grace * 0.3)));
    const until = performance.now() + (byClock ? grace + 5000 : PATIENCE_MS);
    try {
      const result = await api.submit(id, bodyOf(state, asks), {
        tries: 50,
        timeout: 10000,
        giveUp: () => finished || performance.now() > until,
        onWait: () => tell(t("paper.sendAgain")),
      });
      finish({ status: "submitted", result: { week: attempt.week, number: attempt.number, ...result } });
    } catch (error) {
      if (finished || signedOut(error)) return;
      await settle(error);
    } finally {
      sending = false;
    }
  }

  /** The paper could not be handed in, or answers are refused: what is it now? */
  async function settle(error) {
    if (!error.passing) {
      try {
        const now = await api.attempt(id, true);
        if (now.status !== "open") return finish(now);
      } catch (other) {
        if (signedOut(other)) return undefined;
      }
    }
    if (finished) return undefined;
    const again = h("button", { class: "button primary", type: "button", onclick: () => handIn(false) }, t("paper.submit"));
    const over = clock.now() > deadline;
    fill(area, over ? h("p", { class: "actions" }, again) : sheet);
    tell(explain(error), " ", t("paper.notSent"));
    problem.focus();
    if (!over) autosave.resume();
    return undefined;
  }

  function finish(found) {
    if (finished) return;
    stop();
    draft.clear(id);
    document.title = t("result.title");
    fill(content, resultView(found, contest));
    content.classList.remove("paper");
    focusOn(content.querySelector("h1"), { top: true });
  }

  let said = Infinity;
  let timeUp = false;
  function tick() {
    const rest = deadline - clock.now();
    left.textContent = countdown(Math.min(rest, deadline - Date.parse(attempt.started_at)));
    bar.classList.toggle("short", rest < SHORT_MS);
    const minutes = [5, 1].find((at) => rest <= at * 60000 && rest > at * 60000 - 5000);
    if (minutes && minutes < said) announce.textContent = t("paper.minutesLeft", { minutes: (said = minutes) });
    if (rest <= 0 && !timeUp && !sending) {
      timeUp = true;
      handIn(true);
    }
  }

  const ticker = makeTicker({ tick, reread: () => api.contest() });
  const awake = () => document.visibilityState === "visible" && ticker.now();
  const online = () => (timeUp ? handIn(true) : autosave.hurry());
  document.addEventListener("visibilitychange", awake);
  addEventListener("online", online);

  function stop() {
    if (finished) return;
    finished = true;
    autosave.stop();
    ticker.stop();
    document.removeEventListener("visibilitychange", awake);
    removeEventListener("online", online);
  }

  function leave() {
    const last = !finished && !sending && isUnsent(state);
    stop();
    if (last) api.save(id, bodyOf(state, asks)).catch(() => {}); // also kept on the device
  }

  drawAnswered();
  ticker.now();
  if (isUnsent(state)) autosave.touch();
  return { title: t("paper.title"), content, stop: leave };
}
