// Registering: the proof of work is computed while the person fills in the form.

import { api, data } from "../api.js";
import { add, afterClick, fill, h, once, phoneLink } from "../dom.js";
import { checkingNote, citizenIdField, mistakesOf, passwordField, radioField, summaryBox, textField } from "../form.js";
import { capitalised, nameIn, numberIn, phoneIn, visible } from "../pasted.js";
import { isoDate, mistakes as mistakesIn, toldById } from "../person.js";
import { explain, fieldMessages, named } from "../problems.js";
import { solveAside } from "../proof.js";
import { withProof } from "../with-proof.js";
import { session } from "../storage.js";
import { isEnglish, t } from "../texts.js";
import "../texts-forms.js";
import { unitPicker } from "../unit-picker.js";

const FRESH_MS = 15 * 60 * 1000; // a challenge lives 20 minutes

/** Has a proof ready, or on its way; takes a new challenge when the old one is too old. */
function prover(wanted) {
  /** @type {any} */
  let current = null;
  function renew() {
    const at = { began: Date.now(), stop: () => {}, proof: /** @type {any} */ (null) };
    at.proof = api.challenge().then((challenge) => {
      const solving = solveAside(challenge);
      at.stop = solving.stop;
      return solving.proof;
    });
    at.proof.catch(() => {}); // asked for again when the form is sent
    current = at;
  }
  if (wanted) renew();
  return {
    async take() {
      if (!wanted) return null;
      if (Date.now() - current.began > FRESH_MS) renew();
      try {
        return await current.proof;
      } catch (error) {
        renew();
        return current.proof;
      }
    },
    stop: () => current && current.stop(),
  };
}

/**
 * `proved`: what the identity provider told, with the ticket to register with; `done`: called when that is used;
 * `owner`: for somebody who has an account already.
 */
export async function screen({ contest, go, kept, query = new URLSearchParams(), proved = /** @type {any} */ (null), owner = null, done = () => {} }) {
  const { identity } = contest;
  const offered = identity && !proved ? (await import("../provider.js")).offer(identity) : null;
  if (offered && identity.require && !query.get("unproven")) return onlyBy(offered);
  const units = (await data("units.json", { keep: true })) || [];
  const proof = kept ? kept.proof : prover(contest.eligibility.proof_of_work !== "off" && !proved);
  const known = proved ? proved.known : {};
  const citizen = citizenIdField(t("person.citizenIdHint"));
  const name = textField("full_name", t("person.fullName"), {
    hint: t("person.fullNameHint"), autocomplete: "name", autocapitalize: "words", clean: nameIn,
  });
  const inCapitals = h("p", { class: "hint", role: "status" });
  const offerCapitals = () => {
    const offered = capitalised(nameIn(name.input.value));
    fill(inCapitals, offered && h("button", {
      class: "button", type: "button",
      onclick() {
        name.input.value = offered;
        fill(inCapitals);
      },
    }, t("person.capitals", { name: offered })));
  };
  name.box.append(inCapitals);
  name.input.addEventListener("change", () => afterClick(offerCapitals));
  const born = dateField();
  const gender = radioField("gender", t("person.gender"),
    [["male", t("person.male")], ["female", t("person.female")]], { side: true });
  // The number fixes year and sex: they are only asked to be confirmed.
  citizen.input.addEventListener("change", () => {
    const told = toldById(numberIn(citizen.input.value));
    if (!told) return;
    if (!born.inputs[2].value) born.inputs[2].value = told.year;
    if (!gender.value()) gender.choose(told.gender);
  });
  const phone = textField("phone", t("person.phone"), {
    hint: t("person.phoneHint"), type: "tel", autocomplete: "tel", clean: phoneIn,
  });
  const unit = unitPicker(units);
  const category = radioField("category", t("person.category"),
    contest.categories.map((one) => [one.name, (isEnglish() && one.title_en) || one.title]),
    { onchange: () => unit.ask(unitOf(category.value())) });
  const unitOf = (name) => (contest.categories.find((one) => one.name === name) || { unit: "required" }).unit;
  unit.ask("required");
  const password = passwordField("password", {
    hint: t("person.passwordHint"), autocomplete: "new-password",
  });
  const agree = h("input", { type: "checkbox", id: "consent", "aria-describedby": "consent-about consent-mistake" });
  const notice = h("a", { href: "#/guide/privacy", target: "_blank", rel: "noopener" }, t("person.notice"));
  const consent = h("div", { class: "field", id: "consent-field" },
    h("div", { id: "consent-about" }, h("p", null, t("person.readNotice"), " ", notice, "."), h("p", null, t("person.guardian"))),
    h("label", { class: "choice" }, agree, h("span", null, t("person.consent"))),
    h("p", { class: "mistake", id: "consent-mistake", hidden: true }));
  const summary = summaryBox();
  const line = contest.hotline && phoneLink(contest.hotline);
  const checking = checkingNote();
  const send = h("button", { class: "button primary", type: "submit" }, t("register.send"));

  const typed = () => ({
    citizen_id: numberIn(citizen.input.value),
    full_name: nameIn(name.input.value),
    date_of_birth: born.value(),
    gender: gender.value(),
    phone: phoneIn(phone.input.value),
    unit_code: unit.value(),
    category: category.value(),
    password: visible(password.input.value),
    consent: agree.checked,
  });
  const application = () => ({ ...typed(), ...known });

  function check() {
    const wrong = mistakesIn(application(), unitOf(category.value()));
    if (unit.unfinished()) wrong.unit_code = t("mistake.unit_code");
    return wrong;
  }

  async function register() {
    if (!mistakes.none()) return;
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
      if (Object.keys(messages).length) mistakes.tell(messages);
      else if (error.code === "already_registered") mistakes.say(t("register.taken"), " ", toSignIn(), ". ", t("register.stranger"), line, " ", named(error));
      else mistakes.say(explain(error));
      return;
    } finally {
      checking.tell(false);
    }
    done();
    try {
      const { citizen_id, password } = filled;
      session.set(await withProof((proof) => api.signIn({ citizen_id, password, proof }), checking.tell));
      go(`#/me?registered=1${listed}`, { instead: true });
    } catch (error) {
      go("#/sign-in?registered=1", { instead: true });
    }
  }

  const form = h("form", { novalidate: true, onsubmit: once(send, register) });
  const provable = { citizen_id: citizen, full_name: name, date_of_birth: born, gender, phone };
  const boxes = Object.entries(provable).filter(([field]) => !(field in known)).map(([, { box }]) => box);
  add(form, [summary, boxes, category.box, unit.box, password.box,
    consent, h("p", { class: "actions" }, send), checking.note]);
  const mistakes = mistakesOf(form, summary, check);
  const content = h("section", { class: "narrow" }, h("h1", null, t("register.title")),
    h("p", null, t("register.have"), " ", toSignIn()), offered, offered && h("p", null, t("identity.or")),
    proved && told(known, identity), owner, form);

  let handedOn = false;
  const texts = [citizen, name, phone, password].map(({ input }) => input).concat(born.inputs);
  if (kept) {
    texts.forEach((input, i) => {
      input.value = kept.texts[i];
    });
    gender.choose(kept.gender);
    category.choose(kept.category);
    unit.restore(kept.unit, kept.unitTyped);
    unit.ask(unitOf(kept.category));
    agree.checked = kept.consent;
  }
  const keep = () => {
    handedOn = true; // the proof is still computed
    return { proof, texts: texts.map(({ value }) => value), gender: gender.value(), category: category.value(),
      unit: unit.value(), unitTyped: unit.typed(), consent: agree.checked };
  };
  return { title: t("register.title"), content, keep, stop: () => handedOn || proof.stop() };
}

