import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import test from "node:test";

import { canonical } from "../site/js/digests.js";
import { checkReceipt, readReceipt, rootOf } from "../site/js/receipt-check.js";

const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
const keyId = sha(raw).toString("hex").slice(0, 16);
const salt = Buffer.alloc(16, 7);
const openings = {
  grading: { answers: "BE-_", attempt_id: "1-3-1661130000000-0123456789abcdef" },
  identity: { category: "mandatory", participant_id: "a3", unit: "SỞ-Y" },
  score: { bank: "b".repeat(64), score: 19 },
  time: { duration_ms: 612345, received_at_ms: 1661130612345 },
};

/** Without the score's opening where `told` is null. */
function receiptOf(changes = {}, told = 19) {
  const committed = Object.entries(openings).map(([name, one]) => [name, sha(salt, Buffer.from(canonical(one))).toString("hex")]);
  const record = {
    contest: "nghe-an-2022", duration_minutes: 10, format: 1, minute: 27685510, number: 3, prediction: null,
    pseudonym: sha(salt, Buffer.from("nghe-an-2022|1|a3")).toString("hex"), status: "submitted", week: 1,
    ...Object.fromEntries(committed), ...changes,
  };
  const leaf = sha(Buffer.of(0), Buffer.from(canonical(record)));
  const said = sha(Buffer.from(canonical({ score: told })));
  const signature = sign(null, Buffer.concat([Buffer.from("cuoc-thi-receipt-v1:"), leaf, said]), privateKey);
  const names = Object.keys(openings).filter((name) => name !== "score" || told !== null);
  const salts = Object.fromEntries([...names, "pseudonym"].map((name) => [name, salt.toString("hex")]));
  return {
    record, openings: Object.fromEntries(names.map((name) => [name, openings[name]])), salts, told: { score: told },
    leaf_hash: leaf.toString("hex"), signature: signature.toString("hex"), key_id: keyId,
  };
}

function merkle(leaves) {
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2; // RFC 6962's own definition, from the top down
  return sha(Buffer.of(1), merkle(leaves.slice(0, split)), merkle(leaves.slice(split)));
}

/** The published files of a week with `size` leaves, in chunks of four. */
function published(receipt, size) {
  const leaves = [Buffer.from(receipt.leaf_hash, "hex"), ...Array.from({ length: size - 1 }, (_, i) => sha(Buffer.of(i)))];
  leaves.sort(Buffer.compare);
  const chunks = [];
  for (let i = 0; i < size; i += 4) chunks.push(leaves.slice(i, i + 4));
  const root = merkle(leaves).toString("hex");
  const files = {
    "keys.json": { format: 1, keys: [{ key_id: keyId, algorithm: "Ed25519", public_key: raw.toString("hex") }] },
    "proof/week-1/index.json": { format: 1, contest: "nghe-an-2022", week: 1, revision: 2, root, size, folder: "f", chunk_size: 4,
      first: chunks.map(([first]) => first.toString("hex")) },
    "results/week-1.json": { revision: 2, proof: { root, size } },
  };
  chunks.forEach((chunk, n) => {
    const path = [];
    let nodes = chunks.map(merkle);
    for (let at = n; nodes.length > 1; at >>= 1) {
      const beside = nodes[at ^ 1];
      if (beside) path.push({ side: at % 2 ? "left" : "right", hash: beside.toString("hex") });
      nodes = nodes.reduce((above, node, i) => (i % 2 ? [...above.slice(0, -1), sha(Buffer.of(1), above[above.length - 1], node)] : [...above, node]), []);
    }
    files[`proof/week-1/f/chunks/${n}.json`] = { start: 4 * n, leaves: chunk.map((leaf) => leaf.toString("hex")), path };
  });
  return files;
}

const reader = (files) => async (name) => (name in files ? files[name] : null);
const states = async (receipt, files) => Object.fromEntries((await checkReceipt(receipt, reader(files))).steps);
const ALL = { answers: "good", record: "good", signature: "good", published: "good", tree: "good", person: "good" };

test("a true receipt holds, whatever the size of the tree", async () => {
  const receipt = receiptOf();
  for (let size = 1; size <= 23; size += 1) assert.deepEqual(await states(receipt, published(receipt, size)), ALL, size);
});

