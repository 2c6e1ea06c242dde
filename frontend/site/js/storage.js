// This device's storage. If the browser keeps nothing (private mode, full), memory serves until the page closes.

/** @import { Receipt, Session } from "../../types/api" */

export const PREFIX = "cuoc-thi:";
/** @type {Map<string, string>} */
const memory = new Map(); // only what could not be stored

/** Stored values are not checked again: each reader knows its own. @param {string} key @returns {any} */
export function read(key) {
  if (memory.has(key)) return JSON.parse(/** @type {string} */ (memory.get(key)));
  try {
    return JSON.parse(/** @type {string} */ (localStorage.getItem(PREFIX + key)));
  } catch (error) {
    return null;
  }
}

/** True if it is kept when the page is closed. @param {string} key @param {unknown} value */
export function write(key, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(PREFIX + key, text);
    memory.delete(key);
    return true;
  } catch (error) {
    memory.set(key, text);
    return false;
  }
}

/** @param {string} key */
export function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(PREFIX + key);
  } catch (error) {
    // Nothing was stored.
  }
}

export const language = {
  get: () => (read("language") === "en" ? "en" : "vi"),
  /** @param {"en" | "vi"} value */
  set: (value) => write("language", value),
};

export const session = {
  /** @returns {Session | null} */
  get: () => read("session"),
  /** @param {Session} value */
  set: (value) => write("session", value),
  clear: () => remove("session"),
  /** The participant id of whoever is signed in, "" if nobody is. Several people may use one device. */
  holder: () => session.get()?.participant?.participant_id || "",
};

/** "one" question at a time or all in a "list"; null until somebody chose. */
export const paperMode = {
  /** @returns {"one" | "list" | null} */
  get: () => read("paper-mode"),
  /** @param {"one" | "list"} value */
  set: (value) => write("paper-mode", value),
};

/** Whether a paper goes on by itself after a choice. */
export const forward = {
  /** @returns {boolean} */
  get: () => read("forward") === true,
  /** @param {boolean} value */
  set: (value) => write("forward", value),
};

/** @param {string} prefix */
export function names(prefix) {
  try {
    const stored = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + prefix));
    return stored.map((key) => key.slice(PREFIX.length)).concat([...memory.keys()].filter((key) => key.startsWith(prefix)));
  } catch (error) {
    return [...memory.keys()].filter((key) => key.startsWith(prefix));
  }
}

/**
 * @template Kept
 * @typedef {{ get(attemptId: string): Kept | null, set(attemptId: string, value: Kept): boolean, clear(attemptId: string): void }} ByAttempt
 */

/** @param {string} prefix @returns {ByAttempt<any>} */
export const byAttempt = (prefix) => ({
  get: (attemptId) => read(prefix + attemptId),
  set: (attemptId, value) => write(prefix + attemptId, value),
  clear: (attemptId) => remove(prefix + attemptId),
});

/** The newest checkpoint of the log that this device has seen, with the log's key. */
export const seenLog = {
  /** @returns {{ vkey: string, note: string } | null} */
  get: () => read("log"),
  /** @param {{ vkey: string, note: string }} value */
  set: (value) => write("log", value),
};

/** Receipts of papers handed in on this device, of one person only: others may use the same device. */
export const receipts = {
  .../** @type {ByAttempt<Receipt>} */ (byAttempt("receipt:")),
  /** @param {string} participantId @returns {Receipt[]} */
  of(participantId) {
    const all = names("receipt:").map(read);
    return all.filter((receipt) => receipt && receipt.openings && receipt.openings.identity.participant_id === participantId);
  },
};
