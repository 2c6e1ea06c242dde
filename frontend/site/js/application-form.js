// The fields of a registration in three steps, and a page on which everything can be checked before it is sent.

import { clock } from "./clock.js";
import { add, afterClick, fill, h } from "./dom.js";
import { citizenIdField, isFilled, passwordField, radioField, textField } from "./form.js";
import { capitalised, nameIn, numberIn, phoneIn, visible } from "./pasted.js";
import { birthday, isoDate, mistakes as mistakesIn, toldById } from "./person.js";
import { isEnglish, t } from "./texts.js";
import { unitPicker } from "./unit-picker.js";

const [PERSON, UNIT, PASSWORD] = [0, 1, 2];
export const CHECK = 3;
const TITLES = ["register.person", "register.unit", "register.password", "register.check"];

const section = (step, content) => h("div", { class: "step" },
  h("h2", null, h("span", { class: "kicker" }, t("register.step", { number: step + 1 })), t(TITLES[step])), content);

/**
 * `known`: what an identity provider has proved, shown and not asked; `title`: what the provider is called.
 * `change(step)` leads from the page to check back to a step.
 */
export function applicationForm({ contest, units, known, title, change }) {
  const citizen = citizenIdField(t("person.citizenIdHint"));
  const name = nameField();
  const told = () => toldById(known.citizen_id || numberIn(citizen.input.value));
  const born = bornField(told);
  citizen.input.addEventListener("input", () => afterClick(born.tell));
  const phone = textField("phone", t("person.phone"), {
    hint: t("person.phoneHint"), type: "tel", autocomplete: "tel", clean: phoneIn,
  });
  const asked = Object.entries({ citizen_id: citizen, full_name: name, date_of_birth: born, phone })
    .filter(([field]) => !(field in known)).map(([, { box }]) => box);

  const unit = unitPicker(units);
  const titleOf = (one) => (isEnglish() && one.title_en) || one.title;
  const chosen = () => contest.categories.find((one) => one.name === category.value());
  const unitOf = () => (chosen() || { unit: "required" }).unit;
  const category = radioField("category", t("person.category"), contest.categories.map((one) => [one.name, titleOf(one)]),
    { onchange: () => unit.ask(unitOf()) });
  const onlyOne = contest.categories.length === 1;
  if (onlyOne) category.choose(contest.categories[0].name);
  unit.ask(unitOf());

  const password = passwordField("password", { hint: t("person.passwordHint"), autocomplete: "new-password" });
  const consent = consentField();
  const review = h("div");
  const sections = [
    section(PERSON, [Object.keys(known).length > 0 && proved(known, title), asked]),
    section(UNIT, [!onlyOne && category.box, unit.box]),
    section(PASSWORD, [password.box, consent.box]),
    section(CHECK, [review]),
  ];

  const application = () => ({
    citizen_id: numberIn(citizen.input.value),
    full_name: nameIn(name.input.value),
    date_of_birth: born.value(),
    gender: (told() || { gender: "" }).gender,
    phone: phoneIn(phone.input.value),
    unit_code: unit.value(),
    category: category.value(),
    password: visible(password.input.value),
    consent: consent.input.checked,
    ...known,
  });

  function check() {
    const wrong = mistakesIn(application(), unitOf());
    if (unit.unfinished()) wrong.unit_code = t("mistake.unit_code");
    if (wrong.date_of_birth) wrong.date_of_birth = born.missing() || wrong.date_of_birth;
    return wrong;
  }

  const texts = [citizen, name, phone, password].map(({ input }) => input).concat(born.inputs);
  return {
    sections,
    application,
    check,
    /** Draws what follows from the steps before. */
    show(at) {
      consent.ask(application().date_of_birth);
      fill(review, at === CHECK && groups(application(), chosen() && titleOf(chosen()), unit.name(), change));
    },
    keep: () => ({
      texts: texts.map(({ value }) => value), category: category.value(), unit: unit.value(), unitTyped: unit.typed(),
      consent: consent.input.checked,
    }),
    restore(kept) {
      texts.forEach((input, i) => {
        input.value = kept.texts[i];
      });
      category.choose(kept.category);
      unit.restore(kept.unit, kept.unitTyped);
      unit.ask(unitOf());
      consent.input.checked = kept.consent;
      born.tell();
    },
  };
}

/** Offers capital letters where there are none, or nothing else. */
function nameField() {
  const { box, input } = textField("full_name", t("person.fullName"), {
    hint: t("person.fullNameHint"), autocomplete: "name", autocapitalize: "words", spellcheck: "false", clean: nameIn,
  });
  const inCapitals = h("p", { class: "hint", role: "status" });
  const offer = () => {
    const offered = capitalised(nameIn(input.value));
    fill(inCapitals, offered && h("button", {
      class: "button", type: "button",
      onclick() {
        input.value = offered;
        fill(inCapitals);
      },
    }, t("person.capitals", { name: offered })));
  };
  box.append(inCapitals);
  input.addEventListener("change", () => afterClick(offer));
  return { box, input };
}

