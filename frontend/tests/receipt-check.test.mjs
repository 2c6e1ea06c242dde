import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import test from "node:test";

import { canonical } from "../site/js/digests.js";
import { rootOf } from "../site/js/log.js";
import { checkReceipt, keyNamed, readReceipt } from "../site/js/receipt-check.js";

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

const ORIGIN = "cuoc-thi/nghe-an-2022";
const BEGAN = 27685500 * 60; // ten minutes before the receipt
const at = (number) => new Date((BEGAN + 60 * number) * 1000).toISOString().replace(".000Z", "Z");
const logKey = generateKeyPairSync("ed25519");
const logRaw = Buffer.concat([Buffer.of(1), logKey.publicKey.export({ type: "spki", format: "der" }).subarray(-32)]);
const logId = sha(Buffer.from(`${ORIGIN}\n`), logRaw).subarray(0, 4);
const VKEY = `${ORIGIN}+${logId.toString("hex")}+${logRaw.toString("base64")}\n`;

function tilesOf(hashes, folder) {
  const made = {};
  for (let level = 0, here = hashes; here.length; level += 1) {
    const above = [];
    for (let number = 0; number * 256 < here.length; number += 1) {
      const part = here.slice(256 * number, 256 * (number + 1));
      const name = `${folder}/tile/${level}/${String(number).padStart(3, "0")}`;
      made[part.length < 256 ? `${name}.p/${part.length}` : name] = Buffer.concat(part);
      if (part.length === 256) above.push(merkle(part));
    }
    here = above;
  }
  return made;
}

function noteOf(hashes, key = logKey.privateKey) {
  const text = `${ORIGIN}\n${hashes.length}\n${(hashes.length ? merkle(hashes) : sha()).toString("base64")}\n`;
  const line = Buffer.concat([logId, sign(null, Buffer.from(text), key)]).toString("base64");
  return `${text}\n— ${ORIGIN} ${line}\n`;
}

/**
 * The files of a site whose log has `size` minutes and in minute `number` the receipt among `records`. `facts` by minute;
 * `opened`: how many minutes are.
 */
function published(receipt, { size = 20, number = 10, records = 5, facts = {}, opened = size, seed = "" } = {}) {
  const files = { "contest.json": { paper: { grace_seconds: 10 } }, "keys.json": { keys: [{ key_id: keyId, algorithm: "Ed25519", public_key: raw.toString("hex") }] }, "log/vkey": VKEY };
  const told = { 0: { [`key-${keyId}`]: raw.toString("hex") }, ...facts };
  const mine = [Buffer.from(receipt.leaf_hash, "hex"), ...Array.from({ length: records - 1 }, (_, i) => sha(Buffer.from(`other ${i}`)))];
  const entries = Array.from({ length: size }, (_, n) => {
    const hashes = n === number ? mine.sort(Buffer.compare) : n % 7 === 3 ? [sha(Buffer.from(`minute ${n}`))] : [];
    const of = { root: (hashes.length ? merkle(hashes) : sha()).toString("hex"), size: hashes.length };
    const salted = sha(Buffer.from(`salt ${n}${seed}`));
    if (n < opened) {
      files[`log/batch/${n}/opening.json`] = { at: at(n), batch: n, format: 1, salt: salted.toString("hex"), ...of };
      Object.assign(files, tilesOf(hashes, `log/batch/${n}`));
    }
    const commitment = sha(salted, Buffer.from(canonical(of))).toString("hex");
    return Buffer.from(canonical({ at: at(n), batch: n, commitment, facts: told[n] || {}, format: 1 }));
  });
  const hashes = entries.map((entry) => sha(Buffer.of(0), entry));
  for (let n = 0; n * 256 < size; n += 1) {
    const part = entries.slice(256 * n, 256 * (n + 1));
    const name = `log/tile/entries/${String(n).padStart(3, "0")}${part.length < 256 ? `.p/${part.length}` : ""}`;
    files[name] = Buffer.concat(part.flatMap((entry) => [Buffer.of(entry.length >> 8, entry.length & 255), entry]));
  }
  return { ...files, ...tilesOf(hashes, "log"), "log/checkpoint": noteOf(hashes) };
}

/** Reads as `data` of api.js does; counts what a phone would load. */
function reader(files, loaded = new Map()) {
  return async (name, { as = "json" } = {}) => {
    if (!(name in files)) return null;
    const value = files[name];
    loaded.set(name, as === "json" ? JSON.stringify(value).length : value.length);
    return as === "arrayBuffer" ? new Uint8Array(value).buffer : value;
  };
}

const check = (receipt, files, seen) => checkReceipt(receipt, reader(files), seen);
const states = async (receipt, files, seen) => Object.fromEntries((await check(receipt, files, seen)).steps);
const ALL = { answers: "good", person: "good", record: "good", signature: "good", log: "good", logged: "good" };
const CLOSED = { "results/week-1.json": { closes_at: at(12) }, "contest.json": { paper: { grace_seconds: 10 } } };

