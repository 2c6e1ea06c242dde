"""The CSV files that operators open in Excel: UTF-8 with byte order mark, CRLF, and no formulas."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import IO, cast

from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.domain.ranking import prediction_error
from chalicelib.domain.statistics.activity import Activity
from chalicelib.domain.unit_score import UnitStanding
from chalicelib.reports.numbers import decimal
from chalicelib.reports.winners import Winner
from chalicelib.services.contest.reference import Reference

Cell = str | int | Decimal | None
_CHUNK = 10_000  # rows

# fmt: off
PRIZES = [
    "prize", "rank", "participant_id", "full_name", "citizen_id_masked", "phone_masked", "unit_code",
    "unit_name", "score", "prediction", "prediction_error", "duration_ms", "submitted_at", "attempts",
    "verified",
]
RANKING = [
    "rank", "participant_id", "unit_code", "category", "score", "prediction", "prediction_error",
    "duration_ms", "submitted_at", "attempts",
]
FINAL_RANKING = ["rank", "participant_id", "unit_code", "category", "score", "duration_ms", "attempts", "weeks"]
UNITS = [
    "rank", "unit_code", "unit_name", "bloc", "parent", "level", "headcount", "exempt", "obliged_people",
    "people", "rate", "attempts", "mean_best", "quality", "unit_score", "prize", "note",
]
FINAL_UNITS = [*UNITS, "distinct_obliged", "distinct_people"]
ACTIVITY = ["day", "hour", "attempts", "people", "newcomers"]
# fmt: on


def safe(cell: Cell) -> Cell:
    """Puts an apostrophe before a text that a spreadsheet would treat as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    data = io.BytesIO()
    target = _Text(data)
    target.write(chain([header], rows))
    return data.getvalue()


def packed_table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Gzip without a time stamp, in chunks: the same rows give the same bytes and are never all in memory."""
    data = io.BytesIO()
    with gzip.GzipFile(fileobj=data, mode="wb", compresslevel=6, mtime=0, filename="") as packed:
        target = _Text(packed)
        target.write([header])
        rest = iter(rows)
        while some := list(islice(rest, _CHUNK)):
            target.write(some)
            if data.tell():
                yield data.getvalue()
                data.seek(0)
                data.truncate()
    yield data.getvalue()


class _Text:
    """Writes rows as CSV text into a file of bytes."""

    def __init__(self, target: IO[bytes] | gzip.GzipFile) -> None:
        self._text = io.TextIOWrapper(cast("IO[bytes]", target), encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._writer.writerows([safe(cell) for cell in row] for row in rows)
        self._text.flush()


def prize_rows(winners: Iterable[Winner]) -> Iterator[list[Cell]]:
    """One row per prize, in order of value, with the winner's name."""
    for one in winners:
        yield [
            one.prize,
            one.rank,
            one.participant_id,
            one.full_name,
            one.citizen_id_masked,
            one.phone_masked,
            one.unit_code,
            one.unit_name,
            one.score,
            one.prediction,
            one.prediction_error,
            one.duration,
            one.submitted_at,
            one.attempts,
            one.verified,
        ]


def ranking_rows(result: WeekResult, reference: Reference) -> Iterator[list[Cell]]:
    """Everyone in the ranking, pseudonymous."""
    for rank, standing in enumerate(result.ranked, 1):
        yield [
            rank,
            standing.participant_id,
            standing.unit,
            standing.category,
            standing.best.score,
            standing.best.prediction,
            prediction_error(standing.best, result.target),
            standing.best.duration,
            reference.definition.rfc3339(standing.best.received),
            standing.attempts,
        ]


def final_ranking_rows(result: FinalResult) -> Iterator[list[Cell]]:
    """Everyone in the ranking over all weeks, pseudonymous."""
    for rank, standing in enumerate(result.ranked, 1):
        yield [rank, *standing[:-3]]


def unit_rows(ranked: Iterable[UnitStanding]) -> Iterator[list[Cell]]:
    """All units, level by level, rounded half up: ``rate`` and ``quality`` to six decimals, ``unit_score`` to
    four.
    """
    for row in ranked:
        yield [
            row.rank,
            row.unit.code,
            row.unit.name,
            row.unit.bloc,
            row.unit.parent,
            row.level,
            row.headcount,
            row.exempt,
            row.sums.obliged_people,
            row.sums.people,
            decimal(row.rate, 6),
            row.sums.attempts,
            decimal(row.mean_best, 4),
            decimal(row.quality, 6),
            decimal(row.score, 4),
            row.prize,
            row.note,
        ]


def activity_rows(activity: Activity) -> Iterator[list[Cell]]:
    """First the days, with an empty hour, then the hours; in local time, by the start of the attempt."""
    for one in activity.days:
        yield [one.start.date().isoformat(), None, *one[1:]]
    for one in activity.hours:
        yield [one.start.date().isoformat(), one.start.hour, *one[1:]]
