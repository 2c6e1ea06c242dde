// Checks a certificate, by what its code holds and published files alone.

import { data } from "../api.js";
import { checked, placesByShort, unpacked } from "../certificate-code.js";
import { fill, focusOn, h, once } from "../dom.js";
import { mistakesOf, summaryBox } from "../form.js";
import { date, number } from "../format.js";
import { codeOf, resultOf, THE_END, winsAtTheEnd } from "../places.js";
import { explain } from "../problems.js";
import { t } from "../texts.js";
import "../texts-certificate.js";
import "../texts-own.js";

export async function screen({ argument, contest, kept }) {
  const title = t("look.title");
  const outcome = h("div", { "aria-live": "polite" });
  const problem = summaryBox();
  const input = h("input", { type: "text", id: "certificate-code", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const check = h("button", { class: "button primary", type: "submit" }, t("look.go"));
  const form = h("form", { novalidate: true }, problem,
    h("div", { class: "field" }, h("label", { for: "certificate-code" }, t("look.code")), input),
    h("p", { class: "actions" }, check));
  const mistakes = mistakesOf(form, problem);
  const run = async (typed, again = false) => {
    mistakes.none();
    try {
      fill(outcome, await outcomeOf(typed, contest));
      if (again) focusOn(outcome.querySelector(".notice"));
    } catch (error) {
      fill(outcome);
      mistakes.say(explain(error));
    }
  };
  form.addEventListener("submit", once(check, () => run(input.value, true)));
  if (kept) input.value = kept;
  if (argument) await run(argument);
  const content = h("section", { class: "narrow" }, h("h1", null, title), outcome,
    h("h2", null, t(argument ? "look.another" : "look.enter")), h("p", null, t("look.what")), form);
  return { title, content, keep: () => input.value };
}

/** What is to be said of a short code, a link or a link's code. */
async function outcomeOf(typed, contest) {
  const code = typed.trim().replace(/^.*#\/xac-thuc\//, "");
  const out = [...contest.weeks.map(({ number: week }) => week), ...(winsAtTheEnd(contest) ? [THE_END] : [])];
  const places = await placesByShort(code, data, out);
  if (places) {
    return places.length
      ? [h("div", { class: "notice" }, h("p", null, h("strong", null, t("look.half"))), h("p", null, t("look.short"))), await Promise.all(places.map(async (place) => card({ ...place, listed: await listedName(place) }, contest)))]
      : h("p", { class: "notice bad" }, t("look.nobody"));
  }
  const found = unpacked(code);
  if (!found) return h("p", { class: "notice bad", role: "alert" }, t("look.unreadable"));
  const states = await checked(found, data);
  const signed = [states.person, states.result];
  const verdict = signed.includes("bad") ? "bad" : signed.includes("unknown") ? "unknown" : states.now === "other" ? "replaced" : "good";
  const look = { good: "good", bad: "bad" }[verdict] || "";
  return [h("p", { class: `notice ${look}`, role: "status" }, h("strong", null, t(`look.${verdict}`))), verdict !== "bad" && card(found.told, contest)];
}

/** What the published list calls a winner; names of others are published nowhere. */
async function listedName({ week, pseudonym }) {
  const page = await data(week === THE_END ? "results/final.json" : `results/week-${week}.json`);
  const mine = page && page.winners.find(({ code }) => code === codeOf(pseudonym));
  return mine ? mine.name : "";
}

function card(told, contest) {
  const row = (name, value) => value && h("div", null, h("dt", null, name), h("dd", null, value));
  const { decision, decided_on: day } = told;
  return h("dl", { class: "rows card" },
    row(t("look.name"), told.name),
    row(t("look.listed"), told.listed),
    row(t("look.unit"), told.unit),
    row(t("look.contest"), told.contest === contest.id ? contest.title : told.contest),
    row(t("look.week"), t("home.week", { week: resultOf(told) })),
    row(t("look.score"), `${number(told.score)}/${number(told.total)}`),
    decision && row(t("look.rank"), `${number(told.rank)}/${number(told.ranked)}`),
    decision && row(t("look.prize"), told.prize),
    row(t("look.state"), decision ? t("own.recognised", { decision, day: date(`${day}T12:00:00Z`) }) : t("look.provisional")));
}
