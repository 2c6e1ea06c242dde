"""How units compare: participation, volume and quality, weighed and compared as exact fractions (R8, R9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from chalicelib.domain.definition import Definition, UnitPrize
from chalicelib.domain.ranking import Standing, lot
from chalicelib.domain.units import Unit


class UnitSums(NamedTuple):
    """A unit's sums over one or several weeks; ``best_sum`` adds the scores of people's best attempts.

    ``distinct_people`` and ``distinct_obliged`` count a person once, in however many weeks. The others count
    person-weeks.
    """

    people: int
    attempts: int
    best_sum: int
    obliged_people: int
    obliged_attempts: int
    obliged_best_sum: int
    distinct_people: int
    distinct_obliged: int

    def plus(self, other: UnitSums) -> UnitSums:
        """The sums of both; who is distinct cannot be told from sums and stays as it is."""
        return UnitSums(
            self.people + other.people,
            self.attempts + other.attempts,
            self.best_sum + other.best_sum,
            self.obliged_people + other.obliged_people,
            self.obliged_attempts + other.obliged_attempts,
            self.obliged_best_sum + other.obliged_best_sum,
            self.distinct_people,
            self.distinct_obliged,
        )


NOTHING = UnitSums(0, 0, 0, 0, 0, 0, 0, 0)


class Distinct(NamedTuple):
    """How many different people took part in any of several weeks."""

    people: int
    obliged: int


class DistinctPeople(NamedTuple):
    """By unit code, and of the whole contest, people outside all units included."""

    by_unit: Mapping[str, Distinct]
    everyone: Distinct


class UnitStanding(NamedTuple):
    """A unit's place. ``headcount`` and ``exempt`` are taken once a week; ``size``: the most obliged in a week.

    ``winners``: its distinct people with an individual prize of a week. ``prize``: the name of the prize it has
    won; ``note``: why it can win none.
    """

    unit: Unit
    headcount: int
    exempt: int
    size: int
    sums: UnitSums
    winners: int
    rate: Fraction
    quality: Fraction
    score: Fraction
    prize: str = ""
    note: str = ""

    @property
    def obliged(self) -> int:
        """How many people had to take part, once a week."""
        return max(self.headcount - self.exempt, 0)

    @property
    def mean_best(self) -> Fraction:
        """The mean of best scores of the same people as ``quality``."""
        people, best_sum = _of_quality(self.sums, self.obliged)
        return Fraction(best_sum, people) if people else Fraction(0)


def unit_sums(ranked: Iterable[Standing]) -> dict[str, UnitSums]:
    """Sums of one week by unit code, over those who took part; people outside all units are left out."""
    of_unit: dict[str, list[Standing]] = {}
    for standing in ranked:
        if standing.unit and standing.took_part:
            of_unit.setdefault(standing.unit, []).append(standing)
    sums = {}
    for code, people in of_unit.items():
        obliged = [person for person in people if person.obliged]
        sums[code] = UnitSums(*_sums(people), *_sums(obliged), len(people), len(obliged))
    return sums


def _sums(people: Sequence[Standing]) -> tuple[int, int, int]:
    return (
        len(people),
        sum([person.attempts for person in people]),
        sum([person.best.score for person in people]),
    )


def distinct_people(weeks: Iterable[Iterable[tuple[str, str, bool]]]) -> DistinctPeople:
    """From each week's (participant id, unit code, whether obliged); who was ever obliged counts as obliged."""
    everyone: dict[str, bool] = {}
    of_unit: dict[str, dict[str, bool]] = {}
    for week in weeks:
        for person, code, obliged in week:
            everyone[person] = everyone.get(person, False) or obliged
            if code:
                members = of_unit.setdefault(code, {})
                members[person] = members.get(person, False) or obliged
    by_unit = {code: _distinct(members) for code, members in of_unit.items()}
    return DistinctPeople(by_unit, _distinct(everyone))


def _distinct(people: Mapping[str, bool]) -> Distinct:
    return Distinct(len(people), sum(people.values()))


