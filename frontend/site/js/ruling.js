// A ruling of the organisers on a question, in words.

import { h } from "./dom.js";
import { t } from "./texts.js";
import "./texts-rulings.js";

/** The accepted keys, each a text or a list of letters: ["B", "AC"] reads “B or A and C”. */
export const inWords = (keys) => keys.map((key) => [...key].join(t("ruling.and"))).join(t("ruling.or"));

/** What counts, and why. */
export function rulingView({ ruling, keys, reason }) {
  return [
    h("p", null, ruling === "key" ? t("ruling.key", { keys: inWords(keys) }) : t("ruling.allRight")),
    h("p", { class: "soft" }, t("ruling.reason", { reason })),
  ];
}
