// What this device remembers. Where the browser keeps nothing (private mode, full), memory serves until the page closes.

export const PREFIX = "cuoc-thi:";
const memory = new Map(); // only what could not be stored

export function read(key) {
  if (memory.has(key)) return JSON.parse(memory.get(key));
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch (error) {
    return null;
  }
}

/** True if it is kept when the page is closed. */
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

export function names(prefix) {
  try {
    const stored = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + prefix));
    return stored.map((key) => key.slice(PREFIX.length)).concat([...memory.keys()].filter((key) => key.startsWith(prefix)));
  } catch (error) {
    return [...memory.keys()].filter((key) => key.startsWith(prefix));
  }
}

export const byAttempt = (prefix) => ({
  get: (attemptId) => read(prefix + attemptId),
  set: (attemptId, value) => write(prefix + attemptId, value),
  clear: (attemptId) => remove(prefix + attemptId),
});

/** Receipts of papers handed in on this device, of one person only: others may use the same device. */
export const receipts = {
  ...byAttempt("receipt:"),
  of(participantId) {
    const all = names("receipt:").map(read);
    return all.filter((receipt) => receipt && receipt.opening && receipt.opening.participant_id === participantId);
  },
};
