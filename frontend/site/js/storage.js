// What this device remembers. Where the browser keeps nothing (private mode, full), memory serves until the page closes.

const PREFIX = "cuoc-thi:";
const DAY = 86400000;
const memory = new Map(); // only what could not be stored

function read(key) {
  if (memory.has(key)) return JSON.parse(memory.get(key));
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch (error) {
    return null;
  }
}

/** True if it is kept when the page is closed. */
function write(key, value) {
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

function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(PREFIX + key);
  } catch (error) {
    // Nothing was stored.
  }
}

export const language = {
  get: () => (read("language") === "en" ? "en" : "vi"),
  set: (value) => write("language", value),
};

/** {token, expires_at, participant} */
export const session = {
  get: () => read("session"),
  set: (value) => write("session", value),
  clear: () => remove("session"),
};

/** "one" question at a time or all in a "list"; null until somebody chose. */
export const paperMode = {
  get: () => read("paper-mode"),
  set: (value) => write("paper-mode", value),
};

function names(prefix) {
  try {
    const stored = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + prefix));
    return stored.map((key) => key.slice(PREFIX.length)).concat([...memory.keys()].filter((key) => key.startsWith(prefix)));
  } catch (error) {
    return [...memory.keys()].filter((key) => key.startsWith(prefix));
  }
}

const byAttempt = (prefix) => ({
  get: (attemptId) => read(prefix + attemptId),
  set: (attemptId, value) => write(prefix + attemptId, value),
  clear: (attemptId) => remove(prefix + attemptId),
});

/**
 * The questions of papers, to go on with when the page is opened again without a connection; `owner` is the participant id.
 * What the server holds of the answers is not in them: that is the record's business alone.
 */
export const papers = {
  ...byAttempt("paper:"),
  keep(attempt, owner) {
    const { saved_answers: _, saved_prediction: __, revision: ___, ...questions } = attempt;
    return write(`paper:${attempt.attempt_id}`, { ...questions, owner });
  },
  /** Open ones of one person, the newest first. */
  open(owner, now) {
    const all = names("paper:").map(read).filter((paper) => paper && paper.owner === owner && Date.parse(paper.deadline) > now);
    return all.sort((a, b) => Date.parse(b.deadline) - Date.parse(a.deadline));
  },
};

const RECORD_FORMAT = 1;
const recordOf = (found) => (found && found.format === RECORD_FORMAT ? found : null);

/** What this device knows of an attempt's answers (record.js); kept until the attempt's week is closed. */
export const records = {
  get: (attemptId) => recordOf(read(`record:${attemptId}`)),
  /** What a page of a later release wrote is not written over: an older page may come up again without a line. */
  set(attemptId, record) {
    const there = read(`record:${attemptId}`);
    return there && there.format > RECORD_FORMAT ? false : write(`record:${attemptId}`, { ...record, format: RECORD_FORMAT });
  },
  clear: (attemptId) => remove(`record:${attemptId}`),

  /** Is told what another tab stored (null: it took the record off) until the returned function is called. */
  watch(attemptId, tell) {
    const stored = ({ key, newValue }) => {
      if (key === `${PREFIX}record:${attemptId}`) tell(newValue === null ? null : recordOf(JSON.parse(newValue)));
    };
    addEventListener("storage", stored);
    return () => removeEventListener("storage", stored);
  },

  /** Takes off what belongs to weeks that are closed, for a day at least. */
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

/** Receipts of papers handed in on this device, of one person only: others may use the same device. */
export const receipts = {
  ...byAttempt("receipt:"),
  of(participantId) {
    const all = names("receipt:").map(read);
    return all.filter((receipt) => receipt && receipt.opening && receipt.opening.participant_id === participantId);
  },
};
