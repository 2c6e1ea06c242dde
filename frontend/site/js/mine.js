// The own attempts as the server last told them, for screens that must not ask for them again.

/** @type {{ owner: string, attempts: any[] }} */
let known = { owner: "", attempts: [] };

/** @param {{ participant: { participant_id: string }, attempts: any[] }} me of `GET /me` */
export const remember = ({ participant, attempts }) => {
  known = { owner: participant.participant_id, attempts };
};

/** The finished attempts of a week but for one, as far as this page knows; null if it knows nothing. */
export const others = (owner, week, id) =>
  known.owner === owner ? known.attempts.filter((one) => one.week === week && one.attempt_id !== id && one.status !== "open") : null;
