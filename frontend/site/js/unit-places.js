// Places of units as people read them: equal ones share a place, and a unit without people has none.

import "./texts-units.js";

/**
 * @typedef {{ level: string, rank: number, code: string, name: string, parent: string, bloc: string, headcount: number,
 *   exempt: number, people: number, obliged_people: number, distinct_people: number, distinct_obliged: number, rate: number,
 *   attempts: number, mean_best: number | null, quality: number | null, unit_score: number | null, prize: string,
 *   prize_title: string, note: string }} UnitRow of data/results/*.json
 * @typedef {{ unit: UnitRow, place: number | null, tied: boolean }} Placed `place`: null without people
 */

/** Of a unit in which few people took part, score and quality are not published. @param {UnitRow} unit */
export const told = (unit) => unit.unit_score !== null;

const FIGURE = /** @type {const} */ ({ obliged: "obliged_people", people: "people", attempts: "attempts" });

/**
 * The units of one level, in the order of their ranks. Two are equal if the rules tell them apart by the draw alone:
 * by score, quality and volume they stand the same. The draw still decides which of them wins a prize.
 * @param {UnitRow[]} units of one level, by rank
 * @param {"obliged" | "people" | "attempts"} volume as the contest counts it
 * @returns {{ ranked: Placed[], absent: Placed[] }} absent ones by name
 */
export function places(units, volume) {
  const equal = (/** @type {UnitRow} */ one, /** @type {UnitRow} */ other) => told(one) && one.unit_score === other.unit_score &&
    one.quality === other.quality && one[FIGURE[volume]] === other[FIGURE[volume]];
  const present = units.filter((unit) => unit.distinct_people > 0);
  /** @type {Placed[]} */
  const ranked = [];
  present.forEach((unit, index) => {
    const [before, after] = [present[index - 1], present[index + 1]];
    const as = Boolean(before) && equal(unit, before);
    const place = as ? ranked[index - 1].place : index + 1;
    ranked.push({ unit, place, tied: as || (Boolean(after) && equal(unit, after)) });
  });
  const absent = units.filter((unit) => unit.distinct_people === 0).map((unit) => ({ unit, place: null, tied: false }));
  absent.sort((one, other) => one.unit.name.localeCompare(other.unit.name, "vi"));
  return { ranked, absent };
}

/**
 * By level, as they stand in the file.
 * @param {UnitRow[]} units
 * @param {"obliged" | "people" | "attempts"} volume
 * @returns {Map<string, ReturnType<typeof places>>}
 */
export function byLevel(units, volume) {
  const levels = [...new Set(units.map(({ level }) => level))];
  return new Map(levels.map((level) => [level, places(units.filter((unit) => unit.level === level), volume)]));
}
