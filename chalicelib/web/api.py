"""The exam's routes: from raw body and header to a JSON-ready answer, independent of any framework.

Separate from ``account``, so that a cold start on the exam path does not pay for registration and passwords.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.domain.attempt import AttemptId, Finished
from chalicelib.domain.errors import AlreadyFinished, Busy
from chalicelib.services.contest.public_contest import contest_now
from chalicelib.services.contest.reference import Current, Library
from chalicelib.services.exam.exam import Exam, Person
from chalicelib.services.exam.pace import Pace
from chalicelib.services.ports import Clock, EntryStore
from chalicelib.web import responses
from chalicelib.web.bodies import Empty, PaperAnswers, parse
from chalicelib.web.tokens import Tokens

# A participant id that no citizen ID makes, for a look at the table.
NOBODY = "0" * 20

if TYPE_CHECKING:
    from chalicelib.services.exam.receipts import Receipts
    from chalicelib.web import shapes


@dataclass(frozen=True, slots=True)
class ExamApi:
    """``nonce`` gives 16 fresh hexadecimal digits; ``version`` is that of the code.

    ``receipts`` is called only at the first submission: a start needs neither their keys nor libsodium.
    ``pace`` says when a page saves again, and is told of every push-back on this path.
    """

    library: Library
    entries: EntryStore
    tokens: Tokens
    clock: Clock
    nonce: Callable[[], str]
    version: str
    receipts: Callable[[], Receipts]
    pace: Pace

    def health(self) -> shapes.Health:
        reference = self.library.current()
        week = reference.definition.week_in_view(self.clock())
        self.entries.get(week.number, NOBODY)  # the table that every paper needs
        return {
            "status": "ok",
            "version": self.version,
            "contest": reference.definition.contest.id,
            "bank_digest": reference.of_week(week.number).bank.digest,
        }

    def contest(self) -> dict[str, Any]:
        return contest_now(self.library.current(), self.clock())

    def start(self, authorization: str | None, raw: bytes) -> tuple[int, shapes.Started]:
        """201 with a new attempt, 200 with one that is already open."""
        person, now = self._person(authorization)
        parse(Empty, raw or b"{}")
        reference = self.library.current()
        with self._paced(now):
            opened, new = self._exam(reference).start(person, now)
        definition = reference.of_week(opened.attempt.week).definition
        return (201 if new else 200), {"attempt": responses.attempt(opened, definition)}

    def read(self, authorization: str | None, attempt_id: str) -> shapes.OpenAttempt | shapes.FinishedAttempt:
        person, now = self._person(authorization)
        attempt = AttemptId.parse(attempt_id)
        reference = self.library.current()
        found = self._exam(reference).read(person, attempt, now)
        if not isinstance(found, Finished):
            definition = reference.of_week(attempt.week).definition
            return {"status": "open", "attempt": responses.attempt(found, definition)}
        return {
            "status": "submitted" if found.handed_in else "overdue",
            "result": self._result(person, attempt, found, reference, now),
        }

    def save(self, authorization: str | None, attempt_id: str, raw: bytes) -> shapes.Saved:
        person, now = self._person(authorization)
        attempt, body = AttemptId.parse(attempt_id), parse(PaperAnswers, raw)
        reference = self.library.current()
        with self._telling(person, attempt, reference, now), self._paced(now):
            revision = self._exam(reference).save(
                person, attempt, body.answers, body.prediction, body.revision, now
            )
        definition = reference.of_week(attempt.week).definition
        return {
            "revision": revision,
            "save_after_s": self.pace.save_after(now),
            "deadline": responses.deadline_of(attempt, definition),
        }

    def submit(self, authorization: str | None, attempt_id: str, raw: bytes) -> shapes.Submitted:
        person, now = self._person(authorization)
        attempt, body = AttemptId.parse(attempt_id), parse(PaperAnswers, raw)
        reference = self.library.current()
        with self._telling(person, attempt, reference, now), self._paced(now):
            record = self._exam(reference).submit(
                person, attempt, body.answers, body.prediction, body.revision, now
            )
        of_week, held = reference.of_week(attempt.week), person.held_in(attempt.week, reference)
        tell = of_week.definition.tells_score(attempt.week, now)
        receipt: Any = self.receipts().issue(held, of_week, attempt.week, record, tell=tell)
        return {**responses.submission(record, attempt.week, of_week.definition, now), "receipt": receipt}

    def _result(
        self, person: Person, attempt: AttemptId, record: Finished, reference: Current, now: int
    ) -> shapes.Result:
        of_week, person = reference.of_week(attempt.week), person.held_in(attempt.week, reference)
        receipt: Any = None
        if record.handed_in and not record.erased:
            tell = of_week.definition.tells_score(attempt.week, now)
            receipt = self.receipts().issue(person, of_week, attempt.week, record, tell=tell)
        return responses.result(record, attempt, person.category, of_week, receipt, now)

    @contextmanager
    def _telling(self, person: Person, attempt: AttemptId, reference: Current, now: int) -> Iterator[None]:
        """Adds the result to a refusal because the attempt is finished."""
        try:
            yield
        except AlreadyFinished as refused:
            refused.result = self._result(person, attempt, refused.record, reference, now)
            raise

    @contextmanager
    def _paced(self, now: int) -> Iterator[None]:
        """Tells ``pace`` when the database pushes back."""
        try:
            yield
        except Busy:
            self.pace.pushed_back(now)
            raise

    def _person(self, authorization: str | None) -> tuple[Person, int]:
        now = self.clock()
        return self.tokens.check(authorization, now), now

    def _exam(self, reference: Current) -> Exam:
        return Exam(reference, self.entries, self.nonce)
