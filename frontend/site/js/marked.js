// The little markup of a question's text (chalicelib/domain/markup.py): u, s, sub, sup and line breaks, as nodes.
// Nothing of the text is ever read as HTML.

import { h } from "./dom.js";

const MARK = /<\/?(?:u|s|sub|sup)>/g;

/** The text in its order: words, and marks that are closed and cross no other. */
export function pieces(text) {
  const found = [...text.matchAll(MARK)];
  const marks = new Set();
  /** @type {number[]} */
  const open = [];
  found.forEach(([mark], place) => {
    if (mark[1] !== "/") open.push(place);
    else if (open.length && found[open[open.length - 1]][0] === mark.replace("/", "")) marks.add(open.pop()).add(place);
  });
  const told = [];
  let at = 0;
  found.forEach((mark, place) => {
    if (!marks.has(place)) return;
    if (at < mark.index) told.push({ text: text.slice(at, mark.index), mark: false });
    told.push({ text: mark[0], mark: true });
    at = mark.index + mark[0].length;
  });
  if (at < text.length) told.push({ text: text.slice(at), mark: false });
  return told;
}

/** The words alone: to search in, to hear. */
export const unmarked = (text) => pieces(text).filter(({ mark }) => !mark).map((piece) => piece.text).join("");

const NUMBER = /(\d+\/(?:\d{4}\/)?[A-ZĐ]+-[A-Za-zĐ]+)/; // 61/2018/NĐ-CP, 468/QĐ-TTg

/** The text with the numbers of laws kept in one line: browsers break them at their hyphen. */
export const unbroken = (text) => text.split(NUMBER).map((part, place) => (place % 2 ? h("span", { class: "unbroken" }, part) : part));

/** The text as a node. */
export function marked(text) {
  const whole = h("span", { class: "marked" });
  /** @type {HTMLElement} */
  let here = whole;
  for (const piece of pieces(text)) {
    if (!piece.mark) here.append(...unbroken(piece.text));
    else if (piece.text[1] === "/") here = /** @type {HTMLElement} */ (here.parentElement);
    else {
      const inside = h(/** @type {"u" | "s" | "sub" | "sup"} */ (piece.text.slice(1, -1)));
      here.append(inside);
      here = inside;
    }
  }
  return whole;
}

/**
 * A question's options once the answer may be known. `look(key)`: "right", "wrong" or null; `beside(key)`: what is said of it.
 * @param {{ key: string, text: string }[]} options
 * @param {(key: string) => string | null} look
 * @param {(key: string) => unknown} beside
 */
export const optionList = (options, look, beside) => h("ul", { class: "options" }, options.map(({ key, text }) =>
  h("li", { class: look(key) }, h("span", { class: "key" }, `${key}.`), h("span", null, marked(text), beside(key)))));
