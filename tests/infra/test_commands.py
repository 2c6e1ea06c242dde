"""Commands that cannot do as asked describe the situation and say what to do."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.people import seconds_open
from infra import cloudformation, intake, results
from infra.local.contest import over, timetable
from infra.local.narrate import Narrator

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)


def contest(*closes: int) -> dict[str, Any]:
    """Weeks of one hour that close ``closes`` minutes from now."""
    ends = [NOW + timedelta(minutes=minutes) for minutes in closes]
    return {
        "now": NOW.isoformat(),
        "weeks": [
            {
                "number": number,
                "opens_at": (end - timedelta(hours=1)).isoformat(),
                "closes_at": end.isoformat(),
            }
            for number, end in enumerate(ends, 1)
        ],
    }


@pytest.mark.parametrize(
    ("public", "done", "says"),
    [
        (None, [], "No contest has been loaded yet: put one in with `make intake FILE=folder`."),
        (contest(90), [], "Week 1 will be closed soon after it ends: 29/11/2026 09:30:00, in 1 h 30 min."),
        (
            contest(-60, 5),
            ["1"],
            "Week 2 will be closed soon after it ends: 29/11/2026 08:05:00, in 5 min 0 s.",
        ),
        (contest(-1), [], "Week 1 ended at 29/11/2026 07:59:00 and is about to be closed."),
        (
            contest(-60),
            [],
            "Week 1 ended at 29/11/2026 07:00:00, 1 h 0 min ago, and is not closed yet. The schedule",
        ),
        (contest(-60), ["1", "final"], "All weeks are closed."),
        (contest(-60), ["1"], "All weeks are closed; the whole contest is next."),
    ],
)
def test_the_next_close_is_announced(public: dict[str, Any] | None, done: list[str], says: str) -> None:
    assert results.next_close(public, done, NOW).startswith(says)


def index(folder: Path, weeks: int, *, final: bool = False) -> Path:
    closed = [{"week": week, "revision": week} for week in range(1, weeks + 1)]
    (folder / "current.json").write_text(
        json.dumps({"weeks": closed, "final": {"revision": 1} if final else None})
    )
    return folder


def test_a_report_before_the_first_close_says_when_it_is_due(tmp_path: Path) -> None:
    page, words = results.choose(tmp_path, results.NEWEST, "Week 1 ends soon.")
    assert page is None
    assert words == "No week is closed yet, so there is no bulletin. Week 1 ends soon."


def test_a_report_without_a_week_opens_the_newest_and_names_the_others(tmp_path: Path) -> None:
    page, words = results.choose(index(tmp_path, 2), results.NEWEST, "Week 3 ends soon.")
    assert page == tmp_path / "week-2" / "rev-2" / "bulletin.html"
    assert words == "The newest, WEEK=2. There are: WEEK=1, WEEK=2. Week 3 ends soon."
    page, _ = results.choose(index(tmp_path, 2, final=True), results.NEWEST, "")
    assert page == tmp_path / "final" / "rev-1" / "bulletin.html"


def test_a_report_of_an_unclosed_week_names_the_closed_ones(tmp_path: Path) -> None:
    page, words = results.choose(index(tmp_path, 1), "2", "Week 2 ends soon.")
    assert page is None
    assert words == "There is no bulletin of WEEK=2. There are: WEEK=1. Week 2 ends soon."


def test_results_say_so_when_there_is_nothing_to_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = SimpleNamespace(get_item=lambda **_: {})
    names = {"DeskBucket": "desk", "SiteBucket": "site", "TalliesTable": "tallies"}
    monkeypatch.setattr(results, "_place", lambda *_: (lambda _: nothing, names))
    monkeypatch.setattr(results, "copy", lambda *_: [])
    monkeypatch.setattr(results, "_published", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["results", "--to", str(tmp_path)])
    results.main()
    assert capsys.readouterr().out.startswith("Nothing to copy yet. No contest has been loaded yet")
    index(tmp_path, 1)
    results.main()
    assert capsys.readouterr().out.startswith("Nothing new since the last copy.")


def test_who_may_not_read_the_pointer_is_told_that_nothing_was_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "GetItem")

    names = {"DeskBucket": "desk", "SiteBucket": "site", "TalliesTable": "tallies"}
    monkeypatch.setattr(results, "_place", lambda *_: (lambda _: SimpleNamespace(get_item=refused), names))
    monkeypatch.setattr(results, "copy", lambda *_: [])
    monkeypatch.setattr(results, "_published", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["results", "--to", str(tmp_path)])
    results.main()
    assert "not compared" in capsys.readouterr().err


def test_a_missing_file_is_named_with_one_that_may_have_been_meant(tmp_path: Path) -> None:
    (tmp_path / "units.xlsx").write_bytes(b"x")
    with pytest.raises(
        SystemExit, match=r"There is no .*unit\.xlsx here, so nothing was sent\. Is it .*units\.xlsx\?"
    ):
        intake.content(tmp_path / "unit.xlsx")
    with pytest.raises(SystemExit, match=r"so nothing was sent\. Give its path"):
        intake.content(tmp_path / "none" / "other.csv")


def test_invented_people_are_told_that_the_contest_is_over() -> None:
    with pytest.raises(SystemExit, match=r"the contest ended at 29/11/2026 07:00.*CONTEST=contests/demo"):
        seconds_open(contest(-60))


def test_a_contest_that_is_over_says_since_when_and_what_to_do() -> None:
    ended = datetime.now(UTC) - timedelta(days=3)
    fixed = "\n".join(over(ended, fresh=True, moves=False))
    assert "3 d 0 h ago: nobody can take part" in fixed
    assert 'start = "now"' in fixed
    assert "CONTEST=contests/demo" in fixed
    held = "\n".join(over(ended, fresh=False, moves=True))
    assert "The page shows its results" in held
    assert "`make clean`" in held
    assert "contest.toml" not in held


class Store:
    """As much of S3 as a narrator needs: a desk and a site."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}

    def put(self, bucket: str, key: str, document: Any) -> None:
        self.objects[bucket, key] = json.dumps(document).encode()

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if (Bucket, Key) not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        data = self.objects[Bucket, Key]
        return {"Body": type("Body", (), {"read": lambda self: data})()}

    def get_paginator(self, _name: str) -> Any:
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803
        found = [key for bucket, key in self.objects if bucket == Bucket and key.startswith(Prefix)]
        return [{"Contents": [{"Key": key, "ETag": key, "LastModified": NOW} for key in found]}]


