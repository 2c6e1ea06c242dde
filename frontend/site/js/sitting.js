// The screen of an open paper: shows the state of the machine (machine.js), and passes people's actions on to it.

import { api, ApiError } from "./api.js";
import { clock, makeTicker } from "./clock.js";
import { afterClick, fill, focusOn, h } from "./dom.js";
import { examBar } from "./exam-bar.js";
import { jumpList, modeSwitch } from "./jump-list.js";
import { leftoverSection } from "./leftover.js";
import { makeMachine } from "./machine.js";
import { placesOf, questionsView } from "./paper-view.js";
import { time } from "./format.js";
import { explain } from "./problems.js";
import { reviewView } from "./review.js";
import { resultView } from "./screens/result.js";
import { papers, records } from "./records.js";
import { paperMode, receipts, session } from "./storage.js";
import { t } from "./texts.js";
import "./texts-paper.js";
import "./texts-result.js";

const WIDE = "(min-width: 48rem)";
const IMPATIENT = { tries: 1, timeout: 8000, quiet: true };
const HAND_IN_TIMEOUT_MS = 10000;

/** Opens attempt `id`; resolves as soon as there is something to show, and throws if there is no such paper. */
export function sitting(id, { contest, signedIn, signedOut }) {
  const content = h("div");
  /** @type {any} */
  let shownScreen = null; // what `content` shows: the paper, or its result
  /** @type {{ resolve: () => void, reject: (error: unknown) => void } | null} */
  let ready = null;
  const grace = contest.paper.grace_seconds * 1000;
  const mine = signedIn.participant.participant_id;
  const known = papers.get(id);
  const kept = known && known.owner === mine ? known : null; // the device may be shared
  /** Nobody's answers travel under another's name: another tab may have signed somebody else in. */
  const asMe = async (call) => {
    if (session.holder() !== mine) throw new ApiError(401, { code: "unauthorized" });
    return call();
  };
  const week = (wanted) => contest.weeks.find((one) => one.number === wanted);

  const machine = makeMachine({
    paper: kept && records.get(id) ? kept : null,
    server: {
      read: () => asMe(() => api.attempt(id, kept && records.get(id) ? IMPATIENT : {})),
      save: (body, options) => asMe(() => api.save(id, body, options)),
      submit: (body) => asMe(() => api.submit(id, body, { ...IMPATIENT, timeout: HAND_IN_TIMEOUT_MS })),
    },
    store: {
      read: () => records.get(id),
      write: (record) => records.set(id, record),
      clear: () => {
        records.clear(id);
        papers.clear(id);
      },
      paper: (attempt) => papers.keep(attempt, mine),
    },
    closes: (wanted) => Date.parse((week(wanted) || contest.weeks[contest.weeks.length - 1]).closes_at),
    grace,
    clock,
    steady: () => performance.now(),
    tell,
  });

  const ticker = makeTicker({
    tick(sure) {
      if (shownScreen && shownScreen.tick) shownScreen.tick();
      if (sure) machine.tick();
    },
    reread: () => api.contest({ quiet: true }),
  });
  const visible = () => {
    if (document.visibilityState !== "visible") return machine.flush();
    ticker.now();
    return machine.wake();
  };
  const unwatch = records.watch(id, machine.overheard);
  document.addEventListener("visibilitychange", visible);
  addEventListener("pagehide", machine.flush);
  addEventListener("online", machine.online);

  function stop() {
    machine.leave();
    ticker.stop();
    unwatch();
    document.body.classList.remove("sitting");
    document.removeEventListener("visibilitychange", visible);
    removeEventListener("pagehide", machine.flush);
    removeEventListener("online", machine.online);
  }

  function tell(view) {
    const { state } = view;
    if (state === "loading") return;
    if (state === "signed out" || state === "failed") {
      stop();
      const error = view.problem || { code: "unauthorized" };
      if (ready) ready.reject(error);
      else if (!signedOut(error)) fill(content, h("p", { class: "notice bad", role: "alert" }, explain(error)));
    } else if (state === "finished") {
      if (!shownScreen || !shownScreen.final) showResult(view);
    } else {
      if (!shownScreen) showPaper(view);
      afterClick(redraw);
    }
    if (ready) ready.resolve();
    ready = null;
  }

  function redraw() {
    if (!shownScreen.final) shownScreen.draw(machine.view());
  }

  function showPaper(view) {
    document.body.classList.add("sitting");
    shownScreen = paperScreen(view.paper, machine);
    content.className = "sheet";
    fill(content, shownScreen.parts);
  }

  function showResult({ found, leftover, paper, answers, prediction }) {
    const before = shownScreen;
    if (found.result.receipt) receipts.set(id, found.result.receipt);
    shownScreen = { final: true };
    stop();
    content.className = "";
    fill(content, resultView(found, contest), leftover && leftoverSection(id, paper, { answers, prediction }, records.get(id)));
    if (!before) return;
    document.title = t("result.title");
    focusOn(content.querySelector("h1"), { top: true });
  }

  return new Promise((resolve, reject) => {
    ready = {
      resolve: () => resolve({ title: t(shownScreen && shownScreen.final ? "result.title" : "paper.title"), content, stop, renew: machine.redated, watches: machine.endsWithWeek }),
      reject,
    };
    machine.open();
    ticker.now();
  });
}

