"""Whose session has ended before its token expires: barred people and revoked tokens."""

from __future__ import annotations

from chalicelib.documents import revoked_tokens
from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.domain.errors import Busy
from chalicelib.services.contest.reference import RECHECK_MS, Current, Library
from chalicelib.services.ports import Clock, ObjectStore

# How long a token is valid, and so how long its revocation has to be remembered.
LIFETIME_MS = 12 * 3_600_000


class Revoked:
    """Says of a token whether it still holds, from what is in memory.

    Who may not take part follows from the contest in force; the list of revoked tokens is looked at every ten
    seconds, as the contest is. A list that cannot be read changes nothing: the one before goes on to hold.
    """

    def __init__(self, library: Library, desk: ObjectStore, clock: Clock) -> None:
        self._library, self._desk, self._clock = library, desk, clock
        self._contest: Current | None = None
        self._barred: frozenset[str] = frozenset()
        self._read: bytes | None = None
        self._moments: dict[str, int] = {}
        self._checked_at: int | None = None

    def __call__(self, participant_id: str, issued: int) -> bool:
        """Whether a token of this person, ``issued`` then, has ended. Raises ``Busy``, ``NotLoaded``."""
        contest = self._library.current()
        if contest is not self._contest:
            self._contest = contest
            in_force = contest.decisions.in_force()
            excluded = [in_force.get(number, number) for number in contest.excluded]
            self._barred = contest.decisions.annulled_for_good.union(excluded)
        now = self._clock()
        if self._checked_at is None or now - self._checked_at >= RECHECK_MS:
            self._checked_at = now
            self._look()
        return participant_id in self._barred or issued < self._moments.get(participant_id, 0)

    def _look(self) -> None:
        try:
            data = self._desk.get(revoked_tokens.KEY)
            if data != self._read:
                self._moments = revoked_tokens.decode(data) if data else {}
                self._read = data
        except (Busy, UnreadableDocument):  # whoever revokes next hears of the latter
            pass
