"""The steps of a close (planned, read by shares, closed), and the work of a run before it closes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import NotLoaded
from chalicelib.reports.rules.page import rules_page
from chalicelib.services.closing.steps import Closing
from chalicelib.services.contest.reference import Current
from tests.fakes import MINUTE, Clock, MemorySite, definition, reference
from tests.services.closing.two_weeks import AFTER_WEEK_2, CONTEST, PRIZES, REFERENCE, Stage


def plan(phase: int, running: int = 1) -> dict[str, Any]:
    return {"step": "plan", "plan": {"running": running, "phase": phase}}


def contest() -> Current:
    return REFERENCE


def nothing_loaded() -> Current:
    raise NotLoaded


def steps(stage: Stage, loaded: bool = True) -> Closing:  # noqa: FBT001
    current = contest if loaded else nothing_loaded
    return Closing(stage.closer(), current, stage.desk, stage.site, lambda: AFTER_WEEK_2, rules_page)


class Overtaken:
    """The contest in force: ``newer`` from the first put of ``key`` on."""

    def __init__(self, stage: Stage, key: str, newer: Current) -> None:
        self.site, self.key, self.newer = stage.site, key, newer

    def current(self) -> Current:
        return self.newer if self.key in self.site.puts else REFERENCE


def test_the_state_machine_reads_every_share_and_closes_as_a_single_run_does() -> None:
    shared, alone = Stage(), Stage()
    planned: Any = {"running": 1, "phase": 0}
    done = []
    while (planned := steps(shared).step({"step": "plan", "plan": planned}))["tasks"] is not None:
        tasks = planned.pop("tasks")
        done.append([(task["step"], task["week"], task["number"]) for task in tasks])
        for task in tasks:
            assert steps(shared).step(task) == []
    assert done == [
        [(step, week, number) for week in (1, 2) for number in range(16)] for step in ("share", "piece")
    ]
    assert steps(shared).step({"step": "close"}) == steps(alone).run()
    assert shared.revisions.pointers == alone.revisions.pointers


def test_nothing_is_planned_once_everything_is_closed() -> None:
    stage = Stage()
    steps(stage).run()
    assert steps(stage).step(plan(0)) == {"running": 1, "phase": 1, "tasks": None}


def test_what_is_taken_over_during_a_run_is_what_the_site_shows_in_the_end() -> None:
    """The last week is opened again while a run closes it."""
    stage = Stage()
    row = {"week": 2, "closes": CONTEST.rfc3339(AFTER_WEEK_2 + 60 * MINUTE)}
    reopened = reference(definition(contest={"weeks": 2}, prizes=PRIZES, calendar=[row]))
    overtaken = Overtaken(stage, "data/results/week-2.json", reopened)
    closing = replace(steps(stage), current=overtaken.current)
    assert [made["what"] for made in closing.run()] == ["week-1", "week-2", "final"]
    assert stage.index() == {"format": 1, "weeks": [{"week": 1, "revision": 1}], "final": None}
    shown = json.loads(stage.site.objects["data/contest.json"])
    assert shown["weeks"][1]["closes_at"] == row["closes"]


def test_a_contest_taken_over_while_an_older_one_is_shown_is_shown_before_a_close() -> None:
    stage = Stage()
    newer = reference(definition(contest={"weeks": 2, "title": "Mới"}, prizes=PRIZES))
    overtaken = Overtaken(stage, "data/contest.json", newer)
    replace(steps(stage), current=overtaken.current).run()
    titles = [json.loads(data)["title"] for data in stage.site.versions["data/contest.json"]]
    assert titles == [REFERENCE.definition.contest.title, "Mới"]
    puts = stage.site.puts
    shown = len(puts) - puts[::-1].index("data/contest.json")
    assert not any(key.startswith("data/results") for key in puts[:shown])
    assert puts[shown:]


def test_what_somebody_edits_while_a_run_closes_is_put_right_and_told(caplog: pytest.LogCaptureFixture) -> None:
    """The run has looked after the site before, and shows its results after."""
    key, clock, stage = "data/results/week-1.json", Clock(AFTER_WEEK_2), Stage()
    stage.site = site = MemorySite(clock)
    steps(stage).run()
    right = site.objects[key]
    clock.now += MINUTE
    edits = [b"{}"]

    def edited() -> Current:
        """The run first asks for the contest when it has looked after the site."""
        if edits:
            site.stray(key, edits.pop())
        return REFERENCE

    replace(steps(stage), current=edited).run()
    assert site.objects[key] == right
    assert [one.msg for one in caplog.records] == [{"event": "altered_object", "key": key, "healed": True}]


def test_a_machine_gives_way_to_one_that_runs() -> None:
    stage = Stage()
    assert steps(stage).step(plan(0, running=2)) is None
    assert stage.state() == Stage().state()
    assert steps(stage).step(plan(0))


def test_an_unknown_step_is_refused() -> None:
    with pytest.raises(ValueError, match="no such step"):
        steps(Stage()).step({"step": "rest"})
    with pytest.raises(LookupError, match="week 9"):
        steps(Stage()).step({"step": "share", "week": 9, "number": 0})
