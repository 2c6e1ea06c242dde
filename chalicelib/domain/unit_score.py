"""How units compare: participation, volume and quality, weighed and compared as exact fractions (R8, R9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from chalicelib.domain.definition import Definition, UnitPrize
from chalicelib.domain.ranking import Standing, lot
from chalicelib.domain.small_cells import ALL_TOLD, Told
from chalicelib.domain.units import LEVELS, Level, Unit, added_up, counting_in, of_level, parents


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
        """The sums of both, for different people; over weeks, who is distinct cannot be told from sums."""
        return UnitSums(
            self.people + other.people,
            self.attempts + other.attempts,
            self.best_sum + other.best_sum,
            self.obliged_people + other.obliged_people,
            self.obliged_attempts + other.obliged_attempts,
            self.obliged_best_sum + other.obliged_best_sum,
            self.distinct_people + other.distinct_people,
            self.distinct_obliged + other.distinct_obliged,
        )


NOTHING = UnitSums(0, 0, 0, 0, 0, 0, 0, 0)


class Distinct(NamedTuple):
    """How many different people took part in any of several weeks."""

    people: int
    obliged: int


class DistinctPeople(NamedTuple):
    """By unit code, in a parent its children's too, and of the whole contest, people outside all units too."""

    by_unit: Mapping[str, Distinct]
    everyone: Distinct


class UnitStanding(NamedTuple):
    """A unit's place among those of its ``level``, which is empty where no unit has a parent.

    A parent's figures are all its own plus its children's. ``headcount`` and ``exempt`` are taken once a week;
    ``size``: the most obliged in a week. ``winners``: its distinct people with an individual prize of a week.
    ``prize``: the name of the prize of this level that it has won; ``note``: why it can win none. ``told``:
    which of its sums of scores may be public.
    """

    level: Literal[Level, ""]
    rank: int
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
    told: Told = ALL_TOLD

    @property
    def tells_score(self) -> bool:
        """Whether score and quality may be public."""
        return self.told.obliged if self.obliged else self.told.everybody

    @property
    def obliged(self) -> int:
        """How many people had to take part, once a week."""
        return max(self.headcount - self.exempt, 0)

    @property
    def mean_best(self) -> Fraction:
        """The mean of best scores of the same people as ``quality``."""
        people, best_sum = _of_quality(self.sums, self.obliged)
        return Fraction(best_sum, people) if people else Fraction(0)


def unit_sums(ranked: Iterable[Standing], units: Iterable[Unit]) -> dict[str, UnitSums]:
    """Sums of one week by unit code, over those who took part; people outside all units are left out.

    A parent's sums are its own plus its children's.
    """
    above = parents(units)
    of_unit: dict[str, list[Standing]] = {}
    for standing in ranked:
        if standing.unit and standing.took_part:
            of_unit.setdefault(standing.unit, []).append(standing)
    sums: dict[str, UnitSums] = {}
    for own, people in of_unit.items():
        obliged = [person for person in people if person.obliged]
        told = UnitSums(*_sums(people), *_sums(obliged), len(people), len(obliged))
        for code in counting_in(own, above):
            sums[code] = sums.get(code, NOTHING).plus(told)
    return sums


def _sums(people: Sequence[Standing]) -> tuple[int, int, int]:
    return (
        len(people),
        sum([person.attempts for person in people]),
        sum([person.score for person in people]),
    )


def distinct_people(weeks: Iterable[Iterable[tuple[str, str, bool]]], units: Iterable[Unit]) -> DistinctPeople:
    """From each week's (participant id, unit code, whether obliged); who was ever obliged counts as obliged."""
    above = parents(units)
    everyone: dict[str, bool] = {}
    of_unit: dict[str, dict[str, bool]] = {}
    for week in weeks:
        for person, own, obliged in week:
            everyone[person] = everyone.get(person, False) or obliged
            for code in counting_in(own, above) if own else ():
                members = of_unit.setdefault(code, {})
                members[person] = members.get(person, False) or obliged
    by_unit = {code: _distinct(members) for code, members in of_unit.items()}
    return DistinctPeople(by_unit, _distinct(everyone))


def _distinct(people: Mapping[str, bool]) -> Distinct:
    return Distinct(len(people), sum(people.values()))


def winners_by_unit(winners: Iterable[tuple[str, str]], units: Iterable[Unit]) -> dict[str, set[str]]:
    """From (unit code, participant id) of each individual prize: a unit's people who have one."""
    above = parents(units)
    of_unit: dict[str, set[str]] = {}
    for own, person in winners:
        for code in counting_in(own, above):
            of_unit.setdefault(code, set()).add(person)
    return of_unit


