import assert from "node:assert/strict";
import test from "node:test";

import { ahead, codeOf, placeOf, unitIn } from "../site/js/places.js";

const MINE = `ab${"0".repeat(62)}`;
const HEAD = { format: 1, contest: "hall", week: 1, revision: 2, ranked: 250, total: 20, decision: "", decided_on: "", key_id: "k" };

const files = (digits, places, revision = 2) => {
  const asked = [];
  const published = {
    "results/week-1/places/index.json": { format: 1, week: 1, revision: 2, digits, sha256: "" },
    [`results/week-1/places/${MINE.slice(0, digits) || "all"}.json`]: { ...HEAD, digits: MINE.slice(0, digits), revision, places },
  };
  return [(name) => asked.push(name) && Promise.resolve(published[name] || null), asked];
};

test("a place is found in the one file that the pseudonym's first digits name", async () => {
  for (const digits of [0, 1, 2, 3]) {
    const [read, asked] = files(digits, { [MINE]: [12, 19, "Giải Ba", "f0"] });
    const { state, rank, ranked, score, total, prize } = await placeOf(1, MINE, read);
    assert.deepEqual([state, rank, ranked, score, total, prize], ["ranked", 12, 250, 19, 20, "Giải Ba"]);
    assert.equal(asked.length, 2);
  }
});

test("who is not ranked is told so, and nothing is told before it is published or while it changes", async () => {
  assert.equal((await placeOf(1, MINE, files(2, {})[0])).state, "unranked");
  assert.equal((await placeOf(1, MINE, files(2, { [MINE]: [1, 1, "", ""] }, 1)[0])).state, "updating");
  assert.equal((await placeOf(2, MINE, files(2, {})[0])), null);
});

test("nobody is told to be ahead of more than there are", () => {
  assert.deepEqual([[1, 1], [1, 3], [3, 3], [1, 1000]].map(([rank, ranked]) => ahead({ rank, ranked })), [0, 66, 0, 99]);
});

test("a code is the beginning of the pseudonym, as in the list of winners", () => assert.equal(codeOf(MINE), "ab000000"));

const unit = (code, score, level = "", people = 3) => ({ code, name: code, rank: 0, unit_score: score, quality: 0, obliged_people: people, distinct_people: people, level });

test("a unit is compared with the next one of its level, not with an equal one", () => {
  const page = { units: [unit("A", 90), unit("P", 99, "top"), unit("B", 80), unit("C", 80), unit("D", null), unit("E", 0, "", 0)] };
  const { place, tied, others, next, behind } = unitIn(page, "C", "obliged");
  assert.deepEqual([place, tied, others, next.code, behind], [2, true, 4, "A", 10]);
  assert.deepEqual([unitIn(page, "A", "obliged").next, unitIn(page, "P", "obliged").others, unitIn(page, "D", "obliged").behind], [null, 1, null]);
  assert.deepEqual([unitIn(page, "E", "obliged").place, unitIn(page, "E", "obliged").next], [null, null]);
  assert.equal(unitIn(page, "none", "obliged"), null);
});
