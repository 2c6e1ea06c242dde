"""The commitments in an attempt's records, and the salts that open them (docs/proof.md).

The canonical JSON is written by hand, because a close makes millions; tests compare it with ``json.dumps``.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import NamedTuple

from chalicelib.domain.attempt import AttemptId, Entry, Finished

SIGNED_PREFIX = b"cuoc-thi-receipt-v1:"


def attempt_id(week: int, attempt: Finished) -> str:
    """The finished attempt's ``AttemptId`` as text."""
    return f"{week}-{attempt.number}-{attempt.started}-{attempt.nonce}"


def salt_key(entry_secret: bytes) -> bytes:
    """The key of all salts, as lasting as the entries: a close computes the salts again."""
    return hmac.digest(entry_secret, b"salt", "sha256")


class Four(NamedTuple):
    """What a finish commits to, or the salts or commitments of that."""

    grading: bytes
    identity: bytes
    score: bytes
    time: bytes


class Committed(NamedTuple):
    """``openings``: canonical JSON each. ``salts``: 16 bytes each. ``commitments``: SHA-256(salt ‖ opening)."""

    openings: Four
    salts: Four
    commitments: Four


def committed(key: bytes, entry: Entry, bank: str, attempt: Finished) -> Committed:
    """``bank``: the digest of the week's. The score is by the key at its opening, times are as they rank.

    Nobody can guess a salt without the key: it is keyed BLAKE2b (RFC 7693), a third of HMAC-SHA256's time. That
    of the grading depends on the attempt id: once its nonce is deleted, not even the key gives it. An erased
    attempt keeps its commitment to the grading, which nothing opens any more.
    """
    person, named = entry.participant_id, attempt_id(entry.week, attempt)
    unit = f'"{entry.unit}"' if entry.unit else "null"
    three = _of_record(key, entry.week, attempt.number, person)
    grading, identity = _of_attempt(key, person, named)[:16], three[:16]
    score, time = three[16:32], three[32:]
    opened = Four(
        f'{{"answers":"{attempt.answers}","attempt_id":"{named}"}}'.encode(),
        f'{{"category":"{entry.category}","participant_id":"{person}","unit":{unit}}}'.encode(),
        f'{{"bank":"{bank}","score":{attempt.told_score}}}'.encode(),
        f'{{"duration_ms":{attempt.duration},"received_at_ms":{attempt.received}}}'.encode(),
    )
    of_grading = bytes.fromhex(attempt.answers)[:32] if attempt.erased else sha256(grading + opened[0]).digest()
    made = Four(
        of_grading,
        sha256(identity + opened[1]).digest(),
        sha256(score + opened[2]).digest(),
        sha256(time + opened[3]).digest(),
    )
    return Committed(opened, Four(grading, identity, score, time), made)


def time_salt(key: bytes, week: int, number: int, participant_id: str) -> bytes:
    """What opens the commitment ``time`` of an attempt."""
    return _of_record(key, week, number, participant_id)[32:]


def _of_record(key: bytes, week: int, number: int, participant_id: str) -> bytes:
    """The salts of identity, score and time, 16 bytes each."""
    salts = _keyed(key, 48).copy()
    salts.update(f"record|{week}|{number}|{participant_id}".encode())
    return salts.digest()


def _of_attempt(key: bytes, participant_id: str, named: str) -> bytes:
    """The salts of grading and seed, 16 bytes each."""
    salts = _keyed(key, 32).copy()
    salts.update(f"{participant_id}|{named}".encode())
    return salts.digest()


@lru_cache(maxsize=4)
def _keyed(key: bytes, size: int) -> blake2b:
    """The hash once it has taken in its key, which is half of its work."""
    return blake2b(key=key, digest_size=size)


def seed_commitment(key: bytes, participant_id: str, attempt: AttemptId) -> bytes:
    """What a start commits to: SHA-256(salt ‖ attempt id), from which the paper follows."""
    salt = _of_attempt(key, participant_id, str(attempt))[16:]
    return sha256(salt + str(attempt).encode()).digest()


def seed_of(key: bytes, participant_id: str, week: int, attempt: Finished) -> bytes:
    """The seed's commitment of a finished attempt; an erased one keeps it behind that of the grading."""
    if attempt.erased:
        return bytes.fromhex(attempt.answers)[32:]
    named = AttemptId(week, attempt.number, attempt.started, attempt.nonce)
    return seed_commitment(key, participant_id, named)


def erased(entry: Entry, key: bytes) -> Entry:
    """The entry with commitments in place of answers and nonces, so that every leaf stays.

    Raises ``ValueError`` while an attempt is open: first settle the entry, once the attempt is overdue.
    """
    if entry.open is not None:
        raise ValueError("an open attempt cannot be erased: it has no record yet")
    return entry._replace(
        finished=tuple([one if one.erased else _erased(entry, one, key) for one in entry.finished])
    )


def _erased(entry: Entry, attempt: Finished, key: bytes) -> Finished:
    grading = committed(key, entry, "", attempt).commitments.grading
    kept = grading + seed_of(key, entry.participant_id, entry.week, attempt)
    return attempt._replace(nonce="", answers=kept.hex())
