import assert from "node:assert/strict";
import test from "node:test";

import { ApiError, backoff, call, onWaiting } from "../site/js/api.js";

const answer = (status, body, headers = {}) => () => new Response(body === null ? null : JSON.stringify(body), { status, headers });
const refusal = (status, code, headers) => answer(status, { status, code, detail: code }, headers);
const lost = () => {
  throw new TypeError("network");
};

function network(...answers) {
  const waits = [];
  let calls = 0;
  return {
    waits,
    get calls() {
      return calls;
    },
    options: {
      fetching: async () => answers[Math.min(calls++, answers.length - 1)](),
      wait: async (milliseconds) => waits.push(milliseconds),
    },
  };
}

test("a read is repeated until it is answered", async () => {
  const net = network(lost, refusal(503, "busy"), answer(200, { ok: true }));
  assert.deepEqual(await call("GET", "/me", undefined, net.options), { ok: true });
  assert.equal(net.calls, 3);
});

test("Retry-After is the shortest wait", async () => {
  const net = network(refusal(429, "busy", { "Retry-After": "4" }), answer(200, {}));
  await call("GET", "/me", undefined, net.options);
  assert.ok(net.waits[0] >= 4000);
});

test("registering is repeated like everything else", async () => {
  const net = network(lost, refusal(503, "busy"), answer(502, null), answer(201, { participant: {} }));
  await call("POST", "/participants", {}, net.options);
  assert.equal(net.calls, 4);
});

test("too many wrong passwords are not tried again", async () => {
  const net = network(refusal(429, "proof_required", { "Retry-After": "1" }));
  await assert.rejects(call("POST", "/sessions", {}, net.options), { code: "proof_required" });
  assert.equal(net.calls, 1);
});

test("a refusal is handed on with its fields", async () => {
  const errors = [{ field: "phone", message: "Sai số." }];
  const net = network(answer(422, { code: "invalid", errors }));
  await assert.rejects(call("GET", "/x", undefined, net.options), (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.status, error.code, error.errors], [422, "invalid", errors]);
    return true;
  });
  assert.equal(net.calls, 1);
});

test("no connection, no answer in time and an answer that cannot be read are told apart", async () => {
  const code = async (...answers) => {
    try {
      await call("PUT", "/x", {}, { ...network(...answers).options, tries: 1, timeout: 5 });
    } catch (error) {
      return [error.status, error.code, error.passing];
    }
    return null;
  };
  assert.deepEqual(await code(lost), [0, "network", true]);
  const never = ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await assert.rejects(call("PUT", "/x", {}, { fetching: (_, request) => never(request), tries: 1, timeout: 5 }), { status: 0, code: "timeout" });
  assert.deepEqual(await code(() => new Response("<html>", { status: 200 })), [0, "garbled", true]);
});

test("a response without a body gives an empty answer", async () => {
  const net = network(answer(204, null));
  assert.deepEqual(await call("PUT", "/attempts/1/answers", {}, net.options), {});
});

test("giving up ends the tries early", async () => {
  const net = network(lost);
  await assert.rejects(call("GET", "/x", undefined, { ...net.options, tries: 50, giveUp: () => net.calls >= 3 }));
  assert.equal(net.calls, 3);
});

test("waits are spread out at random, longer each time, but not without end", () => {
  assert.equal(backoff(0, 0, () => 0.5), 500);
  assert.equal(backoff(3, 0, () => 0.5), 4000);
  assert.equal(backoff(30, 0, () => 1), 20000);
});

test("people who wait are told for how long, why, and when it is over", async () => {
  const told = [];
  onWaiting((put) => told.push(put));
  const net = network(refusal(503, "busy", { "Retry-After": "4" }), lost, answer(200, {}));
  await call("GET", "/me", undefined, net.options);
  assert.deepEqual(told.map((put) => put && [put.busy, put.round]), [[true, 2], [false, 3], null]);
  assert.equal(told[0].wait, net.waits[0]);
  told.length = 0;
  await call("GET", "/me", undefined, { ...network(lost, answer(200, {})).options, quiet: true });
  assert.deepEqual(told, []);
});
