"""The facts that several files of a week or of the end share, computed once so that they cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from chalicelib.domain.closeout import WeekResult
from chalicelib.domain.definition import UnitPrize
from chalicelib.domain.ranking import Counts
from chalicelib.domain.times import local_time
from chalicelib.domain.unit_score import UnitStanding
from chalicelib.reports.vietnamese import moment, text_key
from chalicelib.reports.winners import Winner
from chalicelib.services.closing.consequences import LEVELS
from chalicelib.services.contest.reference import Reference

# The number of units with the lowest participation that are named.
LOWEST = 20
# The lower ends of the score bands, in hundredths of the paper; the last band is all right.
_BANDS = (0, 50, 70, 90, 100)
NOTES = {
    "": "",
    "not_in_blocs": "Không thuộc khối được xét giải",
    "not_of_size": "Số đối tượng bắt buộc ngoài mức được xét giải",
    "below_min_rate": "Tỷ lệ dưới mức tối thiểu",
    "below_min_people": "Số người dưới mức tối thiểu",
    "below_min_winners": "Số người đạt giải cá nhân dưới mức tối thiểu",
}
# The texts for somebody without a unit, or whose name was erased.
OUTSIDE = "Thí sinh tự do"
ERASED = "(đã xóa theo yêu cầu)"


class Band(NamedTuple):
    """Scores from ``low`` to ``high``, both included, and how many people have them."""

    low: int
    high: int
    people: int

    @property
    def label(self) -> str:
        return f"{self.low} câu" if self.low == self.high else f"{self.low}–{self.high} câu"


class Bloc(NamedTuple):
    """Sums over a bloc's units, distinct people too. ``taken``: obliged people who took part, of no unit more
    than it has.
    """

    name: str
    units: int
    active: int
    full: int
    headcount: int
    exempt: int
    obliged_people: int
    distinct_obliged: int
    distinct_people: int
    taken: int
    attempts: int

    @property
    def rate(self) -> Fraction:
        """The rate; it is 1 if and only if each unit with obliged people has reached 1."""
        obliged = self.headcount - self.exempt
        return Fraction(self.taken, obliged) if obliged else Fraction(0)


class UnitFacts(NamedTuple):
    """The units of one level, or all where no unit has a parent.

    ``over``: the contest's word for a week where the figures are of several, else empty.
    ``level``: what follows the word “đơn vị” (``LEVELS``). ``above``: of the lower level, the parent's name by
    code. ``ranked``: best first; ``titles`` of prizes by name, in order; ``lowest``: only with obliged people.
    """

    over: str
    level: str
    above: Mapping[str, str]
    ranked: Sequence[UnitStanding]
    titles: Mapping[str, str]
    blocs: list[Bloc]
    full: list[UnitStanding]
    lowest: list[UnitStanding]

    @property
    def active(self) -> int:
        return sum(bloc.active for bloc in self.blocs)

    @property
    def total(self) -> Bloc:
        """All blocs as one."""
        counts = [sum(column) for column in zip(*(bloc[1:] for bloc in self.blocs), strict=True)]
        return Bloc("", *counts or [0] * (len(Bloc._fields) - 1))


class WeekCounts(NamedTuple):
    """One of several weeks: its title and its counts."""

    title: str
    people: int
    attempts: int
    obliged_people: int
    other_people: int
    perfect_people: int


class WeekFacts(NamedTuple):
    """The facts of a closed week; ``mention``: its title inside a sentence.

    ``scores[s]``: ranked people whose best attempt has s right answers.
    """

    title: str
    mention: str
    period: str
    opens: datetime
    closes: datetime
    counts: Counts
    ranked: int
    unranked: int
    target: int | None
    winners: list[Winner]
    scores: list[int]
    bands: list[Band]
    units: list[UnitFacts]


def week_facts(result: WeekResult, reference: Reference, won: list[Winner]) -> WeekFacts:
    definition, week = reference.definition, result.week
    opens, closes = local_time(week.opens, definition.zone), local_time(week.closes, definition.zone)
    scores = [0] * (definition.paper.questions + 1)
    for standing in result.ranked:
        scores[standing.score] += 1
    return WeekFacts(
        title=definition.title_of(week.number),
        mention=definition.mention(week.number),
        period=f"từ {moment(opens)} đến {moment(closes)}",
        opens=opens,
        closes=closes,
        counts=result.counts,
        ranked=len(result.ranked),
        unranked=len(result.unranked),
        target=result.target,
        winners=won,
        scores=scores,
        bands=bands(scores),
        units=unit_facts(result.units, definition.unit_prizes),
    )


def bands(scores: Sequence[int]) -> list[Band]:
    """All scores in bands: below half, from 50, 70 and 90 hundredths of the paper, all right; none is empty."""
    whole = len(scores) - 1
    starts = sorted({-(-share * whole // 100) for share in _BANDS})
    ends = [*(start - 1 for start in starts[1:]), whole]
    return [Band(low, high, sum(scores[low : high + 1])) for low, high in zip(starts, ends, strict=True)]


def unit_facts(ranked: Sequence[UnitStanding], prizes: Iterable[UnitPrize], over: str = "") -> list[UnitFacts]:
    """The facts of each level, in the order of ``ranked``; ``over`` as in ``UnitFacts``."""
    titles = {prize.name: prize.title for prize in prizes}
    names = {row.unit.code: row.unit.name for row in ranked}
    return [
        _facts(over, level, [row for row in ranked if row.level == level], titles, names)
        for level in dict.fromkeys([row.level for row in ranked])
    ]


def winning_units(levels: Sequence[UnitFacts]) -> list[tuple[str, UnitStanding]]:
    """The titles of the prizes with the units that have won them, in order of the prizes."""
    titles = {prize: title for level in levels for prize, title in level.titles.items()}
    ranked = [row for level in levels for row in level.ranked]
    return [(title, row) for prize, title in titles.items() for row in ranked if row.prize == prize]


def _facts(
    over: str,
    level: str,
    ranked: Sequence[UnitStanding],
    titles: Mapping[str, str],
    names: Mapping[str, str],
) -> UnitFacts:
    obliged = [row for row in ranked if row.headcount > row.exempt]
    by_rate = sorted(obliged, key=lambda row: (row.rate, row.exempt - row.headcount, row.unit.code))
    return UnitFacts(
        over=over,
        level=LEVELS[level],
        above={row.unit.code: names[row.unit.parent] for row in ranked if row.unit.parent},
        ranked=ranked,
        titles=titles,
        blocs=_blocs(ranked),
        full=[row for row in ranked if row.rate == 1],
        lowest=[row for row in by_rate if row.rate < 1][:LOWEST],
    )


def _blocs(ranked: Iterable[UnitStanding]) -> list[Bloc]:
    sums: dict[str, list[int]] = {}
    for row in ranked:
        told = row.sums
        counted = (
            1,
            told.people > 0,
            row.rate == 1,
            row.headcount,
            row.exempt,
            told.obliged_people,
            told.distinct_obliged,
            told.distinct_people,
            min(told.obliged_people, row.obliged),
            told.attempts,
        )
        before = sums.setdefault(row.unit.bloc, [0] * len(counted))
        sums[row.unit.bloc] = [one + other for one, other in zip(before, counted, strict=True)]
    return [Bloc(name, *sums[name]) for name in sorted(sums, key=lambda name: (text_key(name), name))]
