// The log as docs/proof.md describes it: its newest checkpoint, and as few of its tiles as a question needs (C2SP).

import { bytesOf, canonical, hexOf, sha256, utf8 } from "./digests.js";

const TILE = 256;
const HASH = 32;

/** A file of the log is missing, or is not what was signed. */
export class Wrong extends Error {}

const nodeOf = (left, right) => sha256(Uint8Array.of(1), left, right);
export const leafHash = (bytes) => sha256(Uint8Array.of(0), bytes);

/** @type {(one: Uint8Array, other: Uint8Array) => number} */
function compared(one, other) {
  const at = one.findIndex((byte, i) => byte !== other[i]);
  return at < 0 ? 0 : one[at] - other[at];
}
export const same = (one, other) => compared(one, other) === 0;

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

/** The root over whole subtrees of one size and, to their right, the root of a smaller rest. */
async function joined(whole, rest) {
  if (!rest) return rootOf(whole);
  if (!whole.length) return rest;
  const split = 2 ** Math.floor(Math.log2(whole.length));
  return nodeOf(await rootOf(whole.slice(0, split)), await joined(whole.slice(split), rest));
}

/** @type {(kind: number | "entries", number: number, width: number) => string} */
function tilePath(kind, number, width) {
  const three = (part) => String(part % 1000).padStart(3, "0");
  let name = three(number);
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) name = `x${three(rest)}/${name}`;
  return `tile/${kind}/${name}${width < TILE ? `.p/${width}` : ""}`;
}

/** A tree of `size` leaves below `folder`, whose tiles are read as they are needed. */
export class Tree {
  constructor(data, folder, size) {
    this.data = data;
    this.folder = folder;
    this.size = size;
    /** @type {Map<string, Uint8Array[]>} */
    this.read = new Map();
  }

  /** A file of the tree's, of which the first `width` parts count; the whole one where a partial one is gone. */
  async file(kind, number, width) {
    for (const wide of new Set([width, TILE])) {
      const found = await this.data(`${this.folder}/${tilePath(kind, number, wide)}`, { as: "arrayBuffer" });
      if (found) return new Uint8Array(found);
    }
    throw new Wrong(`${this.folder}/${tilePath(kind, number, width)}`);
  }

  async tile(level, number) {
    const name = `${level}/${number}`;
    const known = this.read.get(name);
    if (known) return known;
    const width = Math.min(TILE, Math.floor(this.size / TILE ** level) - number * TILE);
    const bytes = await this.file(level, number, width);
    if (bytes.length !== HASH * width && bytes.length !== HASH * TILE) throw new Wrong(`${this.folder}: ${name}`);
    const hashes = Array.from({ length: width }, (_, i) => bytes.subarray(HASH * i, HASH * (i + 1)));
    this.read.set(name, hashes);
    return hashes;
  }

  /** The root of the first `size` leaves, by the tiles at their edge. */
  async root(size = this.size) {
    let rest = null;
    for (let level = 0; size >= TILE ** level; level += 1) {
      const count = Math.floor(size / TILE ** level);
      if (count % TILE) rest = await joined((await this.tile(level, Math.floor(count / TILE))).slice(0, count % TILE), rest);
    }
    return rest || sha256();
  }

  /** A tile that the tree's root vouches for: of a whole one the tile above has the root, any other is part of the edge. */
  async proven(level, number) {
    const wanted = await this.tile(level, number);
    let hashes = wanted;
    for (let [above, place] = [level + 1, number]; hashes.length === TILE; above += 1, place = Math.floor(place / TILE)) {
      const upper = await this.tile(above, Math.floor(place / TILE));
      if (!same(upper[place % TILE], await rootOf(hashes))) throw new Wrong(`${this.folder}: ${level}/${number}`);
      hashes = upper;
    }
    return wanted;
  }

  /** The root of the first `size` leaves, as this tree has them. */
  async earlierRoot(size) {
    for (let level = 0; size >= TILE ** level; level += 1) {
      const count = Math.floor(size / TILE ** level);
      if (count % TILE) await this.proven(level, Math.floor(count / TILE));
    }
    return this.root(size);
  }

  /** Whether `leaf` is among leaves in ascending order: they are even, as hashes are, so the tile can be guessed. */
  async has(leaf) {
    if (!this.size) return false;
    const part = (leaf[0] * 2 ** 24 + leaf[1] * 2 ** 16 + leaf[2] * 2 ** 8 + leaf[3]) / 2 ** 32;
    let [low, high] = [0, Math.floor((this.size - 1) / TILE)];
    let number = Math.floor((part * this.size) / TILE);
    for (let near = true; ; near = false) {
      const hashes = await this.proven(0, number);
      const left = compared(leaf, hashes[0]) < 0;
      if (left) high = number - 1;
      else if (compared(leaf, hashes[hashes.length - 1]) > 0) low = number + 1;
      else return hashes.some((hash) => same(hash, leaf));
      if (low > high) return false;
      number = near ? (left ? high : low) : Math.floor((low + high) / 2);
    }
  }
}

