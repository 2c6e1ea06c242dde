// The screen of an open paper: shows the state of the machine (machine.js), and passes people's actions on to it.

import { api, ApiError } from "./api.js";
import { clock, makeTicker } from "./clock.js";
import { afterClick, fill, focusOn, h } from "./dom.js";
import { backKey } from "./back-key.js";
import { examBar } from "./exam-bar.js";
import { jumpList } from "./jump-list.js";
import { leftoverSection } from "./leftover.js";
import { makeMachine } from "./machine.js";
import { placesOf, questionsView } from "./paper-view.js";
import { time } from "./format.js";
import { explain } from "./problems.js";
import { reviewView } from "./review.js";
import { resultView } from "./screens/result.js";
import { papers, records } from "./records.js";
import { forward, paperMode, receipts, session } from "./storage.js";
import { t } from "./texts.js";
import "./texts-paper.js";
import "./texts-result.js";

const WIDE = "(min-width: 48rem)";
const IMPATIENT = { tries: 1, timeout: 8000, quiet: true };
const HAND_IN_TIMEOUT_MS = 10000;
const FORWARD_MS = 400; // so that one sees what was chosen

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
    if (shownScreen && shownScreen.stop) shownScreen.stop();
    ticker.stop();
    unwatch();
    document.body.classList.remove("sitting", "answering");
    document.removeEventListener("visibilitychange", visible);
    removeEventListener("pagehide", machine.flush);
    removeEventListener("online", machine.online);
  }

  /** The screen is left. */
  function left() {
    stop();
    if (shownScreen && shownScreen.keys) shownScreen.keys.stop();
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
    if (before) before.keys.over();
    if (found.result.receipt) receipts.set(id, found.result.receipt);
    stop();
    shownScreen = { final: true, keys: before && before.keys };
    content.className = "";
    fill(content, resultView(found, contest), leftover && leftoverSection(id, paper, { answers, prediction }, records.get(id)));
    if (!before) return;
    document.title = t("result.title");
    focusOn(content.querySelector("h1"), { top: true });
  }

  return new Promise((resolve, reject) => {
    ready = {
      resolve: () => resolve({ title: t(shownScreen && shownScreen.final ? "result.title" : "paper.title"), content, stop: left, renew: machine.redated, watches: machine.endsWithWeek }),
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
  /** @type {number | null} */
  let mending = null; // the place that the review has led to: it leads back
  let rearranged = false; // one by one or all: changed in the list, which still lies over the paper

  const bar = examBar(paper);
  const note = h("div", { class: "notes", tabindex: "-1" });
  const box = h("div", { class: "area" });
  const keys = backKey(shown);
  const view = questionsView(paper, sheet, {
    answer,
    predict: machine.predict,
    flag: machine.flag,
  });
  const toReview = h("button", { class: "button primary", type: "button", onclick: toTheReview }, t("paper.toSubmit"));
  const jumps = jumpList(paper, sheet, mode, {
    jump(place) {
      if (keys.lies("list")) keys.instead({ place });
      else keys.step({ place });
      jumps.close();
      look(place);
    },
    change: changeMode,
    handIn: toReview,
    closed() {
      jumps.close();
      if (keys.lies("list")) keys.back();
    },
  });
  const step = (by) => h("button", { class: by < 0 ? "button" : "button primary", type: "button", onclick: () => goTo(places[places.indexOf(sheet.at) + by]) },
    t(by < 0 ? "paper.before" : "paper.next"));
  const [before, next] = [step(-1), step(1)];
  const list = h("button", { class: "button quiet list", type: "button", onclick: showList }, t("paper.openList"));
  const steps = h("nav", { class: "steps", "aria-label": t("paper.title") }, before, list, next);
  const sheetView = h("div", { class: "places" }, jumps.beside, h("div", null, view.form, steps), jumps.sheet);
  let byHand = false; // an arrow key only passes over the options
  view.form.addEventListener("pointerdown", () => (byHand = true));
  view.form.addEventListener("keydown", () => (byHand = false));
  /** @type {any} */
  let timer = null;

  function answer(number, chosen) {
    machine.answer(number, chosen);
    clearTimeout(timer);
    if (mode !== "one" || !byHand || !forward.get() || paper.questions.find((one) => one.number === number).multiple) return;
    timer = setTimeout(() => afterClick(() => {
      const on = places[places.indexOf(number) + 1];
      if (on && area === "sheet" && sheet.at === number && mending !== number && !machine.view().locked) goTo(on);
    }), FORWARD_MS);
  }

  function goTo(place) {
    keys.step({ place });
    look(place);
  }

  function look(place) {
    if (place !== mending) mending = null;
    sheet.at = place;
    machine.look(place);
    if (mode === "one") view.showOnly(place);
    drawSheet();
    view.focus(place);
  }

  function showList() {
    keys.step({ place: sheet.at, over: "list" });
    jumps.open();
  }

  function toTheReview() {
    const on = { place: sheet.at, over: "review" };
    if (keys.lies("list")) keys.instead(on);
    else keys.step(on);
    jumps.close();
    put("review");
  }

  /** The back key has led here. */
  function shown({ place, over }) {
    if (over !== "list") jumps.close();
    if (over !== "list" && rearranged) setTimeout(() => view.show(sheet.at)); // after the browser has scrolled to where the other arrangement was
    rearranged = rearranged && over === "list";
    if (over === "review" && area === "sheet" && !machine.view().locked) return put("review");
    if (over === "review" || (area !== "sheet" && area !== "review")) return null;
    if (area === "review") {
      machine.goOn();
      put("sheet");
    }
    if (over === "list") return jumps.open();
    return place !== sheet.at && places.includes(place) && look(place);
  }

  function changeMode(value) {
    mode = value;
    rearranged = keys.lies("list");
    paperMode.set(value);
    view.showOnly(mode === "one" ? sheet.at : null);
    drawSheet();
    view.show(sheet.at);
  }

  function drawSheet() {
    bar.showAnswered(paper.questions.filter((question) => sheet.answers[question.number]).length);
    jumps.draw(mode === "one" ? sheet.at : null);
    const at = places.indexOf(sheet.at);
    const last = mode === "list" || at === places.length - 1 || sheet.at === mending;
    before.hidden = mode === "list";
    before.disabled = at === 0;
    next.hidden = last;
    const home = last ? steps : jumps.end;
    if (toReview.parentElement !== home) home.append(toReview);
  }

  function back(place) {
    machine.goOn();
    put("sheet");
    if (place !== undefined) {
      mending = place;
      return goTo(place);
    }
    keys.step({ place: sheet.at });
    if (toReview.closest("dialog")) return view.focus(sheet.at); // it lies in the closed list
    toReview.focus({ preventScroll: true });
    return toReview.scrollIntoView({ block: "center" });
  }

  /** For the line that says to go on without a connection. */
  const markAnswering = () => document.body.classList.toggle("answering", area === "sheet" && !machine.view().locked);

  function put(kind, ...content) {
    area = kind;
    markAnswering();
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
    markAnswering();
    drawNotes(now);
  }

  function drawNotes(now) {
    const wanted = notesOf(now, machine);
    const text = JSON.stringify(wanted.map(({ name, told }) => [name, told]));
    if (text === notes) return;
    notes = text;
    fill(note, wanted.map(({ bad, told, more }) => h("div", { class: bad ? "notice bad" : "notice", role: bad ? "alert" : "status" }, h("p", null, told), more)));
  }

  view.showOnly(mode === "one" ? sheet.at : null);
  keys.begin({ place: sheet.at });
  const stop = () => {
    clearTimeout(timer);
    jumps.stop();
  };
  return { parts: [bar.box, note, box], draw, tick: bar.tick, keys, stop };
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
    notes.push({ name: "refused", bad: true, told: t("paper.pending"), more: timeUp ? null : h("p", { class: "actions" }, stay) });
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
