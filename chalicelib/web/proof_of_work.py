"""Proof of work by ALTCHA (version 1 of its protocol): registering in bulk costs computing time."""

from __future__ import annotations

from datetime import datetime, timedelta

from altcha import v1 as altcha

from chalicelib.domain.errors import FieldError, InvalidInput

# A phone of five years ago tries these in about a second.
MAX_NUMBER = 100_000
LIFETIME = timedelta(minutes=20)


def challenge(key: bytes, now: datetime) -> dict[str, str | int]:
    """Find n in 0…maxnumber with hex(SHA-256(salt + n)) = challenge."""
    options = altcha.ChallengeOptions(hmac_key=key, max_number=MAX_NUMBER, expires=now + LIFETIME)
    made = altcha.create_challenge(options)
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxnumber": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


def check(key: bytes, proof: str | None) -> None:
    """``proof`` is the base64 of the solution in JSON. Raises ``InvalidInput``."""
    try:
        solved = proof is not None and altcha.verify_solution(proof, key)[0]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        solved = False
    if not solved:
        message = "Bước kiểm tra tự động chưa xong hoặc đã hết hạn. Hãy tải lại trang rồi thử lại."
        raise InvalidInput([FieldError("proof", message)])
