// Requests that the server answers with a challenge.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { ApiError } from "../site/js/api.js";
import { withProof } from "../site/js/with-proof.js";
import { solve } from "../site/js/proof.js";

// A worker that computes when it is asked.
globalThis.Worker = class {
  postMessage(challenge) {
    queueMicrotask(() => this.onmessage({ data: solve(challenge) }));
  }
  terminate() {}
};

function asking(number) {
  const salt = `00c0ffee00c0ffee?expires=1&steps=${number}&`;
  const challenge = createHash("sha256").update(`${salt}${number}`).digest("hex");
  return new ApiError(429, { code: "proof_required", challenge: { algorithm: "SHA-256", challenge, salt, signature: "s", maxnumber: 100 } });
}

const numberIn = (proof) => JSON.parse(atob(proof)).number;

/** A server that gives these answers in turn, and keeps the proofs that it was sent. */
function server(...answers) {
  const sent = [];
  const request = async (proof) => {
    sent.push(proof);
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, request };
}

test("a request that needs no proof is sent as it is", async () => {
  const { sent, request } = server("in");
  const told = [];
  assert.equal(await withProof(request, (computing) => told.push(computing)), "in");
  assert.deepEqual([sent, told], [[null], [false]]);
});

test("what is asked for is solved and sent, and the person is told meanwhile", async () => {
  const { sent, request } = server(asking(7), "in");
  const told = [];
  assert.equal(await withProof(request, (computing) => told.push(computing)), "in");
  assert.equal(numberIn(sent[1]), 7);
  assert.deepEqual(told, [true, false]);
});

test("a proof that is there already goes first, and a dearer one is solved if it does not suffice", async () => {
  const { sent, request } = server(asking(3), asking(40), "in");
  assert.equal(await withProof(request, () => {}, "from the form"), "in");
  assert.deepEqual([sent[0], ...sent.slice(1).map(numberIn)], ["from the form", 3, 40]);
});

test("other refusals are passed on, and a server that asks for ever is not obeyed for ever", async () => {
  const told = [];
  const wrong = server(asking(2), new ApiError(401, { code: "wrong_credentials" }));
  await assert.rejects(withProof(wrong.request, (computing) => told.push(computing)), { code: "wrong_credentials" });
  assert.deepEqual(told, [true, false]);
  const greedy = server(asking(2));
  await assert.rejects(withProof(greedy.request, () => {}), { code: "proof_required" });
  assert.ok(greedy.sent.length < 10);
});
