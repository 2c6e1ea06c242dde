// Checks a receipt as docs/proof.md says, with only published files and the browser's own cryptography.

import { bytesOf, canCheck, canonical, hexOf, sha256, utf8 } from "./digests.js";
import { Tree, Wrong, entriesOf, leafHash, leafOf, openLog, openingOf, same, signatureHolds } from "./log.js";

const SIGNED_BEFORE = utf8("cuoc-thi-receipt-v1:");
const HEX = { leaf_hash: 64, signature: 128, key_id: 16 };
// Where a record is looked for around the time of its receipt, which in the grace is its end: a minute's run takes in
// what has come since. So many minutes without a record are passed over, as after a stop of the log.
const BEFORE_S = 120;
const IN_TIME_S = 180;
const EMPTY = 240;
const PARTS = ["grading", "identity", "score", "time"];

/** A receipt from what was typed or read from a file; null if it is not one. */
export function readReceipt(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch (error) {
    return null;
  }
  const flat = (part) => part !== null && typeof part === "object" && !Array.isArray(part)
    && Object.values(part).every((value) => value === null || typeof value === "string" || Number.isSafeInteger(value));
  const { record, openings, salts, told } = found || {};
  if (![record, salts, told].every((part) => flat(part)) || openings === null || typeof openings !== "object") return null;
  const names = PARTS.filter((name) => name !== "score" || "score" in openings); // its score may be told later
  const hex = (value, length) => typeof value === "string" && value.length === length && /^[0-9a-f]+$/.test(value);
  if (!names.every((name) => flat(openings[name])) || ![...names, "pseudonym"].every((name) => hex(salts[name], 32))) return null;
  if (!Object.entries(HEX).every(([key, length]) => hex(found[key], length))) return null;
  return Number.isInteger(record.week) && record.week > 0 ? found : null;
}

/** "good", "bad", or "unknown" if this browser has no Ed25519. */
async function signed(receipt, published) {
  const keys = published && published.keys;
  const key = (keys || []).find(({ key_id: id }) => id === receipt.key_id);
  if (!key) return keys ? "bad" : "unknown";
  const raw = bytesOf(key.public_key);
  if (hexOf(await sha256(raw)).slice(0, 16) !== receipt.key_id) return "bad";
  const told = await sha256(utf8(canonical(receipt.told)));
  const message = new Uint8Array([...SIGNED_BEFORE, ...bytesOf(receipt.leaf_hash), ...told]);
  return signatureHolds(raw, bytesOf(receipt.signature), message);
}

const recordHash = async (record) => hexOf(await leafHash(utf8(canonical(record))));

/** Whether what the receipt opens is what its record commits to, and says the same. */
async function opensRight({ record, openings, salts, told }) {
  for (const name of PARTS.filter((part) => part in openings)) {
    if (hexOf(await sha256(bytesOf(salts[name]), utf8(canonical(openings[name])))) !== record[name]) return false;
  }
  const { duration_ms: took, received_at_ms: at } = openings.time;
  return Math.floor(took / 60000) === record.duration_minutes && Math.floor(at / 60000) === record.minute
    && told.score === (openings.score ? openings.score.score : null);
}

/** Counts the log's minutes from when it began; null while its first one is not opened. */
async function minutesOf(data) {
  const [first, second] = [await openingOf(data, 0), await openingOf(data, 1)];
  if (!first) return null;
  const began = Date.parse(first.at) / 1000;
  const every = second ? Date.parse(second.at) / 1000 - began : 60; // tests have shorter ones
  return {
    at: (number) => new Date((began + number * every) * 1000).toISOString().replace(".000Z", "Z"),
    number: (moment) => Math.max(0, Math.floor((moment - began) / every)),
  };
}