/** Where nobody registers otherwise. */
const onlyBy = (offered) => ({
  title: t("register.title"),
  content: h("section", { class: "narrow" }, h("h1", null, t("register.title")), h("p", null, t("register.have"), " ", toSignIn()), offered),
});

/** What the provider told, for the person to look over. */
function told(known, { title }) {
  const born = known.date_of_birth && known.date_of_birth.split("-").reverse().join("/");
  const rows = [
    [t("person.citizenId"), known.citizen_id], [t("person.fullName"), known.full_name], [t("person.born"), born],
    [t("person.gender"), known.gender && t(`person.${known.gender}`)], [t("person.phone"), known.phone],
  ];
  return [h("p", null, t("identity.proved", { title })),
    h("dl", { class: "rows" }, rows.filter(([, value]) => value).map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value)))),
    h("p", { class: "hint" }, t("identity.wrongData"))];
}

const toSignIn = () => h("a", { href: "#/sign-in" }, t("nav.signIn"));

/** Day, month and year apart: quicker on a phone than leafing back decades in a calendar. */
function dateField() {
  const part = (key, length, autocomplete) => h("input", {
    type: "text", inputmode: "numeric", maxlength: length, autocomplete, "aria-describedby": "date_of_birth-mistake",
    id: `born-${key}`,
  });
  const [day, month, year] = [part("day", 2, "bday-day"), part("month", 2, "bday-month"), part("year", 4, "bday-year")];
  const box = h("fieldset", { class: "field", id: "date_of_birth-field" },
    h("legend", null, t("person.born")),
    h("div", { class: "dates" },
      h("label", null, t("person.day"), day),
      h("label", null, t("person.month"), month),
      h("label", { class: "long" }, t("person.year"), year)),
    h("p", { class: "mistake", id: "date_of_birth-mistake", hidden: true }));
  return { box, inputs: [day, month, year], value: () => isoDate(day.value, month.value, year.value) };
}
