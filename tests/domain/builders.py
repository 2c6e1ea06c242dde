"""Short ways to write down a person's week."""

from __future__ import annotations

from chalicelib.domain.attempt import (
    BLANK,
    DISCARDED,
    OVERDUE,
    SUBMITTED,
    Category,
    Entry,
    Finished,
    Opened,
    Status,
)
from chalicelib.domain.unit_score import UnitSums
from tests.fakes import MINUTE, START_MS

NONCE = "0123456789abcdef"


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
    category: Category = "mandatory",
    opened: Opened | None = None,
    week: int = 1,
) -> Entry:
    """A person's week; attempts are numbered in the order given."""
    numbered = tuple(attempt._replace(number=k) for k, attempt in enumerate(finished, 1))
    used = opened.number if opened else len(numbered)
    return Entry(participant_id, week, unit, category, used, opened, numbered)


def obliged(people: int, attempts: int, best_sum: int, distinct: int | None = None) -> UnitSums:
    """The sums of a unit in which only obliged people took part."""
    sums = (people, attempts, best_sum)
    distinct = people if distinct is None else distinct
    return UnitSums(*sums, *sums, distinct, distinct)


def others(people: int, attempts: int, best_sum: int) -> UnitSums:
    """The sums of a unit in which nobody obliged took part."""
    return UnitSums(people, attempts, best_sum, 0, 0, 0, people, 0)
