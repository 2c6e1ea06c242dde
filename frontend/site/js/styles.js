// Style sheets of parts that are not on the first page.

import { h } from "./dom.js";

/** @type {Map<string, Promise<unknown>>} */
const asked = new Map();

/**
 * Resolves when the style sheet of this release applies; it is asked for once. Without it a part is plain, but works.
 * @param {string} name
 */
export function styled(name) {
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
