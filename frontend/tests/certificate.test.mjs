import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import test from "node:test";

import { checked, packed, placesByShort, shortOf, unpacked } from "../site/js/certificate-code.js";
import { canonical } from "../site/js/digests.js";
import { placeAtTheEnd } from "../site/js/places.js";
import { qrCode } from "../site/js/qr.js";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const keyPair = () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const id = createHash("sha256").update(raw).digest("hex").slice(0, 16);
  return { file: { format: 1, keys: [{ key_id: id, algorithm: "Ed25519", public_key: hex(raw) }] }, id,
    sign: (prefix, told) => hex(sign(null, Buffer.from(prefix + canonical(told)), privateKey)) };
};
const [API, CLOSE] = [keyPair(), keyPair()];
const PSEUDONYM = `1f3a9c02${"ab".repeat(28)}`;
const NAMED = { contest: "nghe-an", name: "Lô Thị Ngọc Bích", pseudonym: PSEUDONYM, unit: "Trường THCS Nậm Càn", week: 2 };
const RESULT = { contest: "nghe-an", decided_on: "2022-09-02", decision: "12/QĐ-BTC", prize: "Giải Ba", pseudonym: PSEUDONYM, rank: 12,
  ranked: 3210, revision: 2, score: 19, total: 20, week: 2 };
const TOLD = { ...RESULT, ...NAMED };
const SIGNED = {
  person: { signature: API.sign("cuoc-thi-person-v1:", NAMED), key_id: API.id },
  result: { signature: CLOSE.sign("cuoc-thi-place-v1:", RESULT), key_id: CLOSE.id },
};

/** What the site shows of the week; `changes` go into the file of places. */
const site = (changes = {}, files = {}) => {
  const { pseudonym, rank, score, prize, ...head } = RESULT;
  const published = {
    "keys.json": API.file,
    "result-keys.json": CLOSE.file,
    "results/week-2/places/index.json": { format: 1, week: 2, revision: 2, digits: 2, sha256: "" },
    "results/week-2/places/1f.json": { format: 1, ...head, key_id: CLOSE.id, digits: "1f",
      places: { [pseudonym]: [rank, score, prize, SIGNED.result.signature] }, ...changes },
    ...files,
  };
  return (name) => Promise.resolve(published[name] || null);
};
const outcome = (told, signatures = SIGNED, read = site()) => checked(unpacked(packed(told, signatures)), read);

test("a code says all that it was made of, in letters that stay as they are in an address", () => {
  const code = packed(TOLD, SIGNED);
  assert.match(code, /^[\w-]+$/);
  assert.ok(code.length < 520, `${code.length}`);
  assert.deepEqual(unpacked(code), { told: TOLD, signatures: SIGNED });
});

test("a certificate is good if both signatures hold and the result is the published one", async () => {
  assert.deepEqual(await outcome(TOLD), { person: "good", result: "good", now: "same" });
});

test("an edited name, unit or pseudonym fails the signature of the person", async () => {
  for (const edit of [{ name: "Lô Thị Ngọc Bích A" }, { unit: "Sở Y tế" }, { contest: "other" }, { week: 3 }, { pseudonym: "00".repeat(32) }]) {
    assert.equal((await outcome({ ...TOLD, ...edit })).person, "bad", JSON.stringify(edit));
  }
});

test("an edited result fails the signature of the close", async () => {
  const edits = [{ rank: 1 }, { ranked: 1 }, { score: 20 }, { total: 19 }, { prize: "Giải Nhất" }, { decision: "13/QĐ-BTC" }, { decided_on: "2022-09-03" },
    { revision: 3 }, { week: 3 }, { pseudonym: "00".repeat(32) }];
  for (const edit of edits) assert.equal((await outcome({ ...TOLD, ...edit })).result, "bad", JSON.stringify(edit));
});

test("neither key signs for the other, and unknown keys sign nothing", async () => {
  const crossed = { person: { signature: CLOSE.sign("cuoc-thi-person-v1:", NAMED), key_id: CLOSE.id }, result: SIGNED.result };
  assert.equal((await outcome(TOLD, crossed)).person, "bad");
  const strange = keyPair();
  const forged = { ...SIGNED, result: { signature: strange.sign("cuoc-thi-place-v1:", RESULT), key_id: strange.id } };
  assert.equal((await outcome(TOLD, forged)).result, "bad");
});

test("a certificate of an earlier revision has good signatures and is told to be replaced", async () => {
  const now = site({ revision: 3 }, { "results/week-2/places/index.json": { format: 1, week: 2, revision: 3, digits: 2, sha256: "" } });
  assert.deepEqual(await outcome(TOLD, SIGNED, now), { person: "good", result: "good", now: "other" });
});

test("what cannot be read is unknown, not bad", async () => {
  const offline = () => Promise.reject(new Error("no connection"));
  assert.deepEqual(await outcome(TOLD, SIGNED, offline), { person: "unknown", result: "unknown", now: "unknown" });
});

