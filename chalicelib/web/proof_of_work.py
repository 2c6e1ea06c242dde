"""Proof of work by ALTCHA (version 1 of its protocol): registering in bulk costs computing time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from altcha import v1 as altcha

from chalicelib.domain.errors import FieldError, InvalidInput

if TYPE_CHECKING:
    from chalicelib.web import shapes

# A phone of five years ago tries these in about a second.
MAX_NUMBER = 100_000
LIFETIME = timedelta(minutes=20)


def challenge(key: bytes, now: datetime) -> shapes.Challenge:
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


def check(key: bytes, proof: str | None) -> str:
    """The challenge that ``proof`` solves; every challenge is unique. Raises ``InvalidInput``.

    ``proof`` is the base64 of the solution in JSON.
    """
    try:
        solved = proof is not None and altcha.verify_solution(proof, key)[0]
        if solved and proof:
            return altcha.Payload.from_base64(proof).challenge
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        pass
    raise refusal("Bước kiểm tra tự động chưa xong hoặc đã hết hạn. Hãy tải lại trang rồi thử lại.")


def refusal(message: str) -> InvalidInput:
    return InvalidInput([FieldError("proof", message)])
