// First checks of what a person fills in; the server has the last word. Messages are the server's own.

import { isName } from "./pasted.js";
import { t } from "./texts.js";
import "./texts-forms.js";

const PHONE = /^0[35789]\d{8}$/;

/** "2003-02-29" for a day that exists, else "". */
export function isoDate(day, month, year) {
  if (![day, month, year].every((part) => /^\d{1,4}$/.test(part.trim()))) return "";
  const [d, m, y] = [Number(day), Number(month), Number(year)];
  const made = new Date(Date.UTC(y, m - 1, d));
  if (y < 1900 || made.getUTCFullYear() !== y || made.getUTCMonth() !== m - 1 || made.getUTCDate() !== d) return "";
  return made.toISOString().slice(0, 10);
}

/** "1990-03-07" → "07/3/1990", as dates are written here (format.js). @param {string} iso */
export function birthday(iso) {
  const [year, month, day] = iso.split("-");
  return `${day}/${Number(month) < 3 ? month : Number(month)}/${year}`;
}

/**
 * "0401 85 …" → { year: "1985", gender: "female" }: digit 4 tells century and sex, digits 5–6 the year of birth. Null if it
 * is no citizen ID.
 */
export function toldById(citizenId) {
  if (!/^\d{12}$/.test(citizenId)) return null;
  const digit = Number(citizenId[3]);
  return { year: String(100 * (19 + (digit >> 1)) + Number(citizenId.slice(4, 6))), gender: digit % 2 ? "female" : "male" };
}

export function idFits(citizenId, born, gender) {
  const told = toldById(citizenId);
  return told !== null && told.year === born.slice(0, 4) && told.gender === gender;
}

/**
 * {field: message} for the plain mistakes of an application.
 * @param {"required" | "optional" | "none"} unit what the chosen category says of a unit
 */
export function mistakes(application, unit) {
  const { citizen_id: id, date_of_birth: born, gender } = application;
  const found = {};
  const say = (field, key = field) => {
    found[field] = t(`mistake.${key}`);
  };
  if (!/^\d{12}$/.test(id)) say("citizen_id");
  else if (born && gender && !idFits(id, born, gender)) say("citizen_id", "idFits");
  if (!isName(application.full_name)) say("full_name");
  if (!born) say("date_of_birth");
  if (!gender) say("gender");
  if (!PHONE.test(application.phone)) say("phone");
  if (!application.category) say("category");
  if (application.category && unit === "required" && !application.unit_code) say("unit_code");
  if (application.password.length < 8) say("password");
  if (!application.consent) say("consent");
  return found;
}

