import assert from "node:assert/strict";
import test from "node:test";

import * as pace from "../site/js/pace.js";

const AFTER = 30000;
const [low, high] = [() => 0, () => 0.999999];

test("a refused save waits at least as long as a successful one, then longer, and never longer than 2 min", () => {
  assert.equal(pace.healthy(AFTER, low), AFTER);
  assert.ok(pace.healthy(AFTER, high) <= 35000);
  for (const failures of [1, 2, 3, 9]) {
    assert.equal(pace.refused(failures, AFTER, 0, low), AFTER);
    assert.ok(pace.refused(failures, AFTER, 0, high) <= 120000);
  }
  assert.ok(pace.refused(1, AFTER, 0, high) > 59000);
  assert.ok(pace.refused(2, AFTER, 0, high) > 119000);
});

test("the server's word comes first: its interval, and its wait for a refused save", () => {
  assert.equal(pace.healthy(60000, low), 60000);
  assert.equal(pace.refused(1, 60000, 0, low), 60000);
  assert.equal(pace.refused(1, AFTER, 90, low), 90000);
});

test("the last save comes 15 to 45 s before the deadline, in a short paper in its last quarter", () => {
  const paper = { started: 0, deadline: 1200000 };
  assert.equal(pace.lastSave(paper, low), 1185000);
  assert.ok(pace.lastSave(paper, high) >= 1155000);
  assert.ok(pace.lastSave({ started: 0, deadline: 48000 }, high) >= 36000);
});

test("hand-ins at a common deadline are spread over most of the grace, with time left for a second try", () => {
  assert.equal(pace.spread(10000, low), 0);
  assert.ok(pace.spread(10000, high) > 6000 && pace.spread(10000, high) < 7000);
});
