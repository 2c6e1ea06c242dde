"""How units compare: participation, volume and quality, weighed and compared as exact fractions (R8, R9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from chalicelib.domain.definition import Definition
from chalicelib.domain.ranking import Standing
from chalicelib.domain.units import Unit


class UnitTally(NamedTuple):
    """A unit's sums over one or several weeks; ``best_sum`` adds the scores of its people's best attempts."""

    people: int
    attempts: int
    best_sum: int

    def plus(self, other: UnitTally) -> UnitTally:
        return UnitTally(
            self.people + other.people, self.attempts + other.attempts, self.best_sum + other.best_sum
        )


NOTHING = UnitTally(0, 0, 0)


class UnitStanding(NamedTuple):
    """A unit's place. ``headcount`` and ``exempt`` are taken once a week; ``note``: why it wins nothing."""

    unit: Unit
    headcount: int
    exempt: int
    tally: UnitTally
    rate: Fraction
    quality: Fraction
    score: Fraction
    note: str

    @property
    def mean_best(self) -> Fraction:
        return Fraction(self.tally.best_sum, self.tally.people) if self.tally.people else Fraction(0)


def tally(ranked: Iterable[Standing]) -> dict[str, UnitTally]:
    """Sums by unit code; people outside all units are left out."""
    sums: dict[str, list[int]] = {}
    for standing in ranked:
        if standing.unit:
            row = sums.setdefault(standing.unit, [0, 0, 0])
            row[0] += 1
            row[1] += standing.attempts
            row[2] += standing.best.score
    return {code: UnitTally(*row) for code, row in sums.items()}


def rank_units(
    units: Sequence[Unit],
    tallies: Mapping[str, UnitTally],
    definition: Definition,
    weeks: int = 1,
    shares: Mapping[str, Fraction] | None = None,
) -> list[UnitStanding]:
    """All units, best first, from the sums over ``weeks`` weeks.

    ``score = 100 × (w_participation · rate + w_volume · volume + w_quality · quality)`` where
    ``rate`` = people ÷ headcount without the exempt (at most 1; 0 without headcount), ``volume`` = attempts ÷
    the largest attempts of any unit, ``quality`` = mean best score ÷ size of the paper.
    Ties: quality, then attempts, then unit code. ``shares``: by unit code the sum of best score ÷ size of
    that week's paper, for weeks whose papers differ; without it all papers are of the definition's size.
    """
    rules = definition.unit_prizes
    weights = [Fraction(w) for w in (rules.weights.participation, rules.weights.volume, rules.weights.quality)]
    most = max((tallies.get(unit.code, NOTHING).attempts for unit in units), default=0)
    rows = []
    for unit in units:
        sums = tallies.get(unit.code, NOTHING)
        obliged = unit.obliged * weeks
        rate = min(Fraction(sums.people, obliged), Fraction(1)) if obliged else Fraction(0)
        volume = Fraction(sums.attempts, most) if most else Fraction(0)
        share = Fraction(sums.best_sum, definition.paper.questions) if shares is None else shares.get(unit.code)
        quality = share / sums.people if share and sums.people else Fraction(0)
        score = 100 * (weights[0] * rate + weights[1] * volume + weights[2] * quality)
        note = ""
        if rate < Fraction(rules.min_rate):
            note = "below_min_rate"
        elif sums.people < rules.min_people:
            note = "below_min_people"
        rows.append(
            UnitStanding(unit, unit.headcount * weeks, unit.exempt * weeks, sums, rate, quality, score, note)
        )
    rows.sort(key=lambda row: (-row.score, -row.quality, -row.tally.attempts, row.unit.code))
    return rows


def award_units(ranked: Sequence[UnitStanding], count: int, earlier_winners: Collection[str] = ()) -> list[str]:
    """The codes of the best ``count`` units that are not below a minimum and have not won before (R8)."""
    eligible = [row.unit.code for row in ranked if not row.note and row.unit.code not in earlier_winners]
    return eligible[:count]
