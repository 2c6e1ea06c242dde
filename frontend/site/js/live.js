// How many take part right now: a small published file, read about once a minute while somebody looks.

import { data } from "./api.js";
import { barList } from "./chart.js";
import { fill, h } from "./dom.js";
import { number, time } from "./format.js";
import { t } from "./texts.js";

const EVERY_MS = 60000;
const UNITS = 5;

/** [[code, people]] of the units with the most people, most first; equal ones by their code. */
export function busiest(units, count = UNITS) {
  const rows = Object.entries(units).map(([code, [people]]) => [code, people]);
  rows.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return rows.filter(([, people]) => people > 0).slice(0, count);
}

/** Keeps `box` up to date; returns what ends it. Shows nothing where nothing is published, or it is not of `weekNow()`. */
export function showLive(box, weekNow) {
  let timer = null;
  let stopped = false;

  async function draw() {
    const live = document.visibilityState === "visible" ? await data("live.json", { tries: 1, quiet: true }).catch(() => null) : null;
    if (stopped) return;
    timer = setTimeout(draw, EVERY_MS * (0.8 + 0.4 * Math.random()));
    if (document.visibilityState !== "visible") return;
    const known = live && live.week !== null && live.week === weekNow() && live.people > 0;
    box.hidden = !known;
    if (!known) return;
    const most = busiest(live.units || {});
    const units = most.length ? await data("units.json", { keep: true, tries: 1, quiet: true }).catch(() => null) : null;
    const names = new Map((units || []).map(({ code, name }) => [code, name]));
    if (stopped) return;
    fill(box,
      h("h2", { id: "live" }, t("live.title", { week: live.week })),
      h("dl", { class: "facts wide" },
        h("div", { class: "fact" }, h("dt", null, t("results.people")), h("dd", null, number(live.people))),
        h("div", { class: "fact" }, h("dt", null, t("results.attempts")), h("dd", null, number(live.attempts)))),
      units && most.length > 0 && [
        h("h3", null, t("live.units")),
        barList(most.map(([code, people]) => ({ label: names.get(code) || code, value: people, text: number(people) }))),
      ],
      h("p", { class: "hint" }, t("live.asOf", { time: time(live.as_of) })));
  }
  draw();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
