"""Measures the units that start, save and submission take, as the local DynamoDB counts them.

A write whose condition fails is charged, but the answer does not state its units: it counts as one here.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from unittest.mock import patch

from benchmarks.fixtures import PERSON
from chalicelib.domain.errors import Stale
from chalicelib.services.contest.reference import Reference
from chalicelib.services.exam.exam import Exam
from chalicelib.storage.entries import Entries
from chalicelib.storage.http_lines import KeptLines
from infra.local.ministack import ACCESS_KEY, REGION, SECRET_KEY, MiniStack
from tests.tables import make_table
from tests.wire import WatchedLines, dynamo


def measure(scratch: Path, reference: Reference) -> dict[str, tuple[float, float]]:
    """The most (write, read) units of each step, over all of a person's attempts in a week."""
    with MiniStack(scratch / "state", scratch / "ministack.log") as aws:
        make_table(aws.client("dynamodb"), "entries", "pk", "sk")
        own = {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_ENDPOINT_URL": aws.url,
        }
        with patch.dict(os.environ, own):
            return _play(reference)


def _play(reference: Reference) -> dict[str, tuple[float, float]]:
    watched = WatchedLines(KeptLines(connect=1, read=5))
    nonces = count(1)
    exam = Exam(
        reference,
        Entries(dynamo(REGION, watched), "entries", lambda: b"MAC key of the benchmark"),
        lambda: f"{next(nonces):016x}",
    )
    now = reference.definition.weeks[0].opens
    answers = {str(number): ["A"] for number in range(1, reference.definition.paper.questions + 1)}
    fewer = dict(list(answers.items())[1:])
    most: dict[str, tuple[float, float]] = {}

    def step(name: str) -> None:
        write = read = 0.0
        for action, answer in zip(watched.actions, watched.answers, strict=True):
            units = json.loads(answer.data).get("ConsumedCapacity", {"CapacityUnits": 1.0})["CapacityUnits"]
            if action in {"GetItem", "Query"}:
                read += units
            else:
                write += units
        watched.actions.clear()
        watched.answers.clear()
        most[name] = max(most.get(name, (0, 0)), (write, read))

    for attempt in range(reference.definition.paper.attempts_per_week):
        now += 1_300_000
        opened, _ = exam.start(PERSON, now)
        step("start")
        guess, revision = 1_000_000 + attempt, 0
        for seconds in range(30, 1_200, 30):  # as often as a page saves in twenty minutes
            sheet = answers if seconds % 60 else fewer
            revision = exam.save(PERSON, opened.attempt, sheet, guess, revision, now + 1_000 * seconds)
            step("save")
        if exam.save(PERSON, opened.attempt, answers, guess, 0, now + 1_199_000) != revision:
            raise AssertionError("a repeated save is another one")
        step("repeated save")
        for late in (exam.save, exam.submit):
            with suppress(Stale):
                late(PERSON, opened.attempt, fewer, guess, 0, now + 1_199_000)
            step("stale")
        exam.submit(PERSON, opened.attempt, answers, guess, revision, now + 1_199_999)
        step("submission")
        exam.submit(PERSON, opened.attempt, answers, guess, revision, now + 1_199_999)
        step("repeated submission")
    return most