test("a true receipt holds, wherever around its minute the log has it and whatever the sizes", async () => {
  const receipt = receiptOf();
  for (const number of [8, 9, 10, 11, 12, 13]) assert.deepEqual(await states(receipt, published(receipt, { number })), ALL, number);
  const grace = { "contest.json": { paper: { grace_seconds: 240 } } };
  assert.deepEqual(await states(receipt, { ...published(receipt, { number: 5 }), ...grace }), ALL, "handed in early in a long grace");
  for (const records of [1, 2, 255, 256, 257, 700]) assert.deepEqual(await states(receipt, published(receipt, { records })), ALL, records);
  for (const size of [11, 255, 256, 257, 512, 600]) assert.deepEqual(await states(receipt, published(receipt, { size })), ALL, size);
});

test("a phone loads 30 KB for a receipt among 20,000 of a minute in a week's log", async (context) => {
  const receipt = receiptOf();
  const files = published(receipt, { size: 10080, number: 5010, records: 20000 });
  const received = { ...openings.time, received_at_ms: (BEGAN + 60 * 5010 + 5) * 1000 };
  const costs = [];
  for (let i = 0; i < 40; i += 1) { // of others in the same minute, whose records nobody but they have
    const other = { ...receipt, leaf_hash: sha(Buffer.from(`other ${i}`)).toString("hex"), openings: { ...openings, time: received } };
    const loaded = new Map();
    const { steps } = await checkReceipt(other, reader(files, loaded));
    assert.deepEqual(steps.slice(4), [["log", "good"], ["logged", "good"]]);
    assert.ok(![...loaded.keys()].some((name) => name.includes("entries")));
    costs.push([...loaded.values()].reduce((sum, one) => sum + one, 0));
  }
  const mean = costs.reduce((sum, one) => sum + one, 0) / costs.length;
  context.diagnostic(`bytes: least ${Math.min(...costs)}, mean ${mean}, most ${Math.max(...costs)}`);
  assert.ok(mean < 30000 && Math.max(...costs) < 36000);
});

test("a record that comes after a stop of the log is found in the minute that tells of it", async () => {
  const receipt = receiptOf();
  const files = { ...published(receipt, { size: 70, number: 60, facts: { 60: { lag: "49" } } }), ...CLOSED };
  for (const name of Object.keys(files)) { // nothing happened in the minutes that were missed
    if (/opening/.test(name) && files[name].batch > 10 && files[name].batch < 60) assert.ok(files[name].size < 2);
  }
  const empty = async (name, options) => {
    const found = await reader(files)(name, options);
    return found && found.batch > 10 && found.batch < 60 ? { ...found, size: 0 } : found;
  };
  const { steps } = await checkReceipt(receipt, empty);
  assert.deepEqual(Object.fromEntries(steps), { ...ALL, time: "good" });
});

test("after the close it is said whether the record came in time", async () => {
  const receipt = receiptOf();
  assert.equal((await states(receipt, { ...published(receipt), ...CLOSED })).time, "good");
  const early = { ...CLOSED, "results/week-1.json": { closes_at: at(5) } };
  assert.equal((await states(receipt, { ...published(receipt), ...early })).time, "late");
});

test("before the minute is opened, the checks of the log say “later”", async () => {
  const receipt = receiptOf();
  for (const opened of [0, 1, 10]) {
    assert.deepEqual(await states(receipt, published(receipt, { opened })), { ...ALL, logged: "later" }, opened);
  }
  assert.deepEqual(await states(receipt, published(receipt, { size: 9, number: 20 })), { ...ALL, logged: "later" }, "too young");
  const { logged, ...before } = ALL;
  assert.deepEqual(await states(receipt, { "keys.json": published(receipt)["keys.json"] }), { ...before, log: "later" });
});

test("a leaf with facts is read among the entries", async () => {
  const receipt = receiptOf();
  assert.deepEqual(await states(receipt, published(receipt, { facts: { 10: { bank: "0".repeat(64) } } })), ALL);
});

test("the key has to be named by the log before the receipt", async () => {
  const receipt = receiptOf();
  const key = async (facts, change = {}) => {
    const data = reader({ ...published(receipt, { size: 600, facts }), ...change });
    return keyNamed(receipt, data, (await checkReceipt(receipt, data)).found);
  };
  assert.equal(await key({}), "good");
  assert.equal(await key({ 0: {} }), "bad");
  assert.equal(await key({ 0: {}, 14: { [`key-${keyId}`]: raw.toString("hex") } }), "bad");
  assert.equal(await key({ 0: {}, 12: { [`key-${keyId}`]: raw.toString("hex") } }), "good");
  assert.equal(await key({ 0: { [`key-${keyId}`]: "00" } }), "bad");
});

/** What the site shows of a longer log while the checkpoint is an older one. */
const stale = (receipt, size, shown) => ({ ...published(receipt, { size }), "log/checkpoint": published(receipt, { size: shown })["log/checkpoint"] });

