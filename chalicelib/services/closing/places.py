"""What everybody's page says of the own rank and prize after a close: files by pseudonym, each result signed.

They tell no more than the bundle does: pseudonym, rank, score and prize, and no unit. People whom whole minutes
do not tell apart have one rank, unless a prize is near: then exact times are public, and so are exact ranks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from struct import Struct

from chalicelib.documents.places import THE_END, Place, Places, signed
from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.domain.decisions import Recognition
from chalicelib.services.contest.reference import Reference
from chalicelib.services.exam.receipts import SigningKey

# A file is to have no more people on average, so that a phone fetches some kilobytes.
_PEOPLE = 64
_MOST_DIGITS = 3
# Pseudonym, rank, score, number of the prize's title.
_PACKED = Struct(">32sIHH")


def digits_for(people: int) -> int:
    """How many leading digits of pseudonyms name a file: 0 to 3, so there are 1, 16, 256 or 4,096 files."""
    return next((many for many in range(_MOST_DIGITS) if people <= _PEOPLE * 16**many), _MOST_DIGITS)


def place_lines(
    result: WeekResult,
    sizes: Iterable[int],
    reference: Reference,
    revision: int,
    recognition: Recognition | None,
    key: SigningKey,
) -> Iterator[bytes]:
    """``places.jsonl``, line by line. ``sizes``: those of ``group_sizes``."""
    definition, week = reference.definition, result.week.number
    digits = digits_for(len(result.ranked))
    titles = ["", *(prize.title for prize in definition.prizes)]
    number = {prize.name: at for at, prize in enumerate(definition.prizes, 1)}
    won = {place: number[prize] for place, prize in result.prizes.items()}
    for first, bucket in enumerate(_buckets(result, sizes, won, digits)):
        told = Places(
            contest=definition.contest.id,
            week=week,
            revision=revision,
            digits=f"{first:0{digits}x}" if digits else "",
            ranked=len(result.ranked),
            total=definition.paper.questions,
            decision=recognition.decision if recognition else "",
            decided_on=recognition.decided_on if recognition else "",
            key_id=key.id,
            places={},
        )
        people = sorted(_PACKED.iter_unpack(bucket))
        yield _line(
            told, ((name.hex(), rank, score, titles[prize]) for name, rank, score, prize in people), key
        )


def winner_lines(
    result: FinalResult,
    total: int,
    reference: Reference,
    revision: int,
    recognition: Recognition | None,
    key: SigningKey,
) -> Iterator[bytes]:
    """``places.jsonl`` of the end: one line, with its winners.

    Whole minutes of several weeks' sums leave the order of many open, and the ranks of winners are public
    anyway: so no others are told. ``total``: the questions of all weeks' papers.
    """
    titles = {prize.name: prize.title for prize in reference.definition.prizes}
    told = Places(
        contest=reference.definition.contest.id,
        week=THE_END,
        revision=revision,
        digits="",
        ranked=len(result.ranked),
        total=total,
        decision=recognition.decision if recognition else "",
        decided_on=recognition.decided_on if recognition else "",
        key_id=key.id,
        places={},
    )
    won = [(result.ranked[place], place + 1, titles[prize]) for place, prize in result.prizes.items()]
    yield _line(told, ((one.name(result.names), rank, one.score, title) for one, rank, title in won), key)


def _line(told: Places, people: Iterable[tuple[str, int, int, str]], key: SigningKey) -> bytes:
    """``told`` with the places of ``people`` (pseudonym, rank, score, title of the prize), each signed."""
    for what in people:
        told.places[what[0]] = Place(*what[1:], key.sign(signed(told, *what)).hex())
    return told.encode() + b"\n"


def _buckets(result: WeekResult, sizes: Iterable[int], won: dict[int, int], digits: int) -> Iterator[bytearray]:
    """The packed people of each file, in order; packed, because there may be a million."""
    buckets = [bytearray() for _ in range(16**digits)]
    rest, place, near = iter(result.ranked), 0, {*result.prizes, *result.reserves}
    for size in sizes:
        exact = not near.isdisjoint(range(place, place + size))
        for at, one in enumerate(islice(rest, size), place):
            name = result.names.of(result.week.number, one.participant_id)
            rank = (at if exact else place) + 1
            bucket = buckets[int.from_bytes(name[:2], "big") >> (16 - 4 * digits)]
            bucket += _PACKED.pack(name, rank, one.best.score, won.get(at, 0))
        place += size
    while buckets:
        yield buckets.pop(0)
