// The page for a ceremony's screen: countdown, participation and the blocs, to be read from far away and left alone.

import { clock } from "../clock.js";
import { barList, fill, h } from "../dom.js";
import { countdown, number, time } from "../format.js";
import { followLive } from "../live.js";
import { phase } from "../phase.js";
import { qrCode } from "../qr.js";
import { styled } from "../styles.js";
import { isEnglish, t } from "../texts.js";
import "../texts-screen.js";
import { organiserLine } from "./home.js";

const MOST_BLOCS = 12;
const ONE_COLUMN = 6; // of bars, above the foot of a screen of 16:9
const LATE_MS = 5 * 60000; // the figures come every minute

/**
 * People by bloc, of at most `most` blocs with the most people, in the units' order: bars that change places are restless.
 * @param {Record<string, [number, number]>} units [people, attempts] by code
 * @param {Map<string, string>} blocs by code
 * @returns {[string, number][]}
 */
export function byBloc(units, blocs, most = MOST_BLOCS) {
  const sums = new Map([...blocs.values()].map((bloc) => [bloc, 0]));
  for (const [code, [people]] of Object.entries(units)) {
    const bloc = blocs.get(code);
    if (bloc !== undefined) sums.set(bloc, (sums.get(bloc) || 0) + people);
  }
  const rows = [...sums];
  const kept = new Set(rows.slice().sort((one, other) => other[1] - one[1]).slice(0, most));
  return rows.filter((row) => kept.has(row));
}

export async function screen({ contest }) {
  const english = isEnglish();
  const title = (english && contest.title_en) || contest.title;
  const state = h("strong");
  const until = h("p");
  const left = h("p", { class: "countdown", role: "timer" });
  const figures = h("div", { class: "places", hidden: true });
  const asOf = h("span", { role: "status" });
  const rows = { people: h("dd"), attempts: h("dd"), week: h("h2"), bars: h("ol", { class: "bars" }) };
  const chart = h("section", { "aria-labelledby": "blocs" }, h("h2", { id: "blocs" }, t("screen.blocs")), rows.bars);
  fill(figures,
    h("section", null, rows.week, h("dl", { class: "counts" },
      h("div", null, h("dt", null, t("results.people")), rows.people),
      h("div", null, h("dt", null, t("results.attempts")), rows.attempts))),
    chart);
  /** @type {any} */
  let shown = null; // the newest figures that came

  function draw() {
    const at = phase(contest.weeks, clock.now());
    state.textContent = t(`home.${at.kind}`, { week: at.week });
    until.textContent = at.change ? t(at.kind === "open" ? "home.closesIn" : "home.opensIn", { week: at.week }) : t("home.thanks");
    left.textContent = at.change ? countdown(at.change - clock.now()) : "";
    figures.hidden = !shown || (at.kind === "open" && shown.live.week !== at.week);
    const late = shown && (navigator.onLine === false || clock.now() - Date.parse(shown.live.as_of) > LATE_MS);
    const told = shown && !figures.hidden && t(late && at.kind === "open" ? "screen.late" : "live.asOf", { time: time(shown.live.as_of) });
    if (asOf.textContent !== (told || "")) asOf.textContent = told || "";
  }
  draw();
  const timer = setInterval(draw, 1000);
  const live = followLive((found) => {
    if (found) { // else the line is lost: what was shown stays, with its time
      shown = found;
      showFigures(found, rows, chart);
    }
    draw();
  });
  const sleep = stayAwake();
  await styled("screen.css");
  const content = h("div", { class: "screen" },
    h("div", { class: "top" },
      h("div", { class: "title" }, organiserLine(contest, (english && contest.organiser_en) || contest.organiser), h("h1", null, title)),
      h("p", { class: "join" }, h("span", null, t("screen.join"), " ", h("strong", null, location.host)), qrOf(`${location.origin}/`))),
    h("div", { class: "now" }, h("div", null, h("p", null, state), until), left),
    figures,
    h("p", { class: "foot" }, asOf, h("a", { href: "#/" }, t("nav.home"))));
  return {
    title: t("screen.title"),
    content,
    renew: draw,
    stop() {
      clearInterval(timer);
      live.stop();
      sleep();
    },
  };
}

/** The code of an address, for phones in the hall: dark on white in any theme. */
function qrOf(address) {
  const rows = qrCode(address);
  const margin = 4;
  const canvas = h("canvas", { role: "img", "aria-label": address, width: rows.length + 2 * margin, height: rows.length + 2 * margin });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#000000";
  rows.forEach((row, y) => row.forEach((dark, x) => dark && pen.fillRect(x + margin, y + margin, 1, 1)));
  return canvas;
}

function showFigures({ live, blocs }, { people, attempts, week, bars }, chart) {
  week.textContent = t("live.title", { week: live.week });
  people.textContent = number(live.people);
  attempts.textContent = number(live.attempts);
  const told = blocs ? byBloc(live.units, blocs) : [];
  const made = barList(told.map(([label, value]) => ({ label, value, text: number(value) })));
  const same = bars.children.length === told.length && told.every(([label], index) => bars.children[index].firstChild.textContent === label);
  bars.classList.toggle("many", told.length > ONE_COLUMN);
  if (!same) fill(bars, [...made.children]);
  else {
    for (const selector of ["strong", ".value"]) { // in place, so that bars grow and do not jump
      const there = bars.querySelectorAll(selector);
      made.querySelectorAll(selector).forEach((part, index) => {
        if (selector === "strong") there[index].textContent = part.textContent;
        else there[index].setAttribute("width", /** @type {string} */ (part.getAttribute("width")));
      });
    }
  }
  chart.hidden = told.length === 0;
}

/** Keeps the screen on, where the browser can; returns what ends it. A browser lets go of it while the page is not seen. */
function stayAwake() {
  /** @type {any} */
  let lock = null;
  let ended = false;
  async function ask() {
    if (ended || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      if (ended) lock.release();
    } catch (error) {
      // Low battery, or not allowed: the device's own settings decide.
    }
  }
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    ended = true;
    document.removeEventListener("visibilitychange", ask);
    if (lock) lock.release();
  };
}
