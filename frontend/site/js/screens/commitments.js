// What holds, and since which minute, as the log tells it: digests of rules, questions, units and programs, keys, results.

import { data } from "../api.js";
import { h } from "../dom.js";
import { moment } from "../format.js";
import { t } from "../texts.js";
import "../texts-proof.js";

// In this order; everything else follows.
const FIRST = ["rules", "definition", "bank", "units"];

export async function screen() {
  const title = t("commitments.title");
  const told = await data("log/facts.json");
  const known = told && Object.keys(told.facts).length > 0;
  const content = h("section", { class: "paper" },
    h("h1", null, title),
    h("p", null, t("commitments.about")),
    known ? [h("p", null, t("commitments.check")), bySince(told.facts)] : h("p", { class: "notice" }, t("commitments.none")));
  return { title, content };
}

/** @param {Record<string, { value: string, minute: number, at: string }>} facts */
function bySince(facts) {
  const minutes = [...new Set(Object.values(facts).map((fact) => fact.minute))].sort((one, other) => other - one);
  return h("ol", { class: "list" }, minutes.map((minute) => {
    const names = Object.keys(facts).filter((name) => facts[name].minute === minute).sort(inOrder);
    return h("li", { class: "card" },
      h("h2", null, t("commitments.since", { at: moment(facts[names[0]].at) })),
      h("dl", { class: "pairs" }, names.map((name) => row(nameOf(name), facts[name].value))));
  }));
}

function inOrder(one, other) {
  const place = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return place(one) - place(other) || one.localeCompare(other);
}

function row(name, value) {
  return h("div", null, h("dt", null, name), h("dd", { class: "digest" }, h("code", null, value)));
}

function nameOf(name) {
  const [, week, part] = /^week-(\d+)(?:\/(.+))?$/.exec(name) || [];
  if (week) return t(part ? "fact.ofWeek" : "fact.result", { week, part: part && wordOf(part) });
  if (name.startsWith("key-")) return t("fact.key", { key: name.slice(4) });
  return wordOf(name);
}

const wordOf = (name) => t(`fact.${name}`);
