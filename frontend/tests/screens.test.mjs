import assert from "node:assert/strict";
import test from "node:test";

import { weakestFirst } from "../site/js/own-paper.js";
import { busiest } from "../site/js/live.js";
import { phase, rushWait } from "../site/js/phase.js";
import { inWords } from "../site/js/ruling.js";
import { prepared, search } from "../site/js/screens/bank.js";
import { byBloc } from "../site/js/screens/big-screen.js";
import { bestScores } from "../site/js/mine.js";
import { ofWeek } from "../site/js/screens/me.js";
import { levelOf } from "../site/js/screens/result.js";
import { byLevel, places } from "../site/js/unit-places.js";
import { fullNames, searchOf } from "../site/js/unit-search.js";
import { finder } from "../site/js/unit-table.js";
import { takeTurn } from "../site/js/waiting.js";

const units = [
  { code: "THPT-DL1", name: "Trường THPT Đô Lương 1", bloc: "Trung học phổ thông", parent: "" },
  { code: "H-DOLUONG", name: "UBND huyện Đô Lương", bloc: "Huyện", parent: "" },
  { code: "SO-YT", name: "Sở Y tế", bloc: "Sở ngành", parent: "" },
];

const found = (all, typed) => searchOf(all)(typed).map(({ code }) => code);

test("units are found without tones, in any order of words", () => {
  assert.deepEqual(found(units, "luong do"), ["THPT-DL1", "H-DOLUONG"]);
  assert.deepEqual(found(units, "ubnd huyen do"), ["H-DOLUONG"]);
  assert.equal(found(units, "")[0], "THPT-DL1");
  assert.deepEqual(found(units, "xyz"), []);
});

test("a unit below another is found and shown with the name of the one above", () => {
  const school = { code: "THCS-1", name: "Trường THCS Lê Lợi", bloc: "Trường học", parent: "H-DOLUONG" };
  const all = [...units, school];
  assert.deepEqual(found(all, "le loi do luong"), ["THCS-1"]);
  assert.deepEqual(all.map(fullNames(all)).slice(2), ["Sở Y tế", "UBND huyện Đô Lương – Trường THCS Lê Lợi"]);
});

test("what a unit is called comes before what its bloc or the unit above is called", () => {
  const all = [
    { code: "A", name: "Trung tâm Dạy nghề", bloc: "Y tế", parent: "" },
    { code: "B", name: "Trạm xá", bloc: "Cơ sở", parent: "SO-YT" },
    { code: "C", name: "Phòng Y tế", bloc: "Cơ sở", parent: "" },
    ...units,
  ];
  assert.deepEqual(found(all, "y tế"), ["C", "SO-YT", "B", "A"]);
  assert.deepEqual(found(all, "so y te"), ["SO-YT", "B", "C"]);
});

test("a unit is found by its name in full and abbreviated, whichever way it is written", () => {
  const all = [
    { code: "1", name: "UBND huyện Yên Thành", bloc: "Huyện", parent: "" },
    { code: "2", name: "Trường Trung học phổ thông chuyên Phan Bội Châu", bloc: "Trường", parent: "" },
    { code: "3", name: "Ủy ban nhân dân xã Yên Thành", bloc: "Xã", parent: "" },
    { code: "4", name: "Trường THPT Yên Thành 2", bloc: "Trường", parent: "" },
    { code: "5", name: "Trường THPT Phan Đăng Lưu", bloc: "Trường", parent: "1" },
  ];
  assert.deepEqual(found(all, "thpt phan boi chau"), ["2"]);
  assert.deepEqual(found(all, "ubnd yen thanh"), ["1", "3", "5"]);
  const towns = [...all, { code: "6", name: "UBND thành phố Vinh", bloc: "Huyện, thành phố", parent: "" }];
  assert.ok(!found(towns, "yen thanh").includes("6")); // “huyện” only has it within
  assert.deepEqual(found(all, "ủy ban nhân dân h. yên thành"), ["1", "5", "3"]);
  for (const typed of ["thp", "trung hoc pho", "THPT"]) assert.deepEqual(found(all, typed), ["2", "4", "5"], typed);
});

test("units of one name are told apart by the unit above, their bloc or their code", () => {
  const unit = (code, bloc, parent) => ({ code, name: "Trường THCS Lê Lợi", bloc, parent });
  const all = [...units, unit("1", "Vinh", ""), unit("2", "Cửa Lò", ""), unit("3", "Cửa Lò", "H-DOLUONG"), unit("4", "Đô Lương", ""), unit("5", "Đô Lương", "")];
  assert.deepEqual(all.slice(3).map(fullNames(all)), [
    "Trường THCS Lê Lợi (Vinh)", "Trường THCS Lê Lợi (Cửa Lò)", "UBND huyện Đô Lương – Trường THCS Lê Lợi",
    "Trường THCS Lê Lợi (4)", "Trường THCS Lê Lợi (5)",
  ]);
});

