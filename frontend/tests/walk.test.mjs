// Random walks of the page's state machine against a model of the server (walk/). WALKS says how many, SEED repeats a run.

import test from "node:test";

import fc from "fast-check";

import { walk, walks } from "./walk/walk.mjs";

const WALKS = Number(process.env.WALKS || 300);
const SEED = process.env.SEED ? { seed: Number(process.env.SEED), path: process.env.WALK_PATH } : {};

test(`whatever happens, no kept or acknowledged answer is lost (${WALKS} walks)`, async () => {
  await fc.assert(fc.asyncProperty(walks, async (drawn) => void (await walk(drawn))), { numRuns: WALKS, ...SEED });
});
