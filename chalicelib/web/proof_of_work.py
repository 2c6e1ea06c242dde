"""Proof of work by ALTCHA (version 1 of its protocol): what is done in bulk costs computing time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from altcha import v1 as altcha

from chalicelib.services.people.brakes import Proof

if TYPE_CHECKING:
    from chalicelib.web import shapes

# Of each step; a proof takes half of its numbers on average. docs/brakes.md says what that is in time.
NUMBERS_A_STEP = 100_000
LIFETIME = timedelta(minutes=20)
# A hash of salt and number is then one block of SHA-256, on phones as in an attacker's hands.
_SALT_BYTES = 8


def challenge(key: bytes, steps: int, now: datetime) -> shapes.Challenge:
    """Find n in 0…maxnumber with hex(SHA-256(salt + n)) = challenge; the salt holds expiry and ``steps``."""
    options = altcha.ChallengeOptions(
        hmac_key=key,
        max_number=steps * NUMBERS_A_STEP,
        salt_length=_SALT_BYTES,
        expires=now + LIFETIME,
        params={"steps": str(steps)},
    )
    made = altcha.create_challenge(options)
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxnumber": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


def check(key: bytes, proof: str | None, now: datetime) -> Proof | None:
    """What ``proof``, the base64 of the solution in JSON, has paid; None if it is wrong, too old or missing.

    Every challenge is unique. Its expiry and steps are under the signature, as the salt is.
    """
    if not proof:
        return None
    try:
        if not altcha.verify_solution(proof, key, check_expires=False)[0]:
            return None
        payload = altcha.Payload.from_base64(proof)
        _, expires, params = payload.parse_salt()
        if expires is None or expires < now.timestamp():
            return None
        return Proof(payload.challenge, int(params["steps"][0]))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None
