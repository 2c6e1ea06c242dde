import assert from "node:assert/strict";
import test from "node:test";

import { watchHands } from "../site/js/dom.js";

/** A page whose hands do `types` one after the other, and a clock of its own. */
function made() {
  const page = new EventTarget();
  const timers = { due: null, setTimeout: (run, ms) => (timers.due = { run, ms }), clearTimeout: () => (timers.due = null) };
  const seen = [];
  const tell = () => seen.push("told");
  return {
    page,
    seen,
    tell,
    afterClick: watchHands(page, timers),
    hand: (...types) => types.forEach((type) => page.dispatchEvent(new Event(type))),
    pass(ms) {
      if (!timers.due || timers.due.ms > ms) return;
      const { run } = timers.due;
      timers.due = null;
      run();
    },
  };
}

test("with no hand on the page everything happens at once", () => {
  const { afterClick, tell, seen } = made();
  afterClick(tell);
  assert.deepEqual(seen, ["told"]);
});

for (const [name, before, after] of [
  ["mouse", ["pointerdown", "mousedown"], ["pointerup", "mouseup", "click"]],
  ["tap", ["pointerdown", "pointerup", "mousedown"], ["mouseup", "click"]],
  ["label", ["pointerdown", "pointerup", "mousedown"], ["mouseup", "click", "click"]], // and that of its checkbox
]) {
  test(`the effect of leaving a field waits for the click: ${name}`, () => {
    const { afterClick, tell, seen, hand, pass } = made();
    hand(...before);
    afterClick(tell);
    afterClick(tell);
    pass(10000);
    hand(...after);
    assert.deepEqual(seen, []);
    pass(0);
    assert.deepEqual(seen, ["told"]);
    afterClick(tell);
    assert.deepEqual(seen, ["told", "told"]);
  });
}

test("nothing happens between lifting a finger and its mousedown", () => {
  const { afterClick, tell, seen, hand, pass } = made();
  hand("pointerdown", "pointerup");
  afterClick(tell);
  pass(300);
  assert.deepEqual(seen, []);
});

test("a press that clicks nothing holds nothing back", () => {
  for (const end of ["pointerup", "pointercancel", "contextmenu"]) { // it ended elsewhere, scrolled, stayed too long
    const { afterClick, tell, seen, hand, pass } = made();
    hand("pointerdown");
    afterClick(tell);
    pass(10000);
    assert.deepEqual(seen, [], end);
    hand(end);
    pass(end === "pointerup" ? 500 : 0);
    assert.deepEqual(seen, ["told"], end);
  }
});

test("a key that clicks meanwhile does not lift the finger", () => {
  const { afterClick, tell, seen, hand, pass, page } = made();
  hand("pointerdown", "mousedown");
  afterClick(tell);
  page.dispatchEvent(Object.assign(new Event("click"), { detail: 0 }));
  pass(10000);
  assert.deepEqual(seen, []);
});

test("an impatient second press is waited for too", () => {
  const { afterClick, tell, seen, hand, pass } = made();
  hand("pointerdown", "pointerup", "mousedown");
  afterClick(tell);
  hand("mouseup", "click", "pointerdown");
  pass(10000);
  assert.deepEqual(seen, []);
  hand("pointerup", "mousedown", "mouseup", "click");
  pass(0);
  assert.deepEqual(seen, ["told"]);
});
