import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { setLanguage, t, texts } from "../site/js/texts.js";
import "../site/js/texts-forms.js";
import "../site/js/texts-paper.js";

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
    const computed = ["order", "mistake", "save", "mode", "verdict", "check", "state", "part"].includes(group) || /^(home\.(before|open|between|after|done|now|next)|results\.)/.test(key);
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
