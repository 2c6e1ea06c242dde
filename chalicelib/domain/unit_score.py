"""How units compare: participation, volume and quality, weighed and compared as exact fractions (R8, R9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from chalicelib.domain.definition import Definition
from chalicelib.domain.ranking import Standing
from chalicelib.domain.units import Unit


class UnitSums(NamedTuple):
    """A unit's sums over one or several weeks; ``best_sum`` adds the scores of its people's best attempts."""

    people: int
    attempts: int
    best_sum: int

    def plus(self, other: UnitSums) -> UnitSums:
        return UnitSums(
            self.people + other.people, self.attempts + other.attempts, self.best_sum + other.best_sum
        )


NOTHING = UnitSums(0, 0, 0)


class UnitStanding(NamedTuple):
    """A unit's place. ``headcount`` and ``exempt`` are taken once a week; ``note``: why it wins nothing."""

    unit: Unit
    headcount: int
    exempt: int
    sums: UnitSums
    rate: Fraction
    quality: Fraction
    score: Fraction
    note: str

    @property
    def mean_best(self) -> Fraction:
        return Fraction(self.sums.best_sum, self.sums.people) if self.sums.people else Fraction(0)


def unit_sums(ranked: Iterable[Standing]) -> dict[str, UnitSums]:
    """Sums by unit code; people outside all units are left out."""
    of_unit: dict[str, list[Standing]] = {}
    for standing in ranked:
        if standing.unit:
            of_unit.setdefault(standing.unit, []).append(standing)
    return {
        code: UnitSums(
            people=len(people),
            attempts=sum([person.attempts for person in people]),
            best_sum=sum([person.best.score for person in people]),
        )
        for code, people in of_unit.items()
    }


def rank_units(
    units: Sequence[Unit],
    sums_by_unit: Mapping[str, UnitSums],
    definition: Definition,
    weeks: int = 1,
    shares: Mapping[str, Fraction] | None = None,
) -> list[UnitStanding]:
    """All units, best first, from the sums over ``weeks`` weeks (design).

    ``score = 100 × (w_participation · rate + w_volume · volume + w_quality · quality)``, each part from 0 to 1.
    Ties: quality, then attempts, then unit code. ``shares``: by unit code the sum of best score ÷ size of
    that week's paper, for weeks whose papers differ; without it all papers are of the definition's size.
    """
    weights = definition.unit_prizes.weights
    w_participation, w_volume = Fraction(weights.participation), Fraction(weights.volume)
    w_quality = Fraction(weights.quality)
    most = max((sums_by_unit.get(unit.code, NOTHING).attempts for unit in units), default=0)
    rows = []
    for unit in units:
        sums = sums_by_unit.get(unit.code, NOTHING)
        if shares is None:
            share = Fraction(sums.best_sum, definition.paper.questions)
        else:
            share = shares.get(unit.code, Fraction(0))
        rate = _rate(sums.people, unit.obliged * weeks)
        volume = Fraction(sums.attempts, most) if most else Fraction(0)
        quality = share / sums.people if sums.people else Fraction(0)
        score = 100 * (w_participation * rate + w_volume * volume + w_quality * quality)
        rows.append(
            UnitStanding(
                unit=unit,
                headcount=unit.headcount * weeks,
                exempt=unit.exempt * weeks,
                sums=sums,
                rate=rate,
                quality=quality,
                score=score,
                note=_note(rate, sums.people, definition),
            )
        )
    rows.sort(key=lambda row: (-row.score, -row.quality, -row.sums.attempts, row.unit.code))
    return rows


def _rate(people: int, obliged: int) -> Fraction:
    """People who took part ÷ headcount without the exempt: at most 1, and 0 where nobody is obliged."""
    return min(Fraction(people, obliged), Fraction(1)) if obliged else Fraction(0)


def _note(rate: Fraction, people: int, definition: Definition) -> str:
    """Why a unit wins nothing; empty where nothing is in its way."""
    if rate < Fraction(definition.unit_prizes.min_rate):
        return "below_min_rate"
    return "below_min_people" if people < definition.unit_prizes.min_people else ""


def award_units(ranked: Sequence[UnitStanding], count: int, earlier_winners: Collection[str] = ()) -> list[str]:
    """The codes of the best ``count`` units that are not below a minimum and have not won before (R8)."""
    eligible = [row.unit.code for row in ranked if not row.note and row.unit.code not in earlier_winners]
    return eligible[:count]
