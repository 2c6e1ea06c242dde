import assert from "node:assert/strict";
import test from "node:test";

import { draft, language, receipts, session } from "../site/js/storage.js";

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

test("without a place to store, memory serves", () => {
  delete globalThis.localStorage;
  session.set({ token: "a" });
  assert.deepEqual(session.get(), { token: "a" });
  session.clear();
  assert.equal(session.get(), null);
});

test("a full storage does not bring old answers back", () => {
  globalThis.localStorage = browserStorage();
  draft.set("1", { answers: { 1: ["A"] } });
  const stored = globalThis.localStorage;
  globalThis.localStorage = Object.assign(browserStorage({ full: true }), stored);
  draft.set("1", { answers: { 1: ["B"] } });
  assert.deepEqual(draft.get("1"), { answers: { 1: ["B"] } });
  draft.clear("1");
  assert.equal(draft.get("1"), null);
});

test("signing out in one tab signs out in all", () => {
  globalThis.localStorage = browserStorage();
  session.set({ token: "a" });
  globalThis.localStorage.removeItem("cuoc-thi:session"); // another tab
  assert.equal(session.get(), null);
});

test("drafts that can no longer be handed in are swept away", () => {
  globalThis.localStorage = browserStorage();
  const now = Date.parse("2022-08-24T00:00:00Z");
  draft.set("old", { deadline: "2022-08-22T00:00:00Z" });
  draft.set("new", { deadline: "2022-08-24T00:10:00Z" });
  language.set("en");
  draft.sweep(now);
  assert.equal(draft.get("old"), null);
  assert.ok(draft.get("new"));
  assert.equal(language.get(), "en");
});

test("a receipt is shown to its owner only", () => {
  globalThis.localStorage = browserStorage();
  const mine = { opening: { participant_id: "a" } };
  receipts.set("1", mine);
  receipts.set("2", { opening: { participant_id: "b" } });
  assert.deepEqual(receipts.of("a"), [mine]);
});

test("another tab's answers are heard of, and that it handed the paper in", () => {
  const heard = [];
  let tell = null;
  globalThis.addEventListener = (name, listener) => (tell = listener);
  globalThis.removeEventListener = () => (tell = () => {});
  const end = draft.watch("1", (stored) => heard.push(stored));
  tell({ key: "cuoc-thi:draft:1", newValue: '{"answers":{"1":["A"]}}' });
  tell({ key: "cuoc-thi:draft:2", newValue: null });
  tell({ key: "cuoc-thi:draft:1", newValue: null });
  end();
  assert.deepEqual(heard, [{ answers: { 1: ["A"] } }, null]);
});
