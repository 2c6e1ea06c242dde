// For people who lost their password: the organisers check the caller and give a code; with it, a new password.

import { api } from "../api.js";
import { h, once, withPhone } from "../dom.js";
import { checkingNote, citizenIdField, mistakesOf, passwordField, summaryBox, textField } from "../form.js";
import { numberIn, visible } from "../pasted.js";
import { explain, fieldMessages } from "../problems.js";
import { withProof } from "../with-proof.js";
import { session } from "../storage.js";
import { t } from "../texts.js";
import "../texts-forms.js";

export async function screen({ contest, go, kept }) {
  const citizen = citizenIdField();
  const code = textField("code", t("password.code"), {
    hint: t("password.codeHint"), inputmode: "numeric", autocomplete: "one-time-code", clean: numberIn,
  });
  const password = passwordField("password", {
    label: t("password.new"), hint: t("person.passwordHint"), autocomplete: "new-password",
  });
  const summary = summaryBox();
  const checking = checkingNote();
  const send = h("button", { class: "button primary", type: "submit" }, t("password.send"));
  const inputs = [citizen, code, password].map(({ input }) => input);
  const form = h("form", { novalidate: true });
  const request = () => ({
    citizen_id: numberIn(citizen.input.value), code: numberIn(code.input.value), password: visible(password.input.value),
  });
  const mistakes = mistakesOf(form, summary, () => {
    const filled = request();
    /** @type {Record<string, string>} */
    const wrong = {};
    if (!/^\d{12}$/.test(filled.citizen_id)) wrong.citizen_id = t("mistake.citizen_id");
    if (!/^\d{12}$/.test(filled.code)) wrong.code = t("mistake.code");
    if (filled.password.length < 8) wrong.password = t("mistake.password");
    return wrong;
  });
  const change = once(send, async () => {
    if (!mistakes.none()) return;
    const filled = request();
    let unsure = false; // an earlier try may have arrived

    async function signIn() {
      try {
        const { citizen_id, password } = filled;
        session.set(await withProof((proof) => api.signIn({ citizen_id, password, proof }), checking.tell));
      } catch (error) {
        return false;
      }
      go("#/me", { instead: true });
      return true;
    }

    try {
      const waits = { onWait: () => { unsure = true; } };
      await withProof((proof) => api.resetPassword({ ...filled, proof }, waits), checking.tell);
    } catch (thrown) {
      const error = /** @type {import("../api.js").ApiError} */ (thrown);
      if (error.code === "wrong_code" && unsure && await signIn()) return;
      const messages = fieldMessages(error);
      if (Object.keys(messages).length) mistakes.tell(messages);
      else mistakes.say(explain(error));
      return;
    }
    if (!await signIn()) go("#/sign-in", { instead: true });
  });
  form.addEventListener("submit", change);
  form.append(summary, citizen.box, code.box, password.box, h("p", { class: "actions" }, send), checking.note);
  if (kept) inputs.forEach((input, i) => {
    input.value = kept[i];
  });
  const content = h("section", { class: "narrow" },
    h("h1", null, t("password.title")),
    h("ol", { class: "plain" },
      h("li", null, withPhone(t("password.call", { hotline: contest.hotline }), contest.hotline)),
      h("li", null, t("password.asked")),
      h("li", null, t("password.then"))),
    h("p", { class: "notice" }, t("password.never")),
    form);
  return { title: t("password.title"), content, keep: () => inputs.map(({ value }) => value) };
}
