"""The deployed package under faults: its functions reach DynamoDB and S3 through the proxy, and are killed.

Events also come twice: the close is started by hand beside its schedule, several times at once, and the intake
gets the notification of the contest's file again.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from benchmarks.faults import FaultProxy
from benchmarks.people import application
from chalicelib.documents.canonical import canonical_json
from infra.progress import Progress, waiting
from tests.stack import Stack, wait_for

FUNCTIONS = ("api", "close-weeks", "intake")
TRIES = 60


class Outcome(NamedTuple):
    """As in ``benchmarks.chaos``; ``answers`` counts the API's answers by status."""

    submissions: int
    answers: Counter[str]
    kills: int
    lost: int
    double: int
    foreign: int
    wrong: list[str]

    @property
    def clean(self) -> bool:
        return not (self.lost or self.double or self.foreign or self.wrong)


def run(stack: Stack, proxy: FaultProxy, runner: int, people: int, seed: int) -> Outcome:
    """``runner``: the process of ``infra.local``. Everybody takes three papers, or fewer if the week ends."""
    with _through(stack, proxy):
        crowd = _Crowd(stack, seed)
        kills = asyncio.run(crowd.play(people, _workers_of(runner)))
        proxy.rates = {fault: rate / 2 for fault, rate in proxy.rates.items()}
        _twice(stack)
        with waiting("Waiting for the week to end and for its close, 3 min at most"):
            leaves = wait_for(lambda: _leaves(stack), 180, "the close")
    receipts, there = Counter(crowd.receipts), Counter(leaves)
    return Outcome(
        submissions=receipts.total(),
        answers=crowd.answers,
        kills=kills,
        lost=sum(there[receipt] == 0 for receipt in receipts),
        double=sum(number > 1 for number in [*there.values(), *receipts.values()]),
        foreign=sum(leaf not in receipts for leaf in there),
        wrong=crowd.wrong,
    )


@contextmanager
def _through(stack: Stack, proxy: FaultProxy) -> Iterator[None]:
    """The functions' AWS is the proxy for the length of the block."""
    functions = stack.client("lambda")
    before = {}
    for part in FUNCTIONS:
        name = f"cuoc-thi-local-{part}"
        before[name] = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        changed = {**before[name], "AWS_ENDPOINT_URL": proxy.url}
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
    try:
        yield
    finally:
        for name, variables in before.items():
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


def _children(process: int) -> list[int]:
    """Child processes by Linux's own table: process id, name in brackets, state, parent, …"""
    table = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            table.append(path.read_text().rpartition(")"))
    return [int(head.split()[0]) for head, _, rest in table if int(rest.split()[1]) == process]


def _workers_of(runner: int) -> Any:
    """The processes in which functions run, which the local AWS has started."""
    return lambda: [worker for emulator in _children(runner) for worker in _children(emulator)]


def _twice(stack: Stack) -> None:
    """Delivers events twice and out of order, as EventBridge and S3 may do."""
    functions, desk = stack.client("lambda"), stack.stack["desk_bucket"]
    record = {"s3": {"bucket": {"name": desk}, "object": {"key": "inbox/kept/account/contest.zip"}}}
    for _ in range(2):
        functions.invoke(
            FunctionName="cuoc-thi-local-intake",
            InvocationType="Event",
            Payload=json.dumps({"Records": [record]}),
        )
    event = {
        "version": "0", "account": "0", "region": "r", "detail": {}, "detail-type": "Scheduled Event",
        "source": "aws.events", "time": "t", "id": "i", "resources": [],
    }  # fmt: skip
    for _ in range(3):
        functions.invoke(
            FunctionName="cuoc-thi-local-close-weeks",
            InvocationType="Event",
            Payload=json.dumps(event),
        )


def _leaves(stack: Stack) -> list[str] | None:
    """Leaf hashes of the published bundle, once the week is closed."""
    index = stack.site("/data/proof/week-1/index.json")
    if index.status_code != 200:
        return None
    told = index.json()
    bundle = stack.site(f"/data/proof/week-1/{told['folder']}/{told['audit']['file']}")
    bundle.raise_for_status()
    data = bundle.content
    return leaf_hashes(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)


