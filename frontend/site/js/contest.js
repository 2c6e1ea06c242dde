// The contest as the site publishes it. Its dates, its notice and what is stopped may change at any moment: while somebody
// looks, it is read again. Screens keep the same object, so what they draw next is right.

import { data } from "./api.js";
import { fill, h } from "./dom.js";
import { addTexts, setWeeks, t } from "./texts.js";

/** @import { Contest } from "../../types/api" */

addTexts({
  "stop.starts": [
    "Đang tạm dừng bắt đầu lượt thi mới. Bài đang làm vẫn lưu và nộp được.",
    "New papers cannot be started for the time being. Open papers can be saved and handed in.",
  ],
  "stop.registration": ["Đang tạm dừng đăng ký.", "Registration is stopped for the time being."],
  "stop.sign_in": ["Đang tạm dừng đăng nhập.", "Signing in is stopped for the time being."],
});

const EVERY_MS = 10000;

const published = () => data("contest.json", { tries: 1, quiet: true }).catch(() => null);

/**
 * Makes `contest` the newest; true if it has changed.
 * @param {Contest} contest
 */
export async function refresh(contest, read = published) {
  const newest = await read();
  if (!newest || JSON.stringify(newest) === JSON.stringify(contest)) return false;
  for (const key of Object.keys(contest)) delete (/** @type {any} */ (contest))[key];
  Object.assign(contest, newest);
  setWeeks(contest);
  return true;
}

/**
 * Reads the contest again and again while `wanted()`; `changed()` hears of every change.
 * @param {Contest} contest
 * @param {() => boolean} wanted
 * @param {() => void} changed
 */
export function watch(contest, wanted, changed) {
  setTimeout(async () => {
    if (wanted() && (await refresh(contest))) changed();
    watch(contest, wanted, changed);
  }, EVERY_MS * (0.8 + 0.4 * Math.random()));
}

/**
 * Shows the organisers' notice and what is stopped, or nothing.
 * @param {HTMLElement} box
 * @param {Contest} contest
 */
export function showNotice(box, { notice, stopped }) {
  const lines = [...(notice ? notice.split("\n") : []), ...(stopped || []).map((name) => t(`stop.${name}`))];
  box.hidden = lines.length === 0;
  fill(box, ...lines.map((line) => h("p", null, line)));
}
