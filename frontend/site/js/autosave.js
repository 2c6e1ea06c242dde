// When answers are sent: soon after the first change, then at most every 30 s, and only if something changed.
// Random parts keep a hall full of people from saving in the same second.

import { backoff } from "./api.js";

const SOON_MS = 2500;
const SOON_JITTER_MS = 1000;
const EVERY_MS = 30000;
const EVERY_JITTER_MS = 5000;

/**
 * `send({keepalive})` saves and throws an ApiError; `onState("waiting" | "saving" | "saved" | "failed")`;
 * `onRefused(error)`: the server will not take answers any more.
 */
export function makeAutosave({ send, onState, onRefused, now = Date.now, random = Math.random, timers = globalThis }) {
  let timer = null;
  let sending = false;
  let changed = false;
  let stopped = false;
  let lastSent = -Infinity;
  let failures = 0;

  function plan(wait) {
    if (stopped || sending) return;
    if (timer !== null) timers.clearTimeout(timer);
    timer = timers.setTimeout(() => run({}), Math.max(0, wait));
  }

  function regularWait() {
    const soon = SOON_MS + random() * SOON_JITTER_MS;
    return Math.max(soon, lastSent + EVERY_MS + random() * EVERY_JITTER_MS - now());
  }

  async function run(options) {
    if (timer !== null) timers.clearTimeout(timer);
    timer = null;
    if (stopped || sending || !changed) return;
    sending = true;
    changed = false;
    onState("saving");
    let wait = null;
    try {
      lastSent = now();
      await send(options);
      failures = 0;
      if (!stopped) onState(changed ? "waiting" : "saved");
    } catch (error) {
      changed = true;
      if (stopped) return;
      if (!error.passing) {
        stop();
        onRefused(error);
        return;
      }
      onState("failed");
      wait = backoff(failures + 1, error.retryAfter, random);
      failures += 1;
    } finally {
      sending = false;
    }
    if (changed) plan(wait === null ? regularWait() : wait);
  }

  function stop() {
    stopped = true;
    if (timer !== null) timers.clearTimeout(timer);
    timer = null;
  }

  return {
    /** Something was answered. */
    touch() {
      changed = true;
      if (stopped) return;
      if (!sending && !failures) onState("waiting");
      if (timer === null) plan(regularWait());
    },
    /** The connection is back. */
    hurry() {
      if (changed && failures) plan(backoff(0, 0, random));
    },
    /** The page may be gone in a moment: what is not sent yet is sent now, even if it is closed meanwhile. */
    flush: () => run({ keepalive: true }),
    stop,
    /** Goes on after `stop`. */
    resume() {
      stopped = false;
      if (changed) plan(regularWait());
    },
    get unsent() {
      return changed;
    },
  };
}
