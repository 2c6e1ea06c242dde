"""Short ways to say what somebody did in a week."""

from __future__ import annotations

from chalicelib.domain.attempt import Category, Entry, Finished, Opened, Status
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
    """A finished attempt; received when its duration is over unless told otherwise."""
    at = started + duration if received is None else received
    return Finished(number, started, at, duration, score, prediction, NONCE, "AAAAA", status)


def entry(
    participant_id: str,
    *finished: Finished,
    unit: str = "SO-A",
    category: Category = "mandatory",
    opened: Opened | None = None,
    week: int = 1,
) -> Entry:
    """A person's week; the attempts are numbered in the order in which they are given."""
    numbered = tuple(attempt._replace(number=k) for k, attempt in enumerate(finished, 1))
    used = opened.number if opened else len(numbered)
    return Entry(participant_id, week, unit, category, used, opened, numbered)
