// The frame of the page: choice of screen, header, footer, language, connection.

import { api, data } from "./api.js";
import { clock } from "./clock.js";
import { afterClick, fill, focusOn, h, parseRoute, phoneLink } from "./dom.js";
import { setZone } from "./format.js";
import { preload } from "./live.js";
import { explain } from "./problems.js";
import { language, PREFIX, session } from "./storage.js";
import { styled } from "./styles.js";
import { isEnglish, setLanguage, setWeeks, t } from "./texts.js";
import { showWaiting } from "./waiting.js";

/** @import { Contest } from "../../types/api" */

/** @type {Record<string, () => Promise<any>>} */
const SCREENS = {
  "": () => import("./screens/home.js"),
  register: () => import("./screens/register.js"),
  "sign-in": () => import("./screens/sign-in.js"),
  me: () => import("./screens/me.js"),
  paper: () => import("./screens/paper.js"),
  guide: () => import("./screens/guide.js"),
  results: () => import("./screens/results.js"),
  bank: () => import("./screens/bank.js"),
  receipt: () => import("./screens/receipt.js"),
  commitments: () => import("./screens/commitments.js"),
  password: () => import("./screens/password.js"),
  identity: () => import("./screens/identity.js"),
  "truc-tiep": () => import("./screens/big-screen.js"),
  "chung-nhan": () => import("./screens/certificate.js"),
  "xac-thuc": () => import("./screens/check.js"),
};
/** What screens ask for first, under way while their modules still are. @type {Record<string, () => unknown>} */
const AHEAD = {
  register: () => [styled("forms.css"), data("units.json", { keep: true }).catch(() => {})],
  "sign-in": () => styled("forms.css"),
};
const PART_MS = 20000;
const WATCH_MS = 5000;
const PRIVATE = new Set(["me", "paper", "chung-nhan"]);
const ICON = new URL("../icon.svg", import.meta.url).pathname; // of this release
/** Of index.html. @param {string} id */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

let contest = /** @type {Contest} */ (/** @type {unknown} */ (null)); // until it is loaded
/** @type {(() => void) | null} */
let leave = null; // ends what the shown screen has running
/** @type {(() => void) | null} */
let renew = null; // draws what the shown screen says of the contest anew
/** @type {(() => boolean) | null} */
let watches = null; // whether the shown screen depends on the newest dates; null: always
/** @type {(() => unknown) | null} */
let keep = null; // the text typed into the screen, for showing it in the other language
let shownFor = ""; // who was signed in when the screen was made
let turn = 0; // counts route changes: a screen that loads too late is dropped

/** `instead`: nobody needs to come back to the screen that is left. */
function go(hash, { instead = false } = {}) {
  if (location.hash === hash) show();
  else if (instead) location.replace(hash);
  else location.hash = hash;
}

/** Signs in first, then returns to the same place. */
function askToSignIn(expired) {
  const back = encodeURIComponent(location.hash);
  go(`#/sign-in?next=${back}${expired ? "&expired=1" : ""}`, { instead: true });
}

/** True if the error says that the session has ended. For screens with calls of their own. */
function signedOut(error) {
  if (error.code !== "unauthorized") return false;
  if (session.holder() !== shownFor) return handedOver();
  session.clear();
  askToSignIn(true);
  return true;
}

/** Somebody else has signed in, or this person out, in another tab: nothing of the one before stays in view. */
function handedOver() {
  if (PRIVATE.has(parseRoute(location.hash).name)) go("#/me", { instead: true });
  else show();
  return true;
}

async function loadContest() {
  if (!contest) {
    contest = (await data("contest.json")) || (await api.contest());
    setZone(contest.timezone);
    setWeeks(contest);
    keepHotline(contest.hotline);
    paint(contest.colours);
    setTimeout(watchContest, WATCH_MS);
  }
  return contest;
}

/** Gives the page the shades of the organiser's colour (style.css). */
function paint(colours) {
  for (const [name, value] of Object.entries(colours || {})) {
    document.documentElement.style.setProperty(`--own-${name.replace(/_/g, "-")}`, value);
  }
  if (colours) /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=theme-color]")).content = colours.brand;
}

