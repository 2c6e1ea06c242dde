// The organisers' rules, guidance, questions and answers. Each part opens at a tap.

import { data } from "../api.js";
import { h } from "../dom.js";
import { fold } from "../format.js";
import { isEnglish, t } from "../texts.js";

// Parts that other screens link to, found by words of their heading: the text is the organisers' own.
const PARTS = { privacy: "du lieu ca nhan" };

/** The guide as parts: made by our own back-end from Markdown with raw HTML off. `wanted` is opened. */
function guideParts(html, wanted) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  /** @type {HTMLElement[]} */
  const parts = [h("div", { class: "guide" })];
  for (const node of Array.from(body.children)) {
    if (node.tagName === "H1") continue;
    if (node.tagName === "H2") {
      const open = Boolean(wanted) && fold(node.textContent).includes(wanted);
      parts.push(h("details", { class: "guide", open }, h("summary", null, node.textContent)));
    } else {
      parts[parts.length - 1].append(document.adoptNode(node));
    }
  }
  return parts;
}

export async function screen({ argument, contest }) {
  const title = t("guide.title");
  const html = await data("guide.html", { text: true, keep: true });
  const parts = html ? guideParts(html, PARTS[argument]) : [h("p", { class: "notice" }, t("guide.none"))];
  const content = h("section", { class: "paper" },
    h("h1", null, title),
    isEnglish() && html && h("p", { class: "hint" }, t("guide.note")),
    h("div", { lang: "vi" }, parts),
    contest.hotline && h("p", { class: "notice" }, t("guide.ask", { hotline: contest.hotline })));
  return { title, content, shown: () => content.querySelector("details[open] summary") };
}
