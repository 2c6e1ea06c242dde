"""Runs that die at any point or overtake each other do no harm."""

from __future__ import annotations

from contextlib import suppress

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.services.closing.close_weeks import LostRace
from chalicelib.services.contest.reference import Reference
from tests.fakes import reference
from tests.services.closing.two_weeks import AFTER_WEEK_1, AFTER_WEEK_2, CONTEST, REFERENCE, Died, Stage

AN_ANNULLED = reference(CONTEST, annulled=["an"])


def undisturbed() -> Stage:
    stage = Stage()
    stage.run()
    return stage


def closed_again() -> Stage:
    stage = undisturbed()
    stage.run(contest=AN_ANNULLED)
    return stage


WHOLE, AGAIN = undisturbed(), closed_again()
FIRST_STEPS = WHOLE.fuse.steps
AGAIN_STEPS = AGAIN.fuse.steps - FIRST_STEPS


def assert_whole(stage: Stage) -> None:
    """Pointers, index, pages and manifests tell the same story."""
    assert stage.index() == stage.pointed_index()
    for what, pointer in stage.revisions.pointers.items():
        shown = stage.page(what)
        assert (shown["revision"], shown["digest"]) == (pointer.revision, pointer.result), what
        manifest = stage.manifest(what, pointer.revision)
        assert manifest["result_digest"] == pointer.result
        for name, expected in manifest["files"].items():
            assert digest(stage.file(what, name, pointer.revision)) == expected


@pytest.mark.parametrize("step", range(1, FIRST_STEPS + 1))
def test_the_next_run_repairs_one_that_died_at_any_step(step: int) -> None:
    stage = Stage()
    stage.fuse.at = step
    with pytest.raises(Died):
        stage.run()
    stage.run()
    assert stage.state() == WHOLE.state()


@pytest.mark.parametrize("step", range(1, AGAIN_STEPS + 1))
def test_the_next_run_repairs_one_that_died_while_closing_again(step: int) -> None:
    stage = undisturbed()
    stage.fuse.at = stage.fuse.steps + step
    with pytest.raises(Died):
        stage.run(contest=AN_ANNULLED)
    stage.run(contest=AN_ANNULLED)
    assert stage.state() == AGAIN.state()


def test_a_close_that_dies_again_and_again_finishes_in_the_end() -> None:
    stage = Stage()
    for step in range(1, FIRST_STEPS + 1):
        stage.fuse.steps, stage.fuse.at = 0, step
        with suppress(Died):
            stage.run()
    stage.run()
    assert stage.state() == WHOLE.state()


def overtaken(stage: Stage, step: int, other: Reference, now: int) -> None:
    """One run is held up at a step, a second completes, and the first goes on."""
    stage.fuse.at = stage.fuse.steps + step
    stage.fuse.then = lambda: stage.run(now, other)
    with suppress(LostRace):
        stage.run(now)


@pytest.mark.parametrize("step", range(1, FIRST_STEPS + 1))
def test_two_runs_at_once_give_the_result_of_one(step: int) -> None:
    stage = Stage()
    overtaken(stage, step, REFERENCE, AFTER_WEEK_2)
    stage.run()
    assert stage.state() == WHOLE.state()


@pytest.mark.parametrize("step", range(1, 12))
def test_two_runs_at_once_on_one_week_give_the_result_of_one(step: int) -> None:
    stage, alone = Stage(), Stage()
    alone.run(AFTER_WEEK_1)
    overtaken(stage, step, REFERENCE, AFTER_WEEK_1)
    stage.run(AFTER_WEEK_1)
    assert stage.state() == alone.state()


@pytest.mark.parametrize("step", range(1, FIRST_STEPS + 1))
def test_a_run_overtaken_by_newer_inputs_leaves_the_newer_result(step: int) -> None:
    # Somebody is disqualified during a close; the next run knows, the slow one does not.
    stage = Stage()
    overtaken(stage, step, AN_ANNULLED, AFTER_WEEK_2)
    stage.run(contest=AN_ANNULLED)
    assert_whole(stage)
    revision = stage.revisions.pointers["week-1"].revision
    assert stage.winners("week-1", revision) == ["binh", "chi"]


def test_no_two_inputs_share_a_revision() -> None:
    stage = Stage()
    stage.fuse.at = 3
    with pytest.raises(Died):
        stage.run()
    started = dict(stage.desk.objects)
    stage.run(contest=AN_ANNULLED)
    assert stage.revisions.pointers["week-1"].revision == 2
    assert started.items() <= stage.desk.objects.items()
    assert_whole(stage)


def test_a_slow_run_cannot_move_a_pointer_that_has_moved_on() -> None:
    stage = Stage()
    overtaken(stage, 4, AN_ANNULLED, AFTER_WEEK_1)
    current = stage.revisions.pointers["week-1"]
    assert stage.manifest("week-1", current.revision)["inputs"] == AN_ANNULLED.digests
