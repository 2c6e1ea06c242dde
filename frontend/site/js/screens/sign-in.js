// Signing in, and back to the same place.

import { api } from "../api.js";
import { h, once } from "../dom.js";
import { checkingNote, citizenIdField, mistakesOf, passwordField, summaryBox } from "../form.js";
import { numberIn } from "../pasted.js";
import { explain, fieldMessages } from "../problems.js";
import { papers, records } from "../records.js";
import { session } from "../storage.js";
import { t } from "../texts.js";
import "../texts-forms.js";
import { takeTurn } from "../waiting.js";
import { withProof } from "../with-proof.js";

export async function screen({ contest, query, go, kept, signedIn }) {
  const next = query.get("next") || "";
  if (signedIn) return choice(signedIn.participant, go);
  const citizen = citizenIdField();
  const password = passwordField("password", { autocomplete: "current-password", required: true });
  const summary = summaryBox();
  const checking = checkingNote();
  const turn = h("p", { class: "hint", role: "status" });
  const send = h("button", { class: "button primary", type: "submit" }, t("signIn.send"));
  const signIn = once(send, async () => {
    if (!mistakes.none()) return;
    await takeTurn(contest, turn, "signIn.rush");
    try {
      const credentials = { citizen_id: numberIn(citizen.input.value), password: password.input.value };
      session.set(await withProof((proof) => api.signIn({ ...credentials, proof }), checking.tell));
      const paper = attempt && papers.get(attempt);
      const another = paper && paper.owner !== session.holder(); // who used this device before
      go(/^#\/(me|paper|chung-nhan)/.test(next) && !another ? next : "#/me", { instead: true });
    } catch (error) {
      const messages = fieldMessages(error);
      if (Object.keys(messages).length) mistakes.tell(messages);
      else mistakes.say(explain(error));
    }
  });
  if (kept) [citizen.input.value, password.input.value] = kept;
  const form = h("form", { novalidate: true, onsubmit: signIn }, summary, citizen.box, password.box,
    h("p", { class: "actions" }, send), turn, checking.note);
  const mistakes = mistakesOf(form, summary, () => ({
    ...(numberIn(citizen.input.value).length !== 12 && { citizen_id: t("mistake.citizen_id") }),
    ...(!password.input.value && { password: t("mistake.noPassword") }),
  }));
  const note = query.get("expired") ? t("signIn.expired") : query.get("registered") ? t("register.doneSignIn") : "";
  const [, attempt] = /^#\/paper\/([\w-]+)/.exec(next) || [];
  const answersKept = attempt && records.get(attempt) ? t("signIn.kept") : "";
  const content = h("section", { class: "narrow" },
    h("h1", null, t("signIn.title")),
    note && h("p", { class: "notice", role: "status" }, note, " ", answersKept),
    form,
    h("p", null, t("signIn.none"), " ", h("a", { href: "#/register" }, t("nav.register"))),
    h("p", null, h("a", { href: "#/password" }, t("signIn.forgot"))));
  return { title: t("signIn.title"), content, keep: () => [citizen.input.value, password.input.value] };
}

/** Somebody is signed in: the person who holds the device now may be another. */
function choice({ full_name: name }, go) {
  const leave = () => {
    session.clear();
    go("#/sign-in");
  };
  const content = h("section", { class: "narrow" },
    h("h1", null, t("switch.title", { name })),
    h("p", null, t("switch.kept", { name })),
    h("p", { class: "actions" },
      h("button", { class: "button primary", type: "button", onclick: leave }, t("switch.leave")),
      h("button", { class: "button", type: "button", onclick: () => (history.length > 1 ? history.back() : go("#/me")) }, t("switch.stay"))));
  return { title: t("signIn.title"), content };
}