/** For guard.js, which shows it if the page does not come up. */
function keepHotline(line) {
  try {
    localStorage.setItem("cuoc-thi:hotline", JSON.stringify(line || null));
  } catch (error) {
    // Then guard.js asks the site.
  }
}

/** Follows what the organisers change while the page is shown. */
async function watchContest() {
  try {
    (await import("./contest.js")).watch(contest, () => document.visibilityState === "visible" && (!watches || watches()), () => afterClick(() => {
      notice();
      if (renew) renew();
    }));
  } catch (error) {
    setTimeout(watchContest, WATCH_MS);
  }
}

/** The organisers' notice, and what is stopped; the part that shows them comes when there is something. */
function notice() {
  const box = place("notice");
  if (contest.notice || contest.stopped.length || !box.hidden) {
    import("./contest.js").then((part) => part.showNotice(box, contest)).catch(() => {});
  }
}

function signedIn() {
  const found = session.get();
  if (found && clock.known() && Date.parse(found.expires_at) < clock.now()) {
    session.clear();
    return null;
  }
  return found;
}

/** Shows the screen that the address names; `kept`: the result of its `keep()`, when it is shown again. */
async function show(kept = /** @type {unknown} */ (null)) {
  const [mine, at] = [(turn += 1), parseRoute(location.hash)];
  if (leave) leave();
  leave = keep = renew = watches = null;
  shownFor = session.holder();
  const main = place("main");
  main.setAttribute("aria-busy", "true"); // tells guard.js that the app runs
  const slow = setTimeout(() => mine === turn && fill(main, h("p", { class: "loading" }, t("app.loading"))), 400);
  try {
    const load = SCREENS[at.name];
    AHEAD[at.name]?.();
    const [screen] = await Promise.all([load ? inTime(load()) : null, loadContest()]);
    if (mine !== turn) return;
    frame(at.name);
    if (!screen) return void showMessage(t("app.notFound"));
    if (PRIVATE.has(at.name) && !signedIn()) return void askToSignIn(false);
    const made = await screen.screen({ ...at, contest, go, signedOut, signedIn: signedIn(), kept });
    const { title, content, stop } = made;
    if (mine !== turn) return void (stop && stop());
    leave = stop || null;
    keep = made.keep || null;
    renew = made.renew || null;
    watches = made.watches || null;
    fill(place("who"), who());
    document.title = at.name ? `${title} – ${contestTitle()}` : title;
    put(content);
    const target = made.shown && made.shown();
    focusOn(target || main.querySelector("h1"), { top: made.top || !target });
  } catch (thrown) {
    const error = /** @type {any} */ (thrown);
    if (mine !== turn || signedOut(error)) return;
    const part = error.code === "part" || /module/i.test(error.message); // a browser may remember that loading failed
    showMessage(t("app.failed"), explain(part ? { code: "part" } : error), part ? () => location.reload() : () => show());
  } finally {
    clearTimeout(slow);
    if (mine === turn) main.removeAttribute("aria-busy");
  }
}

/** Treats a part of the page that neither arrives nor fails as lost. */
function inTime(part) {
  /** @type {number | null} */
  let timer = null;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("no answer"), { code: "part" })), PART_MS);
  });
  return Promise.race([part, late]).finally(() => clearTimeout(timer));
}

/** Shows the footer with the first screen: on its own it would jump. From then on guard.js does nothing. */
function put(content) {
  fill(place("main"), content);
  document.documentElement.dataset.started = "";
  place("foot").hidden = false;
}

/** @type {(title: string, detail?: string, again?: () => void) => void} */
function showMessage(title, detail, again) {
  document.title = title;
  const retry = detail && h("p", { class: "actions" },
    h("button", { class: "button primary", type: "button", onclick: again }, t("app.retry")));
  put(h("section", { class: "narrow" }, h("h1", null, title), detail && h("p", { role: "alert" }, detail), retry,
    h("p", null, h("a", { href: "#/" }, t("app.toHome")))));
  focusOn(place("main").querySelector("h1"), { top: true });
}

