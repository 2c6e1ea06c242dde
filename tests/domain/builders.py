"""Short ways to write down a person's week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chalicelib.domain.attempt import (
    BLANK,
    DISCARDED,
    OVERDUE,
    SUBMITTED,
    Entry,
    Finished,
    Opened,
    Status,
)
from chalicelib.domain.closeout import FinalResult, Observer, close_contest
from chalicelib.domain.definition import Definition
from chalicelib.domain.placement import Place
from chalicelib.domain.ranking import Candidate, Standing
from chalicelib.domain.unit_score import Distinct, DistinctPeople, UnitStanding, UnitSums, UnitWeek, rank_units
from chalicelib.domain.units import Unit
from tests.fakes import MINUTE, PSEUDONYMS, START_MS

NONCE = "0123456789abcdef"
ROOT = "5e" * 32


def done(
    score: int = 5,
    prediction: int | None = None,
    *,
    number: int = 1,
    duration: int = MINUTE,
    started: int = START_MS,
    received: int | None = None,
    status: Status = "submitted",
) -> Finished:
    """A finished attempt, received at the end of its duration unless told otherwise."""
    early = 0 if received is None else started + duration - received
    flag = {"submitted": SUBMITTED, "overdue": OVERDUE, "blank": BLANK, "discarded": DISCARDED}[status]
    return Finished(number, started, duration, early, score, prediction, NONCE, "BAAAA", flag)


def entry(
    participant_id: str,
    *finished: Finished,
    unit: str = "SO-A",
    category: str = "mandatory",
    opened: Opened | None = None,
    week: int = 1,
) -> Entry:
    """A person's week; attempts are numbered in the order given."""
    numbered = tuple(attempt._replace(number=k) for k, attempt in enumerate(finished, 1))
    used = opened.number if opened else len(numbered)
    return Entry(participant_id, week, unit, category, used, opened, numbered)


def kept(attempt: Finished) -> bytes:
    """The attempt as a ``Standing`` keeps it."""
    return Candidate(
        attempt.number,
        attempt.received,
        attempt.duration,
        attempt.score,
        attempt.prediction,
        attempt.overdue,
    ).packed


def standing(
    participant_id: str,
    score: int = 5,
    prediction: int | None = None,
    *,
    unit: str = "SO-A",
    started: int = START_MS,
    duration: int = MINUTE,
    attempts: int = 1,
) -> Standing:
    """A person's place in a ranking."""
    tried = Candidate(1, started + duration, duration, score, prediction, overdue=False)
    return Standing(participant_id, unit, "mandatory", True, True, tried.packed, attempts)


def obliged(people: int, attempts: int, best_sum: int, distinct: int | None = None) -> UnitSums:
    """The sums of a unit in which only obliged people took part."""
    sums = (people, attempts, best_sum)
    distinct = people if distinct is None else distinct
    return UnitSums(*sums, *sums, distinct, distinct)


def others(people: int, attempts: int, best_sum: int) -> UnitSums:
    """The sums of a unit in which nobody obliged took part."""
    return UnitSums(people, attempts, best_sum, 0, 0, 0, people, 0)


def rank_over(
    units: Sequence[Unit], sums: Mapping[str, UnitSums], contest: Definition, weeks: int = 1
) -> list[UnitStanding]:
    """The ranking of units by ``sums``, all of the first of ``weeks`` weeks."""
    by_code, size = {unit.code: unit for unit in units}, contest.paper.questions
    rest = [UnitWeek(by_code, {}, {}, size)] * (weeks - 1)
    return rank_units(units, sums, contest, [UnitWeek(by_code, sums, {}, size), *rest], ROOT)


def final_of(
    contest: Definition,
    units: Sequence[Unit],
    weeks: Sequence[Mapping[str, UnitSums]],
    sizes: Sequence[int],
    distinct: Mapping[str, Distinct],
) -> FinalResult:
    """The end of a contest whose headcounts never changed."""
    by_code = {unit.code: unit for unit in units}
    counted = [UnitWeek(by_code, sums, {}, size) for sums, size in zip(weeks, sizes, strict=True)]
    return close_contest(contest, units, counted, DistinctPeople(distinct, Distinct(0, 0)), ROOT, PSEUDONYMS)


def place(one: Entry) -> Place:
    """Where a person counts in a contest without rosters and with the usual categories."""
    return Place(one.unit, one.category, one.category == "mandatory")


def show(observer: Observer, *entries: Entry) -> None:
    for one in entries:
        observer.add(one, place(one))


def placed(entries: Iterable[Entry]) -> list[tuple[Entry, Place]]:
    return [(one, place(one)) for one in entries]