/**
 * Day and month, typed apart: quicker on a phone than leafing back decades in a calendar. Year and sex follow from the citizen
 * ID (`told()`), so they are shown, not asked: who finds them wrong has mistyped the number.
 */
function bornField(told) {
  const part = (key, more) => h("input", {
    type: "text", inputmode: "numeric", autocomplete: `bday-${key}`, "aria-describedby": "born-told date_of_birth-mistake", id: `born-${key}`, ...more,
  });
  const [day, month] = [part("day", { onchange: () => split() }), part("month", { maxlength: 2 })];
  const year = h("output", { for: "citizen_id" });
  const sentence = h("p", { class: "hint", id: "born-told", role: "status" });
  const yearOf = () => (told() || { year: "" }).year;

  /** A whole date that was pasted, unless the number tells another year. */
  function split() {
    const found = /^\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})(?:\s*[-/. ]\s*(\d{4}))?\s*$/.exec(day.value);
    if (!found || (found[3] && yearOf() && found[3] !== yearOf())) return;
    [day.value, month.value] = [found[1], found[2]];
  }
  function tell() {
    const by = told();
    year.textContent = by ? by.year : "–";
    sentence.textContent = by ? t("person.told", { year: by.year, gender: sexOf(by).toLowerCase() }) : t("person.toldLater");
  }
  tell();
  const box = h("fieldset", { class: "field", id: "date_of_birth-field" },
    h("legend", null, t("person.born")),
    h("div", { class: "dates" },
      h("label", null, t("person.day"), day),
      h("label", null, t("person.month"), month),
      h("div", null, t("person.year"), year)),
    sentence,
    h("p", { class: "mistake", id: "date_of_birth-mistake", hidden: true }));
  // As long as the number is unfinished, a leap year stands in: day and month are looked at, and nothing can be sent.
  const missing = () => (!isFilled(month) && isFilled(day) ? t("mistake.month") : !isFilled(day) && isFilled(month) ? t("mistake.day") : "");
  return { box, inputs: [day, month], tell, missing, value: () => isoDate(day.value, month.value, yearOf() || "2000") };
}

function consentField() {
  const input = h("input", { type: "checkbox", id: "consent", "aria-describedby": "consent-about consent-mistake" });
  const notice = h("a", { href: "#/guide/privacy", target: "_blank", rel: "noopener" }, t("person.notice"));
  const guardian = h("p", null, t("person.guardian"));
  const box = h("div", { class: "field", id: "consent-field" },
    h("div", { id: "consent-about" }, h("p", null, t("person.readNotice"), " ", notice, "."), guardian),
    h("label", { class: "choice" }, input, h("span", null, t("person.consent"))),
    h("p", { class: "mistake", id: "consent-mistake", hidden: true }));
  /** Whoever has turned sixteen decides alone. @param {string} born */
  const ask = (born) => {
    guardian.hidden = `${Number(born.slice(0, 4)) + 16}${born.slice(4)}` <= new Date(clock.now()).toISOString().slice(0, 10);
  };
  return { box, input, ask };
}

const sexOf = ({ gender }) => t(gender === "male" ? "person.male" : "person.female");
const grouped = (digits, sizes) => digits.replace(sizes, "$1\u00a0$2\u00a0$3");

/** [label, value] of what is known about the person. */
const personRows = ({ citizen_id: id = "", full_name: name, date_of_birth: born, gender, phone = "" }) => [
  [t("register.number"), grouped(id, /^(\d{4})(\d{4})(\d{4})$/)], [t("person.fullName"), name],
  [t("register.born"), [born && birthday(born), gender && sexOf({ gender })].filter(Boolean).join(", ")],
  [t("register.phone"), grouped(phone, /^(\d{4})(\d{3})(\d{3})$/)],
];

const table = (rows) => h("dl", { class: "rows" },
  rows.filter(([, value]) => value).map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, value))));

/** What the provider told, for the person to look over. */
const proved = (known, title) => add(h("div"), [h("p", null, t("identity.proved", { title })), table(personRows(known)), h("p", { class: "hint" }, t("identity.wrongData"))]);

/** What will be sent, but the password, by step, each with a button that leads back to it. */
function groups(application, category, unit, change) {
  const parts = [
    personRows(application),
    [[t("person.category"), category], [t("person.unit"), unit || t("person.noUnit")]],
  ];
  return parts.map((rows, step) => h("section", { class: "checked" },
    h("div", { class: "head" }, h("h3", null, t(TITLES[step])),
      h("button", { class: "button quiet", type: "button", "aria-label": t("register.changePart", { part: t(TITLES[step]) }), onclick: () => change(step) }, t("register.change"))),
    table(rows)));
}
