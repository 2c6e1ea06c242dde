"""Resets a lost password with a one-time code that an organiser hands over."""

from __future__ import annotations

import hmac

from chalicelib.domain.errors import InvalidInput, WrongCode
from chalicelib.domain.identity import code_id, origin_id, participant_id, source_id
from chalicelib.services.people.brakes import Proof, admit_guess
from chalicelib.services.people.registration import check_password
from chalicelib.services.ports import ParticipantStore, Passwords, ProofsOfWork, Revocations, SignIns

VALID_MS = 7 * 86_400_000
# How long each sign-in tells of a reset: whoever took a code over must not be the only one who is told.
TOLD_MS = 30 * 86_400_000


def one_time_code(pepper: bytes, delivery: str, participant_id: str) -> str:
    """Twelve digits in three groups of four, easy to read out: 40 bits, against guesses that cost work.

    ``delivery``: the id of the file's event; repeated after a breakdown, it gives the person the same code.
    """
    keyed = hmac.digest(pepper, f"one-time code|{delivery}|{participant_id}".encode(), "sha256")
    digits = f"{int.from_bytes(keyed[:16], 'big') % 10**12:012}"
    return "-".join((digits[:4], digits[4:8], digits[8:]))


def reset_password(
    citizen_id: str,
    code: str,
    password: str,
    proof: Proof | None,
    address: str,
    participants: ParticipantStore,
    sign_ins: SignIns,
    proofs: ProofsOfWork,
    revocations: Revocations,
    passwords: Passwords,
    pepper: bytes,
    now: int,
) -> None:
    """Sets the new password and uses the code up. Raises ``InvalidInput``, ``ProofRequired``, ``WrongCode``.

    Ends the sessions from before; if that fails, the code works again, for the same request once more.
    """
    fault = check_password(password, citizen_id)
    if fault:
        raise InvalidInput([fault])
    number = participant_id(pepper, citizen_id)
    origin, source = origin_id(pepper, number, address), source_id(pepper, address)
    admit_guess(sign_ins, proofs, number, origin, source, proof, now)
    identity = participants.in_force([number])[number]
    if not participants.reset_password(
        identity, code_id(pepper, identity, code), passwords.hash(password), now
    ):
        sign_ins.failed(number, origin, source, now)
        raise WrongCode
    try:
        revocations.revoke([identity])
    except Exception:
        participants.allow_reset(identity, code_id(pepper, identity, code), now + VALID_MS)
        raise
    sign_ins.succeeded(number, origin, now)
