"""Ends people's sessions: one list, which several functions write and the API reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from secrets import SystemRandom

from chalicelib.documents import revoked_tokens
from chalicelib.domain.errors import Busy
from chalicelib.services.exam.revoked import LIFETIME_MS
from chalicelib.services.ports import Clock, ConditionalObjects, ParticipantStore

# How far the clocks of two machines may be apart; Amazon's time service keeps them within milliseconds.
SKEW_MS = 2_000
TRIES = 12
_RANDOM = SystemRandom()
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.5


class StoredRevocations:
    """``Revocations`` among the desk's pointers. ``desk`` is called only where there is somebody to revoke.

    The moment lies ``SKEW_MS`` ahead, so that no session from before survives because a clock was fast. It is
    written to the person first: whoever signs in from then on gets a token of that moment, which holds.
    Writers never lose each other's entries: each adds its own to what it has read, and writes only if that is
    still there.
    """

    def __init__(
        self, participants: ParticipantStore, desk: Callable[[], ConditionalObjects], clock: Clock
    ) -> None:
        self._participants, self._desk, self._clock = participants, desk, clock

    def revoke(self, participant_ids: Iterable[str]) -> None:
        now = self._clock()
        moment = now + SKEW_MS
        added = dict.fromkeys(participant_ids, moment)
        for identity in added:
            self._participants.sign_out(identity, moment)
        if not added:
            return
        desk = self._desk()
        for again in range(TRIES):
            before = desk.get(revoked_tokens.KEY)
            stored = revoked_tokens.decode(before) if before else {}
            kept = {identity: at for identity, at in stored.items() if at + LIFETIME_MS > now}
            # A slower clock must not bring an earlier moment back.
            after = kept | {identity: max(moment, kept.get(identity, 0)) for identity in added}
            if desk.replace(revoked_tokens.KEY, before, revoked_tokens.encode(after)):
                return
            time.sleep(_RANDOM.uniform(0, min(_FIRST_PAUSE_S * 2**again, _LONGEST_PAUSE_S)))
        raise Busy(f"{revoked_tokens.KEY} was overtaken {TRIES} times")
