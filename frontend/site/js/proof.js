// Proof of work (ALTCHA): find n with hex(SHA-256(salt + n)) = challenge. SHA-256 is written out here because
// crypto.subtle answers asynchronously, which makes millions of short hashes ten times slower, and needs HTTPS.

const K = new Int32Array(64);
const START = new Int32Array(8);

// The constants are the first 32 bits of the fractions of cube and square roots of the first 64 and 8 primes.
(function constants() {
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 4294967296);
  let count = 0;
  for (let n = 2; count < 64; n += 1) {
    let prime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
    if (!prime) continue;
    if (count < 8) START[count] = fraction(Math.sqrt(n));
    K[count] = fraction(Math.cbrt(n));
    count += 1;
  }
})();

const W = new Int32Array(64);

/** One block of SHA-256: the first 16 of `W` into `state`. Locals and no calls: a proof is millions of these. */
function compress(state) {
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], hh = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (hh + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    hh = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += hh;
}

const state = new Int32Array(8);

/** SHA-256 of the first `length` bytes of `blocks`, which has room for the padding, into `state`. */
function digest(blocks, length) {
  const end = Math.ceil((length + 9) / 64) * 64;
  blocks.fill(0, length, end);
  blocks[length] = 0x80;
  state.set(START);
  for (let offset = 0; offset < end; offset += 64) {
    for (let i = 0, j = offset; i < 16; i += 1, j += 4) {
      W[i] = (blocks[j] << 24) | (blocks[j + 1] << 16) | (blocks[j + 2] << 8) | blocks[j + 3];
    }
    if (offset + 64 === end) W[15] = length << 3; // no text here is longer than 256 MB
    compress(state);
  }
}

const withRoom = (bytes, more) => {
  const blocks = new Uint8Array(bytes.length + more + 73);
  blocks.set(bytes);
  return blocks;
};

/** Hexadecimal SHA-256 of a text. */
export function sha256(text) {
  const bytes = new TextEncoder().encode(text);
  digest(withRoom(bytes, 0), bytes.length);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The number in [from, to) that solves the challenge, or -1. */
function search({ challenge, salt }, from, to) {
  const bytes = new TextEncoder().encode(salt);
  const blocks = withRoom(bytes, 16);
  const first = parseInt(challenge.slice(0, 8), 16) | 0; // the other words are looked at where this one fits
  for (let number = from; number < to; number += 1) {
    let digits = 1;
    for (let rest = number; rest >= 10; rest = (rest / 10) | 0) digits += 1;
    const length = bytes.length + digits;
    for (let i = length - 1, rest = number; i >= bytes.length; i -= 1, rest = (rest / 10) | 0) blocks[i] = 48 + (rest % 10);
    digest(blocks, length);
    if (state[0] === first && sha256(salt + number) === challenge) return number;
  }
  return -1;
}

const proofOf = ({ algorithm, challenge, salt, signature }, number) =>
  btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));

/** The value for `proof`, or null if no number up to `maxnumber` fits. */
export function solve(challenge) {
  const number = search(challenge, 0, challenge.maxnumber + 1);
  return number < 0 ? null : proofOf(challenge, number);
}

/** The same in slices, for browsers without module workers (Firefox before 114). */
async function solveInSlices(challenge, stopped) {
  const SLICE = 4000;
  for (let from = 0; from <= challenge.maxnumber && !stopped(); from += SLICE) {
    const number = search(challenge, from, Math.min(from + SLICE, challenge.maxnumber + 1));
    if (number >= 0) return proofOf(challenge, number);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return null;
}

/** Solves in the background, so that the form stays quick; `stop()` ends it. */
export function solveAside(challenge) {
  let stopped = false;
  const worker = new Worker(new URL("proof-worker.js", import.meta.url), { type: "module" });
  const proof = new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve(solveInSlices(challenge, () => stopped));
    worker.postMessage(challenge);
  });
  const stop = () => {
    stopped = true;
    worker.terminate();
  };
  proof.then(stop);
  return { proof, stop };
}
