import assert from "node:assert/strict";
import test from "node:test";

import { ApiError } from "../site/js/api.js";
import { makeAutosave } from "../site/js/autosave.js";

/** A clock that jumps from timer to timer; `answers` are what each save meets, in order (nothing: it works). */
function room(answers = []) {
  let time = 0;
  let timers = [];
  const made = { sent: [], options: [], states: [], refused: [] };
  made.autosave = makeAutosave({
    async send(options) {
      made.sent.push(time);
      made.options.push(options);
      const error = answers.shift();
      if (error) throw error;
    },
    onState: (state) => made.states.push(state),
    onRefused: (error) => made.refused.push(error.code),
    now: () => time,
    random: () => 0.5,
    timers: {
      setTimeout(run, wait) {
        timers.push({ run, at: time + wait });
        return timers[timers.length - 1];
      },
      clearTimeout(timer) {
        timers = timers.filter((other) => other !== timer);
      },
    },
  });
  made.pass = async (milliseconds) => {
    const end = time + milliseconds;
    for (;;) {
      const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      timers = timers.filter((other) => other !== next);
      time = next.at;
      await next.run();
    }
    time = end;
  };
  return made;
}

test("the first answer is sent soon, the next ones at most every 30 s", async () => {
  const { autosave, pass, sent, states } = room();
  for (let second = 0; second < 120; second += 1) {
    autosave.touch();
    await pass(1000);
  }
  assert.equal(sent[0], 3000);
  for (let i = 1; i < sent.length; i += 1) assert.ok(sent[i] - sent[i - 1] >= 30000);
  assert.equal(sent.length, 4);
  assert.deepEqual(states.slice(-1), ["waiting"]);
});

test("nothing is sent when nothing changes", async () => {
  const { autosave, pass, sent, states } = room();
  autosave.touch();
  await pass(600000);
  assert.equal(sent.length, 1);
  assert.deepEqual(states, ["waiting", "saving", "saved"]);
  assert.equal(autosave.unsent, false);
});

test("a busy server is tried again, never before it allows, until it works", async () => {
  const busy = new ApiError(503, { code: "busy" }, 7);
  const { autosave, pass, sent, states } = room([busy, new ApiError(0)]);
  autosave.touch();
  await pass(120000);
  assert.equal(sent.length, 3);
  assert.ok(sent[1] - sent[0] >= 7000);
  assert.deepEqual(states, ["waiting", "saving", "failed", "saving", "failed", "saving", "saved"]);
});

test("a refusal ends it", async () => {
  const { autosave, pass, sent, refused } = room([new ApiError(409, { code: "already_submitted" })]);
  autosave.touch();
  await pass(5000);
  autosave.touch();
  await pass(120000);
  assert.equal(sent.length, 1);
  assert.deepEqual(refused, ["already_submitted"]);
});

test("after stop nothing is sent; resume takes it up again", async () => {
  const { autosave, pass, sent } = room();
  autosave.touch();
  autosave.stop();
  await pass(60000);
  assert.equal(sent.length, 0);
  autosave.resume();
  await pass(60000);
  assert.equal(sent.length, 1);
});

test("what is unsent goes out at once when the page may be closed, and only once", async () => {
  const { autosave, pass, sent, options } = room();
  autosave.touch();
  autosave.flush();
  autosave.flush();
  await pass(60000);
  assert.equal(sent.length, 1);
  assert.deepEqual(options, [{ keepalive: true }]);
});
