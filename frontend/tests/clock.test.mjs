import assert from "node:assert/strict";
import test from "node:test";

import { makeClock } from "../site/js/clock.js";

const HOUR = 3600000;

test("a device an hour fast follows the server", () => {
  let device = 10 * HOUR;
  const clock = makeClock(() => device);
  clock.sync(9 * HOUR, device - 200, device);
  assert.ok(Math.abs(clock.now() - 9 * HOUR) <= 600);
  device += 5000;
  assert.ok(Math.abs(clock.now() - (9 * HOUR + 5000)) <= 600);
});

test("a slow answer does not spoil what a quick one told", () => {
  const clock = makeClock(() => 0);
  clock.sync(1000, -20, 0);
  const before = clock.now();
  clock.sync(1000, -8000, 0);
  assert.equal(clock.now(), before);
});

test("a quicker answer is taken instead of a slow one", () => {
  const clock = makeClock(() => 0);
  clock.sync(1000, -8000, 0);
  clock.sync(1000, -20, 0);
  assert.equal(clock.now(), 1510);
});

test("when the device's clock is set, the next answer puts it right", () => {
  let device = 0;
  const clock = makeClock(() => device);
  clock.sync(0, -20, 0);
  device = 5 * HOUR;
  clock.sync(10000, device - 3000, device);
  assert.ok(Math.abs(clock.now() - 10000) < 3000);
});

test("an answer without a date changes nothing", () => {
  const clock = makeClock(() => 7);
  clock.sync(NaN, 0, 0);
  assert.equal(clock.known(), false);
  assert.equal(clock.now(), 7);
});
