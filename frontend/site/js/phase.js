// The contest's phase at a moment.

/**
 * The week it is about, the next change in ms.
 * @typedef {{ kind: "before" | "open" | "between" | "after", week: number | null, change: number | null }} Phase
 */

/** @type {(weeks: import("../../types/api").Week[], now: number) => Phase} */
export function phase(weeks, now) {
  for (const week of weeks) {
    const [opens, closes] = [Date.parse(week.opens_at), Date.parse(week.closes_at)];
    if (now < opens) return { kind: week === weeks[0] ? "before" : "between", week: week.number, change: opens };
    if (now < closes) return { kind: "open", week: week.number, change: closes };
  }
  return { kind: "after", week: null, change: null };
}

const RUSH_MS = 15000;

/**
 * Milliseconds to delay a sign-in or a start: arrivals in the first seconds of a week are spread over them at random, so
 * that a whole province does not come in the same second. Nobody loses time: a paper's clock begins at its start.
 */
export function rushWait(week, now, random = Math.random) {
  const [opens, closes] = [Date.parse(week.opens_at), Date.parse(week.closes_at)];
  const rush = Math.min(RUSH_MS, (closes - opens) / 50); // trial contests run for minutes
  const since = now - opens;
  return since >= 0 && since < rush ? random() * (rush - since) : 0;
}
