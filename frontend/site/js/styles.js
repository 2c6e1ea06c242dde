// Style sheets of parts that are not on the first page.

import { h } from "./dom.js";

/**
 * Resolves when the style sheet of this release applies. Without it a part is plain, but works.
 * @param {string} name
 */
export const styled = (name) => new Promise((resolve) => {
  document.head.append(h("link", { rel: "stylesheet", href: new URL(`../${name}`, import.meta.url).href, onload: resolve, onerror: resolve }));
});
