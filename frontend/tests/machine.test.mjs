// Stories of the state machine, one for each promise; the walks (walk.test.mjs) try everything at once.

import assert from "node:assert/strict";
import test from "node:test";

import { NEXT } from "../site/js/machine.js";
import { GRACE, LIMIT, makeWorld } from "./walk/world.mjs";

const MINUTE = 60000;

async function sitting({ answered = 0 } = {}) {
  const world = makeWorld(() => 0.5);
  const [phone, computer] = world.devices;
  const tab = phone.open();
  await world.time.pass(1000);
  for (let number = 1; number <= answered; number += 1) tab.machine.answer(number, ["A"]);
  await world.time.pass(MINUTE);
  return { ...world, phone, computer, tab };
}

const counts = (sheet) => Object.keys(sheet.answers).length;

test("an answer is saved soon, the next ones at most every 30 s, and none waits longer than a minute", async () => {
  const { time, server, tab } = await sitting();
  const saves = [];
  const save = server.save;
  server.save = (body) => {
    saves.push(time.now());
    return save(body);
  };
  for (let second = 0; second < 300; second += 1) {
    if (second % 2) tab.machine.answer(1, [String(time.now())]);
    await time.pass(1000);
    const [oldest] = server.answers[1] || [time.now()];
    assert.ok(time.now() - oldest < MINUTE, "an answer waits longer than a minute");
  }
  for (let i = 1; i < saves.length; i += 1) assert.ok(saves[i] - saves[i - 1] >= 30000);
  assert.ok(saves.length >= 8);
});

test("refused saves are repeated less and less often, and never more often than every 30 s", async () => {
  const { time, server, phone, tab } = await sitting();
  const tries = [];
  phone.line = "busy";
  const ask = phone.ask.bind(phone);
  phone.ask = (...given) => {
    tries.push(time.now());
    return ask(...given);
  };
  tab.machine.answer(1, ["A"]);
  await time.pass(10 * MINUTE);
  const gaps = tries.slice(1).map((at, i) => at - tries[i]);
  assert.ok(gaps.length >= 5 && gaps.every((gap) => gap >= 30000 && gap <= 125000), String(gaps));
  assert.equal(tab.view.state, "offline");
  phone.line = "good";
  await time.pass(2 * MINUTE);
  assert.deepEqual([tab.view.state, counts(server)], ["sitting", 1]);
});

test("a reload that meets 503 shows what this device knows, says so, and asks again by itself", async () => {
  const { time, server, phone, tab } = await sitting({ answered: 3 });
  phone.line = "busy";
  tab.close(false);
  const again = phone.open();
  await time.pass(100);
  assert.deepEqual([again.view.state, again.view.heard, counts(again.view)], ["offline", false, 3]);
  phone.line = "good";
  await time.pass(MINUTE);
  assert.deepEqual([again.view.state, again.view.heard], ["sitting", true]);
  again.machine.handIn();
  await time.pass(1000);
  assert.equal(again.view.state, "finished");
  assert.equal(counts(server.final), 3);
});

test("an offline reload keeps all answers, and a new one is added to them", async () => {
  const { time, server, phone, tab } = await sitting({ answered: 3 });
  phone.line = "offline";
  tab.close(false);
  const again = phone.open();
  await time.pass(1000);
  again.machine.predict(5);
  await time.pass(MINUTE);
  phone.line = "good";
  again.machine.online();
  await time.pass(MINUTE);
  assert.deepEqual([counts(server), server.prediction], [3, 5]);
});

test("a tab left open elsewhere adds nothing and takes nothing away at the deadline", async () => {
  const { time, server, computer, tab } = await sitting();
  const stale = computer.open();
  await time.pass(1000);
  for (const number of [1, 2, 3]) tab.machine.answer(number, ["A"]);
  await time.pass(MINUTE);
  tab.close(false);
  assert.equal(counts(stale.view), 0);
  await time.pass(LIMIT);
  assert.equal(server.status, "submitted");
  assert.equal(counts(server.final), 3);
  assert.equal(stale.view.state, "finished");
});

test("a page that another device has overtaken shows the newer answers when it is looked at, and says why", async () => {
  const { time, computer, tab } = await sitting({ answered: 1 });
  const other = computer.open();
  await time.pass(1000);
  other.machine.answer(2, ["B"]);
  await time.pass(MINUTE);
  tab.machine.wake();
  await time.pass(1000);
  assert.deepEqual([tab.view.state, tab.view.overtaken, counts(tab.view)], ["stale", true, 2]);
  tab.machine.answer(3, ["A"]);
  assert.equal(tab.view.overtaken, false);
});