test("before the week is closed, checks of later files say “later”", async () => {
  const receipt = receiptOf();
  const { "keys.json": keys } = published(receipt, 1);
  const later = { published: "later", tree: "later", person: "good" };
  assert.deepEqual(await states(receipt, { "keys.json": keys }), { ...ALL, ...later });
});

test("a receipt that does not tell the score holds too", async () => {
  const given = receiptOf({}, null);
  assert.deepEqual(readReceipt(JSON.stringify(given)), given);
  assert.deepEqual(await states(given, published(receiptOf(), 9)), ALL);
});

test("each change to a receipt is found", async () => {
  const receipt = receiptOf();
  const files = published(receipt, 9);
  const changed = (change) => states({ ...receipt, ...change }, files);
  const opened = (name, change) => changed({ openings: { ...openings, [name]: { ...openings[name], ...change } } });
  assert.equal((await changed({ record: { ...receipt.record, prediction: 20 } })).record, "bad");
  assert.equal((await opened("grading", { answers: "AAAA" })).answers, "bad");
  assert.equal((await opened("identity", { unit: "SO-A" })).answers, "bad");
  assert.equal((await opened("score", { score: 20 })).answers, "bad");
  assert.equal((await opened("time", { duration_ms: 1 })).answers, "bad");
  assert.equal((await opened("identity", { participant_id: "b4" })).person, "bad");
  for (const name of Object.keys(openings)) {
    assert.equal((await changed({ salts: { ...receipt.salts, [name]: "00".repeat(16) } })).answers, "bad");
  }
  assert.equal((await changed({ salts: { ...receipt.salts, pseudonym: "00".repeat(16) } })).person, "bad");
  const told = await changed({ told: { score: 20 } });
  assert.deepEqual([told.answers, told.signature], ["bad", "bad"]);
  assert.equal((await changed({ signature: "00".repeat(64) })).signature, "bad");
  assert.equal((await changed({ key_id: "0".repeat(16) })).signature, "bad");
});

test("a receipt whose attempt is not among the published ones is found", async () => {
  const [mine, other] = [receiptOf(), receiptOf({ number: 4 })];
  assert.equal((await states(mine, published(other, 9))).tree, "bad");
});

test("published files that do not agree are found", async () => {
  const receipt = receiptOf();
  const files = published(receipt, 9);
  const index = files["proof/week-1/index.json"];
  const root = "00".repeat(32);
  assert.equal((await states(receipt, { ...files, "proof/week-1/index.json": { ...index, root } })).tree, "bad");
  assert.equal((await states(receipt, { ...files, "results/week-1.json": { revision: 2, proof: { root, size: 9 } } })).published, "bad");
  assert.equal((await states(receipt, { ...files, "results/week-1.json": { revision: 1 } })).published, "bad");
  const foreign = { format: 1, keys: [{ key_id: keyId, algorithm: "Ed25519", public_key: root }] };
  assert.equal((await states(receipt, { ...files, "keys.json": foreign })).signature, "bad");
});

test("a browser without Ed25519 says so", async () => {
  const receipt = receiptOf();
  const { subtle } = globalThis.crypto;
  const real = subtle.importKey;
  subtle.importKey = async () => {
    throw new Error("NotSupportedError");
  };
  try {
    assert.equal((await states(receipt, published(receipt, 3))).signature, "unknown");
  } finally {
    delete subtle.importKey;
    assert.equal(subtle.importKey, real);
  }
});

test("the root of no leaves is the digest of nothing", async () => {
  assert.equal(Buffer.from(await rootOf([])).toString("hex"), sha(Buffer.alloc(0)).toString("hex"));
});

test("nothing but a receipt is read as one", () => {
  const receipt = receiptOf();
  assert.deepEqual(readReceipt(JSON.stringify(receipt)), receipt);
  const broken = [{ ...receipt, salts: { ...receipt.salts, time: "xyz" } }, { ...receipt, record: null }, { ...receipt, openings: { grading: {} } },
    { ...receipt, openings: null }, { ...receipt, told: 5 }, { ...receipt, record: { ...receipt.record, week: "1" } }, [], null, 5];
  for (const text of ["", "{", ...broken.map((value) => JSON.stringify(value))]) assert.equal(readReceipt(text), null, text);
});
