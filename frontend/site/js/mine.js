// The own attempts: what counts of them, and as the server last told them, for screens that must not ask for them again.

/** The score that counts: under the organisers' rulings, where they change it. */
export const scoreOf = ({ score, ruled_score: ruled }) => ruled ?? score;

/** The highest score of each week: {week: score}. Which of several equal ones ranks first, the close-out decides. */
export function bestScores(attempts) {
  const best = {};
  for (const attempt of attempts) {
    const score = scoreOf(attempt);
    if (score !== null && !(best[attempt.week] >= score)) best[attempt.week] = score;
  }
  return best;
}

/** @type {{ owner: string, attempts: any[] }} */
let known = { owner: "", attempts: [] };

/** @param {{ participant: { participant_id: string }, attempts: any[] }} me of `GET /me` */
export const remember = ({ participant, attempts }) => {
  known = { owner: participant.participant_id, attempts };
};

/** The finished attempts of a week but for one, as far as this page knows; null if it knows nothing. */
export const others = (owner, week, id) =>
  known.owner === owner ? known.attempts.filter((one) => one.week === week && one.attempt_id !== id && one.status !== "open") : null;
