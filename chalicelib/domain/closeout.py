"""Closing a week, and the contest, as pure functions of definition, bank, units, barred people and entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.attempt import Entry, settled
from chalicelib.domain.bank import Bank
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.paper import draw, score
from chalicelib.domain.ranking import (
    Counts,
    Standing,
    award,
    contenders,
    count,
    prediction_target,
    rank,
)
from chalicelib.domain.unit_score import UnitStanding, UnitTally, award_units, rank_units, tally
from chalicelib.domain.units import Unit


@dataclass(frozen=True, slots=True)
class WeekResult:
    """A closed week. ``prizes``: place in ``ranked`` (from 0) → prize name; ``unit_winners`` by rank."""

    week: Week
    counts: Counts
    target: int | None
    ranked: list[Standing]
    prizes: dict[int, str]
    tallies: dict[str, UnitTally]
    units: list[UnitStanding]
    unit_winners: list[str]

    @property
    def winners(self) -> list[str]:
        """Participant ids in order of the prizes."""
        return [self.ranked[place].participant_id for place in self.prizes]


@dataclass(frozen=True, slots=True)
class FinalResult:
    """The contest's unit ranking over all weeks."""

    tallies: dict[str, UnitTally]
    units: list[UnitStanding]
    unit_winners: list[str]


def close_week(
    definition: Definition,
    bank: Bank,
    units: Sequence[Unit],
    week: Week,
    entries: Iterable[Entry],
    *,
    barred: Collection[str] = (),
    earlier_winners: Collection[str] = (),
    earlier_unit_winners: Collection[str] = (),
) -> WeekResult:
    """Every rule of a week's close, in the order of the design.

    Attempts that are still open are overdue by now and count as their autosaved answers say. What barred people
    did stays in the facts of the week (participation, target, unit figures), so that barring somebody
    moves up those behind and nobody else; they themselves are not ranked and win nothing (R3).
    """
    after_the_end = week.closes + definition.grace + 1

    def grade(nonce: str, answers: str) -> int:
        return score(draw(bank, definition.paper, nonce), answers)

    final = (settled(entry, definition, after_the_end, grade) for entry in entries)
    people = contenders(final, definition)
    counts = count(people)
    target = prediction_target(counts, definition)
    everyone = rank(people, definition, week, target)
    del people  # a hundred megabytes of a large week, before the files are written
    ranked = [standing for standing in everyone if standing.participant_id not in barred]
    tallies = tally(everyone)
    unit_ranking = rank_units(units, tallies, definition)
    return WeekResult(
        week=week,
        counts=counts,
        target=target,
        ranked=ranked,
        prizes=award(ranked, definition, barred, earlier_winners),
        tallies=tallies,
        units=unit_ranking,
        unit_winners=award_units(unit_ranking, definition.unit_prizes.weekly, earlier_unit_winners),
    )


def close_contest(
    definition: Definition, units: Sequence[Unit], weeks: Sequence[Mapping[str, UnitTally]]
) -> FinalResult:
    """The final collective prizes: the best units over all weeks; a weekly prize is no bar (R9)."""
    total: dict[str, UnitTally] = {}
    for tallies in weeks:
        for code, sums in tallies.items():
            total[code] = total[code].plus(sums) if code in total else sums
    ranked = rank_units(units, total, definition, weeks=len(weeks))
    return FinalResult(total, ranked, award_units(ranked, definition.unit_prizes.final))
