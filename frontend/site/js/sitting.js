// Sitting a paper. Every answer is kept on the device at once, sent now and then, handed in by hand or at the deadline.

import { api } from "./api.js";
import { makeAutosave } from "./autosave.js";
import { makeTicker } from "./clock.js";
import { fill, focusOn, h } from "./dom.js";
import { bodyOf, isUnsent, restore } from "./draft.js";
import { examBar } from "./exam-bar.js";
import { jumpList, modeSwitch } from "./jump-list.js";
import { placesOf, questionsView } from "./paper-view.js";
import { explain } from "./problems.js";
import { reviewView } from "./review.js";
import { resultView } from "./screens/result.js";
import { draft, paper, paperMode, receipts } from "./storage.js";
import { t } from "./texts.js";

const PATIENCE_MS = 40000; // then one may read on, while the page goes on trying
const AGAIN_MS = 15000;
const WIDE = "(min-width: 48rem)";

export function sitting(attempt, { contest, signedOut }) {
  const { attempt_id: id, questions, prediction_question: asks } = attempt;
  const deadline = Date.parse(attempt.deadline);
  const grace = contest.paper.grace_seconds * 1000;
  const places = placesOf(attempt);
  const state = restore(attempt, draft.get(id));
  if (!places.includes(state.at)) state.at = places[0];
  let mode = paperMode.get() || (matchMedia(WIDE).matches ? "list" : "one");
  let sending = false;
  let finished = false;
  let timeUp = false;
  let pending = null; // the next try to hand in what a person wants handed in

  const bar = examBar(attempt);
  const problem = h("div", { class: "notice bad", role: "alert", tabindex: "-1", hidden: true });
  const area = h("div", { class: "area" });
  const heading = h("h1", null, t("paper.heading", { week: attempt.week, number: attempt.number }));
  const content = h("div", { class: "sheet" }, heading, bar.box, problem, area);

  const autosave = makeAutosave({
    async send(options) {
      const sent = { answers: { ...state.answers }, prediction: state.prediction };
      await api.save(id, bodyOf(sent, asks), options);
      state.base = sent;
      draft.set(id, state);
    },
    onState: bar.showSave,
    onRefused: (error) => (signedOut(error) ? null : settle(error)),
  });

  const view = questionsView(attempt, state, {
    changed() {
      bar.kept();
      draft.set(id, state);
      draw();
      autosave.touch();
    },
    flagged() {
      draft.set(id, state);
      draw();
    },
  });
  const jumps = jumpList(attempt, state, goTo);
  const step = (by) => h("button", { class: "button", type: "button", onclick: () => goTo(places[places.indexOf(state.at) + by]) },
    t(by < 0 ? "paper.before" : "paper.next"));
  const [before, next] = [step(-1), step(1)];
  const toReview = h("button", { class: "button primary", type: "button", onclick: review }, t("paper.toSubmit"));
  const steps = h("p", { class: "steps" }, before, next);
  const sheet = h("div", { class: "places" },
    h("div", { class: "beside" }, modeSwitch(mode, changeMode), jumps.box),
    h("div", null, view.form, steps, h("p", { class: "actions" }, toReview)));
  fill(area, sheet);

  function draw() {
    bar.showAnswered(questions.filter(({ number }) => state.answers[number]).length);
    jumps.draw(mode === "one" ? state.at : null);
    const at = places.indexOf(state.at);
    steps.hidden = mode !== "one";
    before.disabled = at === 0;
    next.hidden = at === places.length - 1;
    toReview.classList.toggle("primary", mode === "list" || next.hidden);
  }

  function goTo(place) {
    state.at = place;
    draft.set(id, state);
    if (mode === "one") view.showOnly(place);
    draw();
    view.focus(place);
  }

  function changeMode(value) {
    mode = value;
    paperMode.set(value);
    view.showOnly(mode === "one" ? state.at : null);
    draw();
  }

  function review() {
    const shown = reviewView(attempt, state, {
      back(place) {
        fill(area, sheet);
        if (place !== undefined) return goTo(place);
        toReview.focus({ preventScroll: true });
        toReview.scrollIntoView({ block: "center" });
        return undefined;
      },
      submit: () => handIn("hand"),
    });
    fill(area, shown);
    focusOn(shown.querySelector("h2"));
  }

  function tell(...text) {
    fill(problem, h("p", null, text));
    problem.hidden = !text.length;
  }

  /** `how`: by "hand", by the "clock", or "again", beside a person who reads on. */
  async function handIn(how) {
    if (sending || finished) return;
    sending = true;
    clearTimeout(pending);
    pending = null;
    autosave.stop();
    if (how !== "again") {
      fill(area, h("p", { class: "loading", role: "status" }, t(how === "clock" ? "paper.timeUp" : "paper.sending")));
      tell();
    }
    // A little later at the deadline itself: a whole week's papers may end in the same second.
    if (how === "clock") await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(3000, grace * 0.3)));
    const until = performance.now() + (how === "clock" ? grace + 5000 : PATIENCE_MS);
    try {
      const result = await api.submit(id, bodyOf(state, asks), {
        tries: how === "again" ? 1 : 50,
        timeout: 10000,
        quiet: true,
        giveUp: () => finished || performance.now() > until,
        onWait: () => tell(t("paper.sendAgain")),
      });
      finish({ status: "submitted", result: { attempt_id: id, week: attempt.week, number: attempt.number, ...result } });
    } catch (error) {
      if (finished || signedOut(error)) return;
      await settle(error, how === "again");
      if (!finished && !timeUp && error.passing) wait();
    } finally {
      sending = false;
    }
  }

  /** Not handed in yet: goes on trying by itself, and one may read on or change one's mind meanwhile. */
  function wait() {
    const stay = h("button", { class: "button", type: "button", onclick: () => {
      clearTimeout(pending);
      pending = null;
      tell();
    } }, t("paper.notYet"));
    tell(t("paper.pending"), " ", stay);
    clearTimeout(pending);
    pending = setTimeout(() => handIn("again"), AGAIN_MS * (0.5 + Math.random()));
  }

  /** The paper could not be handed in, or answers are refused: what is it now? */
  async function settle(error, quietly = false) {
    if (!error.passing) {
      try {
        const now = await api.attempt(id, { fresh: true, quiet: true });
        if (now.status !== "open") return finish(now);
      } catch (other) {
        if (signedOut(other)) return undefined;
      }
    }
    if (finished) return undefined;
    const again = h("button", { class: "button primary", type: "button", onclick: () => handIn("clock") }, t("paper.submit"));
    if (timeUp) fill(area, h("p", { class: "actions" }, again));
    else if (!quietly) fill(area, sheet);
    tell(explain(error), " ", t("paper.notSent"));
    if (!quietly) problem.focus();
    if (!timeUp) autosave.resume();
    return undefined;
  }

  function finish(found) {
    if (finished) return;
    stop();
    if (found.result.receipt) receipts.set(id, found.result.receipt);
    draft.clear(id);
    paper.clear(id);
    document.title = t("result.title");
    fill(content, resultView(found, contest));
    content.className = "";
    focusOn(content.querySelector("h1"), { top: true });
  }

  function tick(sure) {
    const rest = bar.tick();
    if (!sure || rest > 0 || timeUp || sending) return;
    timeUp = true;
    handIn("clock");
  }

  /** Another tab answered, or handed the paper in. */
  function otherTab(stored) {
    if (finished || sending) return;
    if (!stored) return void settle({ passing: false, code: "already_submitted" });
    Object.assign(state, { ...stored, at: state.at });
    view.refresh();
    draw();
  }

  const ticker = makeTicker({ tick, reread: () => api.contest({ quiet: true }) });
  const visible = () => (document.visibilityState === "visible" ? ticker.now() : autosave.flush());
  const online = () => {
    if (timeUp) handIn("clock");
    else if (pending !== null) handIn("again");
    else autosave.hurry();
  };
  const unwatch = draft.watch(id, otherTab);
  document.addEventListener("visibilitychange", visible);
  addEventListener("pagehide", autosave.flush);
  addEventListener("online", online);

  function stop() {
    if (finished) return;
    finished = true;
    autosave.stop();
    ticker.stop();
    clearTimeout(pending);
    unwatch();
    document.body.classList.remove("sitting");
    document.removeEventListener("visibilitychange", visible);
    removeEventListener("pagehide", autosave.flush);
    removeEventListener("online", online);
  }

  function leave() {
    if (!finished && !sending) autosave.flush();
    stop();
  }

  draft.set(id, state);
  document.body.classList.add("sitting");
  bar.showSave(Object.keys(state.answers).length ? "restored" : "none");
  view.showOnly(mode === "one" ? state.at : null);
  draw();
  ticker.now();
  if (isUnsent(state)) autosave.touch();
  const held = () => ({ ...attempt, saved_answers: state.base.answers, saved_prediction: state.base.prediction });
  const keep = () => (finished ? null : { status: "open", attempt: held() });
  return { title: t("paper.title"), content, stop: leave, keep };
}
