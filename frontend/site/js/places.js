// Where somebody stands in a closed week, from files that anybody may read: a person's pseudonym is all that is asked for.

import { data } from "./api.js";
import { clock } from "./clock.js";
import { byLevel, told } from "./unit-places.js";

export const THE_END = 0; // instead of a week's number: the whole contest

/** Which result a certificate is of; its `week` is the one of the pseudonym. */
export const resultOf = ({ week, end = false }) => (end ? THE_END : week);

/** Whether the contest gives individual prizes at its end. */
export const winsAtTheEnd = ({ prizes }) => prizes.some(({ when }) => when === "final");

/** Where the places of a week, or of the end, are published. */
export const folderOf = (week) => `results/${week === THE_END ? "final" : `week-${week}`}/places`;

/** What the first digits of a pseudonym are called in lists: those of the published winners have it, too. */
export const codeOf = (pseudonym) => pseudonym.slice(0, 8);

/** The weeks that are over and whose results are not out; `out`: numbers of those that are. */
export const awaited = (weeks, out, now = clock.now()) => weeks.filter(({ number, closes_at: at }) => Date.parse(at) <= now && !out.includes(number));

/** The file of `places/` that has this pseudonym; "updating" while one revision replaces another; null if there is none. */
export async function placesOf(week, pseudonym, read = data) {
  const folder = folderOf(week);
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
  return file === "updating" ? { state: file, week } : file && placeIn(file, pseudonym);
}

/** A winner's place at the end, with the week of the pseudonym; null for others. `own`: [{week, pseudonym, …}] of one person. */
export async function placeAtTheEnd(own, read = data) {
  const file = await placesOf(THE_END, "", read);
  if (!file || file === "updating") return null;
  const one = own.find(({ pseudonym }) => file.places[pseudonym]);
  return one ? { ...placeIn(file, one.pseudonym), of: one.week } : null;
}

function placeIn(file, pseudonym) {
  const { places, digits: _, ...head } = file;
  if (!places[pseudonym]) return { ...head, state: "unranked" };
  const [rank, score, prize, signature] = places[pseudonym];
  return { ...head, state: "ranked", pseudonym, rank, score, prize, signature };
}

/** How many in a hundred of those ranked stand behind, rounded down. */
export const ahead = ({ rank, ranked }) => Math.floor((100 * (ranked - rank)) / ranked);

/**
 * Of a unit in a week's page: {unit, place, tied, others, next, behind}. `place` is null without people; `others`: how many
 * have one at its level; `next`: the nearest unit before it, null for the first; `behind`: by how much it scores less, null
 * where that is not told. Null if it is not there.
 */
export function unitIn(page, code, volume) {
  for (const { ranked, absent } of byLevel(page.units, volume).values()) {
    const mine = [...ranked, ...absent].find(({ unit }) => unit.code === code);
    if (!mine) continue;
    const before = ranked.filter(({ place }) => mine.place !== null && Number(place) < mine.place).pop();
    const next = before ? before.unit : null;
    return { ...mine, others: ranked.length, next, behind: next && told(next) && told(mine.unit) ? Number(next.unit_score) - Number(mine.unit.unit_score) : null };
  }
  return null;
}
