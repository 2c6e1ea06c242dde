// What this browser has begun at the identity provider, by state: two tabs have two, and an app's own browser may come
// back in a new window.

import { names, read, remove, write } from "./storage.js";

const KEPT_MS = 60 * 60 * 1000; // the server says earlier when one has ended

/** @typedef {{ flow: string, at: number, code?: string, iss?: string }} Begun */

export const flows = {
  /** @param {string} state @returns {Begun | null} */
  get: (state) => read(`flow:${state}`),
  /** @param {string} state @param {Begun} begun */
  set(state, begun) {
    for (const name of names("flow:")) {
      const old = read(name);
      if (!old || Date.now() - old.at > KEPT_MS) remove(name);
    }
    return write(`flow:${state}`, begun);
  },
  /** @param {string} state */
  clear: (state) => remove(`flow:${state}`),
};
