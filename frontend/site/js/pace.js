// The times at which answers are sent. Random parts keep a hall full of people from saving in the same second; the page
// leaves a refusing server alone for at least as long as a working one.

/** @typedef {() => number} Random from 0 to 1 */

const SECOND = 1000;
const LONGEST = 120 * SECOND;

/** Until the first save after a quiet time. @param {Random} random */
export const soon = (random) => (2.5 + random()) * SECOND;

/**
 * Between two saves that succeed: the server's interval, `after` ms, and a little more.
 * @type {(after: number, random: Random) => number}
 */
export const healthy = (after, random) => after * (1 + random() / 6);

/**
 * After `failures` refused or lost saves in a row; the server asks for at least `retryAfter` s. From a usual wait up to 2 min.
 * @type {(failures: number, after: number, retryAfter: number, random: Random) => number}
 */
export function refused(failures, after, retryAfter, random) {
  const ceiling = Math.min(Math.max(LONGEST, after), after * 2 ** failures);
  return Math.max(after + random() * (ceiling - after), retryAfter * SECOND * (1 + random()));
}

/**
 * Before the page asks for the server's answers again, after `rounds` tries without one.
 * @type {(rounds: number, retryAfter: number, random: Random) => number}
 */
export const unheard = (rounds, retryAfter, random) =>
  retryAfter * SECOND + 3 * SECOND + random() * Math.min(LONGEST, 5 * SECOND * 2 ** rounds);

/**
 * Before the next try to hand in.
 * @type {(rounds: number, retryAfter: number, random: Random) => number}
 */
export const handInAgain = (rounds, retryAfter, random) => retryAfter * SECOND + random() * Math.min(20 * SECOND, SECOND * 2 ** rounds);

/**
 * The last save before the deadline: 15 to 45 s before it, in short papers within the last quarter. Times in ms.
 * @type {(times: { started: number, deadline: number }, random: Random) => number}
 */
export function lastSave({ started, deadline }, random) {
  const unit = Math.min(15 * SECOND, (deadline - started) / 12);
  return deadline - unit - random() * 2 * unit;
}

/**
 * How long a hand-in at the deadline waits: a whole week's papers may end in the same second. All arrivals in
 * the grace rank alike; the last third is left for a second try.
 * @type {(grace: number, random: Random) => number}
 */
export const spread = (grace, random) => random() * grace * 0.65;
