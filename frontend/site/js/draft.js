// The answers of an attempt on this device, and how they go together with what the server holds.

const same = (a, b) => JSON.stringify(a || []) === JSON.stringify(b || []);

/**
 * Three-way merge, question by question: what this device changed since the server last had its answers (`base`)
 * stands; everything else is as the server has it, which may have been saved from another device.
 */
export function merge(base, local, server) {
  const answers = {};
  const numbers = new Set([...Object.keys(local.answers), ...Object.keys(server.answers)]);
  for (const number of numbers) {
    const changedHere = !same(local.answers[number], base.answers[number]);
    const chosen = (changedHere ? local : server).answers[number];
    if (chosen && chosen.length) answers[number] = chosen;
  }
  const prediction = local.prediction !== base.prediction ? local.prediction : server.prediction;
  return { answers, prediction };
}

/**
 * The state of an attempt that is shown: the server's, with what this device kept. `flags` and `at`, the questions to
 * look at again and the one being looked at, are this device's own.
 */
export function restore(attempt, kept) {
  const server = { answers: attempt.saved_answers || {}, prediction: numberOrNull(attempt.saved_prediction) };
  const mine = kept ? merge(kept.base, kept, server) : server;
  const { flags = {}, at = 1 } = kept || {};
  return { ...mine, answers: { ...mine.answers }, base: server, deadline: attempt.deadline, flags: { ...flags }, at };
}

const numberOrNull = (value) => (value === undefined || value === null ? null : value);

/** The body of a save or a submission; `prediction` only where the contest asks for one. */
export function bodyOf(state, asksPrediction) {
  const body = { answers: state.answers };
  if (asksPrediction) body.prediction = state.prediction;
  return body;
}

/** Differs from what the server was last known to hold. */
export function isUnsent({ answers, prediction, base }) {
  const numbers = new Set([...Object.keys(answers), ...Object.keys(base.answers)]);
  return prediction !== base.prediction || [...numbers].some((number) => !same(answers[number], base.answers[number]));
}

/** "1.234" → 1234; null for nothing, undefined for what is no number from 0 to 1 000 000 000. */
export function readPrediction(text) {
  const digits = text.replace(/[\s.,]/g, "");
  if (!digits) return null;
  return /^\d{1,10}$/.test(digits) && Number(digits) <= 1e9 ? Number(digits) : undefined;
}
