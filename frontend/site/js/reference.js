// Where the answer to a published question is written, and the way to what else is asked of the same law.

import { h } from "./dom.js";
import { unbroken } from "./marked.js";
import { lawOf } from "./study.js";
import { t } from "./texts.js";

/** `bank`: the address of the list. Nothing, where a question tells no source. */
export function reference(told, bank) {
  if (!told) return null;
  const law = lawOf(told);
  return h("p", { class: "hint" }, t("bank.source"), h("strong", null, unbroken(told)),
    law && [". ", h("a", { href: `${bank}?q=${encodeURIComponent(law)}` }, t("bank.sameLaw", { law }))]);
}
