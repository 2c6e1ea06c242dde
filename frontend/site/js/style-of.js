// Style sheets that one screen alone needs, and that the first page must not wait for.

import { h } from "./dom.js";

/** @type {Map<string, Promise<unknown>>} */
const asked = new Map();

/** Resolves when `name` is there, or cannot be had: without it the screen is plain, and still readable. @param {string} name */
export function styleOf(name) {
  const found = asked.get(name);
  if (found) return found;
  const link = h("link", { rel: "stylesheet", href: new URL(`../${name}`, import.meta.url).pathname });
  const there = new Promise((resolve) => {
    link.onload = resolve;
    link.onerror = () => {
      asked.delete(name);
      link.remove();
      resolve(null);
    };
  });
  asked.set(name, there);
  document.head.append(link);
  return there;
}
