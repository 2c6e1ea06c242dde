// Finding one of some thousand units by a few letters: tones, đ, dots and the usual abbreviations are forgiven.

import { fold } from "./format.js";

/** @typedef {{ code: string, name: string, bloc: string, parent: string }} Unit of data/units.json */

/** Units are called by either: the long one is looked for, and the short one found too. */
const SHORT = Object.entries({
  ubnd: "uy ban nhan dan", hdnd: "hoi dong nhan dan", mttq: "mat tran to quoc", ldld: "lien doan lao dong",
  thpt: "trung hoc pho thong", thcs: "trung hoc co so", gdtx: "giao duc thuong xuyen", gdnn: "giao duc nghe nghiep",
  ptdt: "pho thong dan toc", tp: "thanh pho", tx: "thi xa", dh: "dai hoc", bv: "benh vien",
});

/** " truong trung hoc pho thong phan boi chau": each word behind a space, none abbreviated. @param {string} text */
function words(text) {
  let plain = ` ${fold(text).replace(/[^a-z0-9]+/g, " ").trim()} `;
  for (const [short, long] of SHORT) plain = plain.split(` ${short} `).join(` ${long} `);
  return plain.trimEnd();
}

/** The same with what it can be abbreviated to. @param {string} text */
function both(text) {
  const plain = words(text);
  return plain + SHORT.filter(([, long]) => `${plain} `.includes(` ${long} `)).map(([short]) => ` ${short}`).join("");
}

/**
 * Writes a unit's name behind that of the unit above, where there is one, and what else tells units of one name apart.
 * @param {Unit[]} units
 * @returns {(unit: Unit) => string}
 */
export function fullNames(units) {
  const names = new Map(units.map(({ code, name }) => [code, name]));
  const whole = (unit) => (names.has(unit.parent) ? `${names.get(unit.parent)} – ${unit.name}` : unit.name);
  const inBloc = (unit) => `${whole(unit)} (${unit.bloc})`;
  const count = (nameOf) => units.reduce((found, unit) => found.set(nameOf(unit), (found.get(nameOf(unit)) || 0) + 1), new Map());
  const [wholes, inBlocs] = [count(whole), count(inBloc)];
  return (unit) => {
    if (wholes.get(whole(unit)) === 1) return whole(unit);
    return inBlocs.get(inBloc(unit)) === 1 ? inBloc(unit) : `${whole(unit)} (${unit.code})`;
  };
}

/**
 * Finds the units that hold every word typed. Own names come before those of the unit above, these before parts of words,
 * and what only the bloc holds comes last.
 * @param {Unit[]} units
 * @returns {(typed: string) => Unit[]}
 */
export function searchOf(units) {
  const fullName = fullNames(units);
  const texts = units.map((unit) => {
    const [own, whole] = [both(unit.name), both(`${fullName(unit)} ${unit.code}`)];
    return { unit, own, whole, all: `${whole}${both(unit.bloc)}` };
  });
  return (typed) => {
    const phrase = words(typed);
    const asked = phrase.split(" ").filter(Boolean);
    const rank = ({ own, whole, all }) => {
      const begins = (text) => asked.every((word) => text.includes(` ${word}`));
      if (own.startsWith(phrase)) return 0;
      if (own.includes(phrase)) return 1;
      if (begins(own)) return 2;
      if (begins(whole)) return 3;
      if (asked.every((word) => whole.includes(word))) return 4;
      return begins(all) ? 5 : null;
    };
    const found = texts.map((text) => ({ unit: text.unit, at: rank(text) })).filter(({ at }) => at !== null);
    return found.sort((a, b) => Number(a.at) - Number(b.at)).map(({ unit }) => unit);
  };
}
