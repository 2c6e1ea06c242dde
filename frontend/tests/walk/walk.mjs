// A walk: whatever may happen to a person, two devices, their tabs and the line during one paper, in any order; and the
// promise that must hold at its end (docs/promises.md): an answer that was acknowledged by the server or kept on a device
// is lost only if its owner changed it.

import assert from "node:assert/strict";

import fc from "fast-check";

import { diceOf } from "../dice.mjs";
import { LINES, LIMIT, makeWorld, PLACES } from "./world.mjs";

const LONGEST = 12 * 60000; // of what is drawn; the end of a walk needs the rest of the paper's time

const device = fc.integer({ min: 0, max: 1 });
const which = fc.integer({ min: 0, max: 1 });
const step = (name, weight, fields = {}) => ({ weight, arbitrary: fc.record({ do: fc.constant(name), device, which, ...fields }) });
const steps = fc.oneof(
  step("answer", 10, { place: fc.constantFrom(...PLACES), clear: fc.boolean(), often: fc.integer({ min: 0, max: 3 }) }),
  step("flag", 1, { place: fc.constantFrom("1", "2") }),
  step("pass", 10, { time: fc.constantFrom(0, 20, 500, 3000, 8000, 31000, 65000) }),
  step("line", 6, { line: fc.constantFrom(...Object.keys(LINES)) }),
  step("double", 1, { on: fc.boolean() }),
  step("storage", 2, { storage: fc.constantFrom("good", "good", "full", "denied") }),
  step("open", 2),
  step("reload", 4, { politely: fc.boolean() }),
  step("close", 1, { politely: fc.boolean() }),
  step("sleep", 1),
  step("wake", 2),
  step("hide", 1),
  step("online", 1),
  step("jump", 1, { by: fc.constantFrom(-3600000, -5000, 5000, 3600000) }),
  step("hand in", 1),
  step("go on", 1),
);

/** How a walk is drawn: its steps, the seed of everything random in the world, and whether the line heals before the deadline. */
export const walks = fc.record({
  seed: fc.integer({ min: 1, max: 0x7fffffff }),
  heals: fc.boolean(),
  steps: fc.array(steps, { minLength: 1, maxLength: 40 }),
});

/** What the owner did, place by place: which tap saw which on the screen. Every value is different, so that it names its tap. */
class Owner {
  constructor() {
    this.taps = new Map(); // value → {place, value, before: Set of values, kept: device or null}
    this.count = 0;
  }

  value(place, clear) {
    this.count += 1;
    if (clear) return { name: `clear ${this.count}`, to: place === "prediction" ? null : [] };
    return place === "prediction" ? { name: String(1000 + this.count), to: 1000 + this.count } : { name: `v${this.count}`, to: [`v${this.count}`] };
  }

  static named(sheet, place) {
    const value = place === "prediction" ? sheet.prediction : (sheet.answers[place] || [])[0];
    return value === null || value === undefined ? "" : String(value);
  }

  tap(place, { name }, seen, device) {
    const before = new Set();
    const known = seen ? [seen] : [...this.taps.values()].filter((tap) => tap.place === place && tap.name.startsWith("clear")).map((tap) => tap.name);
    for (const one of known) {
      before.add(one);
      for (const older of this.taps.get(one).before) before.add(older);
    }
    this.taps.set(name, { name, place, before, device, kept: false });
  }

  /** What stands at a place in the end must not be older than a tap that had to survive. */
  check(final, mustSurvive, what) {
    for (const place of PLACES) {
      const name = Owner.named(final, place);
      const here = [...mustSurvive].map((one) => this.taps.get(one)).filter((tap) => tap && tap.place === place);
      if (name) {
        const newer = here.filter((tap) => tap.before.has(name));
        assert.deepEqual(newer.map((tap) => tap.name), [], `${what}: ${place} is ${name}, which its owner had changed`);
      } else if (here.length) {
        const clears = [...this.taps.values()].filter((tap) => tap.place === place && tap.name.startsWith("clear"));
        const good = clears.filter((clear) => !here.some((tap) => tap.before.has(clear.name)));
        assert.ok(good.length, `${what}: ${place} is blank, and ${here.map((tap) => tap.name)} had been kept or acknowledged`);
      }
    }
  }
}

