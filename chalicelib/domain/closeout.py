"""Closing a week, and the contest, as pure functions of definition, bank, rulings, units, bars and entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from chalicelib.domain.attempt import Entry, Grader, settled
from chalicelib.domain.bank import Bank
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.final_ranking import FinalStanding, award_final
from chalicelib.domain.grading import Rulings, grading_again
from chalicelib.domain.paper import draw, score
from chalicelib.domain.placement import Place, Placement
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.ranking import (
    Contender,
    Counts,
    Standing,
    award,
    contenders,
    count,
    prediction_target,
    rank,
)
from chalicelib.domain.small_cells import NOTHING_HIDDEN, Cell, SmallCells, small_cells
from chalicelib.domain.unit_score import (
    NOTHING,
    Distinct,
    DistinctPeople,
    UnitStanding,
    UnitSums,
    UnitWeek,
    award_units,
    rank_units,
    unit_sums,
    winners_by_unit,
)
from chalicelib.domain.units import Unit, added_up


class Observer(Protocol):
    """Looks at every entry of a week, settled, each once and in no particular order.

    ``place`` is where the person counts; the entry has what was said at registration.
    ``sees_everybody``: also the people who are not counted (``decisions.Bars``).
    """

    @property
    def sees_everybody(self) -> bool: ...

    def add(self, entry: Entry, place: Place) -> None: ...


class Collector(Observer, Protocol):
    """An observer whose figures add up."""

    def merge(self, other: Any) -> None:
        """Takes in what another of the same kind has seen; the order of merging does not matter."""

    def encode(self) -> bytes:
        """What it has seen, for another of the same kind, elsewhere, to take in by ``decode``."""

    def decode(self, encoded: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class WeekResult:
    """A closed week. ``prizes``: place in ``ranked`` (from 0) → prize name; ``units`` with their prizes.

    ``reserves``: in the same way, who would have the prizes if none of the winners had.

    ``unranked``: people with a bar (``no_prize``) who took part. ``draw``: what decided among equals
    (``ranking.lot``), among ``names``. ``late``: people with a paper that came too late to the log.
    """

    week: Week
    draw: Draw
    names: Pseudonyms
    late: frozenset[str]
    counts: Counts
    target: int | None
    ranked: list[Standing]
    unranked: list[Standing]
    prizes: dict[int, str]
    reserves: dict[int, str]
    sums_by_unit: dict[str, UnitSums]
    units: list[UnitStanding]
    collected: Mapping[str, Collector]

    @property
    def winners(self) -> list[str]:
        """Participant ids in order of the prizes."""
        return [self.ranked[place].participant_id for place in self.prizes]


@dataclass(frozen=True, slots=True)
class FinalResult:
    """The contest's unit ranking over all weeks; ``once``: who took part in any of them; ``root``: the last
    week's, by which the draw was made. ``ranked`` and ``prizes``: of people, where there is such a ranking.
    """

    root: str
    names: Pseudonyms
    sums_by_unit: dict[str, UnitSums]
    units: list[UnitStanding]
    once: Distinct
    ranked: Sequence[FinalStanding]
    prizes: dict[int, str]


class Draw(NamedTuple):
    """The checkpoint of the log under which a week was first closed; ``root`` in hex."""

    size: int
    root: str


class Gathered(NamedTuple):
    """What a close needs of a week's entries, or of a share of them; ``collected`` by the collectors' names."""

    people: list[Contender]
    collected: dict[str, Collector]

    def merge(self, other: Gathered) -> None:
        """Takes another share in. Shares may come in any order: the result is the same."""
        self.people.extend(other.people)
        for name, collector in other.collected.items():
            self.collected[name].merge(collector)


def gather(
    definition: Definition,
    bank: Bank,
    week: Week,
    entries: Iterable[Entry],
    collectors: Mapping[str, Collector] = MappingProxyType({}),
    rulings: Rulings = MappingProxyType({}),
    not_counted: Collection[str] = (),
    placement: Placement | None = None,
    observers: Iterable[Observer] = (),
) -> Gathered:
    """Takes entries one by one, settles them, grades them again under the week's ``rulings``, shows them to the
    collectors and ``observers`` and keeps what a ranking needs.

    Attempts that are still open are overdue by now and count as their autosaved answers say. The people of
    ``not_counted`` are in no figure. Without a ``placement``, which knows the rosters, all count as registered.
    """
    counted = map(grading_again(bank, definition.paper, rulings), _settled(entries, definition, bank, week))
    watching = [*collectors.values(), *observers]
    final = _shown_to(watching, counted, placement or Placement(definition), not_counted)
    return Gathered(people=list(contenders(final, definition)), collected=dict(collectors))


def _settled(entries: Iterable[Entry], definition: Definition, bank: Bank, week: Week) -> Iterator[Entry]:
    """The entries as they count when every deadline of the week and its grace are over."""
    after_the_end = week.closes + definition.grace + 1

    def grader(asked: Bank) -> Grader:
        return lambda nonce, answers: score(draw(asked, definition.paper, nonce), answers)

    for entry in entries:
        if entry.open is None:
            yield entry
        else:
            grade = grader(bank.of(week.number, entry.category))
            yield settled(entry, definition, after_the_end, grade)


def closed_entry(definition: Definition, bank: Bank, week: Week, entry: Entry) -> Entry:
    """One entry as ``gather`` settles it; the scores are those told."""
    (settled_one,) = _settled([entry], definition, bank, week)
    return settled_one


def _shown_to(
    watching: Sequence[Observer],
    entries: Iterable[Entry],
    placement: Placement,
    not_counted: Collection[str],
) -> Iterator[tuple[Entry, Place]]:
    """The entries that count with their places, each after all that are ``watching`` have seen it."""
    of_everybody = [observer for observer in watching if observer.sees_everybody]
    for entry in entries:
        place, counted = placement.of(entry), entry.participant_id not in not_counted
        for observer in watching if counted else of_everybody:
            observer.add(entry, place)
        if counted:
            yield entry, place


def close_week(
    definition: Definition,
    units: Sequence[Unit],
    week: Week,
    gathered: Gathered,
    *,
    draw: Draw,
    names: Pseudonyms,
    barred: Collection[str] = (),
    late: Collection[str] = (),
    earlier_winners: Collection[str] = (),
    unit_prizes_elsewhere: Mapping[str, Collection[str]] = MappingProxyType({}),
    proven: Collection[str] = (),
    hidden: SmallCells = NOTHING_HIDDEN,
) -> WeekResult:
    """Every rule of a week's close, in the order of the design. Empties ``gathered.people``.

    Equals stand by the draw under ``draw``. ``barred``: those of ``Bars.no_prize``, and of ``late`` those whom
    nobody has confirmed. What they did stays in the facts of the week (participation, target, unit figures), so
    that barring somebody moves up those behind and changes nothing else. They themselves are unranked and win
    nothing (R3). ``late``: who handed in what came too late to the log. Earlier winners are also those of later
    weeks that are recognised. ``unit_prizes_elsewhere``: the name of a unit prize → the units that have it of
    other weeks. ``proven``: whom an identity provider had proved before the week closed. ``hidden``:
    ``cells_to_hide``.
    """
    counts = count(gathered.people)
    target = prediction_target(counts, definition)
    everyone = rank(_taken_out(gathered.people), definition, week, target, draw.root, names, proven)
    ranked = [standing for standing in everyone if standing.participant_id not in barred]
    unranked = [standing for standing in everyone if standing.participant_id in barred]
    sums_by_unit = unit_sums(everyone, units)
    prizes = award(ranked, definition, barred, earlier_winners)
    won = winners_by_unit(((ranked[place].unit, ranked[place].participant_id) for place in prizes), units)
    sizes = {unit.code: unit for unit in added_up(units)}
    counted = UnitWeek(sizes, sums_by_unit, won, definition.paper.questions, hidden.told)
    unit_ranking = rank_units(units, sums_by_unit, definition, [counted], draw.root)
    return WeekResult(
        week=week,
        draw=draw,
        names=names,
        late=frozenset(late),
        counts=counts,
        target=target,
        ranked=ranked,
        unranked=unranked,
        prizes=prizes,
        reserves=award(ranked, definition, {ranked[place].participant_id for place in prizes}, earlier_winners),
        sums_by_unit=sums_by_unit,
        units=award_units(unit_ranking, definition.unit_prizes_of("week"), unit_prizes_elsewhere),
        collected=gathered.collected,
    )


def cells_of(people: Iterable[Contender]) -> Counter[Cell]:
    """How many of those who took part stand in each cell; of several shares the counts add up."""
    return Counter(Cell(one.unit, one.category, one.obliged) for one in people if one.took_part)


def cells_to_hide(definition: Definition, units: Sequence[Unit], cells: Mapping[Cell, int]) -> SmallCells:
    """What public files keep back of the week; ``cells``: ``cells_of`` all its people."""
    return small_cells(cells, units, definition.publication.smallest_group)


def _taken_out(people: list[Contender]) -> Iterator[Contender]:
    """One by one: a contender is gone when its standing is made, for the memory of a Lambda is small."""
    while people:
        yield people.pop()


def close_contest(
    definition: Definition,
    units: Sequence[Unit],
    weeks: Sequence[UnitWeek],
    distinct: DistinctPeople,
    root: str,
    names: Pseudonyms,
    ranked: Sequence[FinalStanding] = (),
) -> FinalResult:
    """The prizes of the end: of units over all weeks, and of people; a weekly prize is no bar (R9).

    Headcounts are added up as they were in force for each week. ``root``: the last week's (``WeekResult``).
    ``ranked``: the people (``final_ranking.rank_final``).
    """
    total: dict[str, UnitSums] = {}
    for week in weeks:
        for code, sums in week.sums.items():
            people, obliged = distinct.by_unit.get(code, (0, 0))
            added = total.get(code, NOTHING).plus(sums)
            total[code] = added._replace(distinct_people=people, distinct_obliged=obliged)
    units_ranked = rank_units(units, total, definition, weeks, root)
    awarded = award_units(units_ranked, definition.unit_prizes_of("final"))
    prizes = award_final(ranked, definition.prizes_of("final"))
    return FinalResult(root, names, total, awarded, distinct.everyone, ranked, prizes)
