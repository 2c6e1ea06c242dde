import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { sha256, solve } from "../site/js/proof.js";

const reference = (text) => createHash("sha256").update(text).digest("hex");

test("SHA-256 agrees with Node's at every length around a block's end, and beyond ASCII", () => {
  for (let length = 0; length < 200; length += 1) {
    const text = "a".repeat(length);
    assert.equal(sha256(text), reference(text));
  }
  assert.equal(sha256("Cuộc thi tìm hiểu"), reference("Cuộc thi tìm hiểu"));
});

test("the proof names the number that solves the challenge", () => {
  const salt = "0a1b2c?expires=1";
  const challenge = reference(`${salt}4321`);
  const proof = solve({ algorithm: "SHA-256", challenge, salt, signature: "s", maxnumber: 5000 });
  assert.deepEqual(JSON.parse(atob(proof)), {
    algorithm: "SHA-256",
    challenge,
    number: 4321,
    salt,
    signature: "s",
  });
});

test("without a solution there is no proof", () => {
  assert.equal(solve({ challenge: "0".repeat(64), salt: "x", maxnumber: 50 }), null);
});
