// The way to the identity provider and the box that offers it.

import { call } from "./api.js";
import { add, h, once } from "./dom.js";
import { flows } from "./flows.js";
import { ENGLISH, ENGLISH_FIELDS, explain } from "./problems.js";
import { t } from "./texts.js";
import "./texts-identity.js";

/** @import { Answers, Contest } from "../../types/api" */

Object.assign(ENGLISH, {
  no_provider: "This contest does not register by identity accounts. Register with the form on this page.",
  code_refused: "The identity system did not confirm this sign-in. Begin again from the registration page.",
  identity_too_weak: "This account does not prove your citizen ID at the level that the contest asks for. Raise its level, or call the hotline.",
  other_browser: "This sign-in was begun in another browser. Go back to that one, or begin again here.",
  flow_expired: "This sign-in was begun more than 15 minutes ago. Begin again from the registration page.",
  provider_down: "The identity system does not answer; it is not your fault. Try again in a few minutes.",
});
Object.assign(ENGLISH_FIELDS, {
  ticket: "This has to be done with your identity account, or took more than half an hour. Begin again.",
});

/** Leaves the page. Throws what the server refuses. */
async function leave() {
  const { url, flow } = /** @type {Answers["beginProviderSignIn"]} */ (await call("GET", "/sign-in", undefined, { tries: 3 }));
  flows.set(new URL(url).searchParams.get("state") || "", { flow, at: Date.now() });
  location.assign(url);
}

/**
 * The button that leads to the provider, and what went wrong with it.
 * @param {NonNullable<Contest["identity"]>} identity
 * @param {string} label
 */
export function wayThere(identity, label) {
  const trouble = h("div", { role: "alert" });
  const button = h("button", { class: "button primary", type: "button" }, label);
  button.addEventListener("click", once(button, async () => {
    try {
      trouble.replaceChildren();
      await leave();
    } catch (thrown) {
      const error = /** @type {import("./api.js").ApiError} */ (thrown);
      add(trouble, [h("p", { class: "notice bad" }, explain(error)), without(identity, error)]);
    }
  }));
  return h("div", null, h("p", { class: "actions" }, button), trouble);
}

/**
 * What people may do while the provider is down, if anything: the server lets nobody before it has failed repeatedly.
 * @param {NonNullable<Contest["identity"]>} identity
 * @param {import("./api.js").ApiError} error
 */
export function without(identity, error) {
  const { lasting } = /** @type {{ lasting?: boolean }} */ (error.problem || {});
  if (error.code !== "provider_down" || (identity.require && !(identity.fallback && lasting))) return null;
  return h("p", null, t("identity.withoutAbout"), " ", h("a", { href: "#/register?unproven=1" }, t("identity.without")));
}

/** @param {NonNullable<Contest["identity"]>} identity */
export function offer(identity) {
  return [h("p", null, t("identity.about", { title: identity.title })), wayThere(identity, t("identity.begin", { title: identity.title }))];
}
