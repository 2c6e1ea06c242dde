// One cleaning rule for what people type or paste, the same as the server's (domain/pasted.py): before any length is looked at.

const INVISIBLE = /[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const SPACES = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const HYPHENS = /[\u2010-\u2015\u2043\u2212\ufe58\ufe63]/g;
const APOSTROPHES = /[`\xb4\u02b9\u02bb-\u02bf\u02c8\u02ca\u02cb\u0384\u1fbd\u1fbf\u1fef\u1ffd\u2018-\u201b\u2032\u2035\ua78c]/g;
const LETTER = "[A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u01ba\\u01bc-\\u01bf\\u01c4-\\u024f\\u1e00-\\u1eff][\\u0300-\\u0304\\u0306\\u0308\\u0309\\u030c\\u031b\\u0323\\u0331]{0,2}";
const NAME = new RegExp(`^(?:${LETTER})+(?:[ .'-]{1,3}(?:${LETTER})+)*[.']?$`);

/**
 * Composed letters in their usual width, single spaces, nothing invisible.
 * @param {string} text
 */
export const visible = (text) => text.normalize("NFKC").replace(INVISIBLE, "").replace(SPACES, " ").replace(/^ | $/g, "");

/**
 * A name as it is stored: every kind of apostrophe and hyphen is one.
 * @param {string} text
 */
export const nameIn = (text) => plain(text.replace(APOSTROPHES, "'")).replace(APOSTROPHES, "'");

/**
 * The digits of the one number in `text`, with words around it: "Số CCCD: 0401 6800 0777" → "040168000777"
 * @param {string} text
 */
export const numberIn = (text) => digitsIn(/^(?:[^0-9]*[ :'"=(.-])?([0-9](?:[ -]*[0-9]|\.[0-9](?=[0-9]))*)(?:[ '"),;.][^0-9]*)?$/, plain(text));

/**
 * "+84 (0) 912 345 678" → "0912345678"
 * @param {string} text
 */
export const phoneIn = (text) =>
  digitsIn(/^(?:[^0-9+]*[ :'"=(.-])?(\+?[0-9](?:[ .()/-]*[0-9])*)(?:[ '"),;.][^0-9]*)?$/, plain(text)).replace(/^84(?:0(?=\d{9}$)|(?=\d{9}$))/, "0");

/**
 * Words of Latin letters with the marks of Vietnam's languages, of a length that tables hold.
 * @param {string} text
 */
export const isName = (text) =>
  text.length >= 2 && text.length <= 60 && text.split(/[ .'-]/).every((word) => word.length <= 25) && NAME.test(text);

/**
 * "trần văn hòa", "TRẦN VĂN HÒA" → "Trần Văn Hòa"; "" where both kinds of letters stand already.
 * @param {string} name
 */
export function capitalised(name) {
  if (name !== name.toLowerCase() && name !== name.toUpperCase()) return "";
  return name.toLowerCase().replace(/(^|[ .'-])./g, (start) => start.toUpperCase());
}

/**
 * Whether cleaning took out what nobody could see.
 * @param {string} text
 */
export const hadInvisible = (text) => text.replace(INVISIBLE, "") !== text;

/** @param {string} text */
const plain = (text) => visible(text).replace(HYPHENS, "-");

/**
 * @param {RegExp} pattern
 * @param {string} text
 */
function digitsIn(pattern, text) {
  const found = pattern.exec(text);
  return found ? found[1].replace(/[^0-9]/g, "") : text;
}
