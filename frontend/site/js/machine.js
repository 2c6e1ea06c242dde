// Sitting one paper: how the page deals with the server, the device and the clock, regardless of its looks.
//
//              ┌─────────┐ heard      ┌─────────┐ answer   ┌─────────┐ planned  ┌────────┐
//   open ─────►│ loading ├───────────►│ sitting ├─────────►│ waiting ├─────────►│ saving │
//              └────┬────┘            └────▲────┘          └────▲────┘          └──┬──┬──┘
//        not heard, │                      └───── saved ────────┴──────────────────┘  │
//        paper here ▼                                                                 │ no answer, or refused for now
//              ┌─────────┐◄───────────────────────────────────────────────────────────┘
//              │ offline │  asks again by itself; heard: sitting, waiting or stale
//              └─────────┘
//   stale        another device has saved: its newer answers are shown, and ours that are newer still will be saved
//   confirming   handed in by hand, but the server has more answers, or others than the person saw: the person decides
//   handing in   on its way, or waiting for its turn at the deadline
//   refused      no answer, or refused for now: the page hands in again by itself; people may keep reading
//   missed       too late; the answers stay on this device, and the page asks the server for the paper's fate
//   finished, failed (there is no such paper), signed out: the end
//
// Every answer, in every state, goes through one place (`hear`) and one merge (`learn` in record.js).

import { asksPrediction, bodyOf, changed, combine, countOf, emptyRecord, heldOf, isUnsent, learn, sameRecord, sameSheet, sending, shown } from "./record.js";
import * as pace from "./pace.js";

/** @import { Answers, Attempt, Bodies, FinishedProblem, StaleProblem } from "../../types/api" */
/** @import { ApiError } from "./api.js" */
/** @import { AttemptRecord, Held, Sheet } from "./record.js" */
/** @import { Paper } from "./records.js" */

/**
 * @typedef {"loading" | "offline" | "sitting" | "waiting" | "saving" | "stale" | "confirming" | "handing in" | "refused" |
 *   "missed" | "finished" | "failed" | "signed out"} State
 * @typedef {Extract<Answers["readAttempt"], { result: unknown }>} Found
 * @typedef {{ clock: boolean, sheet: Sheet | null, rounds: number, stale: number }} Hand a hand-in: by the clock or not, the sheet looked at
 */

/**
 * @typedef {object} Server answers as the API does and throws an ApiError
 * @property {() => Answers["readAttempt"] | Promise<Answers["readAttempt"]>} read
 * @property {(body: Bodies["saveAnswers"], options: { keepalive?: boolean }) => Promise<Answers["saveAnswers"]>} save
 * @property {(body: Bodies["submitAttempt"]) => Promise<Answers["submitAttempt"]>} submit
 */

/**
 * @typedef {object} Store this device's
 * @property {() => AttemptRecord | null} read
 * @property {(record: AttemptRecord) => boolean} write true if it is kept for good
 * @property {() => void} clear
 * @property {(attempt: Attempt) => void} paper keeps the questions
 */

/**
 * @typedef {object} Ports
 * @property {Server} server
 * @property {Store} store
 * @property {(week: number) => number} closes in ms
 * @property {number} grace in ms
 * @property {(view: View) => void} tell hears of every change
 * @property {{ now(): number }} clock has the server's time
 * @property {() => number} steady counts ms and is never set
 * @property {Paper | null} [paper] that this device has
 * @property {pace.Random} [random]
 * @property {{ setTimeout(then: () => void, wait: number): any, clearTimeout(timer: any): void }} [timers]
 */

/**
 * @typedef {object} View what the screen is told
 * @property {State} state
 * @property {Paper | null} paper
 * @property {boolean} heard by this page, since it was opened
 * @property {boolean} kept for good, on this device
 * @property {boolean} overtaken by another device's answers
 * @property {boolean} timeUp
 * @property {number | null} deadline in ms; it may be put off
 * @property {"fewer" | "overtaken" | null} why of confirming
 * @property {ApiError | null} problem
 * @property {Found | null} found what became of the paper
 * @property {boolean} leftover answers on this device that the server did not get
 * @property {number | null} savedAt
 * @property {Sheet["answers"]} answers
 * @property {Sheet["prediction"]} prediction
 * @property {AttemptRecord["flags"]} flags
 * @property {number} at
 * @property {number | null} heardAt
 * @property {boolean} unsent
 * @property {number} inServer how many answers the server has
 * @property {boolean} byClock the hand-in under way
 * @property {boolean} locked
 */

