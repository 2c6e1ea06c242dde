"""An attempt from its start to its compact record, and a person's week of attempts (an entry)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from struct import Struct
from typing import Literal, NamedTuple

from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.errors import AttemptNotFound
from chalicelib.domain.paper import UNANSWERED

Status = Literal["submitted", "overdue", "blank", "discarded"]
# ``UNSAVED``: submitted in time, built on nothing that was saved before. ``LATE``: submitted in the grace.
# ``BLANK``: submitted without a single answer.
SUBMITTED, UNSAVED, LATE, OVERDUE, BLANK, DISCARDED = "", "u", "l", "o", "b", "x"
NOT_COUNTED = frozenset({BLANK, DISCARDED})
_STATUS: dict[str, Status] = {
    SUBMITTED: "submitted",
    UNSAVED: "submitted",
    LATE: "submitted",
    OVERDUE: "overdue",
    BLANK: "blank",
    DISCARDED: "discarded",
}
_ID = re.compile(r"([1-9]\d?)-([1-9]\d?)-([1-9]\d{12})-([0-9a-f]{16})", re.ASCII)
# number, flag, started, duration, early, score, told (255: none), prediction (-1: none), nonce.
_RECORD = Struct(">BBQIIBBi8s")
_RECORD_BYTES = _RECORD.size  # and a byte for each question
_FLAGS = (SUBMITTED, UNSAVED, LATE, OVERDUE, BLANK, DISCARDED)
_NUMBER_OF = {flag: number for number, flag in enumerate(_FLAGS)}
_UNTOLD, _ERASED = 255, 128
_OPENING = Struct(">Q8s")
_unpack, _new = _RECORD.unpack_from, tuple.__new__
MAC_BYTES = 8


def encode_opening(started: int, nonce: str) -> bytes:
    """What the start stores in the entry and every later write has to meet: 16 bytes."""
    return _OPENING.pack(started, bytes.fromhex(nonce))


def decode_opening(opening: bytes) -> tuple[int, str]:
    """The opposite of ``encode_opening``: when the attempt was started, and its nonce."""
    started, nonce = _OPENING.unpack(opening)
    return started, nonce.hex()


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
    def opening(self) -> bytes:
        """See ``encode_opening``."""
        return encode_opening(self.started, self.nonce)


class Finished(NamedTuple):
    """A finished attempt, in the order of its compact record. Times in milliseconds.

    ``duration`` runs from the start to the receipt, as it ranks. ``early`` is 0, but for an overdue attempt
    that the week's end cut short: it ranks as received so much earlier than its duration says. Neither is
    ever negative. ``answers`` are as ``paper.encode_answers`` gives them. A ``blank`` or ``discarded``
    attempt is used up but not counted. An erased one (``receipt.erased``) has no nonce, and its commitment
    (64 hex digits) in place of its answers. ``told``: the score that the person was told, where a ruling has
    changed it since (``grading.grading_again``); of stored attempts only erased ones have it.
    """

    number: int
    started: int
    duration: int
    early: int
    score: int
    prediction: int | None
    nonce: str
    answers: str
    flag: str = ""
    told: int | None = None

    @property
    def told_score(self) -> int:
        """The score at submission, which its leaf and its receipt hold."""
        return self.score if self.told is None else self.told

    @property
    def status(self) -> Status:
        return _STATUS[self.flag]

    @property
    def counted(self) -> bool:
        return self.flag not in NOT_COUNTED

    @property
    def handed_in(self) -> bool:
        """A person submitted it, in time or in the grace; it may be blank."""
        return self.flag in (SUBMITTED, UNSAVED, LATE, BLANK)

    @property
    def overdue(self) -> bool:
        """Nobody submitted it: it counts with its saved answers."""
        return self.flag == OVERDUE

    @property
    def received(self) -> int:
        """When the server had the answers, as it ranks, in milliseconds: for a late paper the grace's end."""
        return self.started + self.duration - self.early

    @property
    def erased(self) -> bool:
        """Its answers are gone for good: it counts, and cannot be graded or looked at again."""
        return not self.nonce

    @property
    def late(self) -> bool:
        """Received in the grace, after the deadline."""
        return self.flag == LATE

    def encode(self) -> bytes:
        """32 bytes and one a question: with its MAC (``domain/macs.py``) 60 bytes for 20 questions.

        So an entry with ten attempts stays below 1 KB, one write unit (``largest_entry``).
        """
        erased = _ERASED if self.erased else 0
        return _RECORD.pack(
            self.number,
            _NUMBER_OF[self.flag] | erased,
            self.started,
            self.duration,
            self.early,
            self.score,
            _UNTOLD if self.told is None else self.told,
            -1 if self.prediction is None else self.prediction,
            bytes.fromhex(self.nonce),
        ) + (bytes.fromhex(self.answers) if erased else self.answers.encode())

    @classmethod
    def decode(cls, record: bytes) -> Finished:
        """The opposite of ``encode``. It takes 0.5 µs, since a close decodes a million of them."""
        number, flag, started, duration, early, score, told, prediction, nonce = _unpack(record)
        if flag >= _ERASED:
            flag, seed, answers = flag - _ERASED, "", record[_RECORD_BYTES:].hex()
        else:
            seed, answers = nonce.hex(), record[_RECORD_BYTES:].decode()
        guess = None if prediction < 0 else prediction
        told = None if told == _UNTOLD else told
        # A named tuple's own constructor is a function in Python, and takes twice as long.
        return _new(cls, (number, started, duration, early, score, guess, seed, answers, _FLAGS[flag], told))


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
    def opening(self) -> bytes:
        """See ``encode_opening``."""
        return encode_opening(self.started, self.nonce)


