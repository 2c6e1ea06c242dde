// Proof of work (ALTCHA): find n with hex(SHA-256(salt + n)) = challenge. SHA-256 is written out here because
// crypto.subtle answers asynchronously, which makes 100 000 short hashes ten times slower, and needs HTTPS.

const K = new Uint32Array(64);
const START = new Uint32Array(8);

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

const W = new Uint32Array(64);
const turn = (x, by) => (x >>> by) | (x << (32 - by));

function compress(state, block, offset) {
  for (let i = 0; i < 16; i += 1) {
    const j = offset + i * 4;
    W[i] = (block[j] << 24) | (block[j + 1] << 16) | (block[j + 2] << 8) | block[j + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const [x, y] = [W[i - 15], W[i - 2]];
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    W[i] = W[i - 16] + s0 + W[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, hh] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const t1 = (hh + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
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
  [a, b, c, d, e, f, g, hh].forEach((value, i) => {
    state[i] += value;
  });
}

/** Hexadecimal SHA-256 of a text. */
export function sha256(text) {
  const bytes = new TextEncoder().encode(text);
  const blocks = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  blocks.set(bytes);
  blocks[bytes.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(blocks.length - 4, (bytes.length << 3) >>> 0);
  const state = START.slice();
  for (let offset = 0; offset < blocks.length; offset += 64) compress(state, blocks, offset);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

const proofOf = ({ algorithm, challenge, salt, signature }, number) =>
  btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));

/** The value for `proof`, or null if no number up to `maxnumber` fits. */
export function solve(challenge) {
  for (let number = 0; number <= challenge.maxnumber; number += 1) {
    if (sha256(challenge.salt + number) === challenge.challenge) return proofOf(challenge, number);
  }
  return null;
}

/** The same in slices, for browsers without module workers (Firefox before 114). */
async function solveInSlices(challenge, stopped) {
  const SLICE = 400;
  for (let from = 0; from <= challenge.maxnumber && !stopped(); from += SLICE) {
    for (let number = from; number < from + SLICE && number <= challenge.maxnumber; number += 1) {
      if (sha256(challenge.salt + number) === challenge.challenge) return proofOf(challenge, number);
    }
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
