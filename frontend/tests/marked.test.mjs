import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { pieces, unmarked } from "../site/js/marked.js";

test("the page finds the marks of a text where the server finds them", async () => {
  const cases = JSON.parse(await readFile(new URL("../../tests/marked.json", import.meta.url), "utf8"));
  for (const [text, told] of cases) {
    assert.deepEqual(pieces(text).map(({ text: piece, mark }) => (mark ? `*${piece}` : piece)), told);
    assert.equal(unmarked(text), told.filter((piece) => piece[0] !== "*").join(""));
  }
});