/** @type {State[]} */
const RESTING = ["offline", "sitting", "waiting", "saving", "stale"];
/** @type {State[]} */
const END = ["finished", "failed", "signed out"];
/** @type {State[]} */
const OUT = ["handing in", "missed", ...END];
/** @type {Record<State, State[]>} */
export const NEXT = {
  loading: [...RESTING, ...OUT],
  offline: [...RESTING, "confirming", ...OUT],
  sitting: [...RESTING, "confirming", ...OUT],
  waiting: [...RESTING, "confirming", ...OUT],
  saving: [...RESTING, "confirming", ...OUT],
  stale: [...RESTING, "confirming", ...OUT],
  confirming: [...RESTING, ...OUT],
  "handing in": [...RESTING, "confirming", "refused", "missed", ...END],
  refused: [...RESTING, "handing in", "missed", ...END],
  missed: [...RESTING, ...END],
  finished: [],
  failed: [],
  "signed out": [],
};

const PATIENCE_MS = 2000; // then a paper stored on this device is shown without waiting for the server
const OFTEN_MS = 10000; // the least time between two questions when somebody looks at the page again
const LATE_MS = 5000; // after the grace, for an answer to arrive
const STALE_TRIES = 8;
const DEFAULT_SAVE_AFTER_MS = 30000;

