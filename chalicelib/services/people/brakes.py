"""What a try costs: the prices of guesses and registrations in proof of work (arithmetic: docs/brakes.md).

A price is a number of steps. Nobody is ever told to wait: a dear try is allowed to whoever has paid for it, so
that no crowd of guessers can keep an owner out.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.domain.definition import ProofOfWork
from chalicelib.domain.errors import ProofRequired
from chalicelib.services.ports import ProofsOfWork, SignIns, Sources, Strain, Traffic

# The dearest proof: for this, any try is allowed.
DEAREST = 160
# What costs nothing: a person's failures from one origin, and an hour's tries from all new origins together.
FREE_HERE = 5
FREE_ANYWHERE = 10
# A source's misses in an hour that cost nothing, and then those that cost one step more.
FREE_MISSES = 30
MISSES_A_STEP = 8
# A registration costs so many steps for each earlier one of its source in this hour, and one step for so many
# registrations of all sources in the last minute.
STEPS_A_REGISTRATION = 4
RATE_A_STEP = 200
# The first registration of a source, by ``[eligibility] proof_of_work``; with "off" only misses cost something.
FIRST_REGISTRATION: dict[ProofOfWork, int] = {"off": 0, "on": 1, "high": 40}


class Proof(NamedTuple):
    """A solved challenge and the steps that it was made for."""

    challenge: str
    steps: int


def asked(price: int) -> int:
    """The steps of a new challenge: enough if the price doubles meanwhile, or a first request is sent twice."""
    return min(2 * price + STEPS_A_REGISTRATION, DEAREST)


def price_of_guess(strain: Strain) -> int:
    """Free at first, then doubled by each failure. Others do not matter where the owner has been before."""
    here = _doubled(strain.here - FREE_HERE)
    if strain.known:
        return here
    return max(here, _doubled(strain.anywhere - FREE_ANYWHERE), _price_of_source(strain.misses))


def price_of_registration(traffic: Traffic, setting: ProofOfWork) -> int:
    misses = _price_of_source(traffic.misses)
    if setting == "off":
        return misses
    here = FIRST_REGISTRATION[setting] + STEPS_A_REGISTRATION * traffic.registered
    return max(min(here + traffic.in_all // RATE_A_STEP, DEAREST), misses)


def _doubled(too_many: int) -> int:
    if too_many < 0:
        return 0
    return min(1 << min(too_many, 8), DEAREST)


def _price_of_source(misses: int) -> int:
    too_many = misses - FREE_MISSES
    return 0 if too_many < 0 else min(1 + too_many // MISSES_A_STEP, DEAREST)


def admit_guess(
    sign_ins: SignIns,
    proofs: ProofsOfWork,
    participant_id: str,
    origin: str,
    source: str,
    proof: Proof | None,
    now: int,
) -> Strain:
    """Lets one password or code be tried, before any work is done for it. Raises ``ProofRequired``.

    A proof is good for one guess. A guess from a new origin is counted before it is tried, under the condition
    that its price is paid, so that a thousand guesses at once pay like a thousand in a row.
    """
    strain = sign_ins.strain(participant_id, origin, source, now)
    price = price_of_guess(strain)
    # From a new origin a proof is spent where there is no price, too: else a thousand guesses at once, all of
    # which still cost nothing, would be let in by the same proof.
    paid = _pay(price, proof, proofs, None, now) if price or not strain.known else 0
    if not strain.known:
        limit = None if paid >= DEAREST else FREE_ANYWHERE + paid.bit_length()
        if not sign_ins.begin(participant_id, limit, now):
            raise ProofRequired(DEAREST if paid else asked(1))
    return strain


def admit_registration(
    sources: Sources,
    proofs: ProofsOfWork,
    participant_id: str,
    source: str,
    setting: ProofOfWork,
    proof: Proof | None,
    now: int,
) -> None:
    """Lets one person be registered. Raises ``ProofRequired``.

    A proof is good for one person, for whom the same request may be repeated. The registration is counted under
    the condition that its price is paid: challenges taken before a rush are worth only what they cost.
    """
    traffic = sources.traffic(source, now)
    price = price_of_registration(traffic, setting)
    paid = _pay(price, proof, proofs, participant_id, now) if price else 0
    if setting == "off":
        return
    left = paid - FIRST_REGISTRATION[setting] - traffic.in_all // RATE_A_STEP
    limit = None if paid >= DEAREST else left // STEPS_A_REGISTRATION + 1
    if not sources.begin(source, participant_id, limit, now):
        raise ProofRequired(DEAREST)


def _pay(price: int, proof: Proof | None, proofs: ProofsOfWork, participant_id: str | None, now: int) -> int:
    """Spends the proof, and returns what it was worth. Raises ``ProofRequired``.

    Who solved a challenge whose price has risen since is asked for the dearest, which no rise makes too cheap.
    So nobody solves more than two.
    """
    paid = proof.steps if proof else 0
    if paid < price:
        raise ProofRequired(DEAREST if paid else asked(price))
    if proof and not proofs.spend(proof.challenge, participant_id, now):
        if price:
            raise ProofRequired(asked(price))
        return 0
    return paid
