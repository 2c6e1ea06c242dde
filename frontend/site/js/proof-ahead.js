// The proof of work of a registration, computed while the person fills in the form.

import { api } from "./api.js";
import { solveAside } from "./proof.js";

const FRESH_MS = 15 * 60 * 1000; // a challenge lives 20 minutes

/** Has a proof ready, or on its way; takes a new challenge when the old one is too old. */
export function proofAhead(wanted) {
  /** @type {any} */
  let current = null;
  function renew() {
    const at = { began: Date.now(), stop: () => {}, proof: /** @type {any} */ (null) };
    at.proof = api.challenge().then((challenge) => {
      const solving = solveAside(challenge);
      at.stop = solving.stop;
      return solving.proof;
    });
    at.proof.catch(() => {}); // asked for again when the form is sent
    current = at;
  }
  if (wanted) renew();
  return {
    async take() {
      if (!wanted) return null;
      if (Date.now() - current.began > FRESH_MS) renew();
      try {
        return await current.proof;
      } catch (error) {
        renew();
        return current.proof;
      }
    },
    stop: () => current && current.stop(),
  };
}