class UnitWeek(NamedTuple):
    """A week as units count it: headcounts in force, sums and prize-winners by unit code, size of the paper.

    Each parent's are added up: its own and its children's. ``told``: which sums may be public; both, of units
    that are not there.
    """

    units: Mapping[str, Unit]
    sums: Mapping[str, UnitSums]
    winners: Mapping[str, Collection[str]]
    paper_size: int
    told: Mapping[str, Told] = MappingProxyType({})


def rank_units(
    units: Sequence[Unit],
    sums_by_unit: Mapping[str, UnitSums],
    definition: Definition,
    weeks: Sequence[UnitWeek],
    root: str,
) -> list[UnitStanding]:
    """All units of each level, ``top`` before ``leaf``, best first, from the sums over ``weeks`` (design).

    A unit of both levels has a row in each. Where no unit has a parent the levels are one, without a name.
    ``score = 100 × (w_participation · rate + w_volume · volume + w_quality · quality)``, each part from 0 to 1.
    Ties: quality, then volume, then the draw; ``root`` as in ``lot``.
    """
    whole = added_up(units)
    if not parents(units):
        return _rank_level("", whole, sums_by_unit, definition, weeks, root)
    return [
        row
        for level in LEVELS
        for row in _rank_level(level, of_level(whole, level), sums_by_unit, definition, weeks, root)
    ]


def _rank_level(
    level: Literal[Level, ""],
    units: Sequence[Unit],
    sums_by_unit: Mapping[str, UnitSums],
    definition: Definition,
    weeks: Sequence[UnitWeek],
    root: str,
) -> list[UnitStanding]:
    """``units``: with added-up headcounts."""
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
            level=level,
            rank=0,
            unit=unit,
            headcount=sum(size.headcount for size in sizes),
            exempt=sum(size.exempt for size in sizes),
            size=max((size.obliged for size in sizes), default=0),
            sums=sums,
            winners=len(winners),
            rate=rate,
            quality=quality,
            score=score,
            told=_told_by_all(unit.code, weeks),
        )
        rows.append((volume, row))
    rows.sort(key=lambda each: (-each[1].score, -each[1].quality, -each[0], lot(root, each[1].unit.code)))
    return [row._replace(rank=rank) for rank, (_, row) in enumerate(rows, 1)]


def _told_by_all(code: str, weeks: Sequence[UnitWeek]) -> Told:
    """A sum over weeks would tell one that is kept back, less those that are told."""
    told = [week.told.get(code, ALL_TOLD) for week in weeks]
    return Told(all(one.everybody for one in told), all(one.obliged for one in told))


def covering(ranked: Iterable[UnitStanding]) -> Iterator[UnitStanding]:
    """The rows in which everybody of a unit counts once: those without a parent."""
    return (row for row in ranked if row.level != "leaf")


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

    In the order of ``prizes``, each goes ``count`` times to the best unit of its level by its figure that
    qualifies and has no other; units that are equal stand as in the ranking. ``elsewhere``: the name of a prize
    → the units that have it of other weeks and do not get it again where it is given ``once``. The note is the
    reason of the prize of the row's level that the unit came closest to.
    """
    won: dict[str, UnitPrize] = {}
    reasons: dict[tuple[str, str], set[NotQualified]] = {}
    for prize in prizes:
        had = elsewhere.get(prize.name, ()) if prize.once else ()
        may = []
        for row in ranked:
            if not _competes(row, prize):
                continue
            reason = not_qualified(row, prize)
            reasons.setdefault((row.level, row.unit.code), set()).add(reason)
            if not reason and row.unit.code not in won and row.unit.code not in had:
                may.append(row)
        may.sort(key=lambda row: _figure(row, prize), reverse=True)
        won.update((row.unit.code, prize) for row in may[: prize.count])
    return [
        row._replace(
            prize=_won(row, won.get(row.unit.code)),
            note=max(reasons.get((row.level, row.unit.code), {""}), key=_REASONS.index),
            told=_with_score(row) if row.unit.code in won else row.told,
        )
        for row in ranked
    ]


def _with_score(row: UnitStanding) -> Told:
    """A winner's score is public in any case."""
    return row.told._replace(obliged=True) if row.obliged else row.told._replace(everybody=True)


def _won(row: UnitStanding, prize: UnitPrize | None) -> str:
    """What stands in the row: a unit of both levels has its prize in one of its rows."""
    return prize.name if prize and _competes(row, prize) else ""


def _competes(row: UnitStanding, prize: UnitPrize) -> bool:
    return row.level in ("", prize.level)


def _figure(row: UnitStanding, prize: UnitPrize) -> Fraction | int:
    figures: dict[str, Fraction | int] = {
        "score": row.score,
        "rate": row.rate,
        "people": row.sums.distinct_people,
        "attempts": row.sums.attempts,
        "winners": row.winners,
    }
    return figures[prize.by]
