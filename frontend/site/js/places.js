// Where somebody stands in a closed week, from files that anybody may read: a person's pseudonym is all that is asked for.

import { data } from "./api.js";

/** What the first digits of a pseudonym are called in lists: those of the published winners have it, too. */
export const codeOf = (pseudonym) => pseudonym.slice(0, 8);

/** The file of `places/` that has this pseudonym; "updating" while one revision replaces another; null if there is none. */
export async function placesOf(week, pseudonym, read = data) {
  const folder = `results/week-${week}/places`;
  const index = await read(`${folder}/index.json`);
  if (!index) return null;
  const file = await read(`${folder}/${pseudonym.slice(0, index.digits) || "all"}.json`);
  return file && file.revision === index.revision ? file : "updating";
}

/**
 * {state, rank, ranked, score, total, prize, decision, decided_on, …}; `state` is "ranked", "unranked" or "updating". Null
 * while nothing is published.
 */
export async function placeOf(week, pseudonym, read = data) {
  const file = await placesOf(week, pseudonym, read);
  if (!file || file === "updating") return file && { state: "updating", week };
  const { places, digits: _, ...head } = file;
  if (!places[pseudonym]) return { ...head, state: "unranked" };
  const [rank, score, prize, signature] = places[pseudonym];
  return { ...head, state: "ranked", pseudonym, rank, score, prize, signature };
}

/** How many in a hundred of those ranked stand behind, rounded down. */
export const ahead = ({ rank, ranked }) => Math.floor((100 * (ranked - rank)) / ranked);

/**
 * Of a unit in a week's page: {row, others, next, behind}. `others`: how many are ranked at its level; `next`: the nearest
 * unit before it, null for the first; `behind`: by how much it scores less, null where that is not told. Null if it is not
 * there.
 */
export function unitIn(page, code) {
  const row = page.units.find((unit) => unit.code === code);
  if (!row) return null;
  const level = page.units.filter((unit) => unit.level === row.level);
  const next = level.filter(({ rank }) => rank < row.rank).pop() || null;
  const told = next && next.unit_score !== null && row.unit_score !== null;
  return { row, others: level.length, next, behind: told ? next.unit_score - row.unit_score : null };
}