/** @param {Ports} ports */
export function makeMachine({ server, store, closes, grace, tell, clock, steady, paper = null, random = Math.random, timers = globalThis }) {
  let state = /** @type {State} */ ("loading");
  let record = /** @type {AttemptRecord} */ (store.read()); // or null until the paper was heard of: later states have one
  /** @type {any} */
  let timer = null;
  let left = false; // the screen is gone; pending answers are only noted
  let heard = false; // this page has had an answer since it was opened
  let [saves, reads] = [0, 0]; // under way
  let failures = 0; // saves and reads in a row without an answer
  let retryAfter = 0;
  let [lastTry, lastSave] = [-Infinity, -Infinity];
  let finalSave = Infinity; // the time of the last save before the deadline
  let saveAfter = DEFAULT_SAVE_AFTER_MS;
  /** @type {number | null} */
  let savedAt = null;
  let kept = true;
  let overtaken = false;
  let timeUp = false;
  /** @type {Hand | null} */
  let hand = null;
  /** @type {View["why"]} */
  let why = null;
  /** @type {ApiError | null} */
  let problem = null;
  /** @type {Found | null} */
  let found = null; // what became of the paper
  let leftover = false; // answers on this device that the server did not get

  const asks = () => paper !== null && asksPrediction(paper);
  const ended = () => END.includes(state);
  const locked = () => timeUp || ended() || ["loading", "handing in", "refused", "missed"].includes(state);

  /** @returns {View} */
  function view() {
    const sheet = record ? shown(record) : { answers: {}, prediction: null };
    return {
      state, paper, heard, kept, overtaken, timeUp, why, problem, found, leftover, savedAt,
      answers: sheet.answers,
      prediction: sheet.prediction,
      flags: record ? record.flags : {},
      at: record ? record.at : 1,
      heardAt: record ? record.heard : null,
      deadline: record ? record.deadline : null,
      unsent: record ? isUnsent(record) : false,
      inServer: record ? countOf(record.base) : 0,
      byClock: Boolean(hand && hand.clock),
      locked: locked(),
    };
  }

  /** @param {State} next */
  function enter(next) {
    if (next !== state) {
      if (!NEXT[state].includes(next)) throw new Error(`from ${state} to ${next}`);
      state = next;
    }
    plan();
    if (!left) tell(view());
  }

  /** The page's state when nobody is handing in. */
  function rest() {
    if (saves) return "saving";
    if (!heard || failures) return "offline";
    if (overtaken) return "stale";
    return isUnsent(record) ? "waiting" : "sitting";
  }

  function settle() {
    if (state === "loading" && record && paper) stop();
    enter((RESTING.includes(state) || state === "loading") && record && paper ? rest() : state);
  }

  /**
   * Reads, changes and writes this device's record; another tab may have written meanwhile.
   * @param {(record: AttemptRecord) => AttemptRecord} change
   */
  function update(change) {
    const stored = store.read();
    if (stored) {
      const own = record && { at: record.at, ...(kept ? {} : { flags: record.flags }) };
      record = record ? { ...combine(record, stored), ...own } : stored;
    }
    record = change(record);
    kept = store.write(record);
  }

  /**
   * The one place where the server's answers meet this device's. `asked` as in `learn`.
   * @param {Held} held
   * @param {number} asked
   */
  function hear(held, asked) {
    if (!record) record = emptyRecord(timesOf(/** @type {Paper} */ (paper)));
    const known = record.heard !== null;
    update((now) => {
      const next = learn(now, held, asked, clock.now());
      if (known && !sameSheet(shown(now), shown(next))) overtaken = true;
      return next;
    });
    heard = true;
    failures = retryAfter = 0;
    problem = null;
  }

  /** @param {Paper} paper */
  const timesOf = ({ started_at: started, deadline, week }) =>
    ({ started: Date.parse(started), deadline: Date.parse(deadline), closes: closes(week) });

  const revision = () => (record ? record.base.revision : 0);

  /**
   * A refusal instead of an answer. The caller continues from the state that this leaves.
   * @param {ApiError} error
   * @param {number} asked
   */
  function refuse(error, asked) {
    if (error.code === "stale") {
      hear(heldOf(/** @type {StaleProblem} */ (error.problem)), asked);
      lastSave = -Infinity; // nothing was accepted: do not wait a second time
    } else if (error.code === "finished") finish(finishedOf(/** @type {FinishedProblem} */ (error.problem)));
    else if (error.code === "unauthorized") end("signed out");
    else if (error.code === "overdue") miss();
    else if (error.code === "attempt_not_found" || error.code === "not_found") {
      problem = error;
      end("failed");
    } else {
      failures += 1;
      retryAfter = error.retryAfter || 0;
      problem = error.passing ? null : error;
    }
  }

  async function read() {
    const asked = revision();
    reads += 1;
    lastTry = steady();
    try {
      const answer = await server.read();
      if (ended()) return;
      if (answer.status !== "open") return void finish(answer);
      paper = answer.attempt;
      store.paper(answer.attempt);
      hear(heldOf(answer.attempt), asked);
      setDeadline(Date.parse(paper.deadline));
    } catch (error) {
      if (!ended()) refuse(/** @type {ApiError} */ (error), asked);
    } finally {
      reads -= 1;
    }
    if (!ended()) settle();
  }

  /** @param {FinishedProblem} problem @returns {Found} */
  const finishedOf = ({ result }) => ({ status: result.receipt ? "submitted" : "overdue", result });

  /** It may be postponed while the paper is open. @param {number} deadline */
  function setDeadline(deadline) {
    if (deadline !== record.deadline) {
      update((now) => ({ ...now, deadline, closes: closes(/** @type {Paper} */ (paper).week) }));
      finalSave = Infinity;
    }
    if (state === "missed" && clock.now() < deadline) {
      timeUp = false;
      hand = null;
      enter(rest());
    }
  }

  async function save(options = {}) {
    update(sending);
    const [asked, sheet, body] = [revision(), shown(record), bodyOf(record, asks())];
    saves += 1;
    lastTry = lastSave = steady();
    settle();
    try {
      const answer = await server.save(body, options);
      if (ended()) return;
      saveAfter = answer.save_after_s * 1000 || saveAfter;
      savedAt = clock.now();
      hear({ ...sheet, revision: answer.revision }, asked);
      setDeadline(Date.parse(answer.deadline));
    } catch (error) {
      const refused = /** @type {ApiError} */ (error);
      if (refused.code === "overdue") callTime(0); // too late to save, and high time to hand in
      else if (!ended()) refuse(refused, asked);
    } finally {
      saves -= 1;
    }
    if (!ended()) settle();
  }

  async function submit() {
    timer = null;
    enter("handing in");
    const [asked, sheet, body] = [revision(), shown(record), bodyOf(record, asks())];
    try {
      const result = await server.submit(body);
      if (ended()) return;
      update((now) => learn(now, { ...sheet, revision: now.base.revision }, 0));
      return void finish({ status: "submitted", result: { ...idOf(/** @type {Paper} */ (paper)), ...result, rulings: [], questions: [] } });
    } catch (error) {
      if (ended()) return;
      refuse(/** @type {ApiError} */ (error), asked);
      if (state === "handing in") afterRefusal(/** @type {ApiError} */ (error));
    }
  }

  /** @param {Paper} paper */
  const idOf = ({ attempt_id, week, number }) => ({ attempt_id, week, number });

  /** @param {ApiError} error */
  function afterRefusal(error) {
    const turn = /** @type {Hand} */ (hand); // every hand-in has one
    if (error.code === "stale") {
      turn.stale += 1;
      if (!turn.clock && !sameSheet(shown(record), /** @type {Sheet} */ (turn.sheet))) return confirm("overtaken");
      if (turn.stale <= STALE_TRIES) return void submit();
    } else if (!error.passing && !turn.clock) {
      hand = null; // waiting would not help; the problem is shown
      return enter(rest());
    }
    turn.rounds += 1;
    if (timeUp && clock.now() > record.deadline + grace + LATE_MS) return miss();
    return enter("refused");
  }

  /** @param {"fewer" | "overtaken"} reason */
  function confirm(reason) {
    why = reason;
    hand = null;
    enter("confirming");
  }

  /** The paper's time is over; it is handed in after `wait` ms. @param {number} wait */
  function callTime(wait) {
    if (timeUp || ended() || state === "missed") return;
    timeUp = true;
    if (hand) hand.clock = true;
    else hand = { clock: true, sheet: null, rounds: 0, stale: 0 };
    why = null;
    if (state === "handing in") return;
    stop();
    enter("handing in");
    timer = timers.setTimeout(submit, wait);
  }

  function miss() {
    timeUp = true;
    if (state !== "missed") enter("missed");
    if (!reads) read();
  }

  /** @param {Found} answer */
  function finish(answer) {
    found = answer;
    leftover = Boolean(record) && isUnsent(record);
    if (!leftover) store.clear();
    end("finished");
  }

  /** @param {State} last */
  function end(last) {
    stop();
    enter(last);
  }

  function stop() {
    timers.clearTimeout(timer);
    timer = null;
  }

  // -- automatic actions

  function plan() {
    if (left || ended() || timer !== null) return;
    const wait = untilNext();
    if (wait !== null) timer = timers.setTimeout(next, Math.max(0, wait));
  }

  /** Milliseconds until the next action; null: there is none, or it follows a pending answer. */
  function untilNext() {
    if (state === "handing in") return null;
    if (state === "refused") return pace.handInAgain(/** @type {Hand} */ (hand).rounds, retryAfter, random);
    if (state === "loading" && !failures) return record && paper ? PATIENCE_MS : null;
    if (saves || reads) return null;
    if (state === "loading") return pace.handInAgain(failures, retryAfter, random);
    if (state === "missed") return pace.unheard(failures, retryAfter, random);
    if (!isUnsent(record)) return heard && !failures ? null : pace.unheard(failures, retryAfter, random);
    return untilSave();
  }

  function untilSave() {
    const now = clock.now();
    const wait = failures
      ? lastTry - steady() + pace.refused(failures, saveAfter, retryAfter, random)
      : Math.max(pace.soon(random), lastSave - steady() + pace.healthy(saveAfter, random));
    const at = now + Math.max(0, wait);
    if (finalSave === Infinity) finalSave = pace.lastSave(record, random);
    if (at > finalSave && finalSave > now) return finalSave - now;
    return at < record.deadline ? at - now : null;
  }

  function next() {
    timer = null;
    if (state === "refused" || state === "handing in") submit();
    else if (state === "loading" && record && paper && reads) enter("offline");
    else if (state === "loading" || state === "missed" || !isUnsent(record)) read();
    else save();
  }

  /** Postpones the plan: in `wait` ms something is asked or sent. @param {number} wait */
  function hurry(wait) {
    if (left || ended() || state === "handing in" || state === "confirming" || saves || reads) return;
    stop();
    timer = timers.setTimeout(next, wait);
  }

  // -- actions of people, the browser and other tabs

  /** @param {(record: AttemptRecord) => AttemptRecord} make */
  function change(make) {
    if (locked() || !record) return;
    update(make);
    overtaken = false;
    if (state === "confirming") state = rest();
    settle();
  }

  const machine = {
    view,

    /** Begins: asks the server, and meanwhile shows this device's answers. */
    open() {
      if (paper && !record) record = emptyRecord(timesOf(paper));
      plan();
      return read();
    },

    /**
     * `keys`: the chosen options; none takes the answer back.
     * @type {(number: number, keys: string[]) => void}
     */
    answer: (number, keys) => change((now) => changed(now, String(number), keys, clock.now())),
    /** @param {number | null} value */
    predict: (value) => change((now) => changed(now, "prediction", value, clock.now())),

    /** @param {number} number */
    flag(number) {
      if (!record || ended()) return;
      update((now) => {
        const { [number]: there, ...others } = now.flags;
        return { ...now, flags: there ? others : { ...others, [number]: true } };
      });
      tell(view());
    },

    /** @param {number} at */
    look(at) {
      if (!record || ended()) return;
      update((now) => ({ ...now, at }));
      record = { ...record, at };
    },

    /** By hand. Handing in fewer answers than the server has needs a confirmation: a second call. */
    handIn() {
      if (locked() || !record) return;
      update((now) => now);
      const sheet = shown(record);
      if (state !== "confirming" && countOf(sheet) < countOf(record.base)) return void confirm("fewer");
      why = null;
      hand = { clock: false, sheet, rounds: 0, stale: 0 };
      stop();
      submit();
    },

    /** Cancels the hand-in and continues with the paper. */
    goOn() {
      if (timeUp || !["confirming", "refused"].includes(state)) return;
      why = hand = null;
      stop();
      enter(rest());
    },

    /** A tick of the clock, at least once a second, only while it is sure of the server's time. */
    tick() {
      if (!record || !paper || clock.now() < record.deadline) return;
      callTime(clock.now() > record.deadline + grace ? 0 : pace.spread(grace, random));
    },

    /** Whether the end of the week, which may be put off, cuts the paper's time short. */
    endsWithWeek: () => Boolean(record && paper && !ended()) && record.closes <= record.deadline,

    /** The dates of the weeks have changed: asks the server for the paper's deadline. */
    redated() {
      if (left || ended() || reads || state === "loading" || state === "handing in") return;
      read();
    },

    /** Somebody is looking at the page again. */
    wake: () => hurry(Math.max(0, lastTry + OFTEN_MS - steady())),

    /** The device is online again, and perhaps with it a whole hall. */
    online: () => hurry(Math.max(0, lastTry + OFTEN_MS - steady(), random() * 3000)),

    /** The page may be gone in a moment: unsent answers go out now. */
    flush() {
      if (left || !record || !(RESTING.includes(state) || state === "confirming") || timeUp || !isUnsent(record)) return;
      if (saves && record.sent.some((sheet) => sameSheet(sheet, shown(record)))) return;
      if (failures && steady() - lastTry < saveAfter) return;
      save({ keepalive: true });
    },

    /**
     * Another tab wrote `stored`; null: it took the record away, since the paper is finished.
     * @param {AttemptRecord | null} stored
     */
    overheard(stored) {
      if (!record || ended()) return;
      if (!stored) return void (reads || state === "handing in" || read());
      const merged = { ...combine(record, stored), at: record.at };
      if (sameRecord(merged, stored)) record = merged;
      else update((now) => now);
      if (timer !== null && RESTING.includes(state)) stop();
      settle();
    },

    leave() {
      machine.flush();
      stop();
      left = true;
    },
  };
  return machine;
}
