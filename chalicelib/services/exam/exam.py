"""The exam: start, read, save, submit. Each except reading is one conditional write and no read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.attempt import (
    AttemptId,
    Entry,
    Finished,
    Grader,
    Opened,
    counted_prediction,
    encode_opening,
    finish,
    is_overdue,
    is_past_saving,
    next_revision,
    overdue_record,
    settled,
)
from chalicelib.domain.definition import Week
from chalicelib.domain.errors import (
    AlreadyFinished,
    AttemptNotFound,
    FieldError,
    InvalidInput,
    NoAttemptsLeft,
    NoOpenWeek,
    Overdue,
    Stale,
    Stopped,
)
from chalicelib.domain.grading import grading_again
from chalicelib.domain.paper import Paper, decode_answers, draw, encode_answers, score
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.ports import EntryStore, NotMet

Answers = Mapping[str, Sequence[str]]


class Person(NamedTuple):
    """The person who asks, according to the session token: unit and category as registered."""

    participant_id: str
    unit: str
    category: str

    def held_in(self, week: int, reference: Current) -> Person:
        """With unit and category as the entry of the week holds them, without reading it."""
        return Person(self.participant_id, *reference.held(*self, week))


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """An open attempt with its paper and its saved answers; ``revision`` is 0 if none were saved.

    ``counted_prediction``: the person's prediction of the week, if an earlier attempt has fixed it.
    """

    attempt: AttemptId
    paper: Paper
    saved: dict[str, list[str]]
    guess: int | None
    revision: int
    counted_prediction: int | None


class Exam:
    """The use cases of the exam path for one contest. ``nonce`` gives 16 fresh hexadecimal digits.

    An attempt is drawn, timed and graded by the rules of its own week, whatever has changed since.
    """

    def __init__(self, reference: Current, entries: EntryStore, nonce: Callable[[], str]) -> None:
        self._reference, self._definition = reference, reference.definition
        self._entries, self._nonce = entries, nonce

    def start(self, person: Person, now: int) -> tuple[OpenPaper, bool]:
        """A new attempt and True, or the one already open and False.

        Raises ``NoOpenWeek``, ``NoAttemptsLeft``, ``Stopped``.
        """
        week = self._definition.week_at(now)
        if week is None:
            raise NoOpenWeek(self._definition.contest.period)
        person = person.held_in(week.number, self._reference)
        if not self._reference.decisions.is_on("starts"):
            return self._only_open(person, week, now), False
        definition = self._reference.of_week(week.number).definition
        nonce, limit = self._nonce(), definition.paper.attempts_per_week
        try:
            number, finished = self._entries.start(week.number, *person, encode_opening(now, nonce), limit)
        except NotMet as not_met:
            entry = not_met.entry
            if entry is not None and entry.open and is_overdue(definition, week, entry.open.started, now):
                return self._restart(person, entry, week, now, nonce, limit)
            return self._resume(entry), False
        return self._new(AttemptId(week.number, number, now, nonce), person.category, finished), True

    def _only_open(self, person: Person, week: Week, now: int) -> OpenPaper:
        """The open paper, which can be finished although no other can be started. Raises ``Stopped``."""
        entry = self._entries.get(week.number, person.participant_id)
        still = entry and self._settled(entry, now).open
        if entry is None or not still:
            raise Stopped(self._reference.decisions.notice)
        return self._open(entry, still)

    def _restart(
        self, person: Person, entry: Entry, week: Week, now: int, nonce: str, limit: int
    ) -> tuple[OpenPaper, bool]:
        """Settles the overdue attempt and opens the next in one write."""
        if entry.open is None or entry.used >= limit:
            raise NoAttemptsLeft(self._definition.contest.period)
        reference = self._reference.of_week(week.number)
        record = overdue_record(reference.definition, week, entry.open, _grader(reference, entry))
        try:
            number = self._entries.restart(entry, record, encode_opening(now, nonce), limit)
        except NotMet:  # another tab was faster, or a submission in time has just been written
            return self.start(person, now)
        attempt = AttemptId(week.number, number, now, nonce)
        return self._new(attempt, entry.category, entry.finished), True

    def _resume(self, entry: Entry | None) -> OpenPaper:
        if entry is None or entry.open is None:
            raise NoAttemptsLeft(self._definition.contest.period)
        return self._open(entry, entry.open)

    def read(self, person: Person, attempt: AttemptId, now: int) -> OpenPaper | Finished:
        """The paper while the attempt is open, its record afterwards. Raises ``AttemptNotFound``."""
        entry = self._entries.get(attempt.week, person.participant_id)
        if entry is None:
            raise AttemptNotFound(str(attempt))
        if entry.is_open(attempt) and entry.open is not None:
            now_open = self._settled(entry, now).open
            if now_open is not None:
                return self._open(entry, now_open)
        return self._finished(entry, attempt, now)

    def save(
        self, person: Person, attempt: AttemptId, answers: Answers, guess: int | None, revision: int, now: int
    ) -> int:
        """Saves answers built on ``revision``, until the deadline.

        Returns the new revision, or the stored one if nothing differs.

        Raises ``Stale``, ``Overdue``, ``AlreadyFinished``, ``AttemptNotFound``, ``InvalidInput``.
        """
        week, reference = self._week(attempt), self._reference.of_week(attempt.week)
        _check_guess(reference, guess)
        person = person.held_in(attempt.week, self._reference)
        paper = _draw(reference, attempt.week, person.category, attempt.nonce)
        encoded = encode_answers(paper, answers)
        late = is_past_saving(reference.definition, week, attempt.started, now)
        new = next_revision(revision, attempt.started, now)
        try:
            if late:
                raise NotMet(self._entries.get(attempt.week, person.participant_id))
            self._entries.save(*person, attempt, encoded, guess, revision, new)
        except NotMet as not_met:
            stored = _stored(not_met.entry, attempt)
            if isinstance(stored, Finished):
                raise AlreadyFinished(stored) from None
            if late:
                raise Overdue from None
            if (stored.saved, stored.guess) != (encoded, guess):
                raise _stale(paper, stored) from None
            return stored.revision
        return new

    def submit(
        self, person: Person, attempt: AttemptId, answers: Answers, guess: int | None, revision: int, now: int
    ) -> Finished:
        """Grades and finishes the attempt; a repeated call returns the record stored the first time.

        Answers built on a revision older than the saved one are accepted only if they equal what is saved.
        Raises ``Stale``, ``Overdue`` after deadline and grace, ``AlreadyFinished``, ``AttemptNotFound``,
        ``InvalidInput``.
        """
        week, reference = self._week(attempt), self._reference.of_week(attempt.week)
        _check_guess(reference, guess)
        person = person.held_in(attempt.week, self._reference)
        paper = _draw(reference, attempt.week, person.category, attempt.nonce)
        encoded = encode_answers(paper, answers)
        late = is_overdue(reference.definition, week, attempt.started, now)
        try:
            if late:
                raise NotMet(self._entries.get(attempt.week, person.participant_id))
            record = finish(
                reference.definition,
                week,
                attempt,
                received=now,
                score=score(paper, encoded),
                answers=encoded,
                prediction=guess,
                saved=revision > 0,
            )
            self._entries.submit(*person, attempt, record, revision)
        except NotMet as not_met:
            stored = _stored(not_met.entry, attempt)
            if isinstance(stored, Opened):
                raise (Overdue() if late else _stale(paper, stored)) from None
            if not stored.handed_in:
                raise Overdue from None
            if (stored.answers, stored.prediction) != (encoded, guess):
                raise AlreadyFinished(stored) from None
            return stored
        return record

    def history(self, person: Person, now: int) -> list[Entry]:
        """The person's entries of all weeks, with overdue attempts settled."""
        numbers = [week.number for week in self._definition.weeks if week.opens <= now]
        entries = self._entries.get_weeks(numbers, person.participant_id)
        return [self._counted(entry, now) for entry in entries]

    def graded_again(self, entry: Entry) -> Entry:
        """The entry with the scores that count under the rulings of its week (``domain/grading.py``)."""
        reference = self._reference.of_week(entry.week)
        rulings = reference.decisions.rulings_in(entry.week)
        return grading_again(reference.bank, reference.definition.paper, rulings)(entry)

    def _finished(self, entry: Entry, attempt: AttemptId, now: int) -> Finished:
        stored = self._counted(entry, now).find(attempt)
        if stored is None:
            raise AttemptNotFound(str(attempt))
        return stored

    def _week(self, attempt: AttemptId) -> Week:
        week = self._definition.week(attempt.week)
        if week is None or not week.opens <= attempt.started < week.closes:
            raise AttemptNotFound(str(attempt))
        return week

    def _counted(self, entry: Entry, now: int) -> Entry:
        """The entry as it counts: once its week is over, under the rulings too."""
        over = self._definition.is_over(entry.week, now)
        return self.graded_again(self._settled(entry, now)) if over else self._settled(entry, now)

    def _settled(self, entry: Entry, now: int) -> Entry:
        reference = self._reference.of_week(entry.week)
        return settled(entry, reference.definition, now, _grader(reference, entry))

    def _new(self, attempt: AttemptId, category: str, finished: Sequence[Finished]) -> OpenPaper:
        paper = _draw(self._reference.of_week(attempt.week), attempt.week, category, attempt.nonce)
        return OpenPaper(attempt, paper, {}, None, 0, self._fixed(attempt.week, finished))

    def _open(self, entry: Entry, opened: Opened) -> OpenPaper:
        attempt = AttemptId(entry.week, *opened[:3])
        paper = _draw(self._reference.of_week(entry.week), entry.week, entry.category, opened.nonce)
        saved = decode_answers(paper, opened.saved) if opened.saved else {}
        fixed = self._fixed(entry.week, entry.finished)
        return OpenPaper(attempt, paper, saved, opened.guess, opened.revision, fixed)

    def _fixed(self, week: int, finished: Sequence[Finished]) -> int | None:
        """The prediction of the week, if it is fixed."""
        one = self._reference.of_week(week).definition.one_prediction
        return counted_prediction(finished) if one else None


def _check_guess(reference: Reference, guess: int | None) -> None:
    if guess is not None and reference.definition.prediction is None:
        raise InvalidInput([FieldError("prediction", "Cuộc thi này không có câu hỏi dự đoán.")])


def _stored(entry: Entry | None, attempt: AttemptId) -> Opened | Finished:
    """The stored attempt that stopped a write. Raises ``AttemptNotFound``."""
    if entry is not None and entry.open is not None and entry.is_open(attempt):
        return entry.open
    done = entry.find(attempt) if entry is not None else None
    if done is None:
        raise AttemptNotFound(str(attempt))
    return done


def _stale(paper: Paper, opened: Opened) -> Stale:
    return Stale(decode_answers(paper, opened.saved or ""), opened.guess, opened.revision)


def _draw(reference: Reference, week: int, category: str, nonce: str) -> Paper:
    """The paper from the questions for the week and for the person's category at the start."""
    return draw(reference.bank.of(week, category), reference.definition.paper, nonce)


def _grader(reference: Reference, entry: Entry) -> Grader:
    return lambda nonce, answers: score(_draw(reference, entry.week, entry.category, nonce), answers)
