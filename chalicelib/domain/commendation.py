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

from collections.abc import Iterable, Sequence
from math import lcm
from typing import Literal, NamedTuple

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


def propose_people(weeks: Iterable[Iterable[WeekLine]], paper_sizes: Sequence[int]) -> list[Proposal]:
    """Proposes people from the individual rankings of all weeks; ties share a place, in order of their ids.

    ``paper_sizes``: the number of questions in each week's paper. Shares of a paper are compared as whole
    numbers, over the least common multiple of the sizes.
    """
    whole = lcm(*paper_sizes)
    sums: dict[str, tuple[int, int, int, str]] | None = None
    for week, size in zip(weeks, paper_sizes, strict=True):
        worth = whole // size
        here = {
            line.participant_id: (line.score * worth, line.score, line.duration, line.unit) for line in week
        }
        if sums is None:
            sums = here
        else:
            sums = {
                person: (sums[person][0] + share, sums[person][1] + score, sums[person][2] + duration, unit)
                for person, (share, score, duration, unit) in here.items()
                if person in sums
            }
    ordered = sorted(
        (-share, duration, person, score, unit)
        for person, (share, score, duration, unit) in (sums or {}).items()
    )
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
