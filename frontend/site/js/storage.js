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

/** An attempt's answers: {answers, prediction, base, deadline}; `base` is what the server was last known to hold. */
export const draft = {
  get: (attemptId) => read(`draft:${attemptId}`),
  set: (attemptId, value) => write(`draft:${attemptId}`, value),
  clear: (attemptId) => remove(`draft:${attemptId}`),

  /** Takes off drafts that can no longer be handed in. */
  sweep(now) {
    let keys = [];
    try {
      keys = Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}draft:`));
    } catch (error) {
      return;
    }
    for (const key of keys) {
      const name = key.slice(PREFIX.length);
      const kept = read(name);
      if (!kept || !(Date.parse(kept.deadline) > now - DAY)) remove(name);
    }
  },
};
