// The page and the API's committed document (docs/openapi.json) speak of the same calls and fields.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { api } from "../site/js/api.js";

const file = new URL("../../docs/openapi.json", import.meta.url);
const document = JSON.parse(readFileSync(file, "utf8"));

const resolve = (schema) => (schema.$ref ? document.components.schemas[schema.$ref.split("/").pop()] : schema);
const registration = {
  citizen_id: "", full_name: "", date_of_birth: "", gender: "", phone: "", unit_code: null, category: "", password: "", consent: true,
  proof: null,
};

// Each call as the page makes it.
const CALLS = {
  contest: () => api.contest(),
  challenge: () => api.challenge(),
  register: () => api.register(registration),
  signIn: () => api.signIn({ citizen_id: "", password: "", proof: null }),
  resetPassword: () => api.resetPassword({ citizen_id: "", code: "", password: "", proof: null }),
  me: () => api.me(),
  start: () => api.start(),
  attempt: () => api.attempt("1-1", { fresh: true }),
  save: () => api.save("1-1", { answers: { 1: ["A"] }, prediction: 5, revision: 0 }),
  submit: () => api.submit("1-1", { answers: { 1: ["A"] }, prediction: 5, revision: 0 }),
};

// The fields that the page reads of each answer.
const READ = {
  Contest: ["id", "title", "title_en", "organiser", "organiser_en", "hotline", "timezone", "weeks", "paper", "prediction", "ranking", "prizes",
    "unit_prizes", "eligibility", "next_rules", "period", "notice", "stopped"],
  UnitPrize: ["count", "title", "when"],
  Week: ["number", "title", "opens_at", "closes_at"],
  PaperRules: ["questions", "time_limit_seconds", "grace_seconds", "attempts_per_week", "publish_bank"],
  Ranking: ["order", "one_prize"],
  Eligibility: ["min_age", "proof_of_work"],
  Challenge: ["algorithm", "challenge", "salt", "signature", "maxnumber"],
  Session: ["token", "expires_at", "participant"],
  Participant: ["participant_id", "full_name", "unit_code"],
  Me: ["participant", "week", "attempts"],
  ThisWeek: ["number", "attempts_used", "attempts_left", "best_score", "open_attempt"],
  Attempt: ["attempt_id", "week", "number", "started_at", "deadline", "saved_answers", "saved_prediction", "revision", "questions", "prediction_question", "counted_prediction"],
  Question: ["number", "text", "options", "multiple"],
  Option: ["key", "text"],
  Submitted: ["counted", "score", "ruled_score", "total", "duration_ms", "submitted_at", "late", "receipt"],
  Result: ["attempt_id", "week", "number", "counted", "score", "ruled_score", "total", "duration_ms", "submitted_at", "late", "rulings", "questions", "receipt"],
  RuledQuestion: ["number", "text", "ruling", "keys", "chosen", "reason"],
  Receipt: ["record", "openings", "salts", "told", "leaf_hash", "signature", "key_id"],
  ReceiptRecord: ["contest", "duration_minutes", "minute", "number", "pseudonym", "week"],
  Saved: ["revision", "save_after_s", "deadline"],
  StaleProblem: ["code", "saved_answers", "prediction", "revision"],
  FinishedProblem: ["code", "result"],
  NextRules: ["number", "paper"],
  StoppedProblem: ["code", "notice"],
  ProofRequiredProblem: ["code", "challenge"],
  FieldFault: ["field", "message"],
};

test("the page calls what the document lists, with the fields that it lists", async () => {
  assert.deepEqual(Object.keys(CALLS).sort(), Object.keys(api).sort());
  const real = globalThis.fetch;
  try {
    for (const [name, call] of Object.entries(CALLS)) {
      let sent = null;
      globalThis.fetch = async (url, request) => {
        sent = { path: url.replace(/^\/api/, "").replace("1-1", "{attempt_id}"), ...request };
        return new Response("{}");
      };
      await call();
      const operation = (document.paths[sent.path] || {})[sent.method.toLowerCase()];
      assert.ok(operation, `${name}: ${sent.method} ${sent.path}`);
      assert.equal(Boolean(operation.requestBody), sent.body !== undefined, name);
      if (sent.body === undefined) continue;
      const { properties = {}, required = [] } = resolve(operation.requestBody.content["application/json"].schema);
      const fields = Object.keys(JSON.parse(sent.body));
      assert.deepEqual(fields.filter((field) => !(field in properties)), [], name);
      assert.deepEqual(required.filter((field) => !fields.includes(field)), [], name);
    }
  } finally {
    globalThis.fetch = real;
  }
});

test("the document has every field that the page reads", () => {
  for (const [schema, fields] of Object.entries(READ)) {
    const { properties } = document.components.schemas[schema];
    for (const field of fields) assert.ok(properties[field], `${schema}.${field}`);
  }
});