export async function walk({ seed, heals, steps: drawn }) {
  const dice = diceOf(seed);
  const world = makeWorld(dice);
  const { time, server, devices } = world;
  const owner = new Owner();
  const began = time.now();
  const locksSeen = new Set();
  const inLog = () => {
    const held = new Set();
    for (const sheet of server.log) for (const place of PLACES) if (Owner.named(sheet, place)) held.add(Owner.named(sheet, place));
    return held;
  };
  const tabOf = ({ device: at, which: nth }) => devices[at].tabs[nth % Math.max(1, devices[at].tabs.length)];

  const actions = {
    answer({ tab, place, clear, often }) {
      if (!tab || tab.asleep || tab.view.locked) return;
      const value = owner.value(place, clear && often === 0);
      const seen = Owner.named(tab.view, place);
      if (!seen && !value.to?.length && value.to === null) return;
      owner.tap(place, value, seen, tab.device);
      if (place === "prediction") tab.machine.predict(value.to);
      else tab.machine.answer(Number(place), value.to);
      owner.taps.get(value.name).kept = tab.view.kept && tab.device.storage === "good";
    },
    flag: ({ tab, place }) => tab && !tab.asleep && tab.machine.flag(Number(place)),
    pass: ({ time: wait }) => time.pass(wait),
    line: ({ at, line }) => (at.line = line),
    double: ({ at, on }) => (at.doubles = on),
    storage: ({ at, storage }) => (at.storage = storage),
    open: ({ at }) => at.tabs.length < 2 && at.open(),
    reload({ at, tab, politely }) {
      if (tab) tab.close(politely);
      at.open();
    },
    close: ({ tab, politely }) => tab && tab.close(politely),
    sleep: ({ tab }) => tab && tab.sleep(),
    wake: ({ tab }) => tab && tab.wake(),
    hide: ({ tab }) => tab && !tab.asleep && tab.machine.flush(),
    online: ({ tab }) => tab && !tab.asleep && tab.machine.online(),
    jump({ at, by }) {
      at.skew += by;
      at.sure = false;
    },
    "hand in": ({ tab }) => tab && !tab.asleep && dice() < 0.3 && tab.machine.handIn(),
    "go on": ({ tab }) => tab && !tab.asleep && tab.machine.goOn(),
  };

  devices[0].open();
  for (const one of drawn) {
    if (time.now() - began > LONGEST) break;
    await actions[one.do]({ ...one, at: devices[one.device], tab: tabOf(one) });
    await time.pass(0);
    for (const each of devices) for (const tab of each.tabs) locksSeen.add(tab.view.state);
  }

  const handedIn = () => server.status !== "open";
  if (heals && !handedIn()) {
    for (const each of devices) {
      Object.assign(each, { line: "good", doubles: false, storage: "good" });
      if (!each.tabs.length) each.open();
      for (const tab of each.tabs) tab.wake();
    }
    await time.pass(4 * 60000);
    for (let round = 0; round < 2; round += 1) {
      for (const each of devices) for (const tab of each.tabs) tab.machine.wake();
      await time.pass(45000);
    }
    if (!handedIn()) {
      const must = inLog();
      for (const tap of owner.taps.values()) if (tap.kept) must.add(tap.name);
      owner.check(server, must, "after the line healed");
      for (const each of devices) {
        for (const tab of each.tabs) {
          for (const place of PLACES) assert.equal(Owner.named(tab.view, place), Owner.named(server, place), `${each.name} shows what the server has`);
          assert.equal(tab.view.unsent, false, `${each.name} has sent everything, in ${tab.view.state}`);
        }
      }
    }
  }
  const before = inLog();
  if (!handedIn()) await time.pass(began + LIMIT + 40000 - time.now());
  server.read(); // settles overdue attempts
  assert.notEqual(server.status, "open");
  owner.check(server.final, heals ? before : inLog(), "in the end");
  for (const each of devices) for (const tab of each.tabs) locksSeen.add(tab.view.state);

  // Kept answers that never arrived are still on their device, for a complaint.
  const arrived = inLog();
  for (const tap of owner.taps.values()) {
    if (!tap.kept || arrived.has(tap.name) || tap.name.startsWith("clear")) continue;
    // Unless its owner answered the same question again, later or, in another tab or on another device, meanwhile.
    const anew = (other) => other !== tap && other.place === tap.place && !tap.before.has(other.name);
    if (![...owner.taps.values()].some(anew)) assert.ok(tap.device.stored && tap.device.stored.includes(tap.name), `${tap.name} is still on the ${tap.device.name}`);
  }
  return locksSeen;
}
