import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../site/sw.js", import.meta.url), "utf8");
const ORIGIN = "https://thi.example";
const DATE = "Mon, 22 Aug 2022 01:00:00 GMT";
const PARTS = ["index.html", "style.css", "js/main.js", "js/screens/result.js"];

const pathOf = (request) => new URL(typeof request === "string" ? request : request.url, ORIGIN).pathname;
const never = () => new Promise(() => {});
const turns = () => new Promise((resolve) => setImmediate(resolve));

/** The browser's stores, in the order in which they were made. */
function memoryCaches(fetching) {
  const stores = new Map();
  const open = async (name) => {
    if (!stores.has(name)) stores.set(name, new Map());
    const held = stores.get(name);
    return {
      keys: async () => [...held.keys()],
      put: async (request, answer) => void held.set(pathOf(request), answer),
      async addAll(paths) {
        const answers = await Promise.all(paths.map((path) => fetching(path)));
        if (!answers.every((answer) => answer.ok)) throw new TypeError("not ok");
        paths.forEach((path, i) => held.set(path, answers[i]));
      },
    };
  };
  return {
    stores,
    open,
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
    async match(request, { cacheName } = {}) {
      for (const [name, held] of stores) {
        const found = (!cacheName || cacheName === name) && held.get(pathOf(request));
        if (found) return found.clone();
      }
      return undefined;
    },
  };
}

/** One device: its stores, its line (`net.answer` by path) and its clock. */
function device() {
  const net = { asked: [], answer: (path) => new Response(`network ${path}`, { headers: { Date: DATE } }) };
  const fetching = async (request) => {
    net.asked.push(pathOf(request));
    return net.answer(pathOf(request));
  };
  const caches = memoryCaches(fetching);

  /** A worker of the release `digest`, as infra/site.py writes it; not installed yet. */
  function worker(digest, parts = PARTS) {
    const source = SOURCE.replace(/^const \[RELEASE, PARTS\] = .*$/m,
      `const [RELEASE, PARTS] = ${JSON.stringify([digest, parts])};`);
    assert.notEqual(source, SOURCE);
    const [listeners, timers] = [{}, new Map()];
    let timerId = 0;
    const globals = {
      addEventListener: (name, listener) => { listeners[name] = listener; },
      caches, clients: { claim: async () => {} }, skipWaiting: async () => {}, fetch: fetching, location: { origin: ORIGIN },
      setTimeout: (run, wait) => timers.set((timerId += 1), { run, wait }) && timerId, clearTimeout: (id) => timers.delete(id),
      URL, Headers, Response,
    };
    vm.runInNewContext(source, globals);
    const happen = async (name) => {
      let until = null;
      listeners[name]({ waitUntil: (promise) => { until = promise; } });
      await until;
    };
    /** The worker's answer; null where it leaves the request to the browser. */
    const ask = (path, options = {}) => {
      let answer = null;
      const request = { url: ORIGIN + path, method: "GET", mode: "cors", cache: "default", ...options };
      listeners.fetch({ request, respondWith: (promise) => { answer = promise; } });
      return answer;
    };
    return {
      install: () => happen("install"),
      activate: () => happen("activate"),
      async start() {
        await happen("install");
        await happen("activate");
        return this;
      },
      ask,
      open: () => ask("/", { mode: "navigate" }),
      async pass(milliseconds) {
        await turns();
        for (const [id, { run, wait }] of timers) {
          if (wait > milliseconds) continue;
          timers.delete(id);
          run();
        }
      },
      waiting: () => timers.size,
    };
  }
  return { net, caches, worker };
}

const lost = () => { throw new TypeError("Failed to fetch"); };
const text = async (answer) => (await answer).text();

test("the source is a worker as it stands: a release of nothing", async () => {
  const { caches, net } = device();
  const listeners = {};
  vm.runInNewContext(SOURCE, { addEventListener: (name, listener) => { listeners[name] = listener; }, caches });
  assert.deepEqual(Object.keys(listeners), ["install", "activate", "fetch"]);
  assert.deepEqual(net.asked, []);
});

test("its store is filled at install with the parts of its release, and with nothing later", async () => {
  const { net, caches, worker } = device();
  const one = await worker("one").start();
  assert.deepEqual([...caches.stores.get("page-one").keys()], PARTS.map((name) => `/r/one/${name}`));
  assert.deepEqual([...caches.stores.get("contest").keys()], ["/data/contest.json"]);
  await one.open();
  await one.ask("/r/one/js/later.js");
  assert.equal(caches.stores.get("page-one").size, PARTS.length);
  net.asked.length = 0;
  assert.equal(await text(one.ask("/r/one/js/main.js")), "network /r/one/js/main.js");
  assert.deepEqual(net.asked, [], "a part that is there is not asked for");
});

test("if a part is lost at install, there is no store, and the older worker continues", async () => {
  const { net, caches, worker } = device();
  await worker("one").start();
  net.answer = (path) => (path.includes("two/js/main") ? new Response("", { status: 403 }) : new Response("good"));
  await assert.rejects(worker("two").install());
  assert.deepEqual([...caches.stores.keys()].sort(), ["contest", "page-one"]);
});

test("it is installed even without the contest's file", async () => {
  const { net, caches, worker } = device();
  net.answer = (path) => (path.startsWith("/data/") ? lost() : new Response("good"));
  await worker("one").install();
  assert.equal(caches.stores.get("page-one").size, PARTS.length);
});

