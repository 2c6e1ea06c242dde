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
const styles = () => readdirSync(site).filter((name) => name.endsWith(".css"));
const scripts = () => readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".js") && name !== "sw.js");

test("the first page asks for all its modules at once", () => {
  const named = [...read("index.html").matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, path]) => path);
  const needed = withImports("/js/main.js", "/js/screens/home.js").filter((path) => path !== "/js/main.js");
  assert.deepEqual(named.slice().sort(), needed);
});

test("every part's address leads into the folder of its release", () => {
  // infra/site.py moves what index.html names; everything else must be relative.
  for (const name of scripts()) {
    const source = read(name);
    for (const [, target] of source.matchAll(/(?:^import\b[^"]*|\bimport\()"([^"]+)"/gm)) assert.match(target, /^\.\.?\//, name);
    for (const [, target] of source.matchAll(/"(\/[\w./-]+\.(?:js|css|svg|png))"/g)) assert.equal(target, "/sw.js", name);
  }
});

test("the guard runs in every browser, waits for nothing, and nothing waits for it", () => {
  const guard = read("guard.js").replace(/\/\*[^]*?\*\/|^ *\/\/.*$|"[^"\n]*"/gm, "");
  assert.doesNotMatch(guard, /=>|`|\b(?:const|let|class|import|export|async|await)\b|\?\.|\?\?|\.\.\.|\bfor \(.* of /);
  const page = read("index.html");
  assert.match(page, /<script src="\/guard\.js" async><\/script>/);
  assert.ok(page.indexOf("/guard.js") < page.indexOf("<link"), "it hears of every part that is lost");
});

test("the page can be installed: its icons are there", () => {
  for (const { src } of JSON.parse(read("app.webmanifest")).icons) assert.ok(existsSync(new URL(`.${src}`, site)), src);
});

// Features that browsers of five years ago (Chrome 96, Firefox 94, Safari 15.1) do not know.
const TOO_NEW = [
  /\.at\(-?\d/, /Object\.hasOwn/, /structuredClone/, /\.findLast/, /\.toSorted/, /\.toReversed/, /\.replaceAll\(\//, /Array\.fromAsync/,
  /Object\.groupBy/, /AbortSignal\.(timeout|any)/, /Promise\.withResolvers/, /URL\.canParse/, /^(?!.*if \(\w+\.showModal\)).*showModal/m, /\(\?<[=!]/, /static \{/,
  /\.toHex\(/, /Uint8Array\.from(Hex|Base64)/,
];

test("the page uses nothing that browsers of five years ago do not know", () => {
  for (const name of [...scripts(), "sw.js"]) for (const feature of TOO_NEW) assert.doesNotMatch(read(name), feature, name);
  for (const name of styles()) {
    for (const feature of [/:has\(/, /@layer/, /@container/, /color-mix/, /\bdvh\b/, /&:/]) assert.doesNotMatch(read(name), feature, name);
  }
});

test("the page has no inline style or script, and loads nothing from elsewhere", () => {
  const page = read("index.html");
  assert.doesNotMatch(page, /<style|style=|<script(?![^>]*\bsrc=)|\son\w+=/);
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]+)"/g)) assert.match(address, /^[/#](?!\/)/);
  for (const name of styles()) assert.doesNotMatch(read(name), /url\(|@import/, name);
});
