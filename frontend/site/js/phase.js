// Where the contest stands at a moment.

/** {kind: "before" | "open" | "between" | "after", week, change}: the week it is about, the next change in ms. */
export function phase(weeks, now) {
  for (const week of weeks) {
    const [opens, closes] = [Date.parse(week.opens_at), Date.parse(week.closes_at)];
    if (now < opens) return { kind: week === weeks[0] ? "before" : "between", week: week.number, change: opens };
    if (now < closes) return { kind: "open", week: week.number, change: closes };
  }
  return { kind: "after", week: null, change: null };
}
