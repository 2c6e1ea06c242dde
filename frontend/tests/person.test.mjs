import assert from "node:assert/strict";
import test from "node:test";

import { idFits, isoDate, mistakes, plainPhone } from "../site/js/person.js";

const application = {
  citizen_id: "040085000001",
  full_name: "Nguyễn Văn An",
  date_of_birth: "1985-02-03",
  gender: "male",
  phone: "0912345678",
  unit_code: "SO-A",
  category: "mandatory",
  password: "mật khẩu dài",
  consent: true,
};

test("a correct application has no mistakes", () => {
  assert.deepEqual(mistakes(application, "required"), {});
  assert.deepEqual(mistakes({ ...application, category: "encouraged", unit_code: null }, "optional"), {});
});

test("each mistake is reported at its field", () => {
  const wrong = {
    citizen_id: "123", full_name: "A1", date_of_birth: "", gender: "", phone: "0238123456", unit_code: null,
    category: "mandatory", password: "ngắn", consent: false,
  };
  assert.deepEqual(Object.keys(mistakes(wrong, "required")).sort(), [
    "citizen_id", "consent", "date_of_birth", "full_name", "gender", "password", "phone", "unit_code",
  ]);
  assert.deepEqual(Object.keys(mistakes({ ...application, gender: "female" }, "required")), ["citizen_id"]);
});

test("the citizen ID agrees with birth and sex in both centuries", () => {
  assert.ok(idFits("040190000002", "1990-04-05", "female"));
  assert.ok(idFits("040203000004", "2003-12-31", "male"));
  assert.ok(idFits("040303000004", "2003-12-31", "female"));
  assert.ok(!idFits("040303000004", "2003-12-31", "male"));
});

test("only days that exist are dates", () => {
  assert.equal(isoDate("3", "2", "1985"), "1985-02-03");
  assert.equal(isoDate("29", "2", "2004"), "2004-02-29");
  for (const parts of [["29", "2", "2003"], ["31", "4", "1990"], ["", "1", "1990"], ["1", "13", "1990"], ["1", "1", "85"]]) {
    assert.equal(isoDate(...parts), "", parts.join("/"));
  }
});

test("phone numbers are accepted in every usual form", () => {
  for (const text of ["0912345678", "+84 912 345 678", "84912345678", "0912.345.678", "(091) 234-5678"]) {
    assert.equal(plainPhone(text), "0912345678", text);
  }
});
