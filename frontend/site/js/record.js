// One device's knowledge of an attempt, and its one merge with the server's.

/** @import { Attempt, PaperAnswers, StaleProblem } from "../../types/api" */

import { visible } from "./pasted.js";

/**
 * A place is a question's number or "prediction".
 * @typedef {string[] | number | null} Answer keys of the chosen options, or the prediction
 * @typedef {{ answers: Record<string, string[]>, prediction: number | null }} Sheet
 * @typedef {Sheet & { revision: number }} Held what the server holds
 * @typedef {{ to: Answer, at: number }} Change `at`: the time of the tap in ms
 *
 * @typedef {object} AttemptRecord
 * @property {Held} base what the server was last known to hold
 * @property {Record<string, Change>} changes by place: answers given here and not known to be there
 * @property {Sheet[]} sent the sheets of saves on `base` without an answer: they may have arrived, or may still arrive
 * @property {number} started of the attempt, in ms: the server saved `base` at `started + base.revision`
 * @property {number} deadline in ms
 * @property {number} closes when the attempt's week closes, in ms
 * @property {Record<string, true>} flags questions to look at again: this device's own
 * @property {number} at the question being looked at: this device's own
 * @property {number | null} heard when the server last said what it holds, in ms; null: never
 */

const PREDICTION = "prediction";
/** @param {Answer | undefined} value */
const norm = (value) => (Array.isArray(value) ? value.slice().sort().join() : value === undefined || value === null ? "" : String(value));
/** @type {(a: Answer | undefined, b: Answer | undefined) => boolean} */
const same = (a, b) => norm(a) === norm(b);
/** @type {(sheet: Sheet, place: string) => Answer | undefined} */
const valueAt = (sheet, place) => (place === PREDICTION ? sheet.prediction : sheet.answers[place]);
/** @param {{ answers: object }[]} sheets */
const placesOf = (...sheets) => new Set([PREDICTION, ...sheets.flatMap(({ answers }) => Object.keys(answers))]);

/** @type {(a: Sheet, b: Sheet) => boolean} */
export const sameSheet = (a, b) => [...placesOf(a, b)].every((place) => same(valueAt(a, place), valueAt(b, place)));
/** @param {Sheet} sheet */
export const countOf = ({ answers }) => Object.values(answers).filter((keys) => keys.length).length;

/**
 * The server's answers, from an open attempt or a stale refusal.
 * @param {Attempt | StaleProblem} said
 * @returns {Held}
 */
export function heldOf(said) {
  const prediction = "saved_prediction" in said ? said.saved_prediction : said.prediction;
  return { answers: said.saved_answers || {}, prediction: prediction === undefined ? null : prediction, revision: said.revision };
}

/**
 * A device that knows nothing yet.
 * @param {Pick<AttemptRecord, "started" | "deadline" | "closes">} times
 * @returns {AttemptRecord}
 */
export const emptyRecord = ({ started, deadline, closes }) => ({
  base: { answers: {}, prediction: null, revision: 0 },
  changes: {},
  sent: [],
  started,
  deadline,
  closes,
  flags: {},
  at: 1,
  heard: null,
});

/** The answers to show: the server's last known, under what was changed here. @param {AttemptRecord} record */
export function shown({ base, changes }) {
  /** @type {Sheet} */
  const sheet = { answers: { ...base.answers }, prediction: base.prediction };
  for (const [place, { to }] of Object.entries(changes)) {
    if (place === PREDICTION) sheet.prediction = /** @type {number | null} */ (to);
    else if (/** @type {string[]} */ (to).length) sheet.answers[place] = /** @type {string[]} */ (to);
    else delete sheet.answers[place];
  }
  return sheet;
}

/** Something here is not known to be on the server. @param {AttemptRecord} record */
export const isUnsent = (record) => !sameSheet(shown(record), record.base);

/**
 * Somebody answered. A later tap is never stamped earlier than one before.
 * @type {(record: AttemptRecord, place: string, to: Answer, now: number) => AttemptRecord}
 */
export function changed(record, place, to, now) {
  const last = Math.max(0, ...Object.values(record.changes).map(({ at }) => at + 1));
  return { ...record, changes: { ...record.changes, [place]: { to, at: Math.max(now, last) } } };
}

/**
 * A save of what is shown goes out: until it is answered, the server may hold it.
 * @param {AttemptRecord} record
 */
export function sending(record) {
  const sheet = shown(record);
  return record.sent.some((other) => sameSheet(other, sheet)) ? record : { ...record, sent: [...record.sent, sheet] };
}

