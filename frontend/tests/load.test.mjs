import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const site = new URL("../site/", import.meta.url);

/** Paths from the site's root of `entry` and all that it imports statically, directly or not. */
function withImports(...entries) {
  const found = new Set();
  const todo = entries.slice();
  while (todo.length) {
    const path = todo.pop();
    if (found.has(path)) continue;
    found.add(path);
    const source = readFileSync(new URL(`.${path}`, site), "utf8");
    for (const [, target] of source.matchAll(/^import\b[^"]*"([^"]+)";/gm)) {
      todo.push(new URL(target, `http://site${path}`).pathname);
    }
  }
  return [...found].sort();
}

const read = (name) => readFileSync(new URL(name, site), "utf8");

test("the first page asks for all its modules at once", () => {
  const named = [...read("index.html").matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, path]) => path);
  const needed = withImports("/js/main.js", "/js/screens/home.js").filter((path) => path !== "/js/main.js");
  assert.deepEqual(named.slice().sort(), needed);
});

test("what is kept for a lost connection is all that a paper needs", () => {
  const kept = [...read("sw.js").match(/PARTS = \[([^\]]*)\]/)[1].matchAll(/"([^"]+)"/g)].map(([, path]) => path);
  const modules = withImports("/js/main.js", "/js/screens/paper.js");
  assert.deepEqual(kept.filter((path) => path.startsWith("/js/")).sort(), modules);
  assert.deepEqual(kept.filter((path) => /api|results|live|bank/.test(path) && path !== "/js/api.js"), []);
  for (const path of kept.filter((name) => !name.startsWith("/data/"))) {
    assert.ok(existsSync(new URL(path === "/" ? "index.html" : `.${path}`, site)), path);
  }
});

test("the page can be installed: its icons are there", () => {
  for (const { src } of JSON.parse(read("app.webmanifest")).icons) assert.ok(existsSync(new URL(`.${src}`, site)), src);
});

// What browsers of five years ago (Chrome 96, Firefox 94, Safari 15.1) do not know.
const TOO_NEW = [
  /\.at\(-?\d/, /Object\.hasOwn/, /structuredClone/, /\.findLast/, /\.toSorted/, /\.toReversed/, /\.replaceAll\(\//, /Array\.fromAsync/,
  /Object\.groupBy/, /AbortSignal\.(timeout|any)/, /Promise\.withResolvers/, /URL\.canParse/, /showModal/, /\(\?<[=!]/, /static \{/,
  /\.toHex\(/, /Uint8Array\.from(Hex|Base64)/,
];

test("nothing is used that browsers of five years ago do not know", () => {
  const files = readdirSync(new URL("js/", site), { recursive: true }).filter((name) => name.endsWith(".js"));
  for (const name of files) for (const feature of TOO_NEW) assert.doesNotMatch(read(`js/${name}`), feature, name);
  for (const feature of [/:has\(/, /@layer/, /@container/, /color-mix/, /\bdvh\b/, /&:/]) assert.doesNotMatch(read("style.css"), feature);
});

test("no style and no script stands in the page itself, and nothing comes from elsewhere", () => {
  const page = read("index.html");
  assert.doesNotMatch(page, /<style|style=|<script(?![^>]*\bsrc=)|\son\w+=/);
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]+)"/g)) assert.match(address, /^[/#](?!\/)/);
  assert.doesNotMatch(read("style.css"), /url\(|@import/);
});
