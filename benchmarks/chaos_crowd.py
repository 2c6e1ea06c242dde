"""People who take the exam while everything fails, as one process; see ``benchmarks.chaos``.

They behave like the page: told that the system is busy, or told nothing, they try again with jitter and with
the same answers for the same attempt, until they hold a receipt.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

from chalicelib.domain.errors import Busy, Stale
from chalicelib.services.exam.exam import Person
from chalicelib.wiring.api import exam
from chalicelib.wiring.aws import now_ms

T = TypeVar("T")
TRIES = 60
_counter: Any = None


class Played(NamedTuple):
    """``receipts``: leaf hashes in hex; ``refused_after``: seconds until the answer “busy”; ``wrong``: events
    that must never happen.
    """

    receipts: list[str]
    refused_after: list[float]
    wrong: list[str]


def counted(counter: Any) -> None:
    """Prepares a process of a pool: it adds its acknowledged submissions to ``counter``, which all share."""
    global _counter  # noqa: PLW0603  one a process
    _counter = counter


def play(people: range, submissions: int, environment: Mapping[str, str], seed: int) -> Played:
    """Makes ``submissions`` attempts by these people, each until it is acknowledged."""
    os.environ.update(environment)
    return _Crowd(seed).play(people, submissions)


class _Crowd:
    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._played = Played([], [], [])
        self._api = self._until_told(exam)
        self._contest = self._until_told(self._api.library.current)

    def play(self, people: range, submissions: int) -> Played:
        units = sorted(self._contest.unit_codes)
        for number in people:
            identity = sha256(str(number).encode()).hexdigest()[:20]
            person = Person(identity, units[number % len(units)], "mandatory")
            token = f"Bearer {self._api.tokens.issue(person, now_ms())[0]}"
            for _ in range(self._contest.definition.paper.attempts_per_week):
                if len(self._played.receipts) == submissions:
                    return self._played
                try:
                    self._attempt(token)
                except Exception as error:  # noqa: BLE001  whatever it is, it must be reported
                    self._played.wrong.append(f"{identity}: {error!r}")
        return self._played

    def _attempt(self, token: str) -> None:
        api = self._api
        attempt = self._until_told(lambda: api.start(token, b"{}"))[1]["attempt"]
        named, answers = attempt["attempt_id"], self._answers(attempt)
        first = self._sheet(dict(list(answers.items())[::2]), 0)
        sheet = self._sheet(answers, 0)
        if self._dice.random() < 0.5:
            revision = self._until_told(lambda: api.save(token, named, first))["revision"]
            sheet = self._sheet(answers, revision)
            revision = self._until_told(lambda: api.save(token, named, sheet))["revision"]
            if self._dice.random() < 0.2:
                self._arrives_late(token, named, first)
            # On the old revision it is still equal to the saved answers.
            sheet = sheet if self._dice.random() < 0.2 else self._sheet(answers, revision)
        sendings = 2 if self._dice.random() < 0.05 else 1  # a double tap, or a reloaded page
        told = {
            self._until_told(lambda: api.submit(token, named, sheet))["receipt"]["leaf_hash"]
            for _ in range(sendings)
        }
        if len(told) != 1:
            self._played.wrong.append(f"{named}: two receipts for one attempt")
        self._played.receipts.append(told.pop())
        if _counter is not None:
            with _counter.get_lock():
                _counter.value += 1

    def _arrives_late(self, token: str, named: str, older: bytes) -> None:
        """A save that a slow line delivers after a newer one must remove nothing."""
        try:
            self._until_told(lambda: self._api.save(token, named, older))
        except Stale:
            return
        self._played.wrong.append(f"{named}: an older save took the place of a newer one")

    def _answers(self, attempt: Mapping[str, Any]) -> dict[str, list[str]]:
        return {
            str(question["number"]): [self._dice.choice(question["options"])["key"]]
            for question in attempt["questions"]
        }

    def _sheet(self, answers: Mapping[str, list[str]], revision: int) -> bytes:
        """A body; the same answers get the same prediction."""
        prediction = sum(map(ord, str(answers))) % 10_000
        return json.dumps({"answers": answers, "prediction": prediction, "revision": revision}).encode()

    def _until_told(self, ask: Callable[[], T]) -> T:
        """Tries again like the page, as long as the system says that it is busy."""
        for trial in range(TRIES):
            began = time.perf_counter()
            try:
                return ask()
            except Busy:
                self._played.refused_after.append(time.perf_counter() - began)
                time.sleep(self._dice.uniform(0, 0.02 * 2 ** min(trial, 5)))
        raise TimeoutError(f"still busy after {TRIES} tries")
