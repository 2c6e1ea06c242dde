"""Proposals for commendation at the end (R10): a list with reasons; the committee decides.

The plan asks for collectives and individuals with outstanding contributions. The figures can show only
participation and results, so the proposals are:

- units in which everybody obliged took part in every week (rate 1 over all weeks);
- units with the best results over all weeks: the first ``TOP_UNITS`` of each level that reach every minimum;
- people who took part in every week: the first ``TOP_PEOPLE`` by the sum of their best scores, each divided by
  the size of that week's paper, then by the sum of their times. People with the same score and time as the last
  one are proposed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import lcm
from typing import Literal, NamedTuple

from chalicelib.domain.times import MINUTE_MS
from chalicelib.domain.unit_score import UnitStanding

TOP_UNITS = 10
TOP_PEOPLE = 20

Reason = Literal["full_participation", "best_units", "best_people"]


class WeekLine(NamedTuple):
    """A person's best attempt of a week, as in the individual ranking. ``duration`` is in milliseconds."""

    participant_id: str
    unit: str
    score: int
    duration: int


class PersonSums(NamedTuple):
    """Over all weeks: shares of a paper over the least common multiple of the sizes, scores, durations.

    ``minutes``: the sum of the durations' whole minutes. ``unit``: the last week's.
    """

    share: int
    score: int
    duration: int
    minutes: int
    unit: str


class Proposal(NamedTuple):
    """``place`` counts within the reason, of units in their ``level`` (``UnitStanding``).

    ``score`` and ``duration`` are a person's sums, 0 for a unit.
    """

    reason: Reason
    place: int
    id: str
    unit: str
    score: int
    duration: int
    level: str = ""


def propose_units(ranked: Sequence[UnitStanding]) -> list[Proposal]:
    """Proposes units from the unit ranking over all weeks, each once for a reason, by the higher level."""
    complete = dict.fromkeys(row.unit.code for row in ranked if row.rate == 1)
    proposals = [
        Proposal("full_participation", place, code, code, 0, 0) for place, code in enumerate(complete, 1)
    ]
    proposed: set[str] = set()
    for level in dict.fromkeys(row.level for row in ranked):
        best = [row for row in ranked if row.level == level and row.sums.people and not row.note][:TOP_UNITS]
        proposals += [
            Proposal("best_units", place, row.unit.code, row.unit.code, 0, 0, level)
            for place, row in enumerate(best, 1)
            if row.unit.code not in proposed
        ]
        proposed |= {row.unit.code for row in best}
    return proposals


def people_of_all_weeks(
    weeks: Iterable[Iterable[WeekLine]], paper_sizes: Sequence[int]
) -> dict[str, PersonSums]:
    """Everybody in the rankings of all weeks. ``paper_sizes``: the number of questions in each week's paper."""
    whole = lcm(*paper_sizes)
    sums: dict[str, PersonSums] | None = None
    for week, size in zip(weeks, paper_sizes, strict=True):
        worth = whole // size
        before, sums = sums, {}
        for person, unit, score, duration in week:
            had = PersonSums(0, 0, 0, 0, "") if before is None else before.get(person)
            if had is not None:
                sums[person] = PersonSums(
                    had.share + score * worth,
                    had.score + score,
                    had.duration + duration,
                    had.minutes + duration // MINUTE_MS,
                    unit,
                )
    return sums or {}


def propose_people(sums: Mapping[str, PersonSums]) -> list[Proposal]:
    """Proposes people of all weeks; ties share a place, in order of their ids."""
    ordered = sorted((-one.share, one.duration, person, one.score, one.unit) for person, one in sums.items())
    proposals: list[Proposal] = []
    last: tuple[int, int] | None = None
    for number, (minus, duration, person, score, unit) in enumerate(ordered, 1):
        tied = (minus, duration) == last
        if number > TOP_PEOPLE and not tied:
            break
        place = proposals[-1].place if tied else number
        proposals.append(Proposal("best_people", place, person, unit, score, duration))
        last = (minus, duration)
    return proposals
