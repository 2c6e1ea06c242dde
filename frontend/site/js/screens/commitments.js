// What was fixed before the contest opened: the digests of bank, rules, units and programs, with their dates.

import { data } from "../api.js";
import { h } from "../dom.js";
import { t } from "../texts.js";

export async function screen() {
  const title = t("commitments.title");
  const list = await data("commitments.json");
  return { title, content: h("section", { class: "paper" }, h("h1", null, title), h("p", null, t("commitments.about")),
    h("p", { class: "notice" }, t("commitments.none"))) };
}
