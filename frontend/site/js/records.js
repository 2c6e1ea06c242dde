// This device's memory of papers: their questions, and its knowledge of the answers.

import { byAttempt, names, PREFIX, read, remove, write } from "./storage.js";

/** @import { Attempt } from "../../types/api" */
/** @import { AttemptRecord } from "./record.js" */
/** @import { ByAttempt } from "./storage.js" */

/** @typedef {Omit<Attempt, "saved_answers" | "saved_prediction" | "revision">} Paper without what is saved */
/** @typedef {Paper & { owner: string }} KeptPaper */

const DAY = 86400000;

/**
 * The questions of papers, for continuing when the page is opened again without a connection; `owner` is the participant id.
 * They do not include the server's answers: only the record holds those.
 */
export const papers = {
  .../** @type {ByAttempt<KeptPaper>} */ (byAttempt("paper:")),
  /** @param {Attempt} attempt @param {string} owner */
  keep(attempt, owner) {
    const { saved_answers: _, saved_prediction: __, revision: ___, ...questions } = attempt;
    return write(`paper:${attempt.attempt_id}`, { ...questions, owner });
  },
  /** Open ones of one person, the newest first. @param {string} owner @param {number} now @returns {KeptPaper[]} */
  open(owner, now) {
    const all = names("paper:").map(read).filter((paper) => paper && paper.owner === owner && Date.parse(paper.deadline) > now);
    return all.sort((a, b) => Date.parse(b.deadline) - Date.parse(a.deadline));
  },
};

const RECORD_FORMAT = 1;
/** @param {any} found @returns {AttemptRecord | null} */
const recordOf = (found) => (found && found.format === RECORD_FORMAT ? found : null);

/** This device's knowledge of an attempt's answers (record.js); kept until the attempt's week is closed. */
export const records = {
  /** @param {string} attemptId */
  get: (attemptId) => recordOf(read(`record:${attemptId}`)),
  /**
   * Never overwrites a later release's record: an older page may come up again without a connection.
   * @param {string} attemptId
   * @param {AttemptRecord} record
   */
  set(attemptId, record) {
    const there = read(`record:${attemptId}`);
    return there && there.format > RECORD_FORMAT ? false : write(`record:${attemptId}`, { ...record, format: RECORD_FORMAT });
  },
  /** @param {string} attemptId */
  clear: (attemptId) => remove(`record:${attemptId}`),

  /**
   * Hears what another tab stored (null: it removed the record) until the returned function is called.
   * @param {string} attemptId
   * @param {(record: AttemptRecord | null) => void} tell
   */
  watch(attemptId, tell) {
    /** @param {StorageEvent} event */
    const stored = ({ key, newValue }) => {
      if (key === `${PREFIX}record:${attemptId}`) tell(newValue === null ? null : recordOf(JSON.parse(newValue)));
    };
    addEventListener("storage", stored);
    return () => removeEventListener("storage", stored);
  },

  /** Removes what belongs to weeks closed for at least a day. @param {number} now */
  sweep(now) {
    for (const name of names("record:")) {
      const found = recordOf(read(name));
      if (found && found.closes > now - DAY) continue;
      remove(name);
    }
    for (const name of names("paper:")) {
      const found = read(name);
      if (found && (records.get(found.attempt_id) || Date.parse(found.deadline) > now - DAY)) continue;
      remove(name);
    }
  },
};
