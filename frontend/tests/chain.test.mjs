import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { chainHolds } from "../site/js/chain.js";
import { canonical } from "../site/js/digests.js";

const digest = (entry) => createHash("sha256").update(canonical(entry)).digest("hex");
const first = { number: 1, reason: "Công bố lần đầu", parts: { units: "b", bank: "a" }, keys: [{ key_id: "1" }], previous: null };
const second = { number: 2, from_week: 3, parts: { units: "b", bank: "c" }, keys: [], previous: digest(first) };
const chain = { entries: [first, second], head: digest(second) };

test("canonical JSON is what Python writes with sorted keys and no spaces", () => {
  assert.equal(canonical({ b: [1, null, { d: "ệ\n", c: true }], a: -3 }), '{"a":-3,"b":[1,null,{"c":true,"d":"ệ\\n"}]}');
});

test("a whole chain holds", async () => {
  assert.equal(await chainHolds(chain), true);
  assert.equal(await chainHolds({ entries: [], head: null }), true);
});

test("an entry that was changed, taken out or moved breaks it", async () => {
  assert.equal(await chainHolds({ ...chain, entries: [{ ...first, parts: { units: "x", bank: "a" } }, second] }), false);
  assert.equal(await chainHolds({ ...chain, entries: [second] }), false);
  assert.equal(await chainHolds({ ...chain, entries: [second, first] }), false);
  assert.equal(await chainHolds({ ...chain, entries: [first] }), false);
});