/** The paper's parts, and `draw(view)`, which updates them to the machine's state. */
function paperScreen(paper, machine) {
  const places = placesOf(paper);
  const sheet = { answers: {}, prediction: null, flags: {}, at: machine.view().at };
  if (!places.includes(sheet.at)) sheet.at = places[0];
  let mode = paperMode.get() || (matchMedia(WIDE).matches ? "list" : "one");
  let area = null; // the area that is shown
  let reviewed = ""; // the answers that the review shows
  let notes = ""; // the notes above the paper

  const bar = examBar(paper);
  const note = h("div", { class: "notes", tabindex: "-1" });
  const box = h("div", { class: "area" });
  const heading = h("h1", null, t("paper.heading", { week: paper.week, number: paper.number }));
  const view = questionsView(paper, sheet, {
    answer: machine.answer,
    predict: machine.predict,
    flag: machine.flag,
  });
  const jumps = jumpList(paper, sheet, goTo);
  const step = (by) => h("button", { class: "button", type: "button", onclick: () => goTo(places[places.indexOf(sheet.at) + by]) },
    t(by < 0 ? "paper.before" : "paper.next"));
  const [before, next] = [step(-1), step(1)];
  const toReview = h("button", { class: "button primary", type: "button", onclick: () => put("review") }, t("paper.toSubmit"));
  const steps = h("p", { class: "steps" }, before, next);
  const sheetView = h("div", { class: "places" },
    h("div", { class: "beside" }, modeSwitch(mode, changeMode), jumps.box),
    h("div", null, view.form, steps, h("p", { class: "actions" }, toReview)));

  function goTo(place) {
    sheet.at = place;
    machine.look(place);
    if (mode === "one") view.showOnly(place);
    drawSheet();
    view.focus(place);
  }

  function changeMode(value) {
    mode = value;
    paperMode.set(value);
    view.showOnly(mode === "one" ? sheet.at : null);
    drawSheet();
  }

  function drawSheet() {
    bar.showAnswered(paper.questions.filter((question) => sheet.answers[question.number]).length);
    jumps.draw(mode === "one" ? sheet.at : null);
    const at = places.indexOf(sheet.at);
    steps.hidden = mode !== "one";
    before.disabled = at === 0;
    next.hidden = at === places.length - 1;
    toReview.classList.toggle("primary", mode === "list" || next.hidden);
  }

  function back(place) {
    machine.goOn();
    put("sheet");
    if (place !== undefined) return goTo(place);
    toReview.focus({ preventScroll: true });
    return toReview.scrollIntoView({ block: "center" });
  }

  function put(kind, ...content) {
    area = kind;
    if (kind === "sheet") return fill(box, sheetView);
    if (kind !== "review") return fill(box, ...content);
    const { why, inServer } = machine.view();
    reviewed = JSON.stringify([sheet.answers, sheet.prediction, why]);
    const review = reviewView(paper, sheet, { back, submit: machine.handIn, why, inServer });
    fill(box, review);
    return focusOn(review.querySelector("h2"));
  }

  const areaOf = ({ state }) => {
    if (state === "handing in") return "sending";
    if (state === "missed") return "missed";
    if (state === "confirming") return "review";
    return area === "review" ? "review" : "sheet";
  };

  function draw(now) {
    const same = JSON.stringify([now.answers, now.prediction, now.why]);
    Object.assign(sheet, { answers: now.answers, prediction: now.prediction, flags: now.flags });
    view.refresh(now.locked);
    drawSheet();
    bar.showSave(now);
    bar.until(now.deadline);
    const wanted = areaOf(now);
    if (wanted === "sending") {
      if (area !== wanted) put(wanted, h("p", { class: "loading", role: "status" }, t(now.byClock ? "paper.timeUp" : "paper.sending")));
    } else if (wanted === "missed") {
      if (area !== wanted) put(wanted, missed(paper, machine));
    } else if (wanted !== area || (wanted === "review" && reviewed !== same)) put(wanted);
    toReview.hidden = now.locked;
    drawNotes(now);
  }

  function drawNotes(now) {
    const wanted = notesOf(now, machine);
    const text = JSON.stringify(wanted.map(({ name, told }) => [name, told]));
    if (text === notes) return;
    notes = text;
    fill(note, wanted.map(({ bad, told, more }) => h("p", { class: bad ? "notice bad" : "notice", role: bad ? "alert" : "status" }, told, more)));
  }

  view.showOnly(mode === "one" ? sheet.at : null);
  return { parts: [heading, bar.box, note, box], draw, tick: bar.tick };
}

/** The notes to show above the paper: [{name, told, more, bad}]. */
function notesOf(now, machine) {
  const { state, heard, heardAt, overtaken, problem, timeUp } = now;
  const notes = [];
  if (state === "offline" && !heard) {
    notes.push({ name: "unheard", told: heardAt === null ? t("paper.unheard") : t("paper.unheardSince", { time: time(heardAt, true) }) });
  }
  if (overtaken && state !== "confirming") notes.push({ name: "overtaken", told: t("paper.overtaken") });
  if (state === "refused") {
    const stay = h("button", { class: "button", type: "button", onclick: machine.goOn }, t("paper.notYet"));
    notes.push({ name: "refused", bad: true, told: t("paper.pending"), more: timeUp ? null : [" ", stay] });
  }
  if (problem && state !== "missed") notes.push({ name: "problem", bad: true, told: explain(problem) });
  return notes;
}

function missed(paper, machine) {
  const { answers, prediction, unsent } = machine.view();
  return [
    h("p", { class: "notice bad", role: "alert" }, t("paper.missed")),
    unsent && leftoverSection(paper.attempt_id, paper, { answers, prediction }, records.get(paper.attempt_id)),
  ];
}
