"""Signs people in, with a brake on password guessing that locks nobody out for more than a minute."""

from __future__ import annotations

from chalicelib.domain.errors import TooManyAttempts, WrongCredentials
from chalicelib.domain.identity import origin_id, participant_id
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import Failures, Participant, ParticipantStore, Passwords, SignIns

FREE_HERE = 5
FREE_ANYWHERE = 100
FIRST_PAUSE_MS = 30_000
LONGEST_PAUSE_MS = 60_000


def pause_left(failures: Failures, now: int) -> int:
    """Milliseconds to wait for the next try from this origin.

    Five wrong passwords are free, then come pauses of 30 s and 60 s: about 64 guesses an hour. After a hundred
    an hour, all origins together share one guess a minute; one origin alone never reaches that. An origin from
    which the person has signed in before is exempt, so that a crowd of others cannot lock them out.
    """
    here = _pause(failures.here - FREE_HERE, failures.last_here, now)
    anywhere = _pause(failures.anywhere - FREE_ANYWHERE, failures.last_anywhere, now)
    return here if failures.known else max(here, anywhere)


def _pause(too_many: int, last_at: int, now: int) -> int:
    if too_many < 0:
        return 0
    return max(last_at + (FIRST_PAUSE_MS if too_many == 0 else LONGEST_PAUSE_MS) - now, 0)


def check_brake(sign_ins: SignIns, identity: str, origin: str, now: int) -> Failures:
    """Raises ``TooManyAttempts`` if the next try comes too early."""
    failures = sign_ins.failures(identity, origin, now)
    wait = pause_left(failures, now)
    if wait:
        raise TooManyAttempts(retry_after=-(-wait // 1000))
    return failures


def sign_in(
    citizen_id: str,
    password: str,
    address: str,
    reference: Reference,
    participants: ParticipantStore,
    sign_ins: SignIns,
    passwords: Passwords,
    pepper: bytes,
    now: int,
) -> Participant:
    """Signs a person in. Raises ``WrongCredentials``, ``TooManyAttempts``, ``Excluded``, ``Disqualified``.

    An unknown citizen ID costs the same work and gets the same answers as a wrong password.
    """
    number = participant_id(pepper, citizen_id)
    origin = origin_id(pepper, number, address)
    failures = check_brake(sign_ins, number, origin, now)
    holder = participants.holder(number)
    participant = holder.person if holder else None
    if not passwords.verify(participant.password_hash if participant else None, password) or not participant:
        sign_ins.failed(number, origin, now)
        raise WrongCredentials
    if failures.here or not failures.known:
        sign_ins.succeeded(number, origin, now)
    reference.check_admitted(number, participant.participant_id)
    return participant
