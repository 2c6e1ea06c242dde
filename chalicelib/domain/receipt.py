"""The commitment to the private part of an attempt (docs/proof.md).

The canonical JSON is written by hand, because a close makes a million; tests compare it with ``json.dumps``.
"""

from __future__ import annotations

import hmac
from hashlib import blake2b, sha256

from chalicelib.domain.attempt import AttemptId, Entry, Finished

SIGNED_PREFIX = b"cuoc-thi-receipt-v1:"


def attempt_id(week: int, attempt: Finished) -> str:
    """The finished attempt's ``AttemptId`` as text."""
    return str(AttemptId(week, attempt.number, attempt.started, attempt.nonce))


def salt_key(entry_secret: bytes) -> bytes:
    """The key of all salts, as lasting as the entries: a close computes the salts again."""
    return hmac.digest(entry_secret, b"salt", "sha256")


def salt(key: bytes, participant_id: str, named: str) -> bytes:
    """16 bytes that nobody can guess without the key, or even with it once the attempt id's nonce is deleted.

    It is keyed BLAKE2b (RFC 7693), which takes a third of HMAC-SHA256's time.
    """
    return blake2b(f"{participant_id}|{named}".encode(), key=key, digest_size=16).digest()


def opening(participant_id: str, named: str, answers: str) -> bytes:
    """Canonical JSON; ``named`` is the attempt id. All three have only letters, digits, ``-`` and ``_``."""
    return f'{{"answers":"{answers}","attempt_id":"{named}","participant_id":"{participant_id}"}}'.encode()


def commitment(key: bytes, participant_id: str, week: int, attempt: Finished) -> bytes:
    """SHA-256(salt ‖ opening); an erased attempt keeps the one it had."""
    if attempt.erased:
        return bytes.fromhex(attempt.answers)
    named = attempt_id(week, attempt)
    return sha256(salt(key, participant_id, named) + opening(participant_id, named, attempt.answers)).digest()


def erased(entry: Entry, key: bytes) -> Entry:
    """The entry with commitments in place of answers and nonces, so that every leaf stays.

    Raises ``ValueError`` while an attempt is open: first settle the entry, once the attempt is overdue.
    """
    if entry.open is not None:
        raise ValueError("an open attempt cannot be erased: it has no record yet")
    kept = tuple(
        attempt._replace(nonce="", answers=commitment(key, entry.participant_id, entry.week, attempt).hex())
        for attempt in entry.finished
    )
    return entry._replace(finished=kept)