def test_the_timetable_of_a_running_contest_has_a_line_per_week_and_no_last_word() -> None:
    store, soon = Store(), datetime.now(UTC) + timedelta(hours=1)
    week = {"number": 1, "opens_at": NOW.isoformat(), "closes_at": soon.isoformat()}
    store.put("site", "data/contest.json", {"weeks": [week]})
    assert len(timetable(store, "site", fresh=True, moves=True)) == 1


def test_a_close_is_narrated_from_the_end_of_the_week_to_its_counts() -> None:
    store = Store()
    ahead = datetime.now(UTC) + timedelta(hours=1)
    week = {"number": 1, "closes_at": ahead.isoformat()}
    store.put("site", "data/contest.json", {"weeks": [week]})
    narrator = Narrator(store, None, "desk", "site", {})
    assert narrator.news() == []
    assert narrator._weeks is not None
    narrator._weeks = [(1, datetime.now(UTC))]  # an hour later
    store.put("site", "data/live.json", {"week": 1, "people": 300, "attempts": 1_812})
    (over_,) = narrator.news()
    assert over_.startswith("Week 1 is over. About 1,812 attempts by 300 people.")
    assert narrator.news() == []
    store.put("desk", "results/week-1/rev-1/audit.jsonl.gz", 0)
    assert narrator.news() == ["Week 1 is being closed: 1 files of its result so far."]
    store.put("desk", "results/week-1/rev-1/units.xlsx", 0)
    assert narrator.news() == []  # only every few seconds
    store.put("desk", "results/week-1/rev-1/manifest.json", {"what": "week-1", "counts": {"people": 300}})
    assert narrator.news() == ["Week 1 is closed: 300 people. Files: results/week-1/rev-1/"]


