// Numbers, dates and times as they are written in Vietnam; always in the contest's time zone.

let zone = "Asia/Ho_Chi_Minh";
let english = false;

export function setZone(name) {
  zone = name || zone;
}

export function setEnglish(on) {
  english = on;
}

/** 427277 → "427.277" (English: "427,277"); `digits` after the point. */
export function number(value, digits = 0) {
  const [whole, rest] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, english ? "," : ".");
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? "−" : "";
  return sign + grouped + (rest ? (english ? "." : ",") + rest : "");
}

/** 0.297 → "29,7%" */
export function percent(share, digits = 1) {
  const least = 10 ** -digits;
  if (share > 0 && share * 100 < least) return `${english ? "under" : "dưới"} ${number(least, digits)}%`;
  return `${number(share * 100, digits)}%`;
}

function parts(when) {
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(new Date(when));
  const found = {};
  for (const part of made) found[part.type] = part.value;
  return found;
}

/** "05/9/2022": a nought before days below 10 and the months 1 and 2 (Decree 30/2020) */
export function date(when) {
  const { day, month, year } = parts(when);
  return `${two(Number(day))}/${Number(month) < 3 ? two(Number(month)) : Number(month)}/${year}`;
}

/** "08:00", or "08:00:05" with seconds */
export function time(when, seconds = false) {
  const { hour, minute, second } = parts(when);
  return `${hour}:${minute}${seconds ? `:${second}` : ""}`;
}

/** "08:00 ngày 22/8/2022"; with seconds where two moments could otherwise look the same. */
export function moment(when, seconds = false) {
  return english ? `${time(when, seconds)}, ${date(when)}` : `${time(when, seconds)} ngày\u00a0${date(when)}`;
}

const two = (value) => String(value).padStart(2, "0");

/** What a countdown shows: "2 ngày 03:04:05", "03:04:05" or "04:05"; never below zero. */
export function countdown(milliseconds) {
  const all = Math.max(0, Math.ceil(milliseconds / 1000));
  const [days, hours] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24];
  const rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  if (days) return `${days} ${english ? (days === 1 ? "day" : "days") : "ngày"} ${two(hours)}:${rest}`;
  return hours ? `${two(hours)}:${rest}` : rest;
}

/** A time taken: 123456 → "2 phút 03,456 giây" */
export function duration(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  const seconds = number((milliseconds % 60000) / 1000, 3);
  const [m, s] = english ? ["min", "s"] : ["phút", "giây"];
  return minutes ? `${number(minutes)}\u00a0${m} ${seconds}\u00a0${s}` : `${seconds}\u00a0${s}`;
}

/** 1200 → "20 phút", 90 → "1 phút 30 giây" */
export function span(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const [m, s] = english ? ["min", "s"] : ["phút", "giây"];
  return [minutes && `${minutes}\u00a0${m}`, (rest || !minutes) && `${rest}\u00a0${s}`].filter(Boolean).join(" ");
}

/** For searching: without tones, đ as d, small letters, single spaces. */
export function fold(text) {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}
