import assert from "node:assert/strict";
import test from "node:test";

import { phase } from "../site/js/phase.js";
import { prepared, search } from "../site/js/screens/bank.js";
import { bestScores } from "../site/js/screens/me.js";
import { matching } from "../site/js/unit-picker.js";

const units = [
  { code: "THPT-DL1", name: "Trường THPT Đô Lương 1", bloc: "Trung học phổ thông" },
  { code: "H-DOLUONG", name: "UBND huyện Đô Lương", bloc: "Huyện" },
  { code: "SO-YT", name: "Sở Y tế", bloc: "Sở ngành" },
];

test("units are found without tones, in any order of words", () => {
  assert.deepEqual(matching(units, "luong do").map(({ code }) => code), ["THPT-DL1", "H-DOLUONG"]);
  assert.deepEqual(matching(units, "ubnd huyen do").map(({ code }) => code), ["H-DOLUONG"]);
  assert.equal(matching(units, "")[0].code, "THPT-DL1");
  assert.deepEqual(matching(units, "xyz"), []);
});

test("the bank is searched in questions, options and sources", () => {
  const bank = prepared([
    { id: "1", text: "Một cửa là gì?", options: [{ key: "A", text: "Cơ chế" }], reference: "Nghị định 61/2018" },
    { id: "2", text: "Câu khác", options: [{ key: "A", text: "Đáp án" }], reference: "" },
  ]);
  assert.deepEqual(search(bank, "nghi dinh 61").map(({ place }) => place), [1]);
  assert.deepEqual(search(bank, "DAP").map(({ place }) => place), [2]);
  assert.equal(search(bank, " ").length, 2);
});

const weeks = [
  { number: 1, opens_at: "2022-08-22T08:00:00+07:00", closes_at: "2022-08-29T07:00:00+07:00" },
  { number: 2, opens_at: "2022-08-29T08:00:00+07:00", closes_at: "2022-09-05T08:00:00+07:00" },
];

test("a week is open from its opening on, and closed at its closing", () => {
  const at = (text) => phase(weeks, Date.parse(text));
  assert.deepEqual([at("2022-08-22T07:59:59+07:00").kind, at("2022-08-22T08:00:00+07:00").kind], ["before", "open"]);
  assert.equal(at("2022-08-29T07:00:00+07:00").kind, "between");
  assert.deepEqual(at("2022-08-29T08:00:00+07:00").week, 2);
  assert.equal(at("2022-09-05T08:00:00+07:00").kind, "after");
});

test("discarded attempts are nobody's best", () => {
  const list = [{ week: 1, score: null }, { week: 1, score: 3 }, { week: 1, score: 5 }, { week: 2, score: 0 }];
  assert.deepEqual(bestScores(list), { 1: 5, 2: 0 });
});