def test_of_answers_only_those_to_a_file_are_narrated() -> None:
    store = Store()
    narrator = Narrator(store, None, "desk", "site", {})
    answer = "intake/month/account/data-requests.csv.v1"
    store.put("desk", f"{answer}/0123456789abcdef.json", {"person": {}})
    store.put("desk", f"{answer}.json", {"file": "data-requests.csv", "accepted": True, "taken": {}})
    assert narrator.news() == ["data-requests.csv was taken over."]


class Stack:
    """A CloudFormation stack that has to be looked at a few times."""

    def __init__(self) -> None:
        self.events = [{"EventId": "old", "LogicalResourceId": "API", "ResourceStatus": "CREATE_COMPLETE"}]
        self.looks = 0

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        self.looks += 1
        states = ["UPDATE_IN_PROGRESS"] * 2 + ["UPDATE_COMPLETE"]
        return {"Stacks": [{"StackStatus": states[min(self.looks // 2, 2)]}]}

    def describe_change_set(self, **more: Any) -> dict[str, Any]:
        return {"Changes": [1]} if "NextToken" in more else {"Changes": [1, 2], "NextToken": "2"}

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        return {"StackEvents": self.events}

    def get_paginator(self, _name: str) -> Any:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [self.describe_stack_events()]


def test_a_deployment_reports_its_status_and_each_resource_as_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack, lines = Stack(), list[str]()
    changes, since = cloudformation._changes(stack, "s", "c"), cloudformation._latest_event(stack, "s")
    for name, status in [
        ("API", "UPDATE_COMPLETE"),
        ("Site", "CREATE_IN_PROGRESS"),
        ("s", "UPDATE_IN_PROGRESS"),
    ]:
        stack.events.insert(0, {"EventId": name, "LogicalResourceId": name, "ResourceStatus": status})
    monkeypatch.setattr(cloudformation, "interval", lambda: 0)
    monkeypatch.setattr(cloudformation, "say_aside", lines.append)
    cloudformation._wait_for_stack(stack, "s", 0, changes, since)
    assert lines[0] == "s: UPDATE_IN_PROGRESS, 1 of 3 resources, now Site, 0 s so far"


def test_a_change_of_published_results_is_told_with_what_to_do_next() -> None:
    unit = {"code": "SO-A", "name": "Sở A", "rank_before": 1, "rank_after": 2}
    close = {
        "what": "week-1",
        "figures": [{"name": "target", "before": 2, "after": 1}],
        "prizes": [{"participant_id": "ab", "before": "Giải Nhất", "after": ""}],
        "units": [{**unit, "prize_before": "weekly", "prize_after": ""}],
    }
    report = {
        "file": "annulments.csv",
        "accepted": False,
        "taken": {"code": "0123456789"},
        "faults": [],
        "warnings": [],
        "consequences": {"closes": [close]},
    }
    first, change, how = intake.words(report)
    assert first == "annulments.csv was NOT taken over yet: it would change published results."
    assert change == "  week-1: 1 person and 1 unit lose or gain a prize, 1 figure changes"
    assert "confirm-0123456789.txt" in how
    done = {**report, "accepted": True, "taken": {"confirmed": "0123456789"}, "consequences": None}
    assert intake.words(done) == [
        "annulments.csv: this change was carried out before; nothing more has changed."
    ]


def test_what_fails_in_a_function_is_narrated_whoever_wrote_the_line() -> None:
    error = {
        "timestamp": "…",
        "level": "ERROR",
        "message": "unexpected",
        "exception": "Traceback (…):\n  x\nKeyError: 'a'",
    }
    written = [
        '{"timestamp":"…","route":"GET /me","status":200}',
        json.dumps(error, separators=(",", ":")),
        "Traceback (most recent call last):",
        '  File "app.py"',
        "ValueError: b",
        "2026-11-29 Task timed out after 10.00 seconds",
    ]
    logs = SimpleNamespace(
        filter_log_events=lambda **_: {"events": [{"message": one, "timestamp": 1} for one in written]},
        exceptions=SimpleNamespace(ResourceNotFoundException=KeyError),
    )
    told = Narrator(Store(), logs, "desk", "site", {"API": "group"}).news()
    assert told == [
        "API FAILED: KeyError: 'a'",
        "API FAILED: ValueError: b",
        "API FAILED: 2026-11-29 Task timed out after 10.00 seconds",
    ]
