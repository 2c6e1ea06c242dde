// The organisers' commitments: the digests of rules, questions, units and programs, dated and chained.

import { data } from "../api.js";
import { chainHolds } from "../chain.js";
import { canCheck } from "../digests.js";
import { h } from "../dom.js";
import { moment, number } from "../format.js";
import { isEnglish, t } from "../texts.js";
import "../texts-proof.js";

const PARTS = ["rules", "definition", "bank", "units", "barred"];

export async function screen() {
  const title = t("commitments.title");
  const chain = await data("commitments.json");
  const known = chain && chain.entries.length > 0;
  const holds = known && canCheck() ? await chainHolds(chain) : null;
  const content = h("section", { class: "paper" },
    h("h1", null, title),
    h("p", null, t("commitments.about")),
    known
      ? [verdict(holds, chain.head), h("ol", { class: "list" }, chain.entries.slice().reverse().map(entryView))]
      : h("p", { class: "notice" }, t("commitments.none")));
  return { title, content };
}

function verdict(holds, head) {
  return [
    holds !== null && h("p", { class: `notice ${holds ? "good" : "bad"}` }, t(holds ? "commitments.holds" : "commitments.broken")),
    h("p", { class: "digest" }, t("commitments.head"), " ", h("code", null, head)),
  ];
}

function entryView(entry) {
  const row = (name, value) => h("div", null, h("dt", null, name), h("dd", { class: "digest" }, h("code", null, value)));
  return h("li", { class: "card" },
    h("h2", null, t("commitments.entry", { number: number(entry.number), at: moment(entry.at, true) })),
    h("p", null, (isEnglish() && entry.reason_en) || entry.reason, "."),
    h("details", { class: "digests" }, h("summary", null, t("commitments.digests")),
      h("dl", { class: "pairs" },
        PARTS.filter((name) => entry.parts[name]).map((name) => row(t(`part.${name}`), entry.parts[name])),
        row(t("part.code_version"), entry.code_version),
        entry.keys.map((key) => row(t("part.key"), `${key.key_id}: ${key.public_key}`)))));
}
