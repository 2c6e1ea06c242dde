import assert from "node:assert/strict";
import test from "node:test";

import { parseRoute } from "../site/js/dom.js";

test("an address names screen, argument and query", () => {
  const { name, argument, query } = parseRoute("#/paper/1-a%20b?x=1");
  assert.deepEqual([name, argument, query.get("x")], ["paper", "1-a b", "1"]);
  assert.equal(parseRoute("").name, "");
});

test("a cut-off escape still opens its screen", () => {
  for (const hash of ["#/results/%", "#/results/%E1%BA", "#/results?next=%"]) {
    assert.equal(parseRoute(hash).name, "results", hash);
  }
});
