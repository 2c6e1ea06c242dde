// Requests that the server may answer with a challenge: the device solves it, and the request is sent again.

const ROUNDS = 4; // two suffice, unless a proof is lost on its way

/**
 * The answer to `request(proof)`; `tell(true)` while a proof is being computed.
 * @template Answer
 * @param {(proof: string | null) => Promise<Answer>} request
 * @param {(computing: boolean) => void} tell
 * @param {string | null} first a proof that is there already
 * @returns {Promise<Answer>}
 */
export async function withProof(request, tell, first = null) {
  let proof = first;
  try {
    for (let round = 1; ; round += 1) {
      try {
        return await request(proof);
      } catch (thrown) {
        const error = /** @type {import("./api.js").ApiError} */ (thrown);
        const { challenge } = /** @type {{ challenge?: import("../../types/api").Challenge }} */ (error.problem || {});
        if (error.code !== "proof_required" || !challenge || round > ROUNDS) throw error;
        tell(true);
        const { solveAside } = await import("./proof.js");
        proof = await solveAside(challenge).proof;
      }
    }
  } finally {
    tell(false);
  }
}
