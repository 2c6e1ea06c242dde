"""An attempt from its start to its compact record, and a person's week of attempts (an entry)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.errors import AttemptNotFound

Category = Literal["mandatory", "encouraged"]
Status = Literal["submitted", "overdue", "discarded"]
SUBMITTED, OVERDUE, DISCARDED = "", "o", "x"
_STATUS: dict[str, Status] = {SUBMITTED: "submitted", OVERDUE: "overdue", DISCARDED: "discarded"}
_ID = re.compile(r"([1-9]\d?)-([1-9]\d?)-([1-9]\d{12})-([0-9a-f]{16})", re.ASCII)


def encode_opening(started: int, nonce: str) -> str:
    """What the start stores in the entry and every later write has to meet."""
    return f"{started}-{nonce}"


def decode_opening(text: str) -> tuple[int, str]:
    """The opposite of ``encode_opening``: when the attempt was started, and its nonce."""
    started, _, nonce = text.partition("-")
    return int(started), nonce


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
        """See ``encode_opening``."""
        return encode_opening(self.started, self.nonce)


class Finished(NamedTuple):
    """A finished attempt, in the order of its compact record. Times in milliseconds.

    ``duration`` and ``overtime`` are the spans before and after the deadline that the server waited for the
    answers; neither is ever negative (``finish``). ``answers`` are as ``paper.encode_answers`` gives them. A
    ``discarded`` attempt is used up but not counted. An erased one (``receipt.erased``) has no nonce, and its
    commitment (64 hex digits) in place of its answers.
    """

    number: int
    started: int
    duration: int
    overtime: int
    score: int
    prediction: int | None
    nonce: str
    answers: str
    flag: str = ""

    @property
    def status(self) -> Status:
        return _STATUS[self.flag]

    @property
    def counted(self) -> bool:
        return self.flag != DISCARDED

    @property
    def received(self) -> int:
        """When the server had the answers, in milliseconds; never before the start."""
        return self.started + self.duration + self.overtime

    @property
    def erased(self) -> bool:
        """Its answers are gone for good: it counts, and cannot be graded or looked at again."""
        return not self.nonce

    @property
    def late(self) -> bool:
        """Received in the grace, after the deadline."""
        return self.overtime > 0

    def encode(self) -> str:
        """A JSON array of about 80 bytes, so that an entry with ten attempts stays below 1 KB: one write unit.

        JSON, because a close-out decodes a million of them, straight into this class.
        """
        prediction = "null" if self.prediction is None else self.prediction
        flag = f',"{self.flag}"' if self.flag else ""
        return (
            f"[{self.number},{self.started},{self.duration},{self.overtime},{self.score},{prediction},"
            f'"{self.nonce}","{self.answers}"{flag}]'
        )

    @classmethod
    def decode(cls, record: str) -> Finished:
        """The opposite of ``encode``; an older record is mended."""
        return cls(*json.loads(record)).mended()

    def mended(self) -> Finished:
        """The record as ``finish`` makes it today.

        Before, a clock that went back between start and receipt left a negative duration in the record.
        """
        if self.duration >= 0:
            return self
        return self._replace(duration=0, overtime=max(0, self.duration + self.overtime))


class Opened(NamedTuple):
    """The open attempt: ``saved`` and ``guess`` are what was saved last, None if nothing was.

    ``revision`` is at once the order and the time of saving (``next_revision``), 0 if nothing was saved.
    """

    number: int
    started: int
    nonce: str
    saved: str | None
    guess: int | None
    revision: int

    @property
    def opening(self) -> str:
        """See ``encode_opening``."""
        return encode_opening(self.started, self.nonce)


class Entry(NamedTuple):
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


def next_revision(previous: int, started: int, now: int) -> int:
    """Of what is saved now: milliseconds since the start, and always more than before, whatever clocks do."""
    return max(previous + 1, now - started)


def deadline(definition: Definition, week: Week, started: int) -> int:
    """``min(started + time_limit, closes)`` (design): an attempt belongs to the week of its start."""
    return min(started + definition.time_limit, week.closes)


def is_overdue(definition: Definition, week: Week, started: int, now: int) -> bool:
    """A submission counts if the server has it at or before ``deadline + grace`` (design)."""
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
    flag: str = SUBMITTED,
) -> Finished:
    """The record of an attempt: ``duration = max(0, min(received, deadline) − started)``.

    Start and receipt are told by the clocks of two servers, and a clock may be set back. An attempt that seems
    to be received before it was started counts as received at its start.
    """
    received = max(received, attempt.started)
    stopped = max(attempt.started, min(received, deadline(definition, week, attempt.started)))
    return Finished(
        number=attempt.number,
        started=attempt.started,
        duration=stopped - attempt.started,
        overtime=received - stopped,
        score=score,
        prediction=prediction,
        nonce=attempt.nonce,
        answers=answers,
        flag=flag,
    )


# Grades encoded answers: (nonce, answers) → score.
Grader = Callable[[str, str], int]


def overdue_record(definition: Definition, week: Week, opened: Opened, grade: Grader) -> Finished:
    """What becomes of an attempt that nobody submitted in time (design, “Rules, exactly”).

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
            flag=OVERDUE,
        )
    return finish(definition, week, attempt, received=due, score=0, answers="", prediction=None, flag=DISCARDED)


def settled(entry: Entry, definition: Definition, now: int, grade: Grader) -> Entry:
    """The entry as it counts at ``now``: an overdue open attempt is turned into its record."""
    week = definition.week(entry.week)
    if entry.open is None or week is None or not is_overdue(definition, week, entry.open.started, now):
        return entry
    record = overdue_record(definition, week, entry.open, grade)
    return entry._replace(open=None, finished=(*entry.finished, record))
