"""Invented people who register and take the exam through the public API, as real people do."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp

FAMILY = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Cao Đinh Thái Lương".split()
MIDDLE = {"male": "Văn Đức Hữu Công Minh Xuân".split(), "female": "Thị Thu Ngọc Hồng Thanh".split()}
GIVEN = "An Bình Châu Dũng Giang Hà Hải Hiền Hoa Hùng Khánh Lan Linh Long Mai Nam Nga Phúc Quân Sơn".split()
HABITS = {"knows": 25, "studied": 25, "guesses": 20, "walks_away": 10, "sends_twice": 10, "has_two_devices": 10}
TRIES = 4


class Refused(Exception):
    """The API said no, with the problem's code; ``problem`` is the whole document."""

    def __init__(self, status: int, code: str, problem: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.problem = status, code, problem or {}


@dataclass(slots=True)
class Tally:
    """The totals over all people. ``times`` in seconds by route."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    scores: list[int] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Server:
    """The running contest: its API, and the published data that people study from."""

    session: aiohttp.ClientSession
    site: str
    tally: Tally
    contest: dict[str, Any]
    units: list[str]
    answers: dict[str, set[str]]

    async def call(
        self, method: str, path: str, route: str, body: Any = None, token: str | None = None, home: str = ""
    ) -> dict[str, Any]:
        """One request, tried again with full jitter if the API says that it is busy.

        ``home``: the address of the caller, which the local stack believes (``infra/local/proxy.py``).
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if home:
            headers["X-Forwarded-For"] = home
        for trial in range(TRIES):
            began = time.perf_counter()
            async with self.session.request(
                method, f"{self.site}/api{path}", json=body, headers=headers
            ) as got:
                text = await got.text()
            self.tally.times.setdefault(route, []).append(time.perf_counter() - began)
            if got.status != 503 or trial == TRIES - 1:
                break
            await asyncio.sleep(random.uniform(0, float(got.headers.get("Retry-After", "1")) * 2**trial))
        spoken = "json" in got.headers.get("Content-Type", "")  # else the emulator itself answers
        answer: dict[str, Any] = json.loads(text) if text and spoken else {}
        if got.status >= 400:
            code = str(answer.get("code", "none"))
            self.tally.refusals[f"{got.status} {code}"] += 1
            if got.status >= 500 or code == "none":
                self.tally.wrong.append(f"{method} {route}: {got.status} {text[:200]}")
            raise Refused(got.status, code, answer)
        return answer


def solve(challenge: dict[str, Any]) -> str:
    """ALTCHA's proof: the number below ``maxnumber`` whose hash with the salt is the challenge."""
    prefix = hashlib.sha256(challenge["salt"].encode())
    for number in range(challenge["maxnumber"] + 1):
        trial = prefix.copy()
        trial.update(str(number).encode())
        if trial.hexdigest() == challenge["challenge"]:
            solved = {key: challenge[key] for key in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps({**solved, "number": number}).encode()).decode()
    raise ValueError("the challenge has no solution")


def application(number: int, units: list[str], dice: random.Random) -> dict[str, Any]:
    """A person who does not exist: a citizen ID with ``number`` in it, and data that fit it."""
    gender = dice.choice(("male", "female"))
    born = dice.randint(1965, 2004)
    digit = (0 if born < 2000 else 2) + (gender == "female")
    name = [dice.choice(FAMILY), dice.choice(MIDDLE[gender]), dice.choice(GIVEN)]
    mandatory = dice.random() < 0.8
    return {
        "citizen_id": f"040{digit}{born % 100:02}{number:06}",
        "full_name": " ".join(name),
        "date_of_birth": f"{born}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
        "gender": gender,
        "phone": f"09{dice.randint(0, 99_999_999):08}",
        "unit_code": dice.choice(units) if mandatory or dice.random() < 0.5 else None,
        "category": "mandatory" if mandatory else "encouraged",
        "password": f"thi-thu-{number:06}",
        "consent": True,
    }


def chosen(
    attempt: dict[str, Any], known: dict[str, set[str]], skill: float, dice: random.Random
) -> dict[str, Any]:
    """Answers to a paper: each right with probability ``skill``, else one random option."""
    answers = {}
    for question in attempt["questions"]:
        right = [
            option["key"] for option in question["options"] if option["text"] in known.get(question["id"], ())
        ]
        guess = [dice.choice(question["options"])["key"]]
        answers[str(question["number"])] = right if right and dice.random() < skill else guess
    return answers


def merged(paper: dict[str, Any], stale: dict[str, Any]) -> dict[str, Any]:
    """This device's answers, and the saved ones to the other questions, built on the saved revision."""
    prediction = paper.get("prediction")
    return {
        "answers": {**stale["saved_answers"], **paper["answers"]},
        "prediction": stale["prediction"] if prediction is None else prediction,
        "revision": stale["revision"],
    }


class Person:
    """A participant: registers, signs in, takes one to three papers, and submits them or not."""

    def __init__(self, server: Server, number: int, dice: random.Random) -> None:
        self._server, self._dice = server, dice
        self._application = application(number, server.units, dice)
        self._home = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self._habit = dice.choices(list(HABITS), list(HABITS.values()))[0]

    async def take_part(self, ends: float) -> None:
        """Continues until ``ends`` (monotonic seconds) or until nothing is left to do."""
        try:
            token = await self._arrive()
            for _ in range(self._dice.randint(1, 3)):
                if asyncio.get_running_loop().time() > ends:
                    break
                await self._paper(token)
                await asyncio.sleep(self._dice.uniform(0.5, 3))
        except Refused:
            self._server.tally.counts["gave up"] += 1

    async def _arrive(self) -> str:
        call, body = self._server.call, self._application
        if self._server.contest["eligibility"]["proof_of_work"] != "off":
            challenge = await call("GET", "/challenge", "challenge", home=self._home)
            body["proof"] = await asyncio.to_thread(solve, challenge)
        try:
            await call("POST", "/participants", "register", body, home=self._home)
            self._server.tally.counts["registered"] += 1
        except Refused as refused:
            if refused.code != "already_registered":
                raise
        credentials = {"citizen_id": body["citizen_id"], "password": body["password"]}
        session = await call("POST", "/sessions", "sign in", credentials)
        return str(session["token"])

    async def _paper(self, token: str) -> None:
        server, dice = self._server, self._dice
        attempt = (await server.call("POST", "/attempts", "start", {}, token))["attempt"]
        server.tally.counts["papers started"] += 1
        path = f"/attempts/{attempt['attempt_id']}"
        skill = {"knows": 0.995, "studied": 0.8, "guesses": 0.0}.get(self._habit, 0.9)
        answers = list(chosen(attempt, server.answers, skill, dice).items())
        await asyncio.sleep(dice.uniform(1, 8))
        half = {"answers": dict(answers[: len(answers) // 2]), "revision": attempt["revision"]}
        paper = await self._save(path, half, token)
        if self._habit == "has_two_devices":  # the other one does not know the save just made
            rest = {"answers": dict(answers[len(answers) // 2 :]), "revision": attempt["revision"]}
            paper = await self._save(path, rest, token)
            if paper["answers"] != dict(answers):
                server.tally.wrong.append(f"answers of one of two devices are lost: {paper}")
        if self._habit == "walks_away" and dice.random() < 0.7:
            server.tally.counts["walked away"] += 1
            raise Refused(0, "walked away")
        await asyncio.sleep(dice.uniform(1, 5))
        paper |= {"answers": dict(answers), "prediction": dice.randint(0, 200)}
        sendings = 2 if self._habit == "sends_twice" else 1
        results = await asyncio.gather(
            *(server.call("POST", f"{path}/submission", "submit", paper, token) for _ in range(sendings))
        )
        server.tally.counts["papers submitted"] += 1
        server.tally.counts["sent twice"] += sendings - 1
        if results[0]["score"] is not None:
            server.tally.scores.append(results[0]["score"])
        if any(result != results[0] for result in results):
            server.tally.wrong.append(f"two answers to one submission: {results}")

    async def _save(self, path: str, paper: dict[str, Any], token: str) -> dict[str, Any]:
        """The finally saved answers with their revision: merged with newer ones, if there were any."""
        while True:
            try:
                saved = await self._server.call("PUT", f"{path}/answers", "save", paper, token)
            except Refused as refused:
                if refused.code != "stale":
                    raise
                self._server.tally.counts["merged"] += 1
                paper = merged(paper, refused.problem)
            else:
                return {**paper, "revision": saved["revision"]}


def seconds_open(contest: dict[str, Any]) -> tuple[float, float]:
    """Seconds until a week opens, and seconds until it closes; raises ``SystemExit`` after the last."""
    now = datetime.fromisoformat(contest["now"])
    for week in contest["weeks"]:
        opens, closes = (datetime.fromisoformat(week[key]) for key in ("opens_at", "closes_at"))
        if now < closes:
            return max((opens - now).total_seconds(), 0), (closes - now).total_seconds()
    since = datetime.fromisoformat(contest["weeks"][-1]["closes_at"])
    raise SystemExit(
        f"Nobody can take part: the contest ended at {since:%d/%m/%Y %H:%M}. Run one that begins at once, "
        "`make run CONTEST=contests/demo`, after `make clean` if it is this one; or set other dates in this "
        'one\'s contest.toml, for example start = "now".'
    )
