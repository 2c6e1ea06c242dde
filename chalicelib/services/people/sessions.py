"""Signs people in, with a brake on password guessing that never locks the owner out."""

from __future__ import annotations

from chalicelib.domain.errors import WrongCredentials
from chalicelib.domain.identity import origin_id, participant_id, source_id
from chalicelib.services.contest.reference import Reference
from chalicelib.services.people.brakes import Proof, admit_guess
from chalicelib.services.ports import Participant, ParticipantStore, Passwords, ProofsOfWork, SignIns


def sign_in(
    citizen_id: str,
    password: str,
    proof: Proof | None,
    address: str,
    reference: Reference,
    participants: ParticipantStore,
    sign_ins: SignIns,
    proofs: ProofsOfWork,
    passwords: Passwords,
    pepper: bytes,
    now: int,
) -> Participant:
    """Signs a person in. Raises ``ProofRequired``, ``WrongCredentials``, ``Excluded``, ``Disqualified``.

    An unknown citizen ID costs the same work and gets the same answers as a wrong password.
    """
    number = participant_id(pepper, citizen_id)
    origin, source = origin_id(pepper, number, address), source_id(pepper, address)
    strain = admit_guess(sign_ins, proofs, number, origin, source, proof, now)
    holder = participants.holder(number)
    participant = holder.person if holder else None
    if not passwords.verify(participant.password_hash if participant else None, password) or not participant:
        sign_ins.failed(number, origin, source, now)
        raise WrongCredentials
    if strain.here or not strain.known:
        sign_ins.succeeded(number, origin, now)
    reference.check_admitted(number, participant.participant_id)
    return participant
