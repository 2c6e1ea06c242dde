"""Organisers move the ends of weeks, and stop starts, on the deployed stack."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.test_restart import FORM, ONE_ANSWER, signed_in
from tests.stack import Stack, contest_folder, running, wait_for

IN_FORCE_S = 30
CALENDAR = "week,opens,closes,title,cancelled,reason\n"
SWITCHES = "switch,value,reason\n"


def decide(stack: Stack, file: str, text: str) -> dict[str, Any]:
    """Puts a file into the inbox; returns the answer, which has to be that it is taken over."""
    report = stack.deliver(file, text)
    assert report["accepted"], report["faults"]
    return report


def week(stack: Stack, number: int) -> dict[str, Any]:
    weeks = stack.call("GET", "/contest").json()["weeks"]
    found: dict[str, Any] = next(one for one in weeks if one["number"] == number)
    return found


def later(moment: str, seconds: float) -> str:
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat()


def test_an_open_week_is_extended_and_starts_are_stopped_while_an_open_paper_goes_on(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="moved", weeks=2, seconds=600, proof="off")
    with running(contest, tmp_path / "state") as stack:
        assert stack.call("POST", "/participants", FORM).status_code == 201
        token = signed_in(stack)
        first = week(stack, 1)
        attempt = stack.call("POST", "/attempts", {}, token).json()["attempt"]
        path = f"/attempts/{attempt['attempt_id']}"
        assert attempt["deadline"] == first["closes_at"], "the week's end cuts the paper's time short"

        closes, opens = later(first["closes_at"], 1200), later(first["closes_at"], 1260)
        decide(
            stack,
            "calendar.csv",
            f"{CALENDAR}1,,{closes},,,mất điện\n2,{opens},{later(opens, 600)},,,mất điện\n",
        )
        limit = later(attempt["started_at"], 600)

        def followed() -> bool:
            return bool(
                stack.call("GET", path, token=token).json()["attempt"]["deadline"] != attempt["deadline"]
            )

        wait_for(followed, IN_FORCE_S, "the deadline following the week's end")
        saved = stack.call("PUT", f"{path}/answers", ONE_ANSWER, token).json()
        assert datetime.fromisoformat(saved["deadline"]) == datetime.fromisoformat(limit)
        assert week(stack, 1)["closes_at"] == closes
        wait_for(
            lambda: stack.site("/data/contest.json").json()["weeks"][0]["closes_at"] == closes,
            IN_FORCE_S,
            "the page's dates following",
        )

        decide(stack, "switches.csv", f"{SWITCHES}starts,off,sửa câu 12\n")
        decide(stack, "notice.txt", "Tạm dừng đến 10 giờ.")

        def told() -> bool:
            return bool(stack.call("GET", "/contest").json()["notice"])

        wait_for(told, IN_FORCE_S, "the notice")
        again = {**ONE_ANSWER, "revision": saved["revision"]}
        assert stack.call("POST", "/attempts", {}, token).status_code == 200, (
            "the open paper is handed out again"
        )
        assert stack.call("POST", f"{path}/submission", again, token).status_code == 200
        refused = stack.call("POST", "/attempts", {}, token)
        assert (refused.status_code, refused.json()["code"]) == (503, "stopped")
        assert refused.json()["notice"] == "Tạm dừng đến 10 giờ."

        decide(stack, "switches.csv", f"{SWITCHES}starts,on,xong\n")
        wait_for(
            lambda: stack.call("POST", "/attempts", {}, token).status_code == 201, IN_FORCE_S, "starts going on"
        )


def test_a_week_that_was_closed_is_opened_again_and_closed_again(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="again", weeks=1, seconds=30, proof="off")
    with running(contest, tmp_path / "state") as stack:
        assert stack.call("POST", "/participants", FORM).status_code == 201
        token = signed_in(stack)
        attempt = stack.call("POST", "/attempts", {}, token).json()["attempt"]["attempt_id"]
        stack.call("PUT", f"/attempts/{attempt}/answers", ONE_ANSWER, token)

        def revision() -> int:
            index = stack.site("/data/results/index.json")
            weeks = index.json()["weeks"] if index.status_code == 200 else []
            return int(weeks[0]["revision"]) if weeks else 0

        wait_for(lambda: revision() == 1, 120, "the close")
        assert stack.call("GET", f"/attempts/{attempt}", token=token).json()["status"] == "overdue"
        closes = (datetime.now().astimezone() + timedelta(seconds=75)).isoformat(timespec="seconds")
        # in the contest's own time zone, as people write it
        local = datetime.fromisoformat(closes).astimezone(
            datetime.fromisoformat(week(stack, 1)["opens_at"]).tzinfo
        )
        decide(stack, "calendar.csv", f"{CALENDAR}1,,{local:%Y-%m-%d %H:%M:%S},,,mất điện\n")
        assert revision() == 0, "while a week is open no results of it are shown"
        assert stack.site("/data/results/week-1.json").content == b""

        def started() -> Any:
            answer = stack.call("POST", "/attempts", {}, token)
            return answer.status_code == 201 and answer.json()["attempt"]

        paper = wait_for(started, IN_FORCE_S, "starts in the week that is open again")
        assert paper["number"] == 2
        submission = f"/attempts/{paper['attempt_id']}/submission"
        assert stack.call("POST", submission, ONE_ANSWER, token).status_code == 200
        wait_for(lambda: revision() == 2, 180, "the second close")
        page = stack.site("/data/results/week-1.json").json()
        assert (page["counts"]["people"], page["counts"]["attempts"]) == (1, 2)
