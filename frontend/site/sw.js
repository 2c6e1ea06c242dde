// Lets people open the page again and continue with the paper when their connection is lost or silent. A store holds one
// release: it is filled when that release's worker is installed, and new and old parts never mix. Apart from parts, a store
// answers only for the page itself and the contest's files, if the network does not answer in time: no paper, no result.

const [RELEASE, PARTS] = ["development", []]; // infra/site.py writes the release's digest and parts into this line

const FOLDER = `/r/${RELEASE}/`;
const STORE = `page-${RELEASE}`;
const OLDER_STORES = 2; // open pages may still load a screen of their own release, even offline
const CONTEST = "/data/contest.json";
const CONTEST_STORE = "contest";
const PATIENCE_MS = 3000; // a connection that accepts and never answers must not hold back a stored page

// It takes over at once, even from an older worker under open pages: any worker finds a part by its full address, which
// names the release, in whichever store has it.
addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(Promise.all([fillStore(), fetchContest(CONTEST).catch(() => {})]));
});

addEventListener("activate", (event) => {
  const dropOld = (names) => {
    const others = names.filter((name) => name.startsWith("page-") && name !== STORE); // oldest first
    return Promise.all(others.slice(0, -OLDER_STORES).map((name) => caches.delete(name)));
  };
  event.waitUntil(Promise.all([caches.keys().then(dropOld), clients.claim()]));
});

/** Stores all parts or none: a store that is not empty is complete and never changes. */
async function fillStore() {
  const store = await caches.open(STORE);
  if ((await store.keys()).length) return;
  try {
    await store.addAll(PARTS.map((name) => FOLDER + name));
  } catch (error) {
    await caches.delete(STORE);
    throw error;
  }
}

/** The network's answer; the last good answer is kept. */
async function fetchContest(request) {
  const answer = await fetch(request);
  if (answer.ok) {
    const copy = answer.clone();
    await caches.open(CONTEST_STORE).then((store) => store.put(CONTEST, copy)).catch(() => {});
  }
  return answer;
}

async function stored(path, cacheName) {
  const found = await caches.match(path, { cacheName, ignoreVary: true }).catch(() => null);
  if (!found) return null;
  const headers = new Headers(found.headers);
  // The page would take an old Date for the server's time; the other headers describe the body as it was sent.
  for (const name of ["Date", "Content-Encoding", "Content-Length"]) headers.delete(name);
  return new Response(found.body, { headers });
}

/** The answer of `network`; if it is late, fails or is a server error, the stored answer, if there is one. */
async function race(network, path, cacheName) {
  /** @type {number | null} */
  let timer = null;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  const good = network.then((answer) => (answer.status < 500 ? answer : null)).catch(() => null);
  const answer = await Promise.race([good, late]);
  clearTimeout(timer);
  return answer || (await stored(path, cacheName)) || network;
}

async function part(request, path) {
  if (request.cache === "reload") return race(fetchAgain(request, path), path);
  return (await stored(path)) || fetch(request);
}

/** Fetches the same part again because a copy may be damaged: somebody pressed “Tải lại” (guard.js). */
async function fetchAgain(request, path) {
  const answer = await fetch(request);
  if (answer.ok && path.startsWith(FOLDER)) {
    const copy = answer.clone();
    await caches.open(STORE).then((store) => store.put(path, copy)).catch(() => {});
  }
  return answer;
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/r/")) event.respondWith(part(request, pathname));
  else if (pathname === CONTEST) event.respondWith(race(fetchContest(request), CONTEST, CONTEST_STORE));
  else if (pathname === "/" && request.mode === "navigate") event.respondWith(race(fetch(request), `${FOLDER}index.html`));
});
