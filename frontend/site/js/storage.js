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

function write(key, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(PREFIX + key, text);
    memory.delete(key);
  } catch (error) {
    memory.set(key, text);
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

/** Papers as they came from the server, to go on with when the page is opened again without a connection. */
export const paper = byAttempt("paper:");

/**
 * An attempt's answers: {answers, prediction, base, deadline, flags, at}; `base` is what the server was last known to hold.
 */
export const draft = {
  ...byAttempt("draft:"),

  /** Is told what another tab stored (null: it took the draft off) until the returned function is called. */
  watch(attemptId, tell) {
    const stored = ({ key, newValue }) => {
      if (key === `${PREFIX}draft:${attemptId}`) tell(newValue === null ? null : JSON.parse(newValue));
    };
    addEventListener("storage", stored);
    return () => removeEventListener("storage", stored);
  },

  /** Takes off what belongs to attempts that can no longer be handed in. */
  sweep(now) {
    for (const name of [...names("draft:"), ...names("paper:")]) {
      const kept = read(name);
      if (!kept || !(Date.parse(kept.deadline) > now - DAY)) remove(name);
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
