// docs/promises.md: every sentence that promises something, exactly as shown, with a test that exists.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { texts } from "../site/js/texts.js";
import "../site/js/texts-forms.js";
import "../site/js/texts-me.js";
import "../site/js/texts-paper.js";
import "../site/js/texts-result.js";
import "../site/js/texts-results.js";
import "../site/js/texts-screen.js";

const document = readFileSync(new URL("../../docs/promises.md", import.meta.url), "utf8");
const rows = [...document.matchAll(/^\| `([\w.]+)` \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map(([, key, says, , test_]) => ({ key, says, test_ }));
const here = new URL("./", import.meta.url);
const tests = readdirSync(here).filter((name) => name.endsWith(".test.mjs")).map((name) => readFileSync(new URL(name, here), "utf8")).join("\n");

test("each promise is written down as it is shown", () => {
  assert.ok(rows.length > 20);
  for (const { key, says } of rows) assert.equal(says, texts[key] && texts[key][0], key);
});

test("each promise has a test", () => {
  for (const { key, test_ } of rows) assert.ok(tests.includes(`test("${test_}"`), `${key}: ${test_}`);
});

test("every text that sounds like a promise is in the list", () => {
  const listed = new Set(rows.map(({ key }) => key));
  const promising = /(đã giữ|được giữ|tự gửi|tự nộp|tự thử lại|đã lưu|không mất lượt|vẫn mở được|vẫn được)/i;
  const elsewhere = new Set(["result.overdue", "me.overdue", "paper.minutesLeft", "result.late", "receipt.about"]); // facts of the rules
  const missing = Object.entries(texts).filter(([key, [said]]) => promising.test(said) && !listed.has(key) && !elsewhere.has(key));
  assert.deepEqual(missing.map(([key]) => key), []);
});
