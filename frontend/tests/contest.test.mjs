// The page's copy of the contest follows what the site publishes.

import assert from "node:assert/strict";
import test from "node:test";

import { refresh } from "../site/js/contest.js";

const weeks = (closes) => [{ number: 1, title: null, opens_at: "2022-08-22T08:00:00+07:00", closes_at: closes }];
const contest = (closes, more = {}) => ({ period: "tuần", notice: null, stopped: [], weeks: weeks(closes), ...more });
const [EIGHT, NINE] = ["2022-08-29T08:00:00+07:00", "2022-08-29T09:00:00+07:00"];

test("screens see new dates in the contest that they were given", async () => {
  const shown = contest(EIGHT, { now: "2022-08-28T08:00:00+07:00" });
  assert.equal(await refresh(/** @type {any} */ (shown), async () => contest(NINE, { notice: "Mất điện." })), true);
  assert.deepEqual(shown, contest(NINE, { notice: "Mất điện." }));
});

test("nothing changes while the published contest is the same, or cannot be read", async () => {
  const shown = contest(EIGHT);
  assert.equal(await refresh(/** @type {any} */ (shown), async () => contest(EIGHT)), false);
  assert.equal(await refresh(/** @type {any} */ (shown), async () => null), false);
  assert.deepEqual(shown, contest(EIGHT));
});
