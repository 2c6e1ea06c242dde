import assert from "node:assert/strict";
import test from "node:test";

import { bodyOf, isUnsent, merge, readPrediction, restore } from "../site/js/draft.js";

const held = (answers, prediction = null) => ({ answers, prediction });

test("what was changed here since the last save stands, the rest is the server's", () => {
  const base = held({ 1: ["A"], 2: ["B"] });
  const local = held({ 1: ["C"], 2: ["B"], 3: ["A"] });
  const server = held({ 1: ["A"], 2: ["D"], 4: ["A"] }); // saved from another device meanwhile
  assert.deepEqual(merge(base, local, server).answers, { 1: ["C"], 2: ["D"], 3: ["A"], 4: ["A"] });
});

test("an answer taken back here stays taken back", () => {
  const base = held({ 1: ["A"], 2: ["A", "B"] });
  assert.deepEqual(merge(base, held({ 2: ["A"] }), base).answers, { 2: ["A"] });
});

test("a save that arrived though its answer was lost changes nothing", () => {
  const local = held({ 1: ["A"], 2: ["C"] }, 5);
  assert.deepEqual(merge(held({}), local, held({ 1: ["A"] }, 5)), local);
});

test("the prediction goes the same way", () => {
  assert.equal(merge(held({}, 1), held({}, 1), held({}, 9)).prediction, 9);
  assert.equal(merge(held({}, 1), held({}, 2), held({}, 9)).prediction, 2);
  assert.equal(merge(held({}, 1), held({}, null), held({}, 1)).prediction, null);
});

test("without anything kept, the paper is as the server has it", () => {
  const attempt = { saved_answers: { 1: ["A"] }, saved_prediction: 3, deadline: "2022-08-22T08:20:00+07:00" };
  const state = restore(attempt, null);
  assert.deepEqual(state.answers, { 1: ["A"] });
  assert.equal(state.prediction, 3);
  assert.equal(isUnsent(state), false);
  state.answers[2] = ["B"]; // what the server holds is not touched by answering
  assert.equal(isUnsent(state), true);
  assert.deepEqual(restore(attempt, state).answers, { 1: ["A"], 2: ["B"] });
});

test("the prediction is sent only where one is asked for", () => {
  assert.deepEqual(bodyOf(held({ 1: ["A"] }, 4), null), { answers: { 1: ["A"] } });
  assert.deepEqual(bodyOf(held({}, 4), "Bao nhiêu?"), { answers: {}, prediction: 4 });
});

test("a prediction may be typed with dots", () => {
  assert.equal(readPrediction(" 126.810 "), 126810);
  assert.equal(readPrediction(""), null);
  for (const text of ["-1", "abc", "1e3", "9999999999"]) assert.equal(readPrediction(text), undefined, text);
});