test("answers that met newer ones on the server are saved with them within seconds", async () => {
  const { time, server, computer, tab } = await sitting({ answered: 1 });
  const other = computer.open();
  await time.pass(1000);
  other.machine.answer(2, ["B"]);
  await time.pass(MINUTE);
  tab.machine.answer(3, ["C"]);
  await time.pass(8000);
  assert.deepEqual([counts(server), tab.view.unsent], [3, false]);
});

test("a person hands in only answers that were shown: newer ones from elsewhere are shown first", async () => {
  const { time, server, computer, tab } = await sitting({ answered: 1 });
  const other = computer.open();
  await time.pass(1000);
  other.machine.answer(2, ["B"]);
  await time.pass(MINUTE);
  tab.machine.handIn();
  await time.pass(1000);
  assert.deepEqual([tab.view.state, tab.view.why, server.status], ["confirming", "overtaken", "open"]);
  tab.machine.handIn();
  await time.pass(1000);
  assert.equal(counts(server.final), 2);
});

test("fewer answers than the server has are handed in only after a confirmation", async () => {
  const { time, server, tab } = await sitting({ answered: 3 });
  tab.machine.answer(3, []);
  tab.machine.handIn();
  await time.pass(1000);
  assert.deepEqual([tab.view.state, tab.view.why, server.status], ["confirming", "fewer", "open"]);
  tab.machine.goOn();
  assert.notEqual(tab.view.state, "confirming");
  tab.machine.handIn();
  tab.machine.handIn();
  await time.pass(1000);
  assert.equal(counts(server.final), 2);
});

test("a hand-in whose answer was lost is handed in again and succeeds", async () => {
  const { time, server, phone, tab } = await sitting({ answered: 2 });
  phone.line = "cut after";
  tab.machine.handIn();
  await time.pass(MINUTE);
  assert.equal(server.status, "submitted");
  assert.ok(["refused", "handing in"].includes(tab.view.state));
  assert.equal(tab.view.locked, true);
  phone.line = "good";
  await time.pass(MINUTE);
  assert.equal(tab.view.state, "finished");
});

test("the last save comes before the deadline, so that a hand-in that never arrives costs seconds", async () => {
  const { time, server, phone, tab } = await sitting();
  const deadline = Date.parse(tab.view.paper.deadline);
  while (time.now() < deadline - 10000) {
    tab.machine.answer(1, [`at ${deadline - time.now()}`]);
    await time.pass(2000);
  }
  phone.line = "offline";
  await time.pass(5 * MINUTE);
  server.read(); // settles overdue attempts
  const saved = Number(server.final.answers[1][0].slice(3));
  assert.equal(server.status, "overdue");
  assert.ok(saved <= 47000, `saved ${saved} ms before the deadline`);
  assert.equal(tab.view.state, "missed");
  assert.equal(tab.view.locked, true);
});

test("after a missed deadline the answers stay on the device, and the page says what became of the paper", async () => {
  const { time, phone, tab } = await sitting({ answered: 1 });
  phone.line = "offline";
  tab.machine.answer(2, ["B"]);
  await time.pass(LIMIT + MINUTE);
  assert.equal(tab.view.state, "missed");
  phone.line = "good";
  tab.machine.online();
  await time.pass(MINUTE);
  assert.deepEqual([tab.view.state, tab.view.found.status, tab.view.leftover], ["finished", "overdue", true]);
  assert.ok(phone.stored.includes('"2"'));
});

test("hand-ins at the deadline are spread over the grace", async () => {
  const { time, server, tab } = await sitting({ answered: 1 });
  let at = null;
  const submit = server.submit;
  server.submit = (body) => {
    at = time.now();
    return submit(body);
  };
  await time.pass(LIMIT + GRACE);
  const late = at - Date.parse(tab.view.paper.deadline);
  assert.ok(late >= GRACE * 0.3 && late < GRACE * 0.65, String(late));
  assert.equal(tab.view.state, "finished");
});

test("the page says that storage is full or denied, and loses nothing while it is open", async () => {
  const { time, server, phone, tab } = await sitting();
  phone.storage = "full";
  tab.machine.answer(1, ["A"]);
  assert.equal(tab.view.kept, false);
  await time.pass(MINUTE);
  assert.equal(counts(server), 1);
  phone.storage = "good";
  tab.machine.answer(2, ["A"]);
  assert.equal(tab.view.kept, true);
});