def winners_by_unit(winners: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """From (unit code, participant id) of each individual prize: a unit's people who have one."""
    of_unit: dict[str, set[str]] = {}
    for code, person in winners:
        of_unit.setdefault(code, set()).add(person)
    return of_unit


class UnitWeek(NamedTuple):
    """A week as units count it: headcounts in force, sums and prize-winners by unit code, size of the paper."""

    units: Mapping[str, Unit]
    sums: Mapping[str, UnitSums]
    winners: Mapping[str, Collection[str]]
    paper_size: int


def rank_units(
    units: Sequence[Unit],
    sums_by_unit: Mapping[str, UnitSums],
    definition: Definition,
    weeks: Sequence[UnitWeek],
    root: str,
) -> list[UnitStanding]:
    """All units, best first, from the sums over ``weeks`` (design).

    ``score = 100 × (w_participation · rate + w_volume · volume + w_quality · quality)``, each part from 0 to 1.
    Ties: quality, then volume, then the draw; ``root`` as in ``lot``.
    """
    weights = definition.unit_score.weights
    w_participation, w_volume = Fraction(weights.participation), Fraction(weights.volume)
    w_quality = Fraction(weights.quality)
    most = max((_volume(sums_by_unit.get(unit.code, NOTHING), definition) for unit in units), default=0)
    rows = []
    for unit in units:
        sums = sums_by_unit.get(unit.code, NOTHING)
        sizes = [week.units[unit.code] for week in weeks if unit.code in week.units]
        obliged = sum(size.obliged for size in sizes)
        winners = {person for week in weeks for person in week.winners.get(unit.code, ())}
        share = sum(
            (
                Fraction(_of_quality(week.sums.get(unit.code, NOTHING), obliged)[1], week.paper_size)
                for week in weeks
            ),
            Fraction(0),
        )
        rate = _rate(sums.obliged_people, obliged)
        volume = Fraction(_volume(sums, definition), most) if most else Fraction(0)
        people, _ = _of_quality(sums, obliged)
        quality = share / people if people else Fraction(0)
        score = 100 * (w_participation * rate + w_volume * volume + w_quality * quality)
        row = UnitStanding(
            unit=unit,
            headcount=sum(size.headcount for size in sizes),
            exempt=sum(size.exempt for size in sizes),
            size=max((size.obliged for size in sizes), default=0),
            sums=sums,
            winners=len(winners),
            rate=rate,
            quality=quality,
            score=score,
        )
        rows.append((volume, row))
    rows.sort(key=lambda each: (-each[1].score, -each[1].quality, -each[0], lot(root, each[1].unit.code)))
    return [row for _, row in rows]


def _of_quality(sums: UnitSums, obliged: int) -> tuple[int, int]:
    """People and sum of best scores that quality is the mean of."""
    if obliged:
        return sums.obliged_people, sums.obliged_best_sum
    return sums.people, sums.best_sum


def _volume(sums: UnitSums, definition: Definition) -> int:
    return {"obliged": sums.obliged_people, "people": sums.people, "attempts": sums.obliged_attempts}[
        definition.unit_score.volume
    ]


def _rate(people: int, obliged: int) -> Fraction:
    """Obliged people who took part ÷ headcount without the exempt: at most 1, and 0 where nobody is obliged."""
    return min(Fraction(people, obliged), Fraction(1)) if obliged else Fraction(0)


# Why a unit does not qualify for a prize; the first that applies.
NotQualified = Literal[
    "not_in_blocs", "not_of_size", "below_min_rate", "below_min_people", "below_min_winners", ""
]
_REASONS: tuple[NotQualified, ...] = get_args(NotQualified)


def not_qualified(row: UnitStanding, prize: UnitPrize) -> NotQualified:
    """Why the unit cannot have this prize; empty where it can."""
    if prize.blocs and row.unit.bloc not in prize.blocs:
        return "not_in_blocs"
    if row.size < prize.obliged_from or (prize.obliged_to is not None and row.size > prize.obliged_to):
        return "not_of_size"
    if row.rate < Fraction(prize.least_rate(row.size)):
        return "below_min_rate"
    if row.sums.distinct_people < prize.min_people:
        return "below_min_people"
    return "below_min_winners" if row.winners < prize.min_winners else ""


def award_units(
    ranked: Sequence[UnitStanding],
    prizes: Iterable[UnitPrize],
    elsewhere: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[UnitStanding]:
    """The ranking with each unit's prize, and with a note where it qualifies for none (design, R8, R9).

    In the order of ``prizes``, each goes ``count`` times to the best unit by its figure that qualifies and has
    no other; units that are equal stand as in the ranking. ``elsewhere``: the name of a prize → the units that
    have it of other weeks and do not get it again where it is given ``once``. The note is the reason of the
    prize that the unit came closest to.
    """
    won: dict[str, str] = {}
    reasons: dict[str, set[NotQualified]] = {}
    for prize in prizes:
        had = elsewhere.get(prize.name, ()) if prize.once else ()
        may = []
        for row in ranked:
            reason = not_qualified(row, prize)
            reasons.setdefault(row.unit.code, set()).add(reason)
            if not reason and row.unit.code not in won and row.unit.code not in had:
                may.append(row)
        may.sort(key=lambda row: _figure(row, prize), reverse=True)
        won.update((row.unit.code, prize.name) for row in may[: prize.count])
    return [
        row._replace(
            prize=won.get(row.unit.code, ""), note=max(reasons.get(row.unit.code, {""}), key=_REASONS.index)
        )
        for row in ranked
    ]


def _figure(row: UnitStanding, prize: UnitPrize) -> Fraction | int:
    figures: dict[str, Fraction | int] = {
        "score": row.score,
        "rate": row.rate,
        "people": row.sums.distinct_people,
        "attempts": row.sums.attempts,
        "winners": row.winners,
    }
    return figures[prize.by]
