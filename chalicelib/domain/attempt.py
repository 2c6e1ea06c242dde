"""An attempt from its start to its compact record, and a person's week of attempts (an entry)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.errors import AttemptNotFound

Category = Literal["mandatory", "encouraged"]
Status = Literal["submitted", "overdue", "discarded"]
_STATUS: dict[str, Status] = {"": "submitted", "o": "overdue", "x": "discarded"}
_FLAG = {status: flag for flag, status in _STATUS.items()}
_ID = re.compile(r"([1-9]\d?)-([1-9]\d?)-([1-9]\d{12})-([0-9a-f]{16})", re.ASCII)


class AttemptId(NamedTuple):
    """What a submission needs to be graded without a read; the database compares it with what it stored.

    ``started`` in milliseconds, ``nonce`` 16 hexadecimal digits: the paper's seed.
    """

    week: int
    number: int
    started: int
    nonce: str

    @classmethod
    def parse(cls, text: str) -> AttemptId:
        """Raises ``AttemptNotFound`` for anything that this system cannot have issued."""
        match = _ID.fullmatch(text)
        if match is None:
            raise AttemptNotFound(text)
        return cls(int(match[1]), int(match[2]), int(match[3]), match[4])

    def __str__(self) -> str:
        return f"{self.week}-{self.number}-{self.started}-{self.nonce}"

    @property
    def opening(self) -> str:
        """What the start stores in the entry and every later write has to meet."""
        return f"{self.started}-{self.nonce}"


class Finished(NamedTuple):
    """A finished attempt. Times in milliseconds; ``received`` is when the server had the answers.

    ``answers`` as ``paper.encode_answers`` gives them. A ``discarded`` attempt is used up but not counted.
    """

    number: int
    started: int
    received: int
    duration: int
    score: int
    prediction: int | None
    nonce: str
    answers: str
    status: Status

    @property
    def counted(self) -> bool:
        return self.status != "discarded"

    @property
    def late(self) -> bool:
        """Received in the grace, after the deadline."""
        return self.received - self.started > self.duration

    def encode(self) -> str:
        """About 80 bytes, so that an entry with ten attempts stays below 1 KB: one write unit."""
        prediction = "" if self.prediction is None else self.prediction
        return (
            f"{self.number}:{self.started}:{self.received - self.started}:{self.duration}:{self.score}:"
            f"{prediction}:{self.nonce}:{self.answers}:{_FLAG[self.status]}"
        )

    @classmethod
    def decode(cls, record: str) -> Finished:
        number, started, elapsed, duration, score, prediction, nonce, answers, flag = record.split(":")
        began = int(started)
        return cls(
            int(number),
            began,
            began + int(elapsed),
            int(duration),
            int(score),
            int(prediction) if prediction else None,
            nonce,
            answers,
            _STATUS[flag],
        )


class Opened(NamedTuple):
    """The open attempt: ``saved`` and ``guess`` are what was autosaved last, None if nothing was."""

    number: int
    started: int
    nonce: str
    saved: str | None
    guess: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One participant's one week. ``used`` counts every attempt that was started."""

    participant_id: str
    week: int
    unit: str
    category: Category
    used: int
    open: Opened | None
    finished: tuple[Finished, ...]

    @property
    def counted(self) -> Iterator[Finished]:
        return (attempt for attempt in self.finished if attempt.counted)

    def find(self, attempt: AttemptId) -> Finished | None:
        """The finished attempt with this id."""
        for done in self.finished:
            if (done.number, done.started, done.nonce) == attempt[1:]:
                return done
        return None

    def is_open(self, attempt: AttemptId) -> bool:
        return self.open is not None and self.open[:3] == attempt[1:]


def deadline(definition: Definition, week: Week, started: int) -> int:
    """``min(started + time_limit, closes)``: the attempt belongs to the week in which it was started."""
    return min(started + definition.time_limit, week.closes)


def is_overdue(definition: Definition, week: Week, started: int, now: int) -> bool:
    """A submission counts if the server has it at or before ``deadline + grace``."""
    return now > deadline(definition, week, started) + definition.grace


def finish(
    definition: Definition,
    week: Week,
    attempt: AttemptId,
    *,
    received: int,
    score: int,
    answers: str,
    prediction: int | None,
    status: Status = "submitted",
) -> Finished:
    """The record of an attempt: ``duration = min(received, deadline) − started``."""
    duration = min(received, deadline(definition, week, attempt.started)) - attempt.started
    return Finished(
        attempt.number,
        attempt.started,
        received,
        duration,
        score,
        prediction,
        attempt.nonce,
        answers,
        status,
    )


# Grades encoded answers: (nonce, answers) → score.
Grader = Callable[[str, str], int]


def overdue_record(definition: Definition, week: Week, opened: Opened, grade: Grader) -> Finished:
    """What becomes of an attempt that nobody submitted in time.

    With autosaved answers it counts as submitted at its deadline (``overdue = "submit_saved"``), otherwise
    it is discarded. It always uses up one attempt.
    """
    attempt = AttemptId(week.number, opened.number, opened.started, opened.nonce)
    due = deadline(definition, week, opened.started)
    if opened.saved is not None and definition.paper.overdue == "submit_saved":
        return finish(
            definition,
            week,
            attempt,
            received=due,
            score=grade(opened.nonce, opened.saved),
            answers=opened.saved,
            prediction=opened.guess,
            status="overdue",
        )
    return finish(
        definition, week, attempt, received=due, score=0, answers="", prediction=None, status="discarded"
    )


def settled(entry: Entry, definition: Definition, now: int, grade: Grader) -> Entry:
    """The entry as it counts at ``now``: an overdue open attempt is turned into its record."""
    week = definition.week(entry.week)
    if entry.open is None or week is None or not is_overdue(definition, week, entry.open.started, now):
        return entry
    record = overdue_record(definition, week, entry.open, grade)
    return replace(entry, open=None, finished=(*entry.finished, record))
