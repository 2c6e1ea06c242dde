// Registering: three steps and a page to check; the proof of work is computed meanwhile.

import { api, data } from "../api.js";
import { CHECK, applicationForm } from "../application-form.js";
import { h, once, phoneLink } from "../dom.js";
import { checkingNote, mistakesOf, summaryBox } from "../form.js";
import { formSteps } from "../form-steps.js";
import { explain, fieldMessages, named } from "../problems.js";
import { proofAhead } from "../proof-ahead.js";
import { session } from "../storage.js";
import { t } from "../texts.js";
import "../texts-forms.js";
import { withProof } from "../with-proof.js";

/**
 * `proved`: what the identity provider told, with the ticket to register with; `done`: called when that is used;
 * `owner`: for somebody who has an account already.
 */
export async function screen({ contest, go, kept, query = new URLSearchParams(), proved = /** @type {any} */ (null), owner = null, done = () => {} }) {
  const { identity } = contest;
  const offered = identity && !proved ? (await import("../provider.js")).offer(identity) : null;
  if (offered && identity.require && !query.get("unproven")) return onlyBy(offered);
  const units = (await data("units.json", { keep: true })) || [];
  const proof = kept ? kept.proof : proofAhead(contest.eligibility.proof_of_work !== "off" && !proved);
  const known = proved ? proved.known : {};
  const fields = applicationForm({ contest, units, known, title: identity && identity.title, change: (step) => steps.to(step) });
  const { sections, application } = fields;
  const summary = summaryBox();
  const line = contest.hotline && phoneLink(contest.hotline);
  const checking = checkingNote();
  const send = h("button", { class: "button primary", type: "submit" });
  const back = h("button", { class: "button", type: "button", onclick: () => steps.back() }, t("register.back"));
  const form = h("form", { novalidate: true, onsubmit: once(send, () => (steps.at() < CHECK ? next() : register())) },
    summary, sections, h("p", { class: "actions" }, send, back), checking.note);
  const mistakes = mistakesOf(form, summary, fields.check, reveal);
  const lead = h("div", null, h("p", null, t("register.have"), " ", toSignIn()), offered, offered && h("p", null, t("identity.or")), owner);
  const content = h("section", { class: "narrow" }, h("h1", null, t("register.title")), lead, form);
  let complete = Boolean(kept && kept.complete); // whether the page to check has been seen: steps lead straight back to it
  const steps = formSteps(sections, (at) => {
    lead.hidden = at > 0;
    back.hidden = at === 0;
    send.textContent = t(at < CHECK ? "register.next" : "register.send");
    complete = complete || at === CHECK;
    fields.show(at);
  });

  const next = async () => {
    const at = steps.at();
    if (mistakes.none(sections[at])) steps.to(complete ? CHECK : at + 1);
  };

  /** Shows the step that a field is on. @param {Element} box */
  function reveal(box) {
    steps.to(sections.findIndex((section) => section.contains(box)));
  }

  /** Goes to the first step with one of the fields. @param {object} messages by field */
  function revealFirst(messages) {
    const first = [...form.querySelectorAll(".field[id]")].find((box) => box.id.replace(/-field$/, "") in messages);
    if (first) reveal(first);
  }

  async function register() {
    revealFirst(fields.check());
    if (!mistakes.none()) return; // somebody went on by the browser's forward key
    const filled = application();
    let listed = ""; // the unit's roster says something else
    try {
      checking.tell(true);
      const first = await proof.take();
      const sent = Object.fromEntries(Object.entries(filled).filter(([name]) => !(name in known)));
      const ticket = proved ? { ticket: proved.ticket } : {};
      // Missing fields are told above, or by the server.
      const request = (solved) => api.register(/** @type {any} */ ({ ...sent, ...ticket, proof: solved }));
      const { participant } = await withProof(request, checking.tell, first);
      if (participant.unit_code !== filled.unit_code || participant.category !== filled.category) listed = "&listed=1";
    } catch (thrown) {
      const error = /** @type {import("../api.js").ApiError} */ (thrown);
      const messages = fieldMessages(error);
      revealFirst(messages);
      if (Object.keys(messages).length) mistakes.tell(messages);
      else if (error.code === "already_registered") mistakes.say(t("register.taken"), " ", toSignIn(), ". ", t("register.stranger"), line, " ", named(error));
      else mistakes.say(explain(error));
      return;
    } finally {
      checking.tell(false);
    }
    done();
    let onward = `#/me?registered=1${listed}`;
    try {
      const { citizen_id, password } = filled;
      session.set(await withProof((proof) => api.signIn({ citizen_id, password, proof }), checking.tell));
    } catch (error) {
      onward = "#/sign-in?registered=1";
    }
    steps.leave(() => go(onward, { instead: true }));
  }

  if (kept) fields.restore(kept);
  steps.begin(kept ? kept.at : 0);
  let handedOn = false;
  const keep = () => {
    handedOn = true; // the proof is still computed
    return { proof, ...fields.keep(), at: steps.at(), complete };
  };
  const stop = () => {
    steps.stop();
    if (!handedOn) proof.stop();
  };
  return { title: t("register.title"), content, keep, stop };
}

/** Where nobody registers otherwise. */
const onlyBy = (offered) => ({
  title: t("register.title"),
  content: h("section", { class: "narrow" }, h("h1", null, t("register.title")), h("p", null, t("register.have"), " ", toSignIn()), offered),
});

const toSignIn = () => h("a", { href: "#/sign-in" }, t("nav.signIn"));
