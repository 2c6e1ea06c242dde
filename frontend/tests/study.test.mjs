import assert from "node:assert/strict";
import test from "node:test";

import { byTopic, known, lawOf, left, mixed, practisable, ROUND, roundOf, standing } from "../site/js/study.js";

const many = Array.from({ length: 30 }, (_, i) => ({ id: `Q${i}`, topic: i % 3 ? "Một cửa" : "Phí", rulings: [] }));
const ids = (questions) => questions.map(({ id }) => id).sort();

test("the last answer decides whether a question is known, and forgetting begins anew", () => {
  for (const right of [true, true, false]) known.tell("Q1", right);
  for (const right of [false, true]) known.tell("Q2", right);
  known.tell("Q3", true);
  known.tell("Q3", true);
  assert.deepEqual(known.get(), { Q1: 0, Q2: 1, Q3: 2 });
  assert.deepEqual(standing(many, known.get()), { all: 30, known: 2, again: 1 });
  known.clear();
  assert.deepEqual(standing(many, known.get()), { all: 30, known: 0, again: 0 });
});

test("a round takes what was wrong first, then what is new, then what was right the fewest times", () => {
  const told = Object.fromEntries(many.map(({ id }, i) => [id, i < 4 ? 0 : 2]));
  for (const id of ["Q20", "Q21", "Q22"]) delete told[id];
  told.Q9 = told.Q10 = told.Q11 = 1;
  assert.deepEqual(ids(roundOf(many, told)), ids(["Q0", "Q1", "Q2", "Q3", "Q20", "Q21", "Q22", "Q9", "Q10", "Q11"].map((id) => ({ id }))));
});

test("a round has ten questions, each once, or as many as there are", () => {
  for (let i = 0; i < 20; i += 1) assert.equal(new Set(ids(roundOf(many, {}))).size, ROUND);
  assert.deepEqual(ids(roundOf(many.slice(0, 3), {})), ["Q0", "Q1", "Q2"]);
});

test("a wrong question comes again after three others, or last", () => {
  assert.deepEqual(left([1, 2, 3, 4, 5, 6], false), [2, 3, 4, 1, 5, 6]);
  assert.deepEqual(left([1, 2], false), [2, 1]);
  assert.deepEqual(left([1], false), [1]);
  assert.deepEqual(left([1, 2], true), [2]);
});

test("options in another order keep their texts and the right ones among them", () => {
  const options = ["a", "b", "c", "d"].map((text, i) => ({ key: "ABCD"[i], text }));
  for (let i = 0; i < 50; i += 1) {
    const made = mixed({ options, answer: ["B", "D"] });
    assert.deepEqual(made.options.map(({ key }) => key), ["A", "B", "C", "D"]);
    const right = made.options.filter(({ key }) => made.answer.includes(key)).map(({ text }) => text);
    assert.deepEqual(right.sort(), ["b", "d"]);
  }
});

test("topics stand in the bank's order, and questions under a ruling are not practised", () => {
  assert.deepEqual(byTopic(many).map(([topic, those]) => [topic, those.length]), [["Phí", 10], ["Một cửa", 20]]);
  assert.deepEqual(practisable([many[0], { ...many[1], rulings: [{}] }]), [many[0]]);
});

test("the law is found in a reference", () => {
  assert.equal(lawOf("Khoản 1 Điều 3 Nghị định số 63/2010/NĐ-CP, được sửa đổi"), "Nghị định số 63/2010/NĐ-CP");
  assert.equal(lawOf("Điều 9 Luật Khiếu nại năm 2011"), "Luật Khiếu nại năm 2011");
  assert.equal(lawOf("Quyết định số 06/QĐ-TTg ngày 06/01/2022 (phần mục tiêu)"), "Quyết định số 06/QĐ-TTg");
  assert.equal(lawOf("Thông báo của tỉnh"), "");
});