const contestTitle = () => (isEnglish() && contest.title_en) || contest.title;

/** Header and footer for the screen `name`. */
function frame(name) {
  document.documentElement.lang = isEnglish() ? "en" : "vi";
  document.body.dataset.screen = name;
  place("skip").textContent = t("app.skip");
  const links = [
    ["", t("nav.home")],
    ["guide", t("nav.guide")],
    contest && contest.paper.publish_bank && ["bank", t("nav.bank")],
    ["results", t("nav.results")],
  ].filter(Boolean);
  /** @type {(item: any, look?: string) => HTMLElement} */
  const link = ([target, text], look) =>
    h("a", { class: look, href: `#/${target}`, "aria-current": target === name ? "page" : null }, text);
  const account = link(signedIn() ? ["me", t("nav.me")] : ["sign-in", t("nav.signIn")], "account");
  const other = isEnglish() ? "vi" : "en";
  const switcher = h("button", { type: "button", class: "language", lang: other, "aria-label": t("app.language"), onclick: () => speak(other) },
    other.toUpperCase());
  const emblem = contest && contest.emblem;
  const icon = emblem ? { class: "emblem", src: `/data/${emblem.file}`, loading: "lazy" } : { src: ICON }; // lazy: not where it is not shown
  const brand = h("a", { class: "brand", href: "#/" }, h("img", { ...icon, alt: "", width: 28, height: 28 }), t("home.contest"));
  fill(place("top"), h("header", null, h("div", { class: "bar" }, brand, h("div", { class: "tools" }, account, switcher)),
    h("p", { class: "bar who", id: "who" }, who()),
    h("nav", { "aria-label": t("app.menu") }, h("ul", null, links.map((item) => h("li", null, link(item)))))));
  footer();
  if (contest) notice();
}

/** Who is signed in, and the way to sign out: on every screen, since the device may be shared. */
function who() {
  const found = signedIn();
  if (!found) return null;
  const { participant: { full_name: name, unit_code: code }, unit } = /** @type {any} */ (found);
  return [h("span", null, h("strong", null, name), (unit || code) && h("span", null, "\u00a0· ", unit || code)), h("a", { href: "#/sign-in" }, t("app.notYou"))];
}

function footer() {
  if (!contest) return;
  const organiser = (isEnglish() && contest.organiser_en) || contest.organiser;
  const links = [["guide", t("guide.title")], ["commitments", t("nav.commitments")], ["receipt", t("nav.receipt")], ["xac-thuc", t("nav.check")]];
  fill(place("foot"), h("div", { class: "bar" }, h("p", null, t("app.organiser"), contest.portal ? h("a", { href: contest.portal }, organiser) : organiser), hotline(),
    h("ul", null, links.map(([target, text]) => h("li", null, h("a", { href: `#/${target}` }, text))))));
}

function hotline() {
  const { hotline: line } = contest;
  if (!line) return null;
  return h("p", null, t("app.hotline"), phoneLink(line));
}

function speak(code) {
  setLanguage(code);
  connection();
  show(keep && keep());
}

function connection() {
  const note = place("offline");
  note.hidden = navigator.onLine !== false;
  fill(note, !note.hidden && [t("app.offline"), h("span", { class: "go-on" }, t("app.offlineGoOn"))]);
}

if (/[?&](state|error)=/.test(location.search)) history.replaceState(null, "", `/#/identity${location.search}`);
setLanguage(language.get());
showWaiting(place("waiting"));
if (!parseRoute(location.hash).name) preload();
addEventListener("hashchange", () => {
  if (location.hash === "#main") return; // the skip link
  show();
});
addEventListener("storage", ({ key }) => {
  if (key === `${PREFIX}session` && session.holder() !== shownFor) handedOver();
});
addEventListener("online", () => afterClick(connection));
addEventListener("offline", () => afterClick(connection));
place("skip").addEventListener("click", (event) => {
  event.preventDefault();
  focusOn(place("main").querySelector("h1"), { top: true });
});
connection();
show();
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {})); // optional
}
