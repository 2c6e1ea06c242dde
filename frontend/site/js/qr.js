// QR codes (ISO/IEC 18004) of bytes, at the lowest level of correction: printed clean and large, so few modules matter more.

// By version from 1: codewords of correction in a block, and blocks, at level L.
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12];
const LEVEL_L = 1;
const MASKS = [
  (x, y) => (x + y) % 2, (_, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3, (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3), (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** How many codewords a version holds, those of correction included. */
function codewords(version) {
  const marks = Math.floor(version / 7) + 2;
  let bits = (16 * version + 128) * version + 64;
  if (version > 1) bits -= (25 * marks - 10) * marks - 55;
  if (version > 6) bits -= 36;
  return Math.floor(bits / 8);
}

const room = (version) => codewords(version) - CORRECTION[version - 1] * BLOCKS[version - 1];

/** Product in the field of 256 elements by x⁸ + x⁴ + x³ + x² + 1. */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/** The generator of Reed and Solomon's code of this degree, without its first coefficient. */
function generator(degree) {
  const made = new Uint8Array(degree);
  made[degree - 1] = 1;
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    for (let j = 0; j < degree; j += 1) made[j] = times(made[j], root) ^ (j + 1 < degree ? made[j + 1] : 0);
    root = times(root, 2);
  }
  return made;
}

function corrected(data, divisor) {
  const rest = new Uint8Array(divisor.length);
  for (const byte of data) {
    const factor = byte ^ rest[0];
    rest.copyWithin(0, 1);
    rest[rest.length - 1] = 0;
    for (let i = 0; i < rest.length; i += 1) rest[i] ^= times(divisor[i], factor);
  }
  return rest;
}

/** The bytes as codewords: mode, length, data, padding. */
function framed(bytes, version) {
  const wide = version > 9;
  const bits = [0, 1, 0, 0];
  const push = (value, length) => {
    for (let i = length - 1; i >= 0; i -= 1) bits.push((value >> i) & 1);
  };
  push(bytes.length, wide ? 16 : 8);
  bytes.forEach((byte) => push(byte, 8));
  push(0, Math.min(4, room(version) * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < room(version) * 8; pad ^= 0xec ^ 0x11) push(pad, 8);
  return Uint8Array.from({ length: bits.length / 8 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8).join(""), 2));
}

/** The blocks of data and of correction, woven together. */
function woven(data, version) {
  const [blocks, size] = [BLOCKS[version - 1], CORRECTION[version - 1]];
  const all = codewords(version);
  const [short, shorts] = [Math.floor(all / blocks) - size, blocks - (all % blocks)];
  const divisor = generator(size);
  const parts = [];
  for (let i = 0, at = 0; i < blocks; i += 1) {
    const length = short + (i < shorts ? 0 : 1);
    parts.push(data.subarray(at, at + length));
    at += length;
  }
  const out = [];
  for (let i = 0; i <= short; i += 1) parts.forEach((part) => i < part.length && out.push(part[i]));
  const checks = parts.map((part) => corrected(part, divisor));
  for (let i = 0; i < size; i += 1) checks.forEach((check) => out.push(check[i]));
  return out;
}

/** The bits of a number, and behind them the remainder of its division by a polynomial. */
function withRemainder(value, degree, polynomial) {
  let rest = value;
  for (let i = 0; i < degree; i += 1) rest = (rest << 1) ^ ((rest >> (degree - 1)) * polynomial);
  return (value << degree) | rest;
}

/** A square of modules, 1 for dark; `fixed` marks those that hold no data. */
class Square {
  constructor(version) {
    this.version = version;
    this.size = 17 + 4 * version;
    this.dark = Array.from({ length: this.size }, () => new Uint8Array(this.size));
    this.fixed = Array.from({ length: this.size }, () => new Uint8Array(this.size));
    this.patterns();
  }

  set(x, y, dark) {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y][x] = dark ? 1 : 0;
    this.fixed[y][x] = 1;
  }

  patterns() {
    const { size, version } = this;
    for (let i = 0; i < size; i += 1) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
    const ring = (x, y, reach, darkAt) => {
      for (let dy = -reach; dy <= reach; dy += 1) {
        for (let dx = -reach; dx <= reach; dx += 1) this.set(x + dx, y + dy, darkAt(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    };
    for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) ring(x, y, 4, (far) => far !== 2 && far !== 4);
    const marks = version > 1 ? Math.floor(version / 7) + 2 : 0;
    const step = Math.ceil((version * 4 + 4) / (marks * 2 - 2)) * 2;
    const places = Array.from({ length: marks }, (_, i) => (i ? size - 7 - (marks - 1 - i) * step : 6));
    for (const y of places) {
      for (const x of places) {
        const corner = (x === 6 && y === 6) || (x === 6 && y === size - 7) || (x === size - 7 && y === 6);
        if (!corner) ring(x, y, 2, (far) => far !== 1);
      }
    }
    this.format(0); // keeps its place free
    if (version < 7) return;
    const bits = withRemainder(version, 12, 0x1f25);
    for (let i = 0; i < 18; i += 1) {
      const [far, near] = [size - 11 + (i % 3), Math.floor(i / 3)];
      this.set(far, near, (bits >> i) & 1);
      this.set(near, far, (bits >> i) & 1);
    }
  }

  format(mask) {
    const { size } = this;
    const bits = withRemainder((LEVEL_L << 3) | mask, 10, 0x537) ^ 0x5412;
    const bit = (i) => (bits >> i) & 1;
    for (let i = 0; i < 6; i += 1) this.set(8, i, bit(i));
    this.set(8, 7, bit(6));
    this.set(8, 8, bit(7));
    this.set(7, 8, bit(8));
    for (let i = 9; i < 15; i += 1) this.set(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i += 1) this.set(size - 1 - i, 8, bit(i));
    for (let i = 8; i < 15; i += 1) this.set(8, size - 15 + i, bit(i));
    this.set(8, size - 8, 1);
  }

  /** Lays the codewords in pairs of columns from the right, up and down in turn. */
  fill(words) {
    let at = 0;
    for (let right = this.size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5;
      const up = ((right + 1) & 2) === 0;
      for (let i = 0; i < this.size; i += 1) {
        const y = up ? this.size - 1 - i : i;
        for (const x of [right, right - 1]) {
          if (this.fixed[y][x]) continue;
          this.dark[y][x] = at < words.length * 8 ? (words[at >> 3] >> (7 - (at & 7))) & 1 : 0;
          at += 1;
        }
      }
    }
  }

  mask(number) {
    this.dark.forEach((row, y) => row.forEach((dark, x) => {
      if (!this.fixed[y][x] && MASKS[number](x, y) === 0) row[x] = dark ^ 1;
    }));
  }

  /** How hard it is to read: long runs, squares, what looks like a corner, and too much of one colour. */
  penalty() {
    const { dark, size } = this;
    const columns = dark.map((_, x) => dark.map((row) => row[x]));
    let points = 0;
    for (const line of [...dark, ...columns]) {
      const text = Array.from(line).join("");
      for (const run of text.match(/0{5,}|1{5,}/g) || []) points += run.length - 2;
      points += 40 * (text.match(/(?=10111010000|00001011101)/g) || []).length;
    }
    for (let y = 1; y < size; y += 1) {
      for (let x = 1; x < size; x += 1) {
        const sum = dark[y][x] + dark[y - 1][x] + dark[y][x - 1] + dark[y - 1][x - 1];
        if (sum === 0 || sum === 4) points += 3;
      }
    }
    const share = dark.reduce((sum, row) => sum + row.reduce((all, one) => all + one, 0), 0) / (size * size);
    return points + 10 * Math.floor(Math.abs(share - 0.5) * 20);
  }
}

/** Rows of modules, 1 for dark, without the margin of four. Throws `RangeError` if the text is too long. */
export function qrCode(text) {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  while (version <= BLOCKS.length && room(version) * 8 < 4 + (version > 9 ? 16 : 8) + bytes.length * 8) version += 1;
  if (version > BLOCKS.length) throw new RangeError("too long for a code");
  const square = new Square(version);
  square.fill(woven(framed(bytes, version), version));
  let [best, least] = [0, Infinity];
  for (let number = 0; number < MASKS.length; number += 1) {
    square.mask(number);
    square.format(number);
    const points = square.penalty();
    if (points < least) [best, least] = [number, points];
    square.mask(number); // twice is not at all
  }
  square.mask(best);
  square.format(best);
  return square.dark;
}
