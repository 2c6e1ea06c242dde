// The server's time on this device: an offset to the device's clock, taken from the server's answers.

const TRUSTED_MS = 10 * 60 * 1000;

const JUMP_MS = 2000;
const TICK_MS = 500;

export function makeClock(device = () => Date.now()) {
  let offset = 0;
  let doubt = Infinity; // how far the offset may be wrong, in milliseconds
  let taken = 0;

  return {
    now: () => device() + offset,
    known: () => doubt !== Infinity,

    /** The device's clock was set: earlier readings mean nothing now. */
    doubt() {
      doubt = Infinity;
    },

    /**
     * The server wrote `server` (rounded down to `precision` ms) between `sent` and `received`.
     * The surest reading is kept, until it is old or a new one shows that the device's clock was changed.
     * @param {number} server
     * @param {number} sent
     * @param {number} received
     */
    sync(server, sent, received, precision = 1000) {
      if (!Number.isFinite(server)) return;
      const found = server + precision / 2 - (sent + received) / 2;
      const foundDoubt = precision / 2 + Math.max(0, received - sent) / 2;
      const changed = Math.abs(found - offset) > foundDoubt + doubt;
      const old = Math.abs(received - taken) > TRUSTED_MS;
      if (foundDoubt > doubt && !changed && !old) return;
      offset = found;
      doubt = foundDoubt;
      taken = received;
    },
  };
}

export const clock = makeClock();

/**
 * Takes the time from a fetch response. A shared cache may have held it for `Age` seconds.
 * @param {Pick<Response, "headers">} response
 * @param {number} sent
 */
export function syncFrom(response, sent, received = Date.now()) {
  const age = Number(response.headers.get("Age") || 0);
  const stamp = Date.parse(response.headers.get("Date") || "");
  clock.sync(stamp + age * 1000, sent, received, age ? 2000 : 1000);
}

/**
 * Says whether the device's clock was set since the last call: it has then left the clock that only runs on.
 * That one may stop while a device sleeps, which looks the same; either way the server's time must be read again.
 */
export function makeJumpWatch(device = () => Date.now(), steady = () => performance.now()) {
  let apart = device() - steady();
  return () => {
    const before = apart;
    apart = device() - steady();
    return Math.abs(apart - before) > JUMP_MS;
  };
}

/**
 * Calls `tick(sure)` twice a second and at `now()`. It is not `sure` while a page opened offline does not know the server's
 * time. After a jump of the device's clock it is not called until `reread()` has brought that time. `reread()` is repeated
 * until it does, one call at a time.
 * @param {object} of
 * @param {(sure: boolean) => void} of.tick
 * @param {() => Promise<unknown>} of.reread
 * @param {() => boolean} [of.jumped]
 * @param {ReturnType<typeof makeClock>} [of.of]
 * @param {Pick<typeof globalThis, "setInterval" | "clearInterval">} [of.timers]
 */
export function makeTicker({ tick, reread, jumped = makeJumpWatch(), of = clock, timers = globalThis }) {
  let sure = of.known();
  let jump = false;
  let reading = false;
  let stopped = false;

  async function readAgain() {
    reading = true;
    try {
      await reread();
      sure = !jumped();
      jump = !sure;
    } catch (error) {
      // Offline, or the server is busy: the next tick asks again.
    } finally {
      reading = false;
    }
    if (sure) now();
  }

  function now() {
    if (stopped) return;
    if (jumped()) {
      jump = true;
      sure = false;
      of.doubt();
    }
    if (!jump) tick(sure);
    if (!sure && !reading) readAgain();
  }

  const timer = timers.setInterval(now, TICK_MS);
  return {
    now,
    stop() {
      stopped = true;
      timers.clearInterval(timer);
    },
  };
}