test("the bank is searched in questions, options and sources", () => {
  const bank = prepared([
    { id: "1", text: "Một cửa là gì?", options: [{ key: "A", text: "Cơ chế" }], reference: "Nghị định 61/2018" },
    { id: "2", text: "Câu khác", options: [{ key: "A", text: "Đáp án" }], reference: "" },
  ]);
  assert.deepEqual(search(bank, "nghi dinh 61").map(({ place }) => place), [1]);
  assert.deepEqual(search(bank, "DAP").map(({ place }) => place), [2]);
  const more = prepared([{ id: "3", text: "Một việc của ai?", options: [], reference: "" }, { id: "4", text: "Một cửa là gì?", options: [], reference: "" }]);
  assert.deepEqual(search(more, "mot cua").map(({ id }) => id), ["4", "3"], "the phrase first");
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

test("rulings stand at their questions, and keys are said in words", () => {
  const rulings = [{ question: "2", weeks: [1], ruling: "all_right", keys: [], reason: "sai" }];
  const bank = prepared([{ id: "1", text: "", options: [], reference: "" }, { id: "2", text: "", options: [], reference: "" }], rulings);
  assert.deepEqual(bank.map((question) => question.rulings), [[], rulings]);
  assert.equal(inWords(["A", "BC"]), "A hoặc B và C");
  assert.equal(inWords([["B"]]), "B");
});

test("the topic that needs most work stands first", () => {
  const paper = [["A", true], ["B", false], ["A", false], ["C", true], ["B", false]].map(([topic, right]) => ({ topic, right }));
  assert.deepEqual(weakestFirst(paper).map(({ topic, right, all }) => `${topic} ${right}/${all}`), ["B 0/2", "A 1/2", "C 1/1"]);
});

test("a result is spoken of by its outcome", () => {
  assert.deepEqual([20, 19, 16, 15, 10, 9, 0].map((points) => levelOf(points, 20)), ["perfect", "nearly", "high", "middle", "middle", "low", "low"]);
  assert.equal(levelOf(null, 20), null);
});

test("the best score is the one that counts under the rulings", () => {
  assert.deepEqual(bestScores([{ week: 1, score: 5, ruled_score: 4 }, { week: 1, score: 3, ruled_score: null }]), { 1: 4 });
});

test("discarded attempts are nobody's best", () => {
  const list = [{ week: 1, score: null }, { week: 1, score: 3 }, { week: 1, score: 5 }, { week: 2, score: 0 }];
  assert.deepEqual(bestScores(list), { 1: 5, 2: 0 });
});

test("the rush at an opening is spread at random, and nobody waits after it", () => {
  const week = { opens_at: "2022-08-22T08:00:00+07:00", closes_at: "2022-08-29T07:00:00+07:00" };
  const opens = Date.parse(week.opens_at);
  assert.equal(rushWait(week, opens, () => 0.5), 7500);
  assert.equal(rushWait(week, opens + 5000, () => 1), 10000);
  assert.equal(rushWait(week, opens + 15000, () => 1), 0);
  assert.equal(rushWait(week, opens - 1, () => 1), 0);
  const trial = { opens_at: week.opens_at, closes_at: "2022-08-22T08:03:00+07:00" };
  assert.equal(rushWait(trial, opens, () => 1), 3600);
});

test("who comes in the rush is told of the wait, and nobody else waits", async () => {
  const weekAt = (opens, length) => ({ weeks: [{ opens_at: new Date(opens).toISOString(), closes_at: new Date(opens + length).toISOString() }] });
  const note = /** @type {any} */ ({ texts: [], set textContent(text) { this.texts.push(text); } });
  await takeTurn(/** @type {any} */ (weekAt(Date.now() - 60000, 7 * 86400000)), note, "home.opensIn");
  await takeTurn(/** @type {any} */ (weekAt(Date.now() + 60000, 7 * 86400000)), note, "home.opensIn");
  await takeTurn({ weeks: [] }, note, "home.opensIn");
  assert.deepEqual(note.texts, []);
  await takeTurn(/** @type {any} */ (weekAt(Date.now() - 10, 20000)), note, "home.opensIn"); // a rush of 0.4 s
  assert.equal(note.texts.length, 2);
  assert.equal(note.texts[1], "");
});

test("a week that opens while the personal page is shown needs no call", () => {
  const attempts = [{ week: 1, score: 3, status: "submitted" }, { week: 2, score: null, status: "open", attempt_id: "2-1" }];
  const me = { week: { number: 1, attempts_used: 1, attempts_left: 9, best_score: 3, open_attempt: null }, attempts };
  assert.equal(ofWeek(me, 1, 10), me.week);
  assert.deepEqual(ofWeek(me, 2, 10), { number: 2, attempts_used: 1, attempts_left: 9, best_score: null, open_attempt: "2-1" });
  assert.deepEqual(ofWeek(me, 3, 10), { number: 3, attempts_used: 0, attempts_left: 10, best_score: null, open_attempt: null });
});

test("the busiest units come first, and none without people", () => {
  assert.deepEqual(busiest({ A: [2, 9], B: [5, 5], C: [2, 2], D: [0, 0] }, 3), [["B", 5], ["A", 2], ["C", 2]]);
});

const row = (code, unit_score, people = 9, more = {}) => ({
  level: "", code, name: `Trường ${code}`, parent: "", bloc: "", unit_score, quality: 0.5, obliged_people: people, people, attempts: people,
  distinct_people: people, ...more,
});
const standing = (units, volume = "obliged") => places(units, volume).ranked.map(({ unit, place, tied }) => `${tied ? "=" : ""}${place} ${unit.code}`);

test("units that only the draw tells apart share a place, and the next one's is counted on", () => {
  assert.deepEqual(standing([row("A", 90), row("B", 80), row("C", 80), row("D", 80), row("E", 70)]), ["1 A", "=2 B", "=2 C", "=2 D", "5 E"]);
});

test("quality and volume tell units of one score apart, as the rules say", () => {
  assert.deepEqual(standing([row("A", 80, 9, { quality: 0.6 }), row("B", 80)]), ["1 A", "2 B"]);
  assert.deepEqual(standing([row("A", 80, 10), row("B", 80, 9)]), ["1 A", "2 B"]);
  const others = [row("A", 80, 9, { people: 12 }), row("B", 80)];
  assert.deepEqual(standing(others, "people"), ["1 A", "2 B"]);
  assert.deepEqual(standing(others), ["=1 A", "=1 B"]);
});

test("units whose score is not told are not called equal", () => {
  assert.deepEqual(standing([row("A", null), row("B", null)]), ["1 A", "2 B"]);
});

test("a unit in which nobody took part has no place and stands apart, by name", () => {
  const units = [row("A", 80), row("Đ", 0, 0), row("B", 0, 9, { obliged_people: 0, quality: 0 }), row("C", 0, 0)];
  assert.deepEqual(standing(units), ["1 A", "2 B"]);
  assert.deepEqual(places(units, "obliged").absent.map(({ unit, place }) => [unit.code, place]), [["C", null], ["Đ", null]]);
});

test("each level has places of its own", () => {
  const levels = byLevel([row("H", 80, 9, { level: "top" }), row("T", 80, 9, { level: "leaf" })], "obliged");
  assert.deepEqual([...levels].map(([level, { ranked }]) => [level, ranked.map(({ place, tied }) => [place, tied])]), [["top", [[1, false]]], ["leaf", [[1, false]]]]);
});

test("1,500 units are found without tones by name, code or the unit above, and folded once", () => {
  let read = 0;
  const unit = (number) => ({ ...row(`T-${number}`, 0, 1, { parent: "H" }), get name() { read += 1; return `Trường THCS Đô Lương ${number}`; } });
  const rows = Array.from({ length: 1500 }, (_, number) => ({ unit: unit(number), place: number, tied: false }));
  const find = finder(rows, new Map([["H", "UBND huyện Yên Thành"]]));
  assert.equal(find("").length, 0);
  assert.equal(read, 0);
  assert.deepEqual(find("do luong 1499").map(({ place }) => place), [1499]);
  assert.equal(find("yen thanh").length, 1500);
  assert.equal(find("t-12 ").length, 111);
  assert.equal(read, 1500);
});

test("blocs keep the units' order, sum their units' people, and the smallest give way", () => {
  const blocs = new Map([["A", "Sở"], ["B", "Huyện"], ["C", "Sở"], ["D", "Trường"]]);
  assert.deepEqual(byBloc({ A: [2, 9], B: [5, 5], C: [2, 2] }, blocs), [["Sở", 4], ["Huyện", 5], ["Trường", 0]]);
  assert.deepEqual(byBloc({ A: [2, 9], B: [5, 5], "": [70, 70] }, blocs, 2), [["Sở", 2], ["Huyện", 5]]);
});
