import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { explain } from "../site/js/problems.js";
import { setLanguage, setWeeks, t, texts } from "../site/js/texts.js";
import "../site/js/texts-bank.js";
import "../site/js/texts-forms.js";
import "../site/js/texts-identity.js";
import "../site/js/texts-paper.js";
import "../site/js/texts-result.js";
import "../site/js/texts-me.js";
import "../site/js/texts-certificate.js";
import "../site/js/texts-own.js";
import "../site/js/texts-proof.js";
import "../site/js/texts-results.js";
import "../site/js/texts-rulings.js";
import "../site/js/texts-screen.js";
import "../site/js/texts-units.js";

const folder = new URL("../site/js/", import.meta.url);
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
const sources = files.filter((name) => !/^texts(-\w+)?\.js$/.test(name)).map((name) => readFileSync(new URL(name, folder), "utf8"));

test("every text that is asked for exists", () => {
  for (const source of sources) {
    for (const [, key] of source.matchAll(/\bt\(\s*"([^"]+)"/g)) assert.ok(texts[key], key);
  }
});

test("every text is used", () => {
  const used = (key) => {
    const [group, name] = key.split(".");
    const computed = ["order", "mistake", "save", "mode", "verdict", "check", "state", "fact", "stop", "key", "unit"].includes(group) || /^(home\.(before|open|between|after|done|now|next|cancelled)|results\.|own\.(unranked|updating)$|look\.(good|bad|unknown|replaced)$)/.test(key);
    return computed
      ? sources.some((source) => source.includes(`"${key}"`) || source.includes(`\`${group}.`) || source.includes(`"${name}"`))
      : sources.some((source) => source.includes(`"${key}"`));
  };
  assert.deepEqual(Object.keys(texts).filter((key) => !used(key)), []);
});

test("both languages fill in the same values", () => {
  const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [key, [vietnamese, english]] of Object.entries(texts)) {
    assert.ok(english, key);
    if (vietnamese) assert.deepEqual(holes(vietnamese), holes(english), key);
  }
});

test("the language is a tap away, and Vietnamese is the default", () => {
  assert.equal(t("home.week", { week: 2 }), "Tuần 2");
  setLanguage("en");
  assert.equal(t("home.week", { week: 2 }), "Week 2");
  setLanguage("vi");
});

test("weeks are called by the contest's word, and by their own title where they have one", () => {
  const weeks = [{ number: 1, title: null }, { number: 2, title: "Vòng chung kết" }];
  setWeeks({ period: "đợt", weeks });
  assert.equal(t("home.week", { week: 1 }), "Đợt 1");
  assert.equal(t("home.open", { week: "2" }), "Vòng chung kết đang diễn ra");
  assert.equal(t("home.attempts"), "lượt thi mỗi đợt");
  setLanguage("en");
  assert.deepEqual([t("home.week", { week: 1 }), t("home.attempts")], ["Round 1", "attempts a round"]);
  setLanguage("vi");
  setWeeks({ period: "tuần", weeks });
  assert.deepEqual([t("home.week", { week: 1 }), t("home.week", { week: 2 })], ["Tuần 1", "Vòng chung kết"]);
  setWeeks({ period: "tuần", weeks: [] });
});

test("an error line ends with the id under which the logs have the request", () => {
  const refused = { code: "overdue", detail: "Đã quá giờ.", problem: { request_id: "Xb1aPHl8IAMEVFg=" } };
  assert.equal(explain(refused), "Đã quá giờ. (Mã yêu cầu: Xb1aPHl8IAMEVFg=)");
  assert.equal(explain({ code: "network" }), "Không kết nối được với máy chủ. Hãy kiểm tra mạng rồi thử lại.");
  const stopped = { code: "stopped", detail: "Tạm dừng.", problem: { request_id: "a", notice: "Sửa câu 12." } };
  assert.equal(explain(stopped), "Tạm dừng. Sửa câu 12. (Mã yêu cầu: a)");
  setLanguage("en");
  assert.equal(explain(refused), "Time is up. The saved answers are treated as the rules say. (Request: Xb1aPHl8IAMEVFg=)");
  setLanguage("vi");
});
