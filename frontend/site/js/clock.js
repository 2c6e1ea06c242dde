// The server's time on this device: an offset to the device's clock, taken from the server's answers.

const TRUSTED_MS = 10 * 60 * 1000;

export function makeClock(device = () => Date.now()) {
  let offset = 0;
  let doubt = Infinity; // how far the offset may be wrong, in milliseconds
  let taken = 0;

  return {
    now: () => device() + offset,
    known: () => doubt !== Infinity,

    /**
     * The server wrote `server` (exact to `precision` ms, cut off) between `sent` and `received`.
     * The surest reading is kept, until it is old or a new one shows that the device's clock was changed.
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

/** Takes the time from a fetch response. A shared cache may have held it for `Age` seconds. */
export function syncFrom(response, sent, received = Date.now()) {
  const age = Number(response.headers.get("Age") || 0);
  const stamp = Date.parse(response.headers.get("Date") || "");
  clock.sync(stamp + age * 1000, sent, received, age ? 2000 : 1000);
}
