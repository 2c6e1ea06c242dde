// What somebody knows of the published questions, kept on this device, and the rounds in which they are practised.

import { read, remove, write } from "./storage.js";

export const ROUND = 10;
const KEY = "study";
const AGAIN_AFTER = 3; // other questions stand between a wrong answer and the next try

/** Right answers in a row by the question's id; 0: the last answer was wrong. */
export const known = {
  /** @returns {Record<string, number>} */
  get() {
    const kept = read(KEY);
    return kept && typeof kept === "object" ? kept : {};
  },
  /** @param {string} id @param {boolean} right */
  tell(id, right) {
    const all = known.get();
    write(KEY, { ...all, [id]: right ? (all[id] || 0) + 1 : 0 });
  },
  clear: () => remove(KEY),
};

/** Questions under a ruling are not practised: their keys no longer hold as they stand. */
export const practisable = (questions) => questions.filter(({ rulings }) => !rulings.length);

/** How many of `questions` somebody knows, and how many come again since the last answer was wrong. */
export function standing(questions, told) {
  const [right, wrong] = [questions.filter(({ id }) => told[id] > 0), questions.filter(({ id }) => told[id] === 0)];
  return { all: questions.length, known: right.length, again: wrong.length };
}

/** The topics in the bank's order, each with its questions. */
export function byTopic(questions) {
  const found = new Map();
  for (const question of questions) found.set(question.topic, [...(found.get(question.topic) || []), question]);
  return [...found];
}

/** In another order. */
export function shuffled(list, random = Math.random) {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

/** Up to ten: what was wrong, then what is new, then what was right the fewest times; mixed. */
export function roundOf(questions, told, random = Math.random) {
  const rank = ({ id }) => (told[id] === undefined ? 0.5 : told[id]);
  const chosen = shuffled(questions, random).sort((one, other) => rank(one) - rank(other)).slice(0, ROUND);
  return shuffled(chosen, random);
}

/** The questions left after the first was answered: a wrong one comes again, after three others if there are so many. */
export function left(questions, right) {
  const others = questions.slice(1);
  return right ? others : [...others.slice(0, AGAIN_AFTER), questions[0], ...others.slice(AGAIN_AFTER)];
}

/** With the options in another order and lettered anew, as papers have them. */
export function mixed(question, random = Math.random) {
  const options = shuffled(question.options, random).map((option, i) => ({ ...option, key: "ABCDEF"[i], was: option.key }));
  return { ...question, options, answer: options.filter(({ was }) => question.answer.includes(was)).map(({ key }) => key) };
}

/** “Khoản 1 Điều 3 Nghị định số 63/2010/NĐ-CP” → “Nghị định số 63/2010/NĐ-CP”; "" if it names no law by number or year. */
export function lawOf(reference) {
  const numbered = /\p{Lu}\p{Ll}+ \p{Ll}+ số [\p{L}\d/-]+/u.exec(reference);
  const dated = /(?:Bộ luật|Luật) .+? năm \d{4}/.exec(reference);
  return (numbered || dated || [""])[0];
}