test("the network's page is used if it comes in time, whatever is stored", async () => {
  const { net, worker } = device();
  const one = await worker("one").start();
  net.answer = () => new Response("newer");
  assert.equal(await text(one.open()), "newer");
  assert.equal(one.waiting(), 0, "no timer is left");
  net.answer = () => new Response("closed", { status: 404 });
  assert.equal((await one.open()).status, 404, "the site's own answer is not a failure of the connection");
});

for (const [what, answer] of [["offline", lost], ["5xx", () => new Response("busy", { status: 503 })]]) {
  test(`the stored page serves at once: ${what}`, async () => {
    const { net, worker } = device();
    const one = await worker("one").start();
    net.answer = answer;
    const page = await one.open();
    assert.equal(await page.text(), "network /r/one/index.html");
    assert.equal(page.headers.get("Date"), null, "the page would take it for the server's time");
    assert.equal(page.headers.get("Content-Type"), "text/plain;charset=UTF-8");
    assert.equal(await text(one.ask("/data/contest.json")), "network /data/contest.json");
  });
}

test("a connection that accepts and never answers delays the stored page by three seconds", async () => {
  const { net, worker } = device();
  const one = await worker("one").start();
  net.answer = never;
  for (const answer of [one.open(), one.ask("/data/contest.json")]) {
    let came = false;
    answer.then(() => { came = true; });
    await one.pass(2999);
    await turns();
    assert.equal(came, false);
  }
  const later = [one.open(), one.ask("/data/contest.json")];
  await one.pass(3000);
  assert.deepEqual(await Promise.all(later.map(text)), ["network /r/one/index.html", "network /data/contest.json"]);
});

test("if nothing is stored, it waits for the network and passes on its error", async () => {
  const { net, caches, worker } = device();
  const one = await worker("one").start();
  caches.stores.clear();
  let bring = null;
  net.answer = () => new Promise((resolve) => { bring = resolve; });
  const slow = one.open();
  await one.pass(3000);
  await turns();
  bring(new Response("late"));
  assert.equal(await text(slow), "late");
  net.answer = () => new Response("busy", { status: 503 });
  assert.equal((await one.open()).status, 503);
  net.answer = lost;
  await assert.rejects(one.open(), TypeError);
  await assert.rejects(one.ask("/r/one/js/main.js"), TypeError);
});

test("the last good answer about the contest is kept", async () => {
  const { net, worker } = device();
  const one = await worker("one").start();
  net.answer = () => new Response("second");
  await one.ask("/data/contest.json");
  net.answer = () => new Response("busy", { status: 503 });
  assert.equal(await text(one.ask("/data/contest.json")), "second");
});

test("it handles nothing else", async () => {
  const one = await device().worker("one").start();
  for (const path of ["/api/me", "/api/attempts/1", "/data/results/week-1.json", "/data/live.json", "/data/units.json", "/sw.js", "/app.webmanifest"]) {
    assert.equal(one.ask(path), null, path);
  }
  assert.equal(one.ask("/"), null, "only as a page");
  assert.equal(one.ask("/data/contest.json", { method: "POST" }), null);
  assert.equal(one.ask("/r/one/js/main.js", { url: "https://elsewhere.example/r/one/js/main.js" }), null);
});

test("an open page of an older release gets its own parts from the newer worker, online and offline", async () => {
  const { net, worker } = device();
  await worker("one").start();
  const two = await worker("two").start();
  net.answer = (path) => new Response(`online ${path}`);
  assert.equal(await text(two.ask("/r/one/js/screens/bank.js")), "online /r/one/js/screens/bank.js");
  net.answer = lost;
  assert.equal(await text(two.ask("/r/one/js/screens/result.js")), "network /r/one/js/screens/result.js");
  assert.equal(await text(two.open()), "network /r/two/index.html");
  assert.equal(await text(two.ask("/r/two/js/screens/result.js")), "network /r/two/js/screens/result.js");
});

test("three releases are kept, even when one is rolled back", async () => {
  const { net, caches, worker } = device();
  const kept = () => [...caches.stores.keys()].filter((name) => name.startsWith("page-"));
  for (const digest of ["one", "two", "three", "four"]) await worker(digest).start();
  assert.deepEqual(kept(), ["page-two", "page-three", "page-four"]);
  net.asked.length = 0;
  await worker("two").start();
  assert.deepEqual(net.asked, ["/data/contest.json"], "its store is there already");
  assert.deepEqual(kept(), ["page-two", "page-three", "page-four"]);
  await worker("five").start();
  assert.deepEqual(kept(), ["page-three", "page-four", "page-five"]);
});

test("a damaged copy is replaced by the same part when the guard asks past it", async () => {
  const { net, worker } = device();
  const one = await worker("one").start();
  const again = { cache: "reload" };
  net.answer = () => new Response("mended");
  assert.equal(await text(one.ask("/r/one/js/main.js", again)), "mended");
  assert.equal(await text(one.ask("/r/one/js/main.js")), "mended");
  net.answer = lost;
  assert.equal(await text(one.ask("/r/one/js/main.js", again)), "mended", "asking loses nothing");
});

test("a browser that refuses its stores still gets everything from the network", async () => {
  const { caches, worker } = device();
  const one = await worker("one").start();
  caches.match = async () => lost();
  caches.open = async () => lost();
  for (const path of ["/r/one/js/main.js", "/data/contest.json"]) {
    assert.equal(await text(one.ask(path)), `network ${path}`);
  }
  assert.equal(await text(one.open()), "network /");
});