class Entry(NamedTuple):
    """One participant's one week. ``used`` counts every attempt that was started.

    ``unauthentic``: the numbers of attempts of which something is stored that the API has not written
    (``domain/macs.py``). It is left out of ``open`` and ``finished``, and so counts nowhere.
    """

    participant_id: str
    week: int
    unit: str
    category: str
    used: int
    open: Opened | None
    finished: tuple[Finished, ...]
    unauthentic: tuple[int, ...] = ()

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


WRITE_UNIT = 1_024
# What DynamoDB counts beside the records: the names of all attributes, the longest key, unit code and category,
# and an open attempt.
_BESIDE, _OPEN = 106, 84


def largest_entry(attempts: int, questions: int) -> int:
    """The most bytes that an entry can have; ``WRITE_UNIT`` of them have the price of one write."""
    record = _RECORD_BYTES + MAC_BYTES + questions + 1
    return _BESIDE + max(attempts * record, (attempts - 1) * record + _OPEN + questions)


def counted_prediction(attempts: Iterable[Finished]) -> int | None:
    """The prediction that counts for all of a person's attempts in a week, where one counts (design).

    It is that of the counted attempt with the lowest number that has one.
    """
    number, prediction = 0, None
    for one in attempts:
        if one.prediction is not None and one.counted and (prediction is None or one.number < number):
            number, prediction = one.number, one.prediction
    return prediction


def is_blank(answers: str) -> bool:
    """Whether encoded answers (``paper.encode_answers``) answer no question."""
    return not answers.strip(UNANSWERED)


def next_revision(previous: int, started: int, now: int) -> int:
    """Of what is saved now: milliseconds since the start, and always more than before, whatever clocks do."""
    return max(previous + 1, now - started)


def deadline(definition: Definition, week: Week, started: int) -> int:
    """``min(started + time_limit, closes)`` (design): an attempt belongs to the week of its start."""
    return min(started + definition.time_limit, week.closes)


def is_past_saving(definition: Definition, week: Week, started: int, now: int) -> bool:
    """Saves count until the deadline; the grace is for handing in alone (design)."""
    return now > deadline(definition, week, started)


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
    saved: bool = True,
) -> Finished:
    """The record of a submitted attempt: ``duration = max(0, received − started)`` (design).

    What is received in the grace counts as received at its end: the grace is neither free time nor a race.
    Start and receipt are told by the clocks of two servers, and a clock may be set back: an attempt that
    seems to be received before it was started counts as received at its start. A paper without an answer is
    not counted. ``saved``: the answers build on some that were saved.
    """
    due = deadline(definition, week, attempt.started)
    late = received > due
    counted = due + definition.grace if late else max(received, attempt.started)
    return Finished(
        number=attempt.number,
        started=attempt.started,
        duration=counted - attempt.started,
        early=0,
        score=score,
        prediction=prediction,
        nonce=attempt.nonce,
        answers=answers,
        flag=BLANK if is_blank(answers) else LATE if late else SUBMITTED if saved else UNSAVED,
    )


# Grades encoded answers: (nonce, answers) → score.
Grader = Callable[[str, str], int]


def overdue_record(definition: Definition, week: Week, opened: Opened, grade: Grader) -> Finished:
    """What becomes of an attempt that nobody submitted in time (design, “Rules, exactly”).

    With saved answers it counts (``overdue = "submit_saved"``) with the longest duration that there is, as
    received at the end of the grace and without a prediction; otherwise it is discarded. It always uses up
    one attempt.
    """
    saved = opened.saved or ""
    counts = definition.paper.overdue == "submit_saved" and not is_blank(saved)
    return Finished(
        number=opened.number,
        started=opened.started,
        duration=definition.time_limit + definition.grace,
        early=opened.started + definition.time_limit - deadline(definition, week, opened.started),
        score=grade(opened.nonce, saved) if counts else 0,
        prediction=None,
        nonce=opened.nonce,
        answers=saved if counts else "",
        flag=OVERDUE if counts else DISCARDED,
    )


def settled(entry: Entry, definition: Definition, now: int, grade: Grader) -> Entry:
    """The entry as it counts at ``now``: an overdue open attempt is turned into its record."""
    week = definition.week(entry.week)
    if entry.open is None or week is None or not is_overdue(definition, week, entry.open.started, now):
        return entry
    record = overdue_record(definition, week, entry.open, grade)
    return entry._replace(open=None, finished=(*entry.finished, record))