/**
 * The three-way merge, place by place, of the server's answers (`held`) with the changes made here since `base`:
 *   - not changed here: the server's
 *   - changed here, and the server has its old answer or one from an unanswered save of ours: ours
 *   - changed on both sides: the newer of the two, by the time of the tap here and of the save there
 * `asked` is the revision that was known when the question went out. An answer older than what is known now was
 * overtaken on its way; one older than what was known even then comes from a server that lost something (a restored
 * table), which gets it back from here.
 * @param {AttemptRecord} record
 * @param {Held} held
 * @param {number} asked
 * @param {number | null} now
 * @returns {AttemptRecord}
 */
export function learn(record, held, asked, now = null) {
  const { base, sent, started } = record;
  const heard = now === null ? record.heard : now;
  if (held.revision < base.revision && held.revision >= asked) return { ...record, heard };
  const lost = held.revision < base.revision;
  /** @type {Record<string, Change>} */
  const changes = {};
  for (const place of placesOf(held, base, { answers: record.changes })) {
    const [theirs, before] = [valueAt(held, place), valueAt(base, place)];
    const ours = record.changes[place] || (lost && { to: before === undefined ? [] : before, at: started + base.revision });
    if (!ours || same(ours.to, theirs)) continue;
    const untouched = same(theirs, before) || sent.some((sheet) => same(valueAt(sheet, place), theirs));
    if (lost || untouched || ours.at > started + held.revision) changes[place] = ours;
  }
  return { ...record, base: held, changes, sent: held.revision === base.revision ? sent : [], heard };
}

/** @type {(a: Change, b: Change) => boolean} */
const later = (a, b) => a.at > b.at || (a.at === b.at && norm(a.to) > norm(b.to));

/**
 * The records of two tabs as one: the later `base`, the later tap at each place. Either order gives the same.
 * @type {(one: AttemptRecord, other: AttemptRecord) => AttemptRecord}
 */
export function combine(one, other) {
  const [older, newer] = one.base.revision <= other.base.revision ? [one, other] : [other, one];
  const { changes, sent } = older.base.revision < newer.base.revision ? learn(older, newer.base, 0) : older;
  const merged = { ...changes };
  for (const [place, change] of Object.entries(newer.changes)) {
    if (!merged[place] || later(change, merged[place])) merged[place] = change;
  }
  const more = sent.filter((sheet) => !newer.sent.some((there) => sameSheet(there, sheet)));
  return { ...newer, changes: merged, sent: [...newer.sent, ...more], heard: Math.max(/** @type {number} */ (one.heard), /** @type {number} */ (other.heard)) || null };
}

/**
 * The same knowledge; `at` is each tab's own.
 * @type {(one: AttemptRecord, other: AttemptRecord) => boolean}
 */
export const sameRecord = (one, other) => canonical(one) === canonical(other);

/** @param {AttemptRecord} record */
const canonical = ({ base, changes, sent, flags }) =>
  JSON.stringify([base.revision, Object.entries(changes).sort(), sent.length, Object.keys(flags).sort()]);

/**
 * Not once an earlier attempt of the week has fixed the prediction; a paper kept from an older release has no such field.
 * @param {{ prediction_question: string | null, counted_prediction?: number | null }} attempt
 */
export const asksPrediction = ({ prediction_question: question, counted_prediction: fixed }) =>
  Boolean(question) && typeof fixed !== "number";

/**
 * The body of a save or a submission; the prediction only where the contest asks for one.
 * @type {(record: AttemptRecord, asksPrediction: boolean) => PaperAnswers}
 */
export function bodyOf(record, asksPrediction) {
  const { answers, prediction } = shown(record);
  /** @type {PaperAnswers} */
  const body = { answers, revision: record.base.revision };
  if (asksPrediction && prediction !== null) body.prediction = prediction;
  return body;
}

/**
 * "1.234", "1.234 người" → 1234; null for nothing, undefined for all but numbers from 0 to 1 000 000 000.
 * @param {string} text
 */
export function readPrediction(text) {
  const typed = visible(text);
  if (!typed) return null;
  const found = /^(\d+|\d{1,3}([ .,]\d{3})+)(?: (?:người|lượt|lượt thi|people|attempts))?$/i.exec(typed); // "12,5" is no whole number
  if (!found) return undefined;
  const value = Number(found[1].replace(/\D/g, ""));
  return value <= 1e9 ? value : undefined;
}
