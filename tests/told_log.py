"""A log for tests of closes: it takes in at once, and in time, whatever a close finds missing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, MutableMapping

from chalicelib.documents.canonical import digest
from chalicelib.documents.compiled_contest import encode_definition
from chalicelib.documents.log import MINUTE, PENDING, PendingLeaves
from chalicelib.domain.definition import Definition, Week
from chalicelib.services.contest.reference import Current
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.append import Log
from chalicelib.services.log.facts import of_contest
from chalicelib.services.log.ledger import Agreed, Ledger, LoggedLeaves
from chalicelib.services.log.openings import open_batches
from chalicelib.services.ports import CurrentRevision
from tests.fakes import MemoryLogStates, MemoryObjects

RESULT = re.compile("week-[0-9]+|final")


class ToldLog:
    """``WeekLog``. What it shows stands among ``objects``, those of the site."""

    def __init__(self, objects: MutableMapping[str, bytes]) -> None:
        self._site, self.desk, self.states = MemoryObjects(), MemoryObjects(), MemoryLogStates()
        self._site.objects = objects  # type: ignore[assignment]
        self.now, self._facts, self._taken = 0, dict[str, str](), set[bytes]()
        self.keys = dict[str, str]()  # facts of the keys that sign receipts
        self._ledger = Ledger(self.states, self.desk, lambda: self.now, self._wait)

    def note(self, reference: Current, now: int, leaves: Collection[bytes] = ()) -> None:
        """``leaves``: of all that is handed in. What now begins to hold is told in the minute under way."""
        if new := set(leaves) - self._taken:
            self._taken |= new
            name = f"told-{len(self._taken)}"
            waiting = PendingLeaves({name: [("0", b"".join(sorted(new)))]})
            self.desk.put(f"{PENDING}{name}.msgpack", waiting.encode())
        facts = {**of_contest(reference, "proof"), **self.keys}
        if self.states.state is None:
            self.begin(reference.definition, facts, now)
        else:
            self.log.append("", self._facts, now)
            self._facts = self._results | facts

    def await_facts(self, facts: Mapping[str, str]) -> None:
        """They stand in the next minute; a log that has not begun begins with them."""
        self._facts = {**self._results, **self.keys, **facts}

    def tell(self, results: Mapping[str, CurrentRevision]) -> None:
        """What holds, in the next minute, then the results in force, until no cache shows what was before."""
        self.minutes(1)
        self._facts |= {what: f"{at.revision} {at.result}" for what, at in results.items()}
        self.minutes(3)
        self.open()

    def copy(self) -> ToldLog:
        """Another one with its own site, ``objects``, whose minutes pass alone."""
        other = ToldLog(dict(self.objects))
        other.desk.objects |= self.desk.objects
        other.states.state, other.states.version = self.states.state, self.states.version
        other._facts, other.keys = dict(self._facts), dict(self.keys)
        return other

    @property
    def objects(self) -> MutableMapping[str, bytes]:
        return self._site.objects

    def of_week(self, definition: Definition, week: Week) -> LoggedLeaves:
        self._begin_unless_begun(definition, week)
        return self._ledger.of_week(definition, week)

    def _begin_unless_begun(self, definition: Definition, week: Week) -> None:
        if self.states.state is None:
            compiled = encode_definition(definition)
            self._site.put(f"data/reference/{digest(compiled)}.json", compiled)
            facts = self._facts or {"definition": digest(compiled), **self.keys}
            self.begin(definition, facts, week.opens - _length(definition))

    def begin(self, definition: Definition, facts: dict[str, str], now: int) -> None:
        self._facts = facts
        Log(self.states, self.desk, self._site, SigningKey(b"log"), b"log", _length(definition)).append(
            definition.contest.id, facts, now
        )

    @property
    def _results(self) -> dict[str, str]:
        return {name: value for name, value in self._facts.items() if RESULT.fullmatch(name)}

    @property
    def log(self) -> Log:
        return Log(self.states, self.desk, self._site, SigningKey(b"log"), b"log")

    def last_in_time(self, definition: Definition, week: Week) -> int:
        self._begin_unless_begun(definition, week)
        return self._ledger.last_in_time(definition, week)

    def agree(
        self, definition: Definition, week: Week, missing: Mapping[bytes, bool], since: int = 0
    ) -> Agreed:
        self._minute = max(self._ledger.last_in_time(definition, week), self._size) + 1
        agreed = self._ledger.agree(definition, week, dict.fromkeys(missing, True), since)
        self.open()
        return agreed

    def minutes(self, count: int) -> None:
        """So many minutes pass, each logged as it is over; those waiting stand in the first."""
        for _ in range(count):
            state = self.states.state
            assert state
            self.log.append("", self._facts, state.began + (state.size + 1) * state.every)

    def open(self) -> None:
        """All batches."""
        state, version = self.states.read()
        while state and state.opened < state.size:
            state, version = open_batches(self.log, state, version, state.size)

    @property
    def _size(self) -> int:
        return self.states.state.size if self.states.state else 0

    def _wait(self) -> None:
        """The minutes pass until all is logged."""
        before = self.states.state
        assert before
        self.log.append("", self._facts, before.began + self._minute * before.every)


def _length(definition: Definition) -> int:
    """Of a minute: some hundred make a week."""
    week = definition.weeks[0]
    return max(1, (week.closes - week.opens) // MINUTE // 300) * MINUTE
