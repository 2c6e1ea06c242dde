"""A closed week as one document, and the rows of its individual ranking beside it.

``closed_week.json`` is the only source of a week's result: tables, workbooks, the announcement, the page, the
changes since the last revision, exports and the final are projections of it. It contains no names: they are
added from the participants when something is written for people.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from typing import Literal

import msgspec

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.shown_rulings import ShownRuling
from chalicelib.documents.typed import Document, Part
from chalicelib.domain.definition import UnitPrize
from chalicelib.domain.identity_provider import Verified
from chalicelib.domain.small_cells import Told
from chalicelib.domain.statistics.question_statistics import Flag
from chalicelib.domain.unit_score import UnitStanding, UnitSums, UnitWeek, winners_by_unit
from chalicelib.domain.units import Unit

CLOSED_WEEK, RANKING_ROWS = "closed_week.json", "ranking_rows.jsonl.gz"
_ROWS = 10_000  # in one piece


class Counts(Part, frozen=True):
    """The facts of the week."""

    people: int
    attempts: int
    obliged_people: int
    other_people: int
    perfect_people: int


class Prediction(Part, frozen=True):
    """The target of the prediction and its actual value."""

    target: Literal["perfect_people", "people", "attempts"]
    actual: int


class Prize(Part, frozen=True):
    """An individual prize and its winner. Times are in milliseconds.

    Of the end, the figures are the sums over all weeks, and nothing is predicted or received.
    """

    prize: str
    title: str
    rank: int
    participant_id: str
    unit: str
    unit_name: str
    score: int
    prediction: int | None
    prediction_error: int | None
    duration: int
    received: int | None
    attempts: int
    verified: Verified


class Unranked(Part, frozen=True):
    """A barred person with a counted attempt: not ranked, but counted."""

    participant_id: str
    unit: str
    category: str
    obliged: bool
    took_part: bool


class UnitLine(Part, frozen=True):
    """A unit's place among those of its ``level``. ``rate``, ``quality`` and ``score`` are exact:
    "numerator/denominator".

    A parent's figures are its own plus its children's. ``level`` is empty where no unit has a parent.
    ``prize`` and ``prize_title`` are empty where it has none. ``told_everybody``, ``told_obliged``: whether the
    sum of these people's best scores may be public.
    """

    level: Literal["top", "leaf", ""]
    rank: int
    code: str
    name: str
    parent: str
    bloc: str
    kind: str
    headcount: int
    exempt: int
    size: int
    people: int
    attempts: int
    best_sum: int
    obliged_people: int
    obliged_attempts: int
    obliged_best_sum: int
    distinct_people: int
    distinct_obliged: int
    winners: int
    rate: str
    quality: str
    score: str
    prize: str
    prize_title: str
    note: str
    told_everybody: bool
    told_obliged: bool

    @property
    def sums(self) -> UnitSums:
        return UnitSums(*[getattr(self, name) for name in UnitSums._fields])

    @property
    def told(self) -> Told:
        return Told(self.told_everybody, self.told_obliged)


class Day(Part, frozen=True):
    """A day in the contest's zone, ISO 8601: attempts begun, people who began one, the week's newcomers."""

    day: str
    attempts: int
    people: int
    newcomers: int


class QuestionFigures(Part, frozen=True):
    """A question's figures on first attempts; ``discrimination`` in thousandths; ``chosen`` by option.

    ``answer``: the key at the week's opening. ``right`` counts under the ruling, if there is one.
    """

    id: str
    topic: str
    answer: str
    asked: int
    right: int
    discrimination: int | None
    chosen: tuple[int, ...]
    blank: int
    flags: tuple[Flag, ...]

    @property
    def facility(self) -> Fraction | None:
        return Fraction(self.right, self.asked) if self.asked else None


class ClosedWeek(Document, frozen=True, kw_only=True):
    """``prizes`` in order of value; ``units`` by level and rank; ``paper_size``: the number of questions.

    ``reserves``: who would have the prizes if none of the winners had.
    ``earlier_winners`` got no prize here because they won one in the week named. ``unit_prizes_elsewhere``:
    the name of a unit prize → the units that have it of other weeks.
    ``draw_root``: the log's root at the first close, when it had ``draw_size`` leaves, by which equals stand in
    each revision. ``late``: who handed in what the log has too late, and wins nothing unless it is confirmed.
    ``renamed``: whose name, as published, was corrected since, in order.
    """

    format: Literal[1] = 1
    contest: str
    week: int
    opens_at: str
    closes_at: str
    paper_size: int
    draw_root: str
    draw_size: int
    counts: Counts
    prediction: Prediction | None
    ranked: int
    unranked: tuple[Unranked, ...]
    prizes: tuple[Prize, ...]
    reserves: tuple[Prize, ...]
    units: tuple[UnitLine, ...]
    days: tuple[Day, ...]
    questions: tuple[QuestionFigures, ...]
    rulings: tuple[ShownRuling, ...]
    late: tuple[str, ...]
    earlier_winners: dict[str, int]
    unit_prizes_elsewhere: dict[str, tuple[str, ...]]
    renamed: tuple[str, ...] = ()

    @property
    def winners(self) -> list[str]:
        """Participant ids in order of the prizes."""
        return [prize.participant_id for prize in self.prizes]

    @property
    def unit_winners(self) -> list[str]:
        """Unit codes by level and rank."""
        return [unit.code for unit in self.units if unit.prize]

    @property
    def unit_week(self) -> UnitWeek:
        """The week as the final counts it."""
        units = {line.code: _unit(line) for line in self.units}
        won = winners_by_unit(((prize.unit, prize.participant_id) for prize in self.prizes), units.values())
        told = {line.code: line.told for line in self.units}
        return UnitWeek(units, self.sums_by_unit, won, self.paper_size, told)

    @property
    def sums_by_unit(self) -> dict[str, UnitSums]:
        """Sums by unit code, of units in which somebody took part."""
        return {unit.code: unit.sums for unit in self.units if unit.people}


class ClosedFinal(Document, frozen=True, kw_only=True):
    """The end of the contest: the unit ranking over all weeks, and individual prizes where it gives any.

    ``draw_root`` is the last week's; ``paper_size``: the questions in all weeks' papers; ``ranked``: people.
    """

    format: Literal[1] = 1
    contest: str
    draw_root: str
    paper_size: int
    ranked: int
    prizes: tuple[Prize, ...]
    units: tuple[UnitLine, ...]
    renamed: tuple[str, ...] = ()

    @property
    def winners(self) -> list[str]:
        """Participant ids in order of the prizes of the end."""
        return [prize.participant_id for prize in self.prizes]

    @property
    def unit_prizes_elsewhere(self) -> dict[str, tuple[str, ...]]:
        """None: no prize keeps a unit from a final one."""
        return {}

    @property
    def unit_winners(self) -> list[str]:
        return [unit.code for unit in self.units if unit.prize]


def unit_lines(ranked: Iterable[UnitStanding], prizes: Iterable[UnitPrize]) -> tuple[UnitLine, ...]:
    """``prizes`` give the titles."""
    titles = {prize.name: prize.title for prize in prizes}
    return tuple(
        UnitLine(
            level=row.level,
            rank=row.rank,
            code=row.unit.code,
            name=row.unit.name,
            parent=row.unit.parent,
            bloc=row.unit.bloc,
            kind=row.unit.kind,
            headcount=row.headcount,
            exempt=row.exempt,
            size=row.size,
            **row.sums._asdict(),
            winners=row.winners,
            rate=_exact(row.rate),
            quality=_exact(row.quality),
            score=_exact(row.score),
            prize=row.prize,
            prize_title=titles.get(row.prize, ""),
            note=row.note,
            told_everybody=row.told.everybody,
            told_obliged=row.told.obliged,
        )
        for row in ranked
    )


def _exact(part: Fraction) -> str:
    return f"{part.numerator}/{part.denominator}"


def _unit(line: UnitLine) -> Unit:
    """The unit of a week's line, with the headcount in force then."""
    return Unit(line.code, line.name, line.bloc, line.kind, line.headcount, line.exempt, line.parent)


