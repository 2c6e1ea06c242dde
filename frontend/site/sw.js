// Lets somebody who loses the connection open the page again and go on with the paper. It never answers from its store
// what the network can answer, and stores nothing but the page's own parts and what the contest is: no paper, no result.

const STORE = "page-1";
const PARTS = [
  "/", "/style.css", "/icon.svg", "/data/contest.json", "/js/api.js", "/js/clock.js", "/js/dom.js",
  "/js/exam-bar.js", "/js/format.js", "/js/jump-list.js", "/js/leftover.js", "/js/machine.js", "/js/main.js", "/js/pace.js",
  "/js/paper-view.js",
  "/js/problems.js", "/js/receipt-file.js", "/js/record.js", "/js/review.js", "/js/route.js", "/js/screens/paper.js",
  "/js/screens/result.js", "/js/sitting.js", "/js/storage.js", "/js/texts.js", "/js/waiting.js",
];

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(PARTS)));
});

addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)));
  event.waitUntil(Promise.all([caches.keys().then(old), clients.claim()]));
});

async function networkFirst(request, path) {
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      const copy = answer.clone();
      caches.open(STORE).then((store) => store.put(path, copy)).catch(() => {});
    }
    return answer;
  } catch (error) {
    const kept = await caches.match(path);
    if (!kept) throw error;
    // Without its Date: the page would take that for the server's time.
    return new Response(kept.body, { headers: { "Content-Type": kept.headers.get("Content-Type") } });
  }
}

addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || !PARTS.includes(pathname)) return;
  event.respondWith(networkFirst(event.request, pathname));
});
