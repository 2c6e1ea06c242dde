import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { capitalised, nameIn, numberIn, phoneIn, visible } from "../site/js/pasted.js";
import { idFits, isoDate, mistakes, toldById } from "../site/js/person.js";

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

test("the number tells year and sex", () => {
  assert.deepEqual(toldById("040185000001"), { year: "1985", gender: "female" });
  assert.deepEqual(toldById("040207000001"), { year: "2007", gender: "male" });
  assert.equal(toldById("04018500000"), null);
});

test("pasted values are cleaned as the server cleans them", async () => {
  const cases = JSON.parse(await readFile(new URL("../../tests/pasted.json", import.meta.url), "utf8"));
  const cleaners = { citizen_id: numberIn, phone: phoneIn, full_name: nameIn, password: visible, code: numberIn };
  assert.deepEqual(Object.keys(cases).sort(), Object.keys(cleaners).sort());
  for (const [field, pairs] of Object.entries(cases)) {
    for (const [pasted, clean] of pairs) assert.equal(cleaners[field](pasted), clean, `${field} ${pasted}`);
  }
});

test("capitals are offered where a name has only one kind of letters", () => {
  for (const typed of ["trần văn hòa", "TRẦN VĂN HÒA"]) assert.equal(capitalised(typed), "Trần Văn Hòa");
  assert.equal(capitalised("h'hen niê"), "H'Hen Niê");
  assert.equal(capitalised("a-lăng thị ơ\u0306n"), "A-Lăng Thị Ơ\u0306n");
  assert.equal(capitalised("Trần văn Hòa"), "");
});
