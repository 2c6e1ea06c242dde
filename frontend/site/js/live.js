// Live figures: a small published file, read about once a minute while somebody looks.

import { data } from "./api.js";
import { afterClick, barList, fill, h } from "./dom.js";
import { number, time } from "./format.js";
import { t } from "./texts.js";

const EVERY_MS = 60000;
const UNITS = 5;

/** [[code, people]] of the units with the most people, most first; ties by code. */
export function busiest(units, count = UNITS) {
  const rows = Object.entries(units).map(([code, [people]]) => [code, people]);
  rows.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return rows.filter(([, people]) => people > 0).slice(0, count);
}

/** {live, names, blocs}: the published figures, and names and blocs of their units by code; null if there are none. */
async function read() {
  const quietly = { tries: 1, quiet: true };
  const live = await data("live.json", quietly).catch(() => null);
  if (!live || !live.people) return null;
  const units = Object.keys(live.units || {}).length ? await data("units.json", { ...quietly, keep: true }).catch(() => null) : null;
  const by = (key) => units && new Map(units.map((unit) => [unit.code, unit[key]]));
  return { live, names: by("name"), blocs: by("bloc") };
}

/** @type {ReturnType<typeof read> | null} */
let early = null;

/** Asks for the file before the page knows that it will show it. */
export function preload() {
  early = read();
}

function liveView({ live, names }) {
  const fact = (value, text) => h("div", { class: "fact" }, h("dt", null, text), h("dd", null, number(value)));
  const most = names ? busiest(live.units) : [];
  return [
    h("h2", { id: "live" }, t("live.title", { week: live.week })),
    h("dl", { class: "facts wide" }, fact(live.people, t("results.people")), fact(live.attempts, t("results.attempts"))),
    most.length > 0 && [
      h("h3", null, t("live.units")),
      barList(most.map(([code, people]) => ({ label: names.get(code) || code, value: people, text: number(people) }))),
    ],
    h("p", { class: "hint" }, t("live.asOf", { time: time(live.as_of) })),
  ];
}

/** Keeps `box` up to date with week `weekNow()`: {first, stop}; `first` resolves when it shows something. */
export const showLive = (box, weekNow) => followLive((found) => afterClick(() => {
  box.hidden = !found || found.live.week !== weekNow();
  if (!box.hidden) fill(box, liveView(/** @type {NonNullable<typeof found>} */ (found)));
}));

/** Hands what is published to `show` once a minute while somebody looks: {first, stop}. @param {(found: Awaited<ReturnType<typeof read>>) => void} show */
export function followLive(show) {
  /** @type {number | null} */
  let timer = null;
  let stopped = false;

  async function draw() {
    if (document.visibilityState === "visible") {
      const found = await (early || read());
      early = null;
      if (stopped) return;
      show(found);
    }
    timer = setTimeout(draw, EVERY_MS * (0.8 + 0.4 * Math.random()));
  }
  return {
    first: draw(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
