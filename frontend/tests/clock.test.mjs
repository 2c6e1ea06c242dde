import assert from "node:assert/strict";
import test from "node:test";

import { makeClock, makeJumpWatch, makeTicker } from "../site/js/clock.js";

const HOUR = 3600000;

test("a device an hour fast follows the server", () => {
  let device = 10 * HOUR;
  const clock = makeClock(() => device);
  clock.sync(9 * HOUR, device - 200, device);
  assert.ok(Math.abs(clock.now() - 9 * HOUR) <= 600);
  device += 5000;
  assert.ok(Math.abs(clock.now() - (9 * HOUR + 5000)) <= 600);
});

test("a slow answer does not spoil a quick one's reading", () => {
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

/** A ticker on clocks set by hand; `answers` are what each reading of the server's clock meets. */
function ticking(answers = [], known = true) {
  const room = { device: 0, steady: 0, ticks: 0, unsure: 0, readings: 0, doubts: 0 };
  let beat = null;
  room.ticker = makeTicker({
    tick: (sure) => (room[sure ? "ticks" : "unsure"] += 1),
    async reread() {
      room.readings += 1;
      const answer = answers.shift();
      if (answer) throw answer;
    },
    jumped: makeJumpWatch(() => room.device, () => room.steady),
    of: { known: () => known, doubt: () => (room.doubts += 1) },
    timers: { setInterval: (run) => (beat = run), clearInterval: () => (beat = null) },
  });
  room.pass = async (device, steady = device) => {
    room.device += device;
    room.steady += steady;
    if (beat) beat();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return room;
}

test("a clock that runs on is trusted without asking", async () => {
  const room = ticking();
  for (let i = 0; i < 20; i += 1) await room.pass(500);
  assert.deepEqual([room.ticks, room.readings], [20, 0]);
});

test("a clock that drifts slowly is followed", async () => {
  const room = ticking();
  for (let i = 0; i < 20; i += 1) await room.pass(1500, 500);
  assert.equal(room.readings, 0);
});

test("a clock set an hour forward or back acts only after the server's time was read", async () => {
  for (const jump of [HOUR, -HOUR]) {
    const room = ticking([new Error("offline"), new Error("offline")]);
    await room.pass(500);
    await room.pass(jump, 500);
    assert.deepEqual([room.ticks, room.readings, room.doubts], [1, 1, 1]);
    await room.pass(500);
    assert.deepEqual([room.ticks, room.readings], [1, 2]);
    await room.pass(500);
    assert.deepEqual([room.ticks, room.readings], [2, 3]);
    await room.pass(500);
    assert.deepEqual([room.ticks, room.readings], [3, 3]);
  }
});

test("a device that slept asks for the time before it acts", async () => {
  const room = ticking();
  await room.pass(20 * 60000, 500);
  assert.deepEqual([room.readings, room.ticks], [1, 1]);
});

test("a page opened offline shows the time, but is not sure of it until it has asked the server", async () => {
  const room = ticking([new Error("offline")], false);
  await room.pass(500);
  assert.deepEqual([room.ticks, room.unsure, room.readings], [0, 1, 1]);
  await room.pass(500);
  await room.pass(500);
  assert.deepEqual([room.ticks, room.unsure, room.readings], [2, 2, 2]);
});

test("a stopped ticker does nothing more", async () => {
  const room = ticking();
  room.ticker.stop();
  await room.pass(500);
  room.ticker.now();
  assert.equal(room.ticks, 0);
});

test("a clock in doubt takes the next reading, however slow its answer was", () => {
  const clock = makeClock(() => 0);
  clock.sync(1000, -20, 0);
  clock.doubt();
  assert.equal(clock.known(), false);
  clock.sync(5000, -9000, 0);
  assert.equal(clock.now(), 10000);
});