/** The minute whose batch has the record: {state, number, leaf}. */
async function findRecord(receipt, data, tree) {
  const minutes = await minutesOf(data);
  if (!minutes) return { state: "later" };
  const { at: beginning } = minutes;
  const leaf = bytesOf(receipt.leaf_hash);
  const received = receipt.openings.time.received_at_ms / 1000;
  const [now, due] = [minutes.number(received), minutes.number(received + IN_TIME_S)];
  let waiting = false;
  /** Says how many records the minute has, -1 if it is not opened; or returns what was found. */
  async function look(number) {
    const opening = number < tree.size ? await openingOf(data, number) : null;
    if (!opening) {
      waiting = waiting || number <= due;
      return -1;
    }
    const batch = new Tree(data, `log/batch/${number}`, opening.size);
    if (!(await batch.has(leaf))) return opening.size;
    const told = await leafOf(tree, number, opening);
    const right = same(await batch.root(), bytesOf(opening.root)) && opening.at === beginning(number);
    return { state: right ? "good" : "bad", number, leaf: told, minutes };
  }
  const near = [now, ...(now > 0 ? [now - 1] : [])];
  for (let number = now + 1; number <= due; number += 1) near.push(number);
  let last = 0;
  for (const number of near) {
    const found = await look(number);
    if (typeof found === "object") return found;
    last = found;
  }
  for (let number = due + 1; last === 0 && number <= due + EMPTY; number += 1) {
    const found = await look(number);
    if (typeof found === "object") return found;
    last = found;
  }
  const { paper } = await data("contest.json");
  const first = minutes.number(received - paper.grace_seconds - BEFORE_S);
  for (let number = now - 2; number >= first; number -= 1) {
    const found = await look(number);
    if (typeof found === "object") return found;
  }
  return { state: waiting ? "later" : "missing" };
}

/** Whether the record came to the log in time; null while the week is not closed. */
async function inTime({ record }, data, { number, leaf, minutes }) {
  const page = await data(`results/week-${record.week}.json`);
  if (!page) return null;
  const contest = await data("contest.json");
  const end = Date.parse(page.closes_at) / 1000 + contest.paper.grace_seconds + IN_TIME_S;
  const last = minutes.number(end);
  return number <= last || number - Number(leaf.facts.lag || 0) <= last ? "good" : "late";
}

/** Whether the log had named the key that signed the receipt: reads its entries from the first on, 70 KB at least. */
export async function keyNamed(receipt, data, { tree, number, minutes }) {
  const due = minutes.number(receipt.openings.time.received_at_ms / 1000 + IN_TIME_S);
  const last = Math.min(Math.max(number, due), tree.size - 1);
  const published = (await data("keys.json")).keys.find(({ key_id: id }) => id === receipt.key_id);
  for (let bundle = 0; bundle * 256 <= last; bundle += 1) {
    const entries = await entriesOf(tree, bundle);
    const named = entries.slice(0, last + 1 - bundle * 256)
      .map((entry) => JSON.parse(new TextDecoder().decode(entry)).facts[`key-${receipt.key_id}`]);
    const value = named.find(Boolean);
    if (value) return value === published.public_key ? "good" : "bad";
  }
  return "bad";
}

/**
 * `data(name, {as})` reads a published file, null if it is missing; `seen`: what this device has last seen of the log.
 * Returns {steps: [[name, state]], checkpoint, seen, conflict, found}; a state is "good", "bad", "later" (the minute is not
 * opened), "missing" (the log lacks the record), "late", or "unknown" (this browser cannot tell).
 * @type {(receipt: any, data: any, seen?: { vkey: string, note: string } | null) => Promise<any>}
 */
export async function checkReceipt(receipt, data, seen = null) {
  const { record, openings, salts } = receipt;
  if (!canCheck()) return { steps: ["answers", "person", "record", "signature"].map((name) => [name, "unknown"]), seen };
  const says = (good) => (good ? "good" : "bad");
  const named = utf8(`${record.contest}|${record.week}|${openings.identity.participant_id}`);
  const steps = [
    ["answers", says(await opensRight(receipt))],
    ["person", says(hexOf(await sha256(bytesOf(salts.pseudonym), named)) === record.pseudonym)],
    ["record", says(await recordHash(record) === receipt.leaf_hash)],
    ["signature", await signed(receipt, await data("keys.json"))],
  ];
  try {
    const log = await openLog(data, seen);
    if (!log) return { steps: [...steps, ["log", "later"]], seen };
    if (!log.checkpoint) return { steps: [...steps, ["log", "bad"]], seen, conflict: log.conflict };
    const own = log.checkpoint.origin === `cuoc-thi/${record.contest}`;
    steps.push(["log", own ? log.checkpoint.signature : "bad"]);
    const found = own ? await findRecord(receipt, data, log.tree) : { state: "bad" };
    steps.push(["logged", found.state]);
    const time = found.state === "good" ? await inTime(receipt, data, found) : null;
    if (time) steps.push(["time", time]);
    return { steps, checkpoint: log.checkpoint, seen: log.seen, found: found.state === "good" ? { ...found, tree: log.tree } : null };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { steps: [...steps, [steps.some(([name]) => name === "log") ? "logged" : "log", "bad"]], seen };
  }
}