def leaf_hashes(bundle: bytes) -> list[str]:
    """Of the records in the unpacked bundle, in its order."""
    records = (json.loads(line)["record"] for line in bundle.splitlines())
    return [sha256(b"\0" + canonical_json(record)).hexdigest() for record in records]


class _Crowd:
    def __init__(self, stack: Stack, seed: int) -> None:
        self._site, self._dice = stack.site_url, random.Random(seed)
        self._units = [unit["code"] for unit in stack.site("/data/units.json").json()]
        contest = stack.call("GET", "/contest").json()
        self._closes = datetime.fromisoformat(contest["weeks"][0]["closes_at"]).timestamp()
        self.receipts: list[str] = []
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def play(self, people: int, workers: Any) -> int:
        """Returns the number of killed functions."""
        timeout = aiohttp.ClientTimeout(total=15)
        async with aiohttp.ClientSession(
            timeout=timeout, connector=aiohttp.TCPConnector(limit=6)
        ) as self._session:
            progress = Progress("People who are done", people, at_most=self._closes - time.time())

            async def person(number: int) -> None:
                await self._person(number)
                progress.step(f"{len(self.receipts):,} receipts")

            playing = asyncio.gather(*(person(number) for number in range(people)))
            kills = 0
            while not playing.done():
                await asyncio.sleep(self._dice.uniform(4, 9))
                victims = workers()
                if victims and not playing.done():
                    with suppress(ProcessLookupError):
                        os.kill(self._dice.choice(victims), signal.SIGKILL)
                        kills += 1
            await playing
        return kills

    async def _person(self, number: int) -> None:
        form = application(700_000 + number, self._units, self._dice)
        await self._call("POST", "/participants", form, meant={201, 409})
        credentials = {key: form[key] for key in ("citizen_id", "password")}
        token = str((await self._call("POST", "/sessions", credentials, meant={200}))["token"])
        for _ in range(3):
            if time.time() > self._closes - 20:  # a begun paper must be answered before the week is over
                return
            started = await self._call("POST", "/attempts", {}, token, meant={200, 201})
            attempt = started["attempt"]
            answers = {
                str(question["number"]): [self._dice.choice(question["options"])["key"]]
                for question in attempt["questions"]
            }
            path = f"/attempts/{attempt['attempt_id']}"
            # After a worker was killed at the start, the attempt is handed out again with its saved answers.
            body = {"answers": answers, "prediction": number, "revision": attempt["revision"]}
            if self._dice.random() < 0.5:
                first = {**body, "answers": dict(list(answers.items())[::2])}
                body["revision"] = (await self._call("PUT", f"{path}/answers", first, token, meant={200}))[
                    "revision"
                ]
                saved = await self._call("PUT", f"{path}/answers", body, token, meant={200})
                if self._dice.random() < 0.2:  # a slow line delivers an older save after the newer one
                    stale = await self._call("PUT", f"{path}/answers", first, token, meant={200, 409})
                    if stale.get("code") != "stale" or stale["saved_answers"] != answers:
                        self.wrong.append(f"{path}: an older save took the place of a newer one: {stale}")
                if self._dice.random() < 0.8:  # else the old revision, with the saved answers
                    body["revision"] = saved["revision"]
            told = await self._call("POST", f"{path}/submission", body, token, meant={200})
            self.receipts.append(str(told["receipt"]["leaf_hash"]))

    async def _call(
        self, method: str, path: str, body: Any, token: str | None = None, *, meant: set[int]
    ) -> dict[str, Any]:
        """Tries again like the page: if the system is busy, failed, or did not answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for trial in range(TRIES):
            try:
                async with self._session.request(
                    method, f"{self._site}/api{path}", json=body, headers=headers
                ) as got:
                    self.answers[str(got.status)] += 1
                    if got.status in meant:
                        answer: dict[str, Any] = await got.json(content_type=None)
                        return answer
                    if got.status < 500:
                        self.wrong.append(f"{method} {path}: {got.status} {(await got.text())[:200]}")
                        raise RuntimeError(path)
            except (aiohttp.ClientError, TimeoutError):
                self.answers["nothing heard"] += 1
            await asyncio.sleep(self._dice.uniform(0, 0.1 * 2 ** min(trial, 4)))
        raise TimeoutError(path)
