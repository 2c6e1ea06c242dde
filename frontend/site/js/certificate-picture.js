// Draws certificates and cards to share on a canvas, which is shown, printed and saved as it is.

import { qrCode } from "./qr.js";

const SERIF = '"Times New Roman", "Liberation Serif", Tinos, serif';
const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';
const [PAPER, INK, SOFT, BRAND, GOLD] = ["#fffdf8", "#231d19", "#5d534b", "#9d2414", "#b8860b"];
const SHEET = { width: 2338, height: 1654 }; // A4 across at 200 dots an inch
const CARD = { width: 1200, height: 630 }; // as chat programs show pictures of links

function sheet({ width, height }) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, width, height);
  pen.textAlign = "center";
  return { canvas, pen };
}

function frame(pen, { width, height }, edge) {
  pen.strokeStyle = BRAND;
  pen.lineWidth = edge / 8;
  pen.strokeRect(edge, edge, width - 2 * edge, height - 2 * edge);
  pen.strokeStyle = GOLD;
  pen.lineWidth = edge / 24;
  pen.strokeRect(edge * 1.3, edge * 1.3, width - 2.6 * edge, height - 2.6 * edge);
}

/** Words in as few lines as fit into `width`, which are as even as they can be. */
function wrapped(pen, text, width) {
  let lines = broken(pen, text, width);
  for (let narrow = width * 0.95; lines.length > 1; narrow *= 0.95) {
    const next = broken(pen, text, narrow);
    if (next.length > lines.length || next.some((line) => pen.measureText(line).width > narrow)) break;
    lines = next;
  }
  return lines;
}

function broken(pen, text, width) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * Writes `text` below `y`, smaller where it would take more than `most` lines, and returns where it ends.
 * @type {(pen: CanvasRenderingContext2D, text: string, at: { x: number, y: number, width: number, size: number, look?: string,
 *   font?: string, color?: string, most?: number, after?: number }) => number}
 */
function write(pen, text, { x, y, width, size, look = "", font = SERIF, color = INK, most = 2, after = 0.35 }) {
  let lines = [text];
  for (let now = size; ; now *= 0.94) {
    pen.font = `${look} ${now}px ${font}`;
    lines = wrapped(pen, text, width);
    if ((lines.length <= most && lines.every((line) => pen.measureText(line).width <= width)) || now < size / 3) {
      pen.fillStyle = color;
      lines.forEach((line, i) => pen.fillText(line, x, y + now + i * now * 1.25));
      return y + now + (lines.length - 1) * now * 1.25 + size * after;
    }
  }
}

/** Draws the code with its margin in a square of `size`. */
function drawCode(pen, text, x, y, size) {
  const rows = qrCode(text);
  const one = Math.floor(size / (rows.length + 8)); // whole dots: a blurred code is hard to read
  const margin = Math.floor((size - one * rows.length) / 2);
  pen.fillStyle = PAPER;
  pen.fillRect(x, y, size, size);
  pen.fillStyle = "#000000";
  rows.forEach((row, j) => row.forEach((dark, i) => dark && pen.fillRect(x + margin + i * one, y + margin + j * one, one, one)));
}

/**
 * A certificate. `lines`: {organiser, contest, title, lead, name, unit, what: [text], basis: [text], check: [text]}; `link` goes
 * into the code; `emblem`: the organiser's picture, or null.
 */
export function certificate(lines, link, emblem) {
  const { canvas, pen } = sheet(SHEET);
  const { width, height } = SHEET;
  frame(pen, SHEET, 50);
  const middle = { x: width / 2, width: width - 420 };
  const high = 150;
  if (emblem) {
    const wide = (high * emblem.naturalWidth) / emblem.naturalHeight;
    pen.drawImage(emblem, (width - wide) / 2, 110, wide, high);
  }
  let y = write(pen, lines.organiser.toUpperCase(), { ...middle, y: emblem ? 125 + high : 130, size: 50, look: "bold" });
  y = write(pen, lines.contest, { ...middle, y: y + 10, size: 46, color: SOFT });
  y = write(pen, lines.title, { ...middle, y: y + 40, size: 112, look: "bold", color: BRAND, most: 1 });
  y = write(pen, lines.lead, { ...middle, y: y + 10, size: 48, look: "italic" });
  y = write(pen, lines.name, { ...middle, y: y + 12, size: 100, look: "bold" });
  if (lines.unit) y = write(pen, lines.unit, { ...middle, y, size: 50, color: SOFT });
  for (const text of lines.what) y = write(pen, text, { ...middle, y: y + 12, size: 54, after: 0.2 });
  const [size, left] = [450, 140];
  const top = height - size - 120;
  drawCode(pen, link, width - size - left, top, size);
  pen.textAlign = "left";
  const beside = { x: left, width: width - size - 2 * left - 80 };
  let low = Math.max(y + 40, top + 100);
  for (const text of lines.basis) low = write(pen, text, { ...beside, y: low, size: 44 });
  low = Math.max(low + 20, top + 310);
  for (const text of lines.check) low = write(pen, text, { ...beside, y: low, size: 32, color: SOFT, font: SANS });
  return canvas;
}

/** A card: `lines` are {organiser, title, what, own}; `own` is empty unless the person wants it there. */
export function shareCard(lines, link) {
  const { canvas, pen } = sheet(CARD);
  frame(pen, CARD, 24);
  pen.textAlign = "left";
  const whole = { x: 70, width: CARD.width - 140 };
  let y = write(pen, lines.organiser.toUpperCase(), { ...whole, y: 60, size: 28, font: SANS, color: SOFT, look: "600" });
  y = write(pen, lines.title, { ...whole, y: y + 10, size: 60, font: SANS, color: BRAND, look: "700", most: 3 });
  const beside = { ...whole, width: CARD.width - 340 };
  y = write(pen, lines.what, { ...beside, y: Math.max(y + 10, 330), size: 40, font: SANS, look: "600" });
  if (lines.own) y = write(pen, lines.own, { ...beside, y, size: 34, font: SANS });
  write(pen, link.replace(/^https?:\/\/|\/$/g, ""), { ...beside, y: 545, size: 30, font: SANS, color: SOFT, most: 1 });
  drawCode(pen, link, CARD.width - 270, CARD.height - 270, 210);
  return canvas;
}