const ALL = { ...RESULT, week: 0, prize: "Giải Xuất sắc", rank: 2, score: 55, total: 60 };
const AT_THE_END = { ...ALL, ...NAMED, end: true };
const SIGNED_AT_THE_END = { person: SIGNED.person, result: { signature: CLOSE.sign("cuoc-thi-place-v1:", ALL), key_id: CLOSE.id } };
const withTheEnd = () => {
  const { pseudonym, rank, score, prize, ...head } = ALL;
  return site({}, {
    "results/final/places/index.json": { format: 1, week: 0, revision: 2, digits: 0, sha256: "" },
    "results/final/places/all.json": { format: 1, ...head, key_id: CLOSE.id, digits: "",
      places: { [pseudonym]: [rank, score, prize, SIGNED_AT_THE_END.result.signature] } },
  });
};

test("a prize of the end has a certificate of its own, under the pseudonym of a week", async () => {
  const code = packed(AT_THE_END, SIGNED_AT_THE_END);
  assert.deepEqual(unpacked(code), { told: AT_THE_END, signatures: SIGNED_AT_THE_END });
  assert.deepEqual(await outcome(AT_THE_END, SIGNED_AT_THE_END, withTheEnd()), { person: "good", result: "good", now: "same" });
  for (const edit of [{ week: 1 }, { score: 56 }, { prize: "Giải Nhất" }]) {
    const states = await outcome({ ...AT_THE_END, ...edit }, SIGNED_AT_THE_END, withTheEnd());
    assert.ok([states.person, states.result].includes("bad"), JSON.stringify(edit));
  }
});

test("neither a week's result passes for the end's nor the end's for a week's", async () => {
  assert.equal((await outcome({ ...TOLD, end: true }, SIGNED, withTheEnd())).result, "bad");
  const { end: _, ...ofAWeek } = AT_THE_END;
  assert.equal((await outcome(ofAWeek, SIGNED_AT_THE_END, withTheEnd())).result, "bad");
});

test("the short code of the end finds the place of the end", async () => {
  assert.equal(shortOf(AT_THE_END), "0-1f3a9c02");
  const [found, ...others] = await placesByShort("0-1f3a9c02", withTheEnd(), [2]);
  assert.deepEqual([found.week, found.prize, others], [0, "Giải Xuất sắc", []]);
  const everywhere = await placesByShort("1f3a9c02", withTheEnd(), [2, 0]);
  assert.deepEqual(everywhere.map(({ week, prize }) => [week, prize]), [[2, "Giải Ba"], [0, "Giải Xuất sắc"]]);
});

test("winners find their place at the end under whichever of their pseudonyms it is; nobody else does", async () => {
  const mine = [{ week: 1, pseudonym: "00".repeat(32) }, { week: 2, pseudonym: PSEUDONYM }, { week: 3, pseudonym: "ff".repeat(32) }];
  const { of, week, rank, prize } = await placeAtTheEnd(mine, withTheEnd());
  assert.deepEqual({ of, week, rank, prize }, { of: 2, week: 0, rank: 2, prize: "Giải Xuất sắc" });
  assert.equal(await placeAtTheEnd([mine[0]], withTheEnd()), null);
  assert.equal(await placeAtTheEnd(mine, site()), null);
});

test("whatever is no code is refused", () => {
  const code = packed(TOLD, SIGNED);
  for (const broken of ["", "x", "%", code.slice(0, 200), `C${code.slice(1)}`, packed({ ...TOLD, decided_on: "hôm qua" }, SIGNED), packed({ ...TOLD, rank: "1" }, SIGNED)]) {
    assert.equal(unpacked(broken), null, broken);
  }
});

test("the short code finds what is published, without a name", async () => {
  const short = shortOf(TOLD);
  assert.equal(short, "2-1f3a9c02");
  const [place] = await placesByShort(` ${short.toUpperCase()} `, site(), []);
  assert.deepEqual([place.rank, place.prize, place.decision, place.name], [12, "Giải Ba", "12/QĐ-BTC", undefined]);
  assert.deepEqual(await placesByShort("2-1f3a9c03", site(), []), []);
  assert.deepEqual(await placesByShort("7-1f3a9c02", site(), []), []);
  assert.equal(await placesByShort(packed(TOLD, SIGNED), site(), [2]), null);
  assert.deepEqual(await placesByShort("1f3a9c02", site(), [1, 2, 3]), [place]);
  for (const typed of [short.replace("-", " - "), short.replace("-", "\u2013"), short.replace("-", " ")]) {
    assert.deepEqual(await placesByShort(typed, site(), []), [place], "as phones write a hyphen");
  }
  const lost = async () => {
    throw new Error("no line");
  };
  await assert.rejects(placesByShort("1f3a9c02", lost, [1, 2]), "a line that is lost is not told as a code that nobody has");
});

// Of texts that ZXing, a decoder by others, has read from these very codes.
const READ = { 1: [21, "55639f55c30dadb5"], 100: [37, "4673b5e58f88b965"], 500: [77, "91dab4feb5cf2982"], 1273: [117, "3c83ee45153dc66b"] };

test("codes are as another program has read them", () => {
  for (const [length, [size, digest]] of Object.entries(READ)) {
    const rows = qrCode("x1Z".repeat(500).slice(0, Number(length)));
    assert.equal(rows.length, size);
    assert.equal(createHash("sha256").update(rows.map((row) => row.join("")).join("\n")).digest("hex").slice(0, 16), digest);
  }
  assert.throws(() => qrCode("x".repeat(1274)), RangeError);
});
