// Checks a receipt as docs/proof.md says, with only published files and the browser's own cryptography.

import { bytesOf, canCheck, canonical, hexOf, sha256, utf8 } from "./digests.js";

const SIGNED_BEFORE = utf8("cuoc-thi-receipt-v1:");
const HEX = { leaf_hash: 64, signature: 128, key_id: 16 };
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

/** The root of RFC 6962's tree over leaf hashes: an odd node goes up unchanged. */
export async function rootOf(leaves) {
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let i = 0; i < level.length; i += 2) {
      above.push(i + 1 < level.length ? await nodeOf(level[i], level[i + 1]) : level[i]);
    }
    level = above;
  }
  return level.length ? level[0] : sha256();
}

const nodeOf = (left, right) => sha256(Uint8Array.of(1), left, right);

/** "good", "bad", or "unknown" if this browser has no Ed25519. */
async function signatureHolds(receipt, published) {
  const keys = published && published.keys;
  const key = (keys || []).find(({ key_id: id }) => id === receipt.key_id);
  if (!key) return keys ? "bad" : "unknown";
  const raw = bytesOf(key.public_key);
  if (hexOf(await sha256(raw)).slice(0, 16) !== receipt.key_id) return "bad";
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    return "unknown";
  }
  const told = await sha256(utf8(canonical(receipt.told)));
  const signed = new Uint8Array([...SIGNED_BEFORE, ...bytesOf(receipt.leaf_hash), ...told]);
  return (await crypto.subtle.verify({ name: "Ed25519" }, imported, bytesOf(receipt.signature), signed)) ? "good" : "bad";
}

const recordHash = async (record) => hexOf(await sha256(Uint8Array.of(0), utf8(canonical(record))));

/** The chunk that holds the leaf; null if there is none. */
async function chunkOf(leaf, index, data, folder) {
  const at = index.first.filter((hash) => hash <= leaf).length - 1;
  const chunk = at >= 0 ? await data(`${folder}/${index.folder}/chunks/${at}.json`) : null;
  return chunk && chunk.leaves.includes(leaf) ? chunk : null;
}

async function leadsToRoot(chunk, index) {
  let node = await rootOf(chunk.leaves.map(bytesOf));
  for (const { side, hash } of chunk.path) {
    node = side === "left" ? await nodeOf(bytesOf(hash), node) : await nodeOf(node, bytesOf(hash));
  }
  return hexOf(node) === index.root;
}

/** Whether what the receipt opens is what its record commits to, and says the same. */
async function opensRight({ record, openings, salts, told }) {
  for (const name of PARTS.filter((part) => part in openings)) {
    if (hexOf(await sha256(bytesOf(salts[name]), utf8(canonical(openings[name])))) !== record[name]) return false;
  }
  const { duration_ms: took, received_at_ms: at } = openings.time;
  return Math.floor(took / 60000) === record.duration_minutes && Math.floor(at / 60000) === record.minute
    && told.score === (openings.score ? openings.score.score : null);
}

/**
 * `data(name)` reads a published file, null if it is missing. Returns {steps: [[name, state]], root, revision}; a state
 * is "good", "bad", "later" (the week is not closed) or "unknown" (this browser cannot tell).
 */
export async function checkReceipt(receipt, data) {
  const { record, openings, salts } = receipt;
  if (!canCheck()) return { steps: ["answers", "person", "record", "signature"].map((name) => [name, "unknown"]), root: null };
  const says = (good) => (good ? "good" : "bad");
  const named = utf8(`${record.contest}|${record.week}|${openings.identity.participant_id}`);
  const steps = [
    ["answers", says(await opensRight(receipt))],
    ["person", says(hexOf(await sha256(bytesOf(salts.pseudonym), named)) === record.pseudonym)],
    ["record", says(await recordHash(record) === receipt.leaf_hash)],
    ["signature", await signatureHolds(receipt, await data("keys.json"))],
  ];
  const folder = `proof/week-${record.week}`;
  const index = await data(`${folder}/index.json`);
  if (!index) return { steps: [...steps, ["published", "later"], ["tree", "later"]], root: null };
  const page = await data(`results/week-${record.week}.json`);
  const proof = (page && page.proof) || {};
  steps.push(["published", says(index.contest === record.contest && index.week === record.week && page !== null
    && page.revision === index.revision && proof.root === index.root && proof.size === index.size)]);
  const chunk = await chunkOf(receipt.leaf_hash, index, data, folder);
  steps.push(["tree", says(chunk !== null && await leadsToRoot(chunk, index))]);
  return { steps, root: index.root, revision: index.revision };
}
