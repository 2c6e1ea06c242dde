"""The deployed stack for tests: the module that ``make run`` starts, on a contest of the test's own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import boto3
import requests

from chalicelib.storage.pointers import Pointers
from infra.intake import send

ROOT = Path(__file__).parent.parent
STARTS_WITHIN_S = 180
PATIENCE = 3  # a machine with other work on it is slow
T = TypeVar("T")

CONTEST = """
[contest]
id = "{id}"
title = "Cuộc thi kiểm thử"
organiser = "Ban Tổ chức kiểm thử"
hotline = "0238 000 000"
start = "now"
weeks = {weeks}
week_length = "PT{seconds}S"
pause = "PT{pause}S"
grace = "PT2S"
settle = "PT2S"

[paper]
questions = {questions}
time_limit = "PT{limit}S"
attempts_per_week = {attempts}
publish_bank = {publish}

[prediction]
question = "Bao nhiêu người trả lời đúng tất cả?"

[[prizes]]
name = "first"
title = "Giải Nhất"
count = 1

[[prizes]]
name = "second"
title = "Giải Nhì"
count = 1

[unit_score]
weights = {{ participation = 0.5, volume = 0.2, quality = 0.3 }}

[[unit_prizes]]
name = "weekly"
title = "Giải thi tuần"
once = true

[[unit_prizes]]
name = "final"
title = "Giải tập thể"
when = "final"
count = 2

[eligibility]
proof_of_work = "{proof}"

[publication]
winner_names = "full"
"""

GUIDE = """# Thể lệ

<script>alert(1)</script>

## Ai dự thi

Mỗi người một lượt.

## Thông báo về xử lý dữ liệu cá nhân

Dữ liệu chỉ dùng để tổ chức cuộc thi.
"""


@dataclass(frozen=True)
class Stack:
    """A running stack; ``stack`` is ``.local/stack.json``."""

    stack: dict[str, Any]

    @property
    def site_url(self) -> str:
        return str(self.stack["site_url"])

    def client(self, service: str) -> Any:
        """An operator's client, with the rights of the account."""
        return boto3.client(
            service,
            region_name=self.stack["region"],
            endpoint_url=self.stack["aws_endpoint_url"],
            aws_access_key_id=self.stack.get("aws_access_key_id", "test"),
            aws_secret_access_key=self.stack.get("aws_secret_access_key", "test"),
        )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        token: str | None = None,
        *,
        address: str | None = None,
        **options: Any,
    ) -> requests.Response:
        """``address``: of the home from which the call is made (``infra/local/proxy.py``)."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if address:
            headers["X-Forwarded-For"] = address
        if body is not None:
            options["json"] = body
        return requests.request(method, f"{self.site_url}/api{path}", headers=headers, timeout=30, **options)

    def site(self, path: str) -> requests.Response:
        return requests.get(f"{self.site_url}{path}", timeout=30)

    def desk(self, key: str) -> bytes:
        data: bytes = self.client("s3").get_object(Bucket=self.stack["desk_bucket"], Key=key)["Body"].read()
        return data

    def on_desk(self, key: str) -> bytes | None:
        """The same; None as long as it is not there."""
        try:
            return self.desk(key)
        except self.client("s3").exceptions.NoSuchKey:
            return None

    def pointer(self, key: str) -> bytes | None:
        """Where it points now; ``key``: as ``pointers/contest``."""
        return Pointers(self.client("dynamodb"), self.stack["tables"]["tallies"]).get(key)

    def deliver(self, file: str, content: str | bytes, seconds: float = 60) -> dict[str, Any]:
        """Puts a file into the inbox; returns the answer to it."""
        data = content.encode() if isinstance(content, str) else content
        report = send(self.client("s3"), self.stack["desk_bucket"], file, data, seconds)
        assert report, f"{file} was not answered"
        return report


def wait_for(condition: Callable[[], T | None], seconds: float, what: str) -> T:
    """Returns the first value that is neither None nor False; fails after ``PATIENCE`` times ``seconds``."""
    end = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"{what} did not happen within {seconds * PATIENCE:.0f} s")


def aside(action: Callable[[], T]) -> T:
    """Runs ``action`` and its event loop in another thread: Playwright's loop may be running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(action).result()


def contest_folder(folder: Path, **values: Any) -> Path:
    """A contest of short weeks with the bank of ``nghe-an-2022`` and three units."""
    folder.mkdir(parents=True)
    limit = values["seconds"] - 2 * values.get("pause", 0)
    values = {"pause": 0, "questions": 5, "limit": limit, "attempts": 3, "publish": "true", **values}
    (folder / "contest.toml").write_text(CONTEST.format(**values), encoding="utf-8")
    bank = (ROOT / "contests/nghe-an-2022/questions.csv").read_bytes()
    (folder / "questions.csv").write_bytes(bank)
    (folder / "units.csv").write_text(
        "code,name,bloc,kind,headcount,exempt\n"
        "SO-A,Sở A,Sở ngành,department,4,0\n"
        "SO-B,Sở B,Sở ngành,department,5,1\n"
        "TRUONG-C,Trường C,Trường học,school,0,0\n",
        encoding="utf-8",
    )
    (folder / "exclusions.csv").write_text(
        "citizen_id,role,effect,note\n040085999999,Tổ ra đề thi,,\n", encoding="utf-8"
    )
    (folder / "guide.md").write_text(GUIDE, encoding="utf-8")
    return folder


@contextlib.contextmanager
def running(contest: Path, state: Path, *options: str) -> Iterator[Stack]:
    """Starts the stack on free ports, and stops it like Ctrl-C."""
    log = state.with_suffix(".log")
    described = state / "stack.json"
    command = [
        *(sys.executable, "-m", "infra.local", "run", "--contest", str(contest), "--port", "0"),
        *("--state", str(state), "--fast-schedule", "3", *options),
    ]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ})  # noqa: S603  ours
    try:

        def ready() -> bool:
            if process.poll() is not None:
                raise AssertionError(f"the stack stopped by itself:\n{log.read_text()[-4000:]}")
            return described.exists()

        wait_for(ready, STARTS_WITHIN_S, f"starting the stack (see {log})")
        yield Stack(json.loads(described.read_text()))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def right_answers(stack: Stack, attempt: dict[str, Any], right: int) -> dict[str, list[str]]:
    """Answers with exactly ``right`` correct ones; the other questions stay unanswered."""
    bank = {question["id"]: question for question in stack.site("/data/bank.json").json()["questions"]}
    chosen = {}
    for shown in attempt["questions"][:right]:
        question = bank[shown["id"]]
        texts = {option["text"] for option in question["options"] if option["key"] in question["answer"]}
        chosen[str(shown["number"])] = [option["key"] for option in shown["options"] if option["text"] in texts]
    return chosen