/** Whether an Ed25519 signature holds: "good", "bad", or "unknown" if this browser has none. */
export async function signatureHolds(key, signature, message) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    return "unknown";
  }
  return (await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message)) ? "good" : "bad";
}

const unpacked = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

/** A checkpoint (signed-note) under a verifier key. Throws `Wrong` unless it is one. */
export async function readCheckpoint(note, vkey) {
  try {
    const [name, id, encoded] = vkey.trim().split(/\+([0-9a-f]{8})\+/);
    const key = unpacked(encoded);
    const end = note.indexOf("\n\n") + 1;
    const [origin, size, root] = note.slice(0, end).split("\n");
    const line = note.slice(end + 1).split("\n").find((one) => one.startsWith(`— ${name} `));
    const signed = unpacked(line.split(" ")[2]);
    const named = hexOf((await sha256(utf8(`${name}\n`), key)).subarray(0, 4));
    const right = key[0] === 1 && key.length === 33 && named === id && hexOf(signed.subarray(0, 4)) === id
      && origin === name && /^(0|[1-9]\d{0,8})$/.test(size);
    if (!right) throw new Wrong("checkpoint");
    const signature = await signatureHolds(key.subarray(1), signed.subarray(4), utf8(note.slice(0, end)));
    if (signature === "bad") throw new Wrong("checkpoint");
    return { note, origin, size: Number(size), root: unpacked(root), signature };
  } catch (error) {
    throw new Wrong("checkpoint");
  }
}

const nameOf = (vkey) => vkey.split("+")[0];

/**
 * The site's log; null if it has none. `seen`: {vkey, note} of the newest checkpoint that this device has seen, or null.
 * `conflict` names two checkpoints, or keys, that no honest log shows. Throws `Wrong`.
 */
export async function openLog(data, seen) {
  const [vkey, note] = [await data("log/vkey", { as: "text" }), await data("log/checkpoint", { as: "text" })];
  if (!vkey || !note) return null;
  const known = seen && nameOf(seen.vkey) === nameOf(vkey) ? seen : null; // another contest has another log
  if (known && known.vkey !== vkey) return { conflict: [`${known.vkey}${known.note}`, `${vkey}${note}`] };
  const shown = await readCheckpoint(note, vkey);
  const before = known ? await readCheckpoint(known.note, vkey) : shown;
  const [older, newer] = before.size > shown.size ? [shown, before] : [before, shown];
  const tree = new Tree(data, "log", newer.size);
  const conflict = { conflict: [before.note, shown.note] };
  try {
    if (!same(await tree.root(), newer.root)) throw new Wrong("tiles");
    if (older !== newer && !same(await tree.earlierRoot(older.size), older.root)) return conflict;
  } catch (error) {
    // A log that goes back can no longer show the tiles of what it showed before.
    const two = newer !== shown || (older.size === newer.size && !same(older.root, newer.root));
    if (error instanceof Wrong && two) return conflict;
    throw error;
  }
  return { checkpoint: newer, tree, seen: { vkey, note: newer.note } };
}

/** What a minute is opened to; null if it is not yet. */
export const openingOf = (data, number) => data(`log/batch/${number}/opening.json`);

/** The leaf with which the log has this opening: its facts. Throws `Wrong` if it has committed to something else. */
export async function leafOf(tree, number, { at, root, salt, size }) {
  const commitment = hexOf(await sha256(bytesOf(salt), utf8(canonical({ root, size }))));
  const hashes = await tree.proven(0, Math.floor(number / TILE));
  const told = { at, batch: number, commitment, facts: {}, format: 1 };
  if (same(await leafHash(utf8(canonical(told))), hashes[number % TILE])) return told;
  const [entry] = (await entriesOf(tree, Math.floor(number / TILE))).slice(number % TILE); // it has facts
  const leaf = JSON.parse(new TextDecoder().decode(entry));
  if (leaf.at !== at || leaf.batch !== number || leaf.commitment !== commitment) throw new Wrong(`batch ${number}`);
  return leaf;
}

/** The entries of 256 minutes as bytes, each as the tree has it. Throws `Wrong`. */
export async function entriesOf(tree, bundle) {
  const hashes = await tree.proven(0, bundle);
  const bytes = await tree.file("entries", bundle, hashes.length);
  const entries = [];
  for (let at = 0; at < bytes.length && entries.length < hashes.length; ) {
    const end = at + 2 + bytes[at] * 256 + bytes[at + 1];
    const entry = bytes.subarray(at + 2, end);
    if (!same(await leafHash(entry), hashes[entries.length])) throw new Wrong(`entries ${bundle}`);
    entries.push(entry);
    at = end;
  }
  if (entries.length < hashes.length) throw new Wrong(`entries ${bundle}`);
  return entries;
}
