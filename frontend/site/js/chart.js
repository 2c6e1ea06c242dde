// A bar chart that is a list first: label and number are text, the bar beside them is only to look at.

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

function bar(share) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "bar-line");
  drawing.setAttribute("aria-hidden", "true");
  for (const [name, width] of /** @type {[string, number][]} */ ([["track", 100], ["value", Math.max(share * 100, 0.5)]])) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", name);
    rect.setAttribute("width", `${width}%`);
    rect.setAttribute("height", "100%");
    drawing.append(rect);
  }
  return drawing;
}

/** `rows`: [{label, value, text}] with `value` from 0; the longest bar is `most`, or the largest value. */
export function barList(rows, most = Math.max(...rows.map(({ value }) => value), 0)) {
  return h("ol", { class: "bars" }, rows.map(({ label, value, text }) =>
    h("li", null, h("span", { class: "label" }, label), h("strong", null, text), bar(most > 0 ? value / most : 0))));
}
