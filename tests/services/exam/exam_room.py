"""An exam with one contest, one clock and papers that are easy to answer."""

from __future__ import annotations

from itertools import count
from typing import Any

from chalicelib.domain.attempt import AttemptId, Entry, Finished
from chalicelib.domain.bank import LETTERS
from chalicelib.domain.definition import Definition
from chalicelib.domain.paper import Paper
from chalicelib.services.exam.exam import Exam, OpenPaper, Person
from chalicelib.services.ports import EntryStore
from tests.fakes import Clock, MemoryEntries, definition, reference

AN = Person("aa" + "0" * 18, "SO-A", "mandatory")
BINH = Person("bb" + "0" * 18, "SO-B", "encouraged")
SECOND = 1_000


def right(paper: Paper, wrong: int = 0) -> dict[str, list[str]]:
    """Right answers; the first ``wrong`` questions are left out."""
    return {
        str(number): [LETTERS[i] for i, index in enumerate(order) if question.answer >> index & 1]
        for number, (question, order) in enumerate(paper, 1)
        if number > wrong
    }


class ExamRoom:
    """An exam at the time of ``clock``: five questions, ten minutes, three attempts a week."""

    def __init__(self, contest: Definition | None = None, entries: EntryStore | None = None) -> None:
        self.entries = entries if isinstance(entries, MemoryEntries) else MemoryEntries()
        self.clock = Clock()
        nonces, store = count(1), entries or self.entries
        self.exam = Exam(reference(contest or definition()), store, lambda: f"{next(nonces):016x}")

    def start(self, person: Person = AN) -> OpenPaper:
        return self.exam.start(person, self.clock())[0]

    def save(
        self,
        opened: OpenPaper,
        person: Person = AN,
        wrong: int = 0,
        guess: int | None = None,
        on: int | None = None,
    ) -> int:
        """``on``: the revision that the answers build on; by default the stored one."""
        return self.exam.save(
            person,
            opened.attempt,
            right(opened.paper, wrong),
            guess,
            self.revision(opened, person) if on is None else on,
            self.clock(),
        )

    def submit(
        self,
        opened: OpenPaper,
        person: Person = AN,
        wrong: int = 0,
        guess: int | None = None,
        on: int | None = None,
    ) -> Finished:
        return self.exam.submit(
            person,
            opened.attempt,
            right(opened.paper, wrong),
            guess,
            self.revision(opened, person) if on is None else on,
            self.clock(),
        )

    def revision(self, opened: OpenPaper, person: Person = AN) -> int:
        """The stored revision, as known to somebody who has just saved; 0 where nothing is open."""
        entry = self.entries.items.get((opened.attempt.week, person.participant_id))
        return entry.open.revision if entry and entry.open else 0

    def read(self, attempt: AttemptId, person: Person = AN) -> OpenPaper | Finished:
        return self.exam.read(person, attempt, self.clock())

    def entry(self, person: Person = AN, week: int = 1) -> Entry:
        return self.entries.items[week, person.participant_id]


def room(**tables: Any) -> ExamRoom:
    return ExamRoom(definition(**tables))
