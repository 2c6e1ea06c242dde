// A certificate's code: a person's name and unit under a pseudonym, and the pseudonym's result, each with its signature. All
// of it is in the address behind "#", which browsers send to nobody.

import { bytesOf, canCheck, canonical, hexOf, sha256, utf8 } from "./digests.js";
import { signatureHolds } from "./log.js";
import { folderOf, placeOf, resultOf } from "./places.js";

const [OF_A_WEEK, OF_THE_END] = [1, 2]; // formats: whose result it is; the pseudonym is a week's in both
const FIXED = [1, 1, 32, 64, 8, 64, 8]; // format, week, pseudonym, and two signatures, each with the id of its key
const TEXTS = ["contest", "name", "unit", "prize", "decision", "decided_on"];
const NUMBERS = ["rank", "ranked", "revision", "score", "total"];
const DAY = /^(20\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01]))?$/; // empty while provisional
const PERSON = ["contest", "name", "pseudonym", "unit", "week"];
const RESULT = ["contest", "decided_on", "decision", "prize", "pseudonym", "rank", "ranked", "revision", "score", "total", "week"];

const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function unpackedBytes(code) {
  const text = atob(code.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

/** `told`: the fields that are signed, `signatures`: {person, result} of {signature, key_id}, in hex. */
export function packed(told, { person, result }) {
  const rest = utf8(JSON.stringify([...TEXTS, ...NUMBERS].map((name) => told[name])));
  return base64([told.end ? OF_THE_END : OF_A_WEEK, told.week, ...bytesOf(told.pseudonym), ...bytesOf(person.signature), ...bytesOf(person.key_id),
    ...bytesOf(result.signature), ...bytesOf(result.key_id), ...rest]);
}

/** What `packed` has packed; null if it is no such code. */
export function unpacked(code) {
  try {
    const bytes = unpackedBytes(code);
    const parts = [];
    let at = 0;
    for (const length of FIXED) {
      parts.push(bytes.subarray(at, at + length));
      at += length;
    }
    const values = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(at)));
    const [[format], [week], pseudonym, ...signed] = parts;
    const typed = values.length === TEXTS.length + NUMBERS.length
      && values.every((value, i) => (i < TEXTS.length ? typeof value === "string" : Number.isSafeInteger(value)));
    if (![OF_A_WEEK, OF_THE_END].includes(format) || !week || !typed || !DAY.test(values[TEXTS.indexOf("decided_on")])) return null;
    const [one, oneKey, other, otherKey] = signed.map(hexOf);
    const told = { week, pseudonym: hexOf(pseudonym), ...(format === OF_THE_END ? { end: true } : {}) };
    [...TEXTS, ...NUMBERS].forEach((name, i) => {
      told[name] = values[i];
    });
    return { told, signatures: { person: { signature: one, key_id: oneKey }, result: { signature: other, key_id: otherKey } } };
  } catch (error) {
    return null;
  }
}

const chosen = (told, names) => Object.fromEntries(names.map((name) => [name, told[name]]));

/** "good", "bad", or "unknown" if this browser has no Ed25519 or the keys cannot be read. */
async function holds(keys, { signature, key_id: id }, prefix, told) {
  if (!keys) return "unknown";
  const key = keys.keys.find((one) => one.key_id === id);
  if (!key) return "bad";
  const raw = bytesOf(key.public_key);
  if (hexOf(await sha256(raw)).slice(0, 16) !== id) return "bad";
  return signatureHolds(raw, bytesOf(signature), utf8(prefix + canonical(told)));
}

/**
 * Checks a code with published files alone: {person, result, now}. The signatures are "good", "bad" or "unknown"; `now`, of
 * the result: "same" as published, "other", or "unknown" while it cannot be read.
 */
export async function checked({ told, signatures }, read) {
  if (!canCheck()) return { person: "unknown", result: "unknown", now: "unknown" };
  const keys = (name) => read(name, { tries: 2 }).catch(() => null);
  const [person, result] = [await keys("keys.json"), await keys("result-keys.json")];
  const won = { ...chosen(told, RESULT), week: resultOf(told) };
  const place = await placeOf(won.week, told.pseudonym, read).catch(() => null);
  const same = place && place.state === "ranked" && RESULT.every((name) => place[name] === won[name]);
  return {
    person: await holds(person, signatures.person, "cuoc-thi-person-v1:", chosen(told, PERSON)),
    result: await holds(result, signatures.result, "cuoc-thi-place-v1:", won),
    now: !place || place.state === "updating" ? "unknown" : same ? "same" : "other",
  };
}

const SHORT = /^(?:(\d{1,2})-)?([0-9a-f]{8})$/; // lists of winners, and a person's own page, show it without the week

/** The short code that stands beside the large one, for typing. */
export const shortOf = (told) => `${resultOf(told)}-${told.pseudonym.slice(0, 8)}`;

/** Who has a short code, in its week or, where it names none, in each of `weeks`: [{week, pseudonym, …}]; null if it is no short code. */
export async function placesByShort(code, read, weeks) {
  const [, week, digits] = SHORT.exec(code.trim().toLowerCase().replace(/\s*[-\u2010-\u2015\u2212]\s*|\s+/g, "-")) || [];
  if (!digits) return null;
  return (await Promise.all((week ? [Number(week)] : weeks).map((one) => placesIn(one, digits, read)))).flat();
}

async function placesIn(week, digits, read) {
  const folder = folderOf(week);
  const index = await read(`${folder}/index.json`);
  const file = index && (await read(`${folder}/${digits.slice(0, index.digits) || "all"}.json`));
  const names = file ? Object.keys(file.places).filter((name) => name.startsWith(digits)) : [];
  return Promise.all(names.map((name) => placeOf(week, name, read)));
}
