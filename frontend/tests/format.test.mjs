import assert from "node:assert/strict";
import test from "node:test";

import { countdown, date, duration, fold, moment, number, percent, setEnglish, setZone, span, time } from "../site/js/format.js";

const plain = (text) => text.replace(/\u00a0/g, " ");

test("numbers are written the Vietnamese way", () => {
  assert.equal(number(427277), "427.277");
  assert.equal(number(1234567.891, 2), "1.234.567,89");
  assert.equal(number(999), "999");
  assert.equal(number(-1500), "−1.500");
  assert.equal(plain(percent(0.297)), "29,7%");
  assert.equal(plain(percent(1 / 7400)), "dưới 0,1%");
  assert.equal(plain(percent(0)), "0,0%");
});

test("and the English way in English", () => {
  setEnglish(true);
  assert.equal(number(427277), "427,277");
  assert.equal(number(0.5, 1), "0.5");
  setEnglish(false);
});

test("dates and times are the contest's, wherever the device is", () => {
  const start = "2022-08-22T08:00:00+07:00";
  assert.equal(date(start), "22/8/2022");
  assert.equal(date("2022-09-05T08:00:00+07:00"), "05/9/2022");
  assert.equal(date("2022-02-28T08:00:00+07:00"), "28/02/2022");
  assert.equal(time(start), "08:00");
  assert.equal(moment(start), "08:00 ngày\u00a022/8/2022");
  assert.equal(time("2022-08-21T17:00:05Z", true), "00:00:05");
  setZone("UTC");
  assert.equal(moment(start), "01:00 ngày\u00a022/8/2022");
  setZone("Asia/Ho_Chi_Minh");
});

test("a countdown never goes below zero and counts a begun second as a whole", () => {
  assert.equal(countdown(20 * 60000), "20:00");
  assert.equal(countdown(59001), "01:00");
  assert.equal(countdown(-5), "00:00");
  assert.equal(countdown(3600000), "01:00:00");
  assert.equal(countdown(2 * 86400000 + 3723000), "2 ngày 01:02:03");
});

test("durations keep their milliseconds, which decide ties", () => {
  assert.equal(plain(duration(123456)), "2 phút 3,456 giây");
  assert.equal(plain(duration(4470)), "4,470 giây");
  assert.equal(plain(span(1200)), "20 phút");
  assert.equal(plain(span(90)), "1 phút 30 giây");
});

test("searching forgives tones, đ, capitals and spaces", () => {
  assert.equal(fold("  Huyện  ĐÔ Lương "), "huyen do luong");
  assert.equal(fold("Huyện Đô Lương".normalize("NFD")), "huyen do luong");
});
