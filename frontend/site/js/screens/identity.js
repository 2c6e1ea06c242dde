// Back from the identity provider: in the same tab, after a reload, or in a new window of the same browser.

import { api, call } from "../api.js";
import { h, once } from "../dom.js";
import { flows } from "../flows.js";
import { checkingNote, mistakesOf, passwordField, summaryBox } from "../form.js";
import { explain, fieldMessages } from "../problems.js";
import { wayThere, without } from "../provider.js";
import { session } from "../storage.js";
import { t } from "../texts.js";
import "../texts-identity.js";
import { withProof } from "../with-proof.js";

export async function screen(context) {
  const { contest, go, query, kept } = context;
  const { identity } = contest;
  if (!identity) return told(t("app.notFound"), []);
  const title = t("identity.title", { title: identity.title });
  const again = () => wayThere(identity, t("identity.again"));
  const state = query.get("state") || "";
  const begun = flows.get(state);
  if (query.get("error")) return told(title, [h("p", { class: "notice" }, t("identity.denied")), again()]);
  if (!begun) return told(title, [h("p", { class: "notice bad", role: "alert" }, t("identity.otherBrowser")), again()]);
  if (query.get("code")) {
    begun.code = query.get("code");
    begun.iss = query.get("iss") || undefined;
    flows.set(state, begun);
    history.replaceState(null, "", `/#/identity?state=${encodeURIComponent(state)}`); // a code stays in no address
  }
  /** @type {any} */
  let answer = null;
  try {
    const sent = { flow: begun.flow, code: begun.code || "", state, ...(begun.iss ? { iss: begun.iss } : {}) };
    answer = await call("POST", "/sign-in", sent);
  } catch (thrown) {
    const error = /** @type {any} */ (thrown);
    if (!error.code || error.status === 0) throw thrown;
    const down = error.code === "provider_down";
    if (!down) flows.clear(state);
    const retry = h("button", { class: "button primary", type: "button", onclick: () => go(location.hash) }, t("app.retry"));
    return told(title, [h("p", { class: "notice bad", role: "alert" }, explain(error)),
      down ? h("p", { class: "actions" }, retry) : again(), without(identity, error)]);
  }
  if (answer.token) {
    signedIn(answer);
    return told(title, []);
  }
  const register = await import("./register.js");
  return register.screen({ ...context, kept, proved: answer, owner: answer.registered && link(), done: () => flows.clear(state) });

  function signedIn(given) {
    flows.clear(state);
    session.set(given);
    go("#/me", { instead: true });
  }

  /** For somebody who has registered unproven: the password shows whose account it is. */
  function link() {
    const password = passwordField("link-password", { autocomplete: "current-password" });
    const summary = summaryBox();
    const checking = checkingNote();
    const send = h("button", { class: "button primary", type: "submit" }, t("identity.link"));
    const form = h("form", {
      novalidate: true,
      onsubmit: once(send, async () => {
        try {
          const credentials = { citizen_id: answer.known.citizen_id, password: password.input.value, ticket: answer.ticket };
          signedIn(await withProof((proof) => api.signIn({ ...credentials, proof }), checking.tell));
        } catch (error) {
          const messages = Object.values(fieldMessages(error));
          mistakes.say(messages.length ? messages.join(" ") : explain(error));
        }
      }),
    }, summary, password.box, h("p", { class: "actions" }, send), checking.note);
    const mistakes = mistakesOf(form, summary);
    return h("div", { class: "notice" }, h("p", null, t("identity.registered")), form, h("p", null, t("identity.stranger")));
  }
}

function told(title, content) {
  return { title, content: h("section", { class: "narrow" }, h("h1", null, title), content) };
}