test("two tabs show the same paper, and one save serves both", async () => {
  const { time, server, phone, tab } = await sitting();
  const second = phone.open();
  await time.pass(1000);
  tab.machine.answer(1, ["A"]);
  await time.pass(10);
  assert.equal(counts(second.view), 1);
  second.machine.answer(2, ["B"]);
  await time.pass(MINUTE);
  assert.equal(counts(server), 2);
  assert.deepEqual([tab.view.unsent, second.view.unsent], [false, false]);
  tab.machine.handIn();
  await time.pass(2000);
  assert.equal(second.view.state, "finished");
});

test("unsent answers go out at once when the page may be gone, but not to a server that has just refused", async () => {
  const { time, server, phone, tab } = await sitting();
  tab.machine.answer(1, ["A"]);
  tab.close(true);
  await time.pass(100);
  assert.equal(counts(server), 1);
  const again = phone.open();
  await time.pass(1000);
  phone.line = "busy";
  again.machine.answer(2, ["A"]);
  await time.pass(5000);
  let asked = 0;
  phone.ask = () => {
    asked += 1;
    return new Promise(() => {});
  };
  again.machine.flush();
  assert.equal(asked, 0);
});

test("the page keeps to an interval that the server raises", async () => {
  const { time, server, tab } = await sitting();
  const save = server.save;
  const at = [];
  server.save = (body) => {
    at.push(time.now());
    return { ...save(body), save_after_s: 90 };
  };
  for (let second = 0; second < 240; second += 1) {
    tab.machine.answer(1, [second % 2 ? "A" : "B"]);
    await time.pass(1000);
  }
  assert.ok(at[1] - at[0] >= 90000);
});

test("a session that has ended leaves the answers on the device", async () => {
  const { time, server, phone, tab } = await sitting({ answered: 1 });
  const { ApiError } = await import("../site/js/api.js");
  server.save = () => {
    throw new ApiError(401, { code: "unauthorized" });
  };
  tab.machine.answer(2, ["B"]);
  await time.pass(MINUTE);
  assert.equal(tab.view.state, "signed out");
  assert.ok(phone.stored.includes('"2"'));
});

test("a refusal that waiting cannot fix is shown, and the answers stay", async () => {
  const { time, server, phone, tab } = await sitting();
  const { ApiError } = await import("../site/js/api.js");
  server.save = server.submit = () => {
    throw new ApiError(422, { code: "invalid", detail: "…" });
  };
  tab.machine.answer(1, ["A"]);
  await time.pass(MINUTE);
  assert.deepEqual([tab.view.state, tab.view.problem.code, tab.view.unsent], ["offline", "invalid", true]);
  tab.machine.handIn();
  await time.pass(MINUTE);
  assert.deepEqual([tab.view.state, tab.view.problem.code], ["offline", "invalid"]);
  assert.ok(phone.stored.includes('"1"'));
});

test("every state can be left, or is an end", () => {
  for (const [state, next] of Object.entries(NEXT)) {
    for (const one of next) assert.ok(NEXT[one], `${state} → ${one}`);
    assert.equal(next.length === 0, ["finished", "failed", "signed out"].includes(state), state);
  }
});

test("a deadline that is put off is followed: by the answer to a save, and by asking when the dates change", async () => {
  const { time, server, tab } = await sitting({ answered: 1 });
  const before = tab.view.deadline;
  server.postpone(MINUTE);
  tab.machine.answer(2, ["B"]);
  await time.pass(2 * MINUTE);
  assert.equal(tab.view.deadline, before + MINUTE);
  server.postpone(10 * MINUTE);
  tab.machine.redated();
  await time.pass(1000);
  assert.equal(tab.view.deadline, before + 11 * MINUTE);
  await time.pass(LIMIT);
  assert.ok(!tab.view.timeUp, "the old deadlines have passed");
  tab.machine.answer(3, ["C"]);
  await time.pass(2 * MINUTE);
  assert.equal(counts(server), 3);
});

test("a paper that was missed goes on when its week is opened again", async () => {
  const { time, server, phone, tab } = await sitting({ answered: 2 });
  phone.line = "down";
  await time.pass(LIMIT + GRACE + 10000);
  server.read();
  assert.equal(server.status, "overdue");
  server.postpone(10 * MINUTE);
  phone.line = "good";
  await time.pass(3 * MINUTE);
  assert.deepEqual([tab.view.timeUp, tab.view.locked], [false, false]);
  tab.machine.answer(3, ["C"]);
  await time.pass(MINUTE);
  assert.equal(counts(server), 3);
});
