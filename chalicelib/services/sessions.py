"""Signing in, with a brake on guessing passwords."""

from __future__ import annotations

from chalicelib.domain.errors import Disqualified, Excluded, TooManyAttempts, WrongCredentials
from chalicelib.services.identity import participant_id
from chalicelib.services.ports import Failures, Participant, ParticipantStore, Passwords
from chalicelib.services.reference import Reference

FREE_FAILURES = 5
FIRST_PAUSE_MS = 30_000
LONGEST_PAUSE_MS = 15 * 60_000


def pause_left(failures: Failures, now: int) -> int:
    """Milliseconds to wait: none up to five wrong passwords, then 30 s, doubling up to 15 min."""
    if failures.wrong < FREE_FAILURES:
        return 0
    pause = min(FIRST_PAUSE_MS << min(failures.wrong - FREE_FAILURES, 10), LONGEST_PAUSE_MS)
    return max(failures.last_at + pause - now, 0)


def sign_in(
    citizen_id: str,
    password: str,
    reference: Reference,
    participants: ParticipantStore,
    passwords: Passwords,
    pepper: bytes,
    now: int,
) -> Participant:
    """Raises ``WrongCredentials``, ``TooManyAttempts``, ``Excluded``, ``Disqualified``.

    An unknown citizen ID takes the same time and gets the same answers as a wrong password.
    """
    identity = participant_id(pepper, citizen_id)
    failures = participants.failures(identity)
    wait = pause_left(failures, now)
    if wait:
        raise TooManyAttempts(retry_after=-(-wait // 1000))
    participant = participants.get(identity)
    if not passwords.verify(participant.password_hash if participant else None, password) or not participant:
        participants.add_failure(identity, now)
        raise WrongCredentials
    if failures.wrong:
        participants.clear_failures(identity)
    if identity in reference.excluded:
        raise Excluded
    if identity in reference.disqualified:
        raise Disqualified
    return participant
