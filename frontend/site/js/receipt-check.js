// Checks a receipt as docs/proof.md says, with only published files and the browser's own cryptography.

import { bytesOf, canCheck, canonical, hexOf, sha256, utf8 } from "./digests.js";

const SIGNED_BEFORE = utf8("cuoc-thi-receipt-v1:");
const HEX = { salt: 32, leaf_hash: 64, signature: 128, key_id: 16 };

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
  if (!flat(found && found.record) || !flat(found.opening)) return null;
  const hex = Object.entries(HEX).every(([key, length]) =>
    typeof found[key] === "string" && found[key].length === length && /^[0-9a-f]+$/.test(found[key]));
  return hex && Number.isInteger(found.record.week) && found.record.week > 0 ? found : null;
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
  const signed = new Uint8Array([...SIGNED_BEFORE, ...bytesOf(receipt.leaf_hash)]);
  return (await crypto.subtle.verify({ name: "Ed25519" }, imported, bytesOf(receipt.signature), signed)) ? "good" : "bad";
}

/** The leaf and its score; all possible ones, best first, where the receipt does not tell the score. */
async function* leavesOf({ record, opening, leaf_hash: leaf }) {
  if (record.score !== null) yield [leaf, record.score];
  for (let score = opening.answers.length; record.score === null && score >= 0; score--) {
    yield [await recordHash({ ...record, score }), score];
  }
}

const recordHash = async (record) => hexOf(await sha256(Uint8Array.of(0), utf8(canonical(record))));

/** The chunk that holds the attempt, and its score; null if there is none. */
async function chunkOf(receipt, index, data, folder) {
  const chunks = {};
  for await (const [leaf, score] of leavesOf(receipt)) {
    const at = index.first.filter((hash) => hash <= leaf).length - 1;
    if (at >= 0 && !(at in chunks)) chunks[at] = await data(`${folder}/${index.folder}/chunks/${at}.json`);
    if (chunks[at] && chunks[at].leaves.includes(leaf)) return { chunk: chunks[at], score };
  }
  return null;
}

async function leadsToRoot({ chunk }, index) {
  let node = await rootOf(chunk.leaves.map(bytesOf));
  for (const { side, hash } of chunk.path) {
    node = side === "left" ? await nodeOf(bytesOf(hash), node) : await nodeOf(node, bytesOf(hash));
  }
  return hexOf(node) === index.root;
}

/**
 * `data(name)` reads a published file, null if it is missing. Returns {steps: [[name, state]], root, revision, score}; a state
 * is "good", "bad", "later" (the week is not closed) or "unknown" (this browser cannot tell).
 */
export async function checkReceipt(receipt, data) {
  const { record, opening } = receipt;
  if (!canCheck()) return { steps: ["answers", "person", "record", "signature"].map((name) => [name, "unknown"]), root: null };
  const says = (good) => (good ? "good" : "bad");
  const steps = [
    ["answers", says(hexOf(await sha256(bytesOf(receipt.salt), utf8(canonical(opening)))) === record.commitment)],
    ["person", says(hexOf(await sha256(utf8(`${record.contest}|${record.week}|${opening.participant_id}`))) === record.pseudonym)],
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
  const found = await chunkOf(receipt, index, data, folder);
  steps.push(["tree", says(found !== null && await leadsToRoot(found, index))]);
  return { steps, root: index.root, revision: index.revision, score: found ? found.score : record.score };
}