def standing(line: UnitLine) -> UnitStanding:
    """The inverse of ``unit_lines``, for one unit."""
    return UnitStanding(
        line.level,
        line.rank,
        _unit(line),
        line.headcount,
        line.exempt,
        line.size,
        line.sums,
        line.winners,
        Fraction(line.rate),
        Fraction(line.quality),
        Fraction(line.score),
        line.prize,
        line.note,
        line.told,
    )


class RankingRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A person's place; the rank is the row's number. Times are in milliseconds.

    ``verified``: by what before the week closed; by a provider only where a prize asks for that. ``number``: of
    the best attempt. ``rivals``: number, duration and receipt of those that exact times alone put behind it
    (``ranking.Standing``).
    """

    participant_id: str
    unit: str
    category: str
    obliged: bool
    took_part: bool
    score: int
    prediction: int | None
    duration: int
    received: int
    attempts: int
    verified: Verified = "none"
    number: int = 1
    rivals: tuple[tuple[int, int, int], ...] = ()


class _RowsHeader(Document, frozen=True, kw_only=True):
    format: Literal[1] = 1
    week: int


def encode_rows(week: int, rows: Iterable[RankingRow]) -> Iterator[bytes]:
    """The rows as gzip without a time stamp, in pieces: first a header, then one line per person."""
    squeeze = zlib.compressobj(1, wbits=31)
    encoder = msgspec.json.Encoder()
    piece = squeeze.compress(_RowsHeader(week=week).encode() + b"\n")
    rest = iter(rows)
    while some := list(islice(rest, _ROWS)):
        piece += squeeze.compress(encoder.encode_lines(some))
        if piece:
            yield piece
            piece = b""
    yield piece + squeeze.flush()


def decode_rows(pieces: Iterable[bytes]) -> Iterator[RankingRow]:
    """Yields row by row, never holding all. Raises ``UnreadableDocument``."""
    decoder = msgspec.json.Decoder(RankingRow)
    try:
        lines = _lines(pieces)
        msgspec.json.decode(next(lines, b""), type=_RowsHeader)
        yield from map(decoder.decode, lines)
    except (msgspec.MsgspecError, zlib.error) as error:
        raise UnreadableDocument("RankingRows", str(error)) from None


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    loosen, rest = zlib.decompressobj(wbits=31), b""
    for piece in pieces:
        *whole, rest = (rest + loosen.decompress(piece)).split(b"\n")
        yield from whole
    if rest or not loosen.eof:
        raise UnreadableDocument("RankingRows", "it is cut off")
