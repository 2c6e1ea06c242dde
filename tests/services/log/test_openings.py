"""Opening batches: when it may be told what they hold, and that they hold what was committed to."""

from __future__ import annotations

import json

import pytest

from chalicelib.documents.log import BATCH, LOG, MINUTE
from chalicelib.services.log import openings
from chalicelib.services.log.append import LogBroken, Overtaken
from chalicelib.services.log.openings import open_batches, sealed_from
from tests.fakes import definition, reference
from tests.services.log.reading import batch_of, checkpoint_of, leaves_of
from tests.services.log.test_append import FACTS, at, leaf, put
from tests.services.log.world import KEY, World

OPENS = definition().weeks[0].opens


def filled(minutes: int, began: int = at(0)) -> World:
    world = World()
    world.log().append("thu", FACTS, began)
    for minute in range(minutes):
        put(world, "a", range(300 * minute, 300 * minute + 300 * (minute % 2)))
        world.log().append("thu", FACTS, began + (minute + 1) * MINUTE)
    return world


def opened(world: World, until: int) -> None:
    state, version = world.states.read()
    assert state is not None
    open_batches(world.log(), state, version, until)


def test_an_opened_batch_holds_what_its_minute_committed_to() -> None:
    world = filled(4)
    opened(world, 4)
    leaves = leaves_of(world.site.objects, checkpoint_of(world.shown[-1], KEY))
    for one in leaves:
        opening = json.loads(world.site.objects[f"{LOG}batch/{one.batch}/opening.json"])
        found = batch_of(world.site.objects, one, opening)
        numbers = range(300 * one.batch, 300 * one.batch + 300 * (one.batch % 2))
        assert found == sorted(leaf(("a", number)) for number in numbers)
    assert world.states.state is not None
    assert world.states.state.opened == 4


def test_a_long_queue_is_opened_by_several_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openings, "MOST", 3)
    world = filled(8)
    for expected in (3, 6, 7, 7):
        opened(world, 7)
        assert world.states.state is not None
        assert world.states.state.opened == expected
    assert f"{LOG}batch/7/opening.json" not in world.site.objects


@pytest.mark.parametrize("harm", [b"", bytes(32)])
def test_a_batch_that_was_changed_on_the_desk_is_not_opened(harm: bytes) -> None:
    world = filled(2)
    world.desk.objects[f"{BATCH}1.bin"] = harm
    with pytest.raises(LogBroken):
        opened(world, 2)
    assert f"{LOG}batch/1/opening.json" not in world.site.objects


def test_entries_that_are_gone_open_nothing() -> None:
    world = filled(2)
    world.site.objects[f"{LOG}tile/entries/000.p/2"] = b"\x00\x09x"
    with pytest.raises(LogBroken):
        opened(world, 2)


def test_two_runs_that_open_at_once_do_the_same() -> None:
    world = filled(2)
    state, version = world.states.read()
    assert state is not None
    open_batches(world.log(), state, version, 1)
    with pytest.raises(Overtaken):
        open_batches(world.log(), state, version, 2)


@pytest.mark.parametrize(
    ("target", "now", "closed", "expected"),
    [
        ("perfect_people", 10, False, 10),  # how many people take part may be told at once
        ("people", -1, False, 10),  # before the week
        ("people", 3, False, 5),
        ("people", 7 * 24 * 60 + 1, False, 5),  # over, and no result is out
        ("people", 7 * 24 * 60 + 1, True, 7 * 24 * 60 + 5),  # week 2 is open: what was before it may be told
        ("attempts", 3, True, 5),  # a result of before it was opened again
    ],
)
def test_what_a_prediction_is_about_stays_sealed_until_the_close(
    target: str, now: int, *, closed: bool, expected: int
) -> None:
    contest = reference(definition(prediction={"target": target}))
    world = filled(10, OPENS - 5 * MINUTE)
    state, _ = world.states.read()
    assert state is not None
    assert sealed_from(contest, state, lambda week: closed and week == 1, OPENS + now * MINUTE) == expected