test("every longer log extends every shorter one, whichever was seen first", async () => {
  const receipt = receiptOf();
  const sizes = [11, 255, 256, 257, 513];
  for (const older of sizes) {
    for (const newer of sizes.filter((size) => size >= older)) {
      const before = { vkey: VKEY, note: published(receipt, { size: older })["log/checkpoint"] };
      assert.deepEqual(await states(receipt, published(receipt, { size: newer }), before), ALL, `${older} ${newer}`);
      const after = { vkey: VKEY, note: published(receipt, { size: newer })["log/checkpoint"] };
      const found = await check(receipt, stale(receipt, newer, older), after);
      assert.deepEqual([Object.fromEntries(found.steps), found.seen], [ALL, after], `${newer} ${older}`);
    }
  }
});

test("two checkpoints that contradict each other are told and kept", async () => {
  const receipt = receiptOf();
  const seen = { vkey: VKEY, note: published(receipt, { size: 300 })["log/checkpoint"] };
  const other = (size) => published(receipt, { size, seed: "another history" });
  for (const files of [other(300), other(301), other(600), other(200), published(receipt, { size: 200 })]) {
    const found = await check(receipt, files, seen);
    assert.deepEqual(found.conflict, [seen.note, files["log/checkpoint"]]);
    assert.equal(Object.fromEntries(found.steps).log, "bad");
    assert.equal(found.seen, seen, "what was seen first is kept");
  }
  const another = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const id = sha(Buffer.from(`${ORIGIN}\n`), Buffer.of(1), another).subarray(0, 4).toString("hex");
  const vkey = `${ORIGIN}+${id}+${Buffer.concat([Buffer.of(1), another]).toString("base64")}\n`;
  assert.equal((await check(receipt, { ...other(300), "log/vkey": vkey }, seen)).conflict.length, 2, "another key");
  assert.equal((await check(receipt, other(300), { vkey: "cuoc-thi/khac+00000000+AAAA", note: "" })).conflict, undefined, "another contest");
});

test("a changed file of the log is found", async () => {
  const receipt = receiptOf();
  const options = { size: 600, records: 700 };
  const files = published(receipt, options);
  const { logged, ...before } = ALL;
  const loaded = new Map();
  await checkReceipt(receipt, reader(files, loaded));
  const tiles = [...loaded.keys()].filter((name) => name.includes("/tile/"));
  assert.ok(tiles.length >= 5);
  for (const name of tiles) {
    const harmed = Buffer.from(files[name]);
    harmed[5] ^= 1;
    for (const value of [harmed, files[name].subarray(1), undefined]) {
      const changed = { ...files, [name]: value };
      if (!value) delete changed[name];
      const found = await states(receipt, changed);
      assert.ok(found.log === "bad" || found.logged === "bad", name);
    }
  }
  const opening = files["log/batch/10/opening.json"];
  for (const change of [{ size: 701 }, { root: "00".repeat(32) }, { salt: "00".repeat(32) }, { at: at(9) }]) {
    const found = await states(receipt, { ...files, "log/batch/10/opening.json": { ...opening, ...change } });
    assert.equal(found.logged, "bad", JSON.stringify(change));
  }
  const forged = noteOf([sha()], privateKey);
  for (const note of [forged, "", "x", files["log/checkpoint"].replace("\n600\n", "\n601\n")]) {
    assert.notEqual((await states(receipt, { ...files, "log/checkpoint": note })).log, "good", note);
  }
  assert.deepEqual(await states(receipt, { ...files, "log/vkey": "cuoc-thi/x+00000000+AAAA" }), { ...before, log: "bad" });
});

test("each change to a receipt is found", async () => {
  const receipt = receiptOf();
  const files = published(receipt);
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

test("a receipt that the log lacks is found, and one of another contest", async () => {
  const [mine, other] = [receiptOf(), receiptOf({ number: 4 })];
  for (const size of [14, 20, 300]) {
    assert.deepEqual(await states(mine, published(other, { size })), { ...ALL, logged: "missing" });
  }
  assert.deepEqual(await states(mine, published(other, { size: 13 })), { ...ALL, logged: "later" });
  const { log, logged } = await states(receiptOf({ contest: "khac" }), published(mine));
  assert.deepEqual([log, logged], ["bad", "bad"]);
});

test("a list of keys that does not fit is found", async () => {
  const receipt = receiptOf();
  const foreign = { format: 1, keys: [{ key_id: keyId, algorithm: "Ed25519", public_key: "00".repeat(32) }] };
  assert.equal((await states(receipt, { ...published(receipt), "keys.json": foreign })).signature, "bad");
});

test("a browser without Ed25519 says so", async () => {
  const receipt = receiptOf();
  const { subtle } = globalThis.crypto;
  const real = subtle.importKey;
  subtle.importKey = async () => {
    throw new Error("NotSupportedError");
  };
  try {
    assert.equal((await states(receipt, published(receipt))).signature, "unknown");
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
