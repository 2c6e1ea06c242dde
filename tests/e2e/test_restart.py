"""The local stack's data survive a stop and a kill."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from tests.stack import Stack, contest_folder, running, wait_for

AN = {"citizen_id": "040085000001", "password": "mật khẩu dài"}
FORM = {
    **AN,
    "full_name": "Nguyễn Văn An",
    "date_of_birth": "1985-02-03",
    "gender": "male",
    "phone": "0912345678",
    "unit_code": "SO-A",
    "category": "mandatory",
    "consent": True,
}
ONE_ANSWER: dict[str, Any] = {"answers": {"1": ["A"]}, "revision": 0}


def signed_in(stack: Stack) -> str:
    answer = stack.call("POST", "/sessions", AN)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


def sit(stack: Stack, token: str) -> None:
    attempt = stack.call("POST", "/attempts", {}, token).json()["attempt"]["attempt_id"]
    assert stack.call("POST", f"/attempts/{attempt}/submission", ONE_ANSWER, token).status_code == 200


def attempts_shown(stack: Stack) -> int:
    """The count of attempts in ``data/live.json``."""
    answer = stack.site("/data/live.json")
    return int(answer.json()["attempts"]) if answer.status_code == 200 else 0


def children(process: int) -> list[int]:
    """From Linux's own table: process id, name in brackets, state, parent, …"""
    table = [path.read_text().rpartition(")") for path in Path("/proc").glob("[0-9]*/stat")]
    return [int(head.split()[0]) for head, _, rest in table if int(rest.split()[1]) == process]


def saved_since(state: Path, moment: float) -> bool:
    """Whether a snapshot of DynamoDB was written after ``moment``."""
    return any(path.stat().st_mtime > moment for path in state.rglob("services/dynamodb*"))


def test_a_contest_survives_a_stop_and_a_kill(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="restart", weeks=4, seconds=600, proof="off")
    state = tmp_path / "state"
    with running(contest, state) as stack:
        assert stack.call("POST", "/participants", FORM).status_code == 201
        token = signed_in(stack)
        sit(stack, token)
        wait_for(lambda: attempts_shown(stack) == 1, 30, "the page showing the attempt")
        opened = stack.call("POST", "/attempts", {}, token).json()
        weeks = stack.call("GET", "/contest").json()["weeks"]
        # while the first week is open, the questions change for the weeks to come
        fewer = "\n".join((contest / "questions.csv").read_text().splitlines()[:-20]).encode()
        report = stack.deliver("questions.csv", fewer, 30)
        assert report["taken"]["from_week"] == 2

    assert not (state / "stack.json").exists()
    with running(contest, state) as stack:
        # after an orderly stop: everything is there, start = "now" has not moved, and the paper is the same
        assert stack.call("GET", "/contest").json()["weeks"] == weeks
        token = signed_in(stack)
        assert stack.call("POST", "/attempts", {}, token).json() == opened
        path = f"/attempts/{opened['attempt']['attempt_id']}/submission"
        submitted = stack.call("POST", path, ONE_ANSWER, token).json()
        wait_for(lambda: attempts_shown(stack) == 2, 30, "the stream going on after a stop")
        moment = time.time()
        wait_for(lambda: saved_since(state, moment), 60, "a snapshot")
        runner = int((state / "lock").read_text())
        for process in [*children(runner), runner]:
            os.kill(process, signal.SIGKILL)

    (state / "stack.json").unlink(missing_ok=True)
    with running(contest, state) as stack:
        # after a kill: everything that was saved is there
        token = signed_in(stack)
        assert stack.call("POST", path, ONE_ANSWER, token).json() == submitted
        sit(stack, token)
        wait_for(lambda: attempts_shown(stack) == 3, 30, "the stream going on after a kill")
