"""The winners and their prizes for every table, workbook, announcement and page, put together only here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.documents.closed_week import ClosedFinal, ClosedWeek, Prize
from chalicelib.domain.definition import Definition
from chalicelib.domain.identity_provider import Verified
from chalicelib.domain.person import masked_name, masked_number
from chalicelib.domain.times import Stamps, local_time
from chalicelib.services.ports import Participant

# Enough to tell the winners of a list apart: of 100, two agree once in a million lists.
CODE_DIGITS = 8


class Winner(NamedTuple):
    """A prize and its winner. ``submitted`` is local, without a zone; ``duration`` is in milliseconds.

    A prize of the end has the sums of all weeks, and nothing that was predicted or submitted.

    ``full_name`` and the numbers are for the desk; ``public_name`` is in the form that the definition wants
    published. All are empty if the winners had their data erased. ``code``: the first digits of the
    pseudonym, which is public, and by which winners whose names are masked know themselves.
    """

    prize: str
    title: str
    rank: int
    participant_id: str
    full_name: str
    public_name: str
    code: str
    born: str
    citizen_id: str
    citizen_id_masked: str
    phone: str
    phone_masked: str
    unit_code: str
    unit_name: str
    score: int
    total: int
    prediction: int | None
    prediction_error: int | None
    duration: int
    submitted: datetime | None
    submitted_at: str | None
    attempts: int
    verified: Verified


def public_name(name: str, definition: Definition) -> str:
    """``name`` in the form that the definition wants published."""
    return masked_name(name) if definition.publication.winner_names == "masked" else name


def winners(
    closed: ClosedWeek | ClosedFinal,
    people: Mapping[str, Participant],
    definition: Definition,
    pseudonym: Callable[[str], str],
) -> list[Winner]:
    """The winners in order of their prizes.

    ``people``: those still registered, by participant id; ``pseudonym``: of a participant id, in hex.
    """
    return _named(closed, closed.prizes, people, definition, pseudonym)


def reserves(
    closed: ClosedWeek,
    people: Mapping[str, Participant],
    definition: Definition,
    pseudonym: Callable[[str], str],
) -> list[Winner]:
    """Who would have the prizes if none of the winners had."""
    return _named(closed, closed.reserves, people, definition, pseudonym)


def _named(
    closed: ClosedWeek | ClosedFinal,
    prizes: Iterable[Prize],
    people: Mapping[str, Participant],
    definition: Definition,
    pseudonym: Callable[[str], str],
) -> list[Winner]:
    rows, stamp = [], Stamps(definition.zone)
    for prize in prizes:
        person = people.get(prize.participant_id)
        name = person.full_name if person else ""
        rows.append(
            Winner(
                prize=prize.prize,
                title=prize.title,
                rank=prize.rank,
                participant_id=prize.participant_id,
                full_name=name,
                public_name=public_name(name, definition),
                code=pseudonym(prize.participant_id)[:CODE_DIGITS],
                born=person.date_of_birth if person else "",
                citizen_id=person.citizen_id if person else "",
                citizen_id_masked=person.citizen_id_masked if person else "",
                phone=person.phone if person else "",
                phone_masked=masked_number(person.phone) if person else "",
                unit_code=prize.unit,
                unit_name=prize.unit_name,
                score=prize.score,
                total=closed.paper_size,
                prediction=prize.prediction,
                prediction_error=prize.prediction_error,
                duration=prize.duration,
                submitted=None if prize.received is None else local_time(prize.received, definition.zone),
                submitted_at=None if prize.received is None else stamp(prize.received),
                attempts=prize.attempts,
                verified=_verified(prize, person, definition),
            )
        )
    return rows


def _verified(prize: Prize, person: Participant | None, definition: Definition) -> Verified:
    """As it decided the prizes; where none asks for it, by a provider also if that was after the close."""
    if person is not None and person.verified_at and not definition.proofs:
        return "provider"
    return prize.verified
