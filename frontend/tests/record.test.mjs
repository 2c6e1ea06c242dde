import assert from "node:assert/strict";
import test from "node:test";

import fc from "fast-check";

import { bodyOf, changed, combine, countOf, emptyRecord, isUnsent, learn, readPrediction, sameRecord, sending, shown } from "../site/js/record.js";

const START = 1_000_000;
const fresh = () => emptyRecord({ started: START, deadline: START + 1_200_000, closes: START + 9_000_000 });
const held = (answers, revision, prediction = null) => ({ answers, prediction, revision });
const knowing = (answers, revision, prediction) => learn(fresh(), held(answers, revision, prediction), 0, START);

test("answers changed here stay, the rest is the server's", () => {
  let record = knowing({ 1: ["A"], 2: ["B"] }, 1000);
  record = changed(changed(record, "1", ["C"], START + 60000), "3", ["A"], START + 61000);
  record = learn(record, held({ 1: ["A"], 2: ["D"], 4: ["A"] }, 50000), 1000); // saved from another device meanwhile
  assert.deepEqual(shown(record).answers, { 1: ["C"], 2: ["D"], 3: ["A"], 4: ["A"] });
  assert.equal(isUnsent(record), true);
  assert.equal(bodyOf(record, true).revision, 50000);
});

test("an answer taken back here stays taken back", () => {
  const record = changed(knowing({ 1: ["A"], 2: ["A"] }, 1000), "1", [], START + 2000);
  assert.deepEqual(shown(learn(record, held({ 1: ["A"], 2: ["A"], 3: ["B"] }, 1500), 1000)).answers, { 2: ["A"], 3: ["B"] });
});

test("if both changed an answer, the newer one stays, whichever device has it", () => {
  const record = changed(knowing({}, 0), "1", ["A"], START + 5000);
  assert.deepEqual(shown(learn(record, held({ 1: ["B"] }, 4000), 0)).answers, { 1: ["A"] });
  assert.deepEqual(shown(learn(record, held({ 1: ["B"] }, 6000), 0)).answers, { 1: ["B"] });
});

test("our own save that arrived unheard is not another device's answer", () => {
  let record = sending(changed(knowing({}, 0), "1", ["A"], START + 1000));
  record = changed(record, "1", ["B"], START + 1500); // while the save of A was under way
  record = learn(record, held({ 1: ["A"] }, 4000), 0);
  assert.deepEqual(shown(record).answers, { 1: ["B"] });
  assert.equal(isUnsent(record), true);
});

test("after an acknowledgement only later answers are left to send", () => {
  let record = sending(changed(knowing({}, 0), "1", ["A"], START + 1000));
  record = changed(record, "2", ["B"], START + 1500);
  record = learn(record, held({ 1: ["A"] }, 3000), 0);
  assert.deepEqual(Object.keys(record.changes), ["2"]);
  record = learn(record, held({ 1: ["A"], 2: ["B"] }, 4000), 3000);
  assert.equal(isUnsent(record), false);
  assert.deepEqual(record.sent, []);
});

test("an answer that was overtaken on its way changes nothing", () => {
  const record = knowing({ 1: ["A"], 2: ["A"] }, 9000);
  assert.deepEqual(shown(learn(record, held({ 1: ["A"] }, 4000), 4000)).answers, { 1: ["A"], 2: ["A"] });
});

test("a server that lost what it had acknowledged gets it back", () => {
  const record = learn(knowing({ 1: ["A"], 2: ["A"] }, 9000, 7), held({ 1: ["A"] }, 4000), 9000);
  assert.deepEqual(shown(record), { answers: { 1: ["A"], 2: ["A"] }, prediction: 7 });
  assert.deepEqual(bodyOf(record, true), { answers: { 1: ["A"], 2: ["A"] }, prediction: 7, revision: 4000 });
});

test("the prediction is treated like an answer, and sent only if the contest asks for one", () => {
  const record = changed(knowing({}, 1000, 5), "prediction", 6, START + 2000);
  assert.equal(shown(learn(record, held({ 1: ["A"] }, 1500, 5), 1000)).prediction, 6);
  assert.deepEqual(bodyOf(record, false), { answers: {}, revision: 1000 });
  assert.deepEqual(bodyOf(changed(record, "prediction", null, START), true), { answers: {}, revision: 1000 });
});

test("a clock that is set back does not make a later tap the older one", () => {
  const record = changed(changed(fresh(), "1", ["A"], START + 5000), "1", ["B"], START - 99999);
  assert.ok(record.changes[1].at > START + 5000);
});

const places = fc.constantFrom("1", "2", "prediction");
const tap = fc.record({ place: places, key: fc.constantFrom("A", "B", ""), at: fc.integer({ min: 0, max: 9 }) });
const tapped = (record, taps) =>
  taps.reduce((now, { place, key, at }) => changed(now, place, place === "prediction" ? (key ? key.charCodeAt(0) : null) : key ? [key] : [], START + at), record);

test("two tabs come to the same record in either order, and a repetition changes nothing", () => {
  fc.assert(fc.property(fc.array(tap), fc.array(tap), fc.array(tap, { maxLength: 3 }), fc.integer({ min: 0, max: 9 }), (first, one, other, later) => {
    const common = tapped(fresh(), first);
    const a = tapped(common, one);
    const b = learn(tapped(common, other), held(shown(common).answers, later, shown(common).prediction), 0);
    const ab = combine(a, b);
    assert.ok(sameRecord(ab, combine(b, a)));
    assert.ok(sameRecord(ab, combine(ab, b)) && sameRecord(ab, combine(a, ab)));
  }));
});

test("answers are counted without those taken back", () => {
  assert.equal(countOf({ answers: { 1: ["A"], 2: [] } }), 1);
});

test("a prediction may be typed with dots", () => {
  for (const text of [" 126.810 ", "126810", "126,810", "126 810", "\u202a126\u00a0810\u202c", "126.810 người", "126 810 LƯỢT THI"]) assert.equal(readPrediction(text), 126810, text);
  assert.equal(readPrediction(""), null);
  for (const text of ["-1", "abc", "1e3", "9999999999", "12,5", "12.5", "1.26.810", "126.81", "2 triệu", "khoảng 5 người", "126.810 người 5"]) assert.equal(readPrediction(text), undefined, text);
});
