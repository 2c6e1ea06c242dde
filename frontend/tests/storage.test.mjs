import assert from "node:assert/strict";
import test from "node:test";

import { papers, records } from "../site/js/records.js";
import { language, receipts, session } from "../site/js/storage.js";

/** Object.keys() lists the stored keys, as it does for the browser's own. */
function browserStorage({ full = false } = {}) {
  return Object.create({
    getItem(key) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    setItem(key, text) {
      if (full) throw new Error("QuotaExceededError");
      this[key] = text;
    },
    removeItem(key) {
      delete this[key];
    },
  });
}

test("without storage, memory serves", () => {
  delete globalThis.localStorage;
  session.set({ token: "a" });
  assert.deepEqual(session.get(), { token: "a" });
  session.clear();
  assert.equal(session.get(), null);
});

test("full storage says that it keeps nothing, and does not bring old answers back", () => {
  globalThis.localStorage = browserStorage();
  assert.equal(records.set("1", { flags: { 1: true } }), true);
  const stored = globalThis.localStorage;
  globalThis.localStorage = Object.assign(browserStorage({ full: true }), stored);
  assert.equal(records.set("1", { flags: { 2: true } }), false);
  assert.deepEqual(records.get("1").flags, { 2: true });
  records.clear("1");
  assert.equal(records.get("1"), null);
});

test("signing out in one tab signs out in all", () => {
  globalThis.localStorage = browserStorage();
  session.set({ token: "a" });
  globalThis.localStorage.removeItem("cuoc-thi:session"); // another tab
  assert.equal(session.get(), null);
});

test("answers and their questions stay until the week is closed", () => {
  globalThis.localStorage = browserStorage();
  const [closes, day] = [Date.parse("2022-08-29T08:00:00+07:00"), 86400000];
  records.set("1", { closes });
  for (const id of ["1", "2"]) papers.keep({ attempt_id: id, deadline: "2022-08-22T09:00:00+07:00" }, "an");
  language.set("en");
  records.sweep(closes - 1);
  assert.ok(records.get("1") && papers.get("1"));
  assert.equal(papers.get("2"), null);
  records.sweep(closes + day);
  assert.equal(records.get("1"), null);
  assert.equal(papers.get("1"), null);
  assert.equal(language.get(), "en");
});

test("a stored paper holds only its questions, and belongs to its owner", () => {
  globalThis.localStorage = browserStorage();
  const attempt = { attempt_id: "1", deadline: "2022-08-22T09:00:00+07:00", questions: [], saved_answers: { 1: ["A"] }, saved_prediction: 4, revision: 7 };
  papers.keep(attempt, "an");
  assert.deepEqual(papers.get("1"), { attempt_id: "1", deadline: attempt.deadline, questions: [], owner: "an" });
  const before = Date.parse(attempt.deadline) - 1;
  assert.equal(papers.open("an", before).length, 1);
  assert.equal(papers.open("binh", before).length, 0);
  assert.equal(papers.open("an", before + 2).length, 0);
});

test("a record of another format is not read, and one of a later format is not overwritten", () => {
  globalThis.localStorage = browserStorage();
  globalThis.localStorage.setItem("cuoc-thi:record:1", '{"format":0,"answers":{}}');
  assert.equal(records.get("1"), null);
  assert.equal(records.set("1", { flags: {} }), true);
  globalThis.localStorage.setItem("cuoc-thi:record:2", '{"format":99,"answers":{}}');
  assert.equal(records.get("2"), null);
  assert.equal(records.set("2", { flags: {} }), false);
  assert.equal(globalThis.localStorage.getItem("cuoc-thi:record:2"), '{"format":99,"answers":{}}');
});

test("a receipt is shown only to its owner", () => {
  globalThis.localStorage = browserStorage();
  const mine = { openings: { identity: { participant_id: "a" } } };
  receipts.set("1", mine);
  receipts.set("2", { openings: { identity: { participant_id: "b" } } });
  assert.deepEqual(receipts.of("a"), [mine]);
});

test("a tab hears of another tab's answers and of its hand-in", () => {
  const heard = [];
  let tell = null;
  globalThis.addEventListener = (name, listener) => (tell = listener);
  globalThis.removeEventListener = () => (tell = () => {});
  const end = records.watch("1", (stored) => heard.push(stored));
  tell({ key: "cuoc-thi:record:1", newValue: '{"format":1,"flags":{}}' });
  tell({ key: "cuoc-thi:record:2", newValue: null });
  tell({ key: "cuoc-thi:record:1", newValue: null });
  end();
  assert.deepEqual(heard, [{ format: 1, flags: {} }, null]);
});
