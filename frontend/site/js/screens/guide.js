// The rules in words, as the software writes them, and below them the organisers' own guidance, questions and
// answers. Each part opens at a tap.

import { data } from "../api.js";
import { h, withPhone } from "../dom.js";
import { fold } from "../format.js";
import { isEnglish, t } from "../texts.js";

// Parts that other screens link to, found by words of their heading: the text is the organisers' own.
const PARTS = { privacy: "du lieu ca nhan" };
const ARTICLES = { units: ["xep hang don vi", "ranking of units"] }; // of the rules, in Vietnamese and English

const read = (html) => new DOMParser().parseFromString(html, "text/html");

/** A text as parts by its headings: made by our own back-end, with no HTML of other people. `wanted` is opened. */
function partsOf(nodes, wanted) {
  /** @type {HTMLElement[]} */
  const parts = [h("div", { class: "guide" })];
  for (const node of Array.from(nodes)) {
    if (node.tagName === "H1" || node.tagName === "HEADER") continue;
    if (node.tagName === "H2") {
      const open = Boolean(wanted) && fold(node.textContent).includes(wanted);
      parts.push(h("details", { class: "guide", open }, h("summary", null, node.textContent)));
    } else {
      parts[parts.length - 1].append(document.adoptNode(node));
    }
  }
  return parts;
}

/** The article of the reader's language; the rest has a style of its own, which the policy of this page forbids. */
function rulesView(html, wanted) {
  const lang = isEnglish() ? "en" : "vi";
  const article = read(html.slice(html.indexOf("<article"))).querySelector(`article[lang=${lang}]`);
  return [
    h("p", null, h("a", { href: "data/rules.html", target: "_blank", rel: "noopener" }, t("guide.print"))),
    h("div", { lang }, article ? partsOf(article.children, wanted && wanted[isEnglish() ? 1 : 0]) : null),
  ];
}

export async function screen({ argument, contest }) {
  const title = t("guide.title");
  const load = (name) => data(name, { as: "text", keep: true });
  const [rules, guide] = await Promise.all([load("rules.html"), load("guide.html")]);
  const own = h("h2", { class: "later", id: "guide-own", tabindex: "-1" }, t("guide.own"));
  const toOwn = (event) => {
    event.preventDefault(); // what stands behind "#" is the screen
    own.scrollIntoView({ block: "start" });
    own.focus({ preventScroll: true });
  };
  const content = h("section", { class: "paper" },
    h("h1", null, title),
    guide && h("p", null, h("a", { href: "#guide-own", onclick: toOwn }, t("guide.toOwn"))),
    rules ? rulesView(rules, ARTICLES[argument]) : h("p", { class: "notice" }, t("guide.none")),
    guide && [
      own,
      isEnglish() && h("p", { class: "hint" }, t("guide.note")),
      h("div", { lang: "vi" }, partsOf(read(guide).body.children, PARTS[argument])),
    ],
    contest.hotline && h("p", { class: "notice later" }, withPhone(t("guide.ask", { hotline: contest.hotline }), contest.hotline)));
  return { title, content, shown: () => content.querySelector("details[open] summary") };
}
