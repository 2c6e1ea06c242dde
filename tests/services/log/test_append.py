"""The log, killed anywhere and run three times at once: no leaf is lost or double, no checkpoint goes back."""

from __future__ import annotations

import random
from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.documents.log import CHECKPOINT, LOG, MINUTE, PENDING, STAGED, PendingLeaves
from chalicelib.domain.live import Change
from chalicelib.domain.merkle import hashes
from chalicelib.services.log.append import FORGET, LogBroken, Overtaken
from chalicelib.services.log.leaves import keep_leaves
from tests.services.log.reading import checkpoint_of, extends, leaves_of
from tests.services.log.world import KEY, Run, World

BEGAN = 1_661_130_000_000 // MINUTE * MINUTE
FACTS = {"bank": "b1", "definition": "d1"}


def at(minute: float) -> int:
    return BEGAN + int(minute * MINUTE)


def begun() -> World:
    world = World()
    world.log().append("thu", FACTS, BEGAN)
    return world


def leaf(name: object) -> bytes:
    return sha256(str(name).encode()).digest()


def put(world: World, source: str, numbers: range) -> None:
    """One delivery of the stream."""
    changes = [Change(1, source, number, None, None) for number in numbers]
    keep_leaves(changes, lambda change: [leaf((change.source, change.sequence))], world.desk)


def logged(world: World) -> list[bytes]:
    """The hashes of all minutes, as the desk keeps them."""
    kept = sorted(key for key in world.desk.objects if key.startswith("log/batch/"))
    return [one for key in kept for one in hashes(world.desk.objects[key])]


def test_one_leaf_a_minute_and_none_before_a_minute_is_over() -> None:
    world = begun()
    assert LOG + CHECKPOINT not in world.site.objects
    world.log().append("thu", FACTS, at(0.9))
    assert not world.shown
    for minute in (1.02, 1.5, 2.02):
        world.log().append("thu", FACTS, at(minute))
    leaves = leaves_of(world.site.objects, checkpoint_of(world.shown[-1], KEY))
    assert [one.batch for one in leaves] == [0, 1]
    assert leaves[0].facts == FACTS
    assert leaves[1].facts == {}
    assert leaves[1].at == "2022-08-22T01:01:00Z"


def test_facts_hold_until_they_change_or_end() -> None:
    world = begun()
    for minute, facts in enumerate(
        [{"bank": "1", "rules": "1"}, {"bank": "2", "rules": "1"}, {"bank": "2"}], 1
    ):
        world.log().append("thu", facts, at(minute))
    leaves = leaves_of(world.site.objects, checkpoint_of(world.shown[-1], KEY))
    assert [one.facts for one in leaves] == [{"bank": "1", "rules": "1"}, {"bank": "2"}, {"rules": ""}]


def test_skipped_minutes_are_filled_and_said() -> None:
    world = begun()
    world.log().append("thu", FACTS, at(1))
    put(world, "a", range(3))
    world.log().append("thu", {}, at(400))
    leaves = leaves_of(world.site.objects, checkpoint_of(world.shown[-1], KEY))
    assert [one.batch for one in leaves] == list(range(400))
    assert leaves[399].facts == {"bank": "", "definition": "", "lag": "398"}
    assert all(not one.facts for one in leaves[1:399])
    assert len(hashes(world.desk.objects["log/batch/399.bin"])) == 3


def test_deliveries_that_come_again_cut_otherwise_count_once() -> None:
    world = begun()
    put(world, "a", range(5))
    put(world, "a", range(3))
    put(world, "b", range(5))
    world.log().append("thu", FACTS, at(1))
    put(world, "a", range(2, 9))
    put(world, "a", range(5, 9))
    world.log().append("thu", FACTS, at(2))
    found = Counter(logged(world))
    assert found == Counter([leaf(("a", n)) for n in range(9)] + [leaf(("b", n)) for n in range(5)])
    assert not world.waiting


def test_a_source_that_is_silent_for_days_is_forgotten() -> None:
    world = begun()
    put(world, "a", range(5))
    world.log().append("thu", FACTS, at(1))
    world.log().append("thu", FACTS, at(FORGET))
    assert world.states.state is not None
    assert "week-1/a" in world.states.state.marks
    world.log().append("thu", FACTS, at(FORGET + 2))
    assert world.states.state.marks == {}


@pytest.mark.parametrize("path", ["tile/0/000.p/2", "tile/entries/000.p/2", "checkpoint", "vkey", "facts.json"])
@pytest.mark.parametrize("harm", [b"", b"\x00" * 64, None])
def test_what_was_changed_on_the_site_is_said_and_shown_again(
    path: str, harm: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    world = begun()
    world.log().append("thu", FACTS, at(1))
    world.log().append("thu", FACTS, at(2))
    right = dict(world.site.objects)
    if harm is None:
        del world.site.objects[LOG + path]
    else:
        world.site.objects[LOG + path] = harm
    world.log().append("thu", FACTS, at(2.5))
    assert world.site.objects == right
    assert "altered_object" in caplog.text
    caplog.clear()
    world.log().append("thu", FACTS, at(3))
    assert not caplog.text
    extends(world.site.objects, world.shown, KEY)


def test_an_edge_that_is_wrong_everywhere_is_not_signed() -> None:
    world = begun()
    world.log().append("thu", FACTS, at(1))
    world.log().append("thu", FACTS, at(2))
    assert world.states.state is not None
    world.site.objects[LOG + "tile/0/000.p/2"] = bytes(64)
    world.desk.objects.pop(world.states.state.staged)
    with pytest.raises(LogBroken):
        world.log().append("thu", FACTS, at(3))
    assert checkpoint_of(world.site.objects[LOG + CHECKPOINT], KEY).size == 2


def test_a_log_whose_state_is_gone_does_not_begin_anew() -> None:
    world = begun()
    world.log().append("thu", FACTS, at(1))
    lost, world.states.state = world.states.state, None
    with pytest.raises(LogBroken, match="gone"):
        world.log().append("thu", FACTS, at(2))
    world.states.state = lost
    world.log().append("thu", FACTS, at(3))
    extends(world.site.objects, world.shown, KEY)


def test_an_older_checkpoint_put_back_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    world = begun()
    for minute in (1, 2, 3):
        world.log().append("thu", FACTS, at(minute))
    world.site.objects[LOG + CHECKPOINT] = world.shown[0]
    world.log().append("thu", FACTS, at(3.5))
    assert checkpoint_of(world.site.objects[LOG + CHECKPOINT], KEY).size == 3
    assert "altered_object" in caplog.text


def test_a_pending_object_that_cannot_be_read_stops_nothing_and_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = begun()
    put(world, "a", range(3))
    world.desk.put(f"{PENDING}junk", b"junk")
    world.log().append("thu", FACTS, at(1))
    assert len(logged(world)) == 3
    assert world.waiting == [f"{PENDING}junk"]
    assert "altered_object" in caplog.text


def accesses(minutes: float) -> int:
    """How often a run of such a minute stops."""
    world = begun()
    put(world, "a", range(4))
    put(world, "b", range(4))
    run, count = Run(world, "thu", FACTS, at(minutes)), 0
    while not run.done:
        run.step()
        count += 1
    assert run.error is None
    return count


def check(world: World, expected: Counter[bytes], minutes: int) -> None:
    assert Counter(logged(world)) == expected
    extends(world.site.objects, world.shown, KEY)
    sizes = [checkpoint_of(note, KEY).size for note in world.shown]
    assert sizes == sorted(sizes)
    assert sizes[-1] == minutes
    assert world.site.objects[LOG + CHECKPOINT] == world.shown[-1]
    assert not world.waiting


def test_a_run_that_dies_anywhere_loses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    points = accesses(1)
    assert points > 12
    for point in range(points):
        world = begun()
        put(world, "a", range(4))
        put(world, "b", range(4))
        run = Run(world, "thu", FACTS, at(1))
        for _ in range(point):
            run.step()
        run.kill()
        put(world, "a", range(2, 7))
        world.log().append("thu", FACTS, at(2))
        assert run.error is None
        expected = [leaf(("a", n)) for n in range(7)] + [leaf(("b", n)) for n in range(4)]
        check(world, Counter(expected), 2)
    assert not caplog.text  # its end is no tampering


def play(dice: random.Random) -> None:
    """Three runs at once over many minutes; any of them may stop anywhere, for good or for long."""
    world, runs, expected = begun(), list[Run](), Counter[bytes]()
    sent = dict.fromkeys("abc", 0)
    minute = 0.0
    for _ in range(dice.randint(20, 60)):
        minute += dice.choice([0, 0.2, 0.5, 1, 1, 3, 300 if dice.random() < 0.1 else 1])
        for source in sent:
            if dice.random() < 0.5:
                start, end = max(0, sent[source] - dice.randint(0, 3)), sent[source] + dice.randint(0, 4)
                put(world, source, range(start, end))
                expected.update(leaf((source, n)) for n in range(sent[source], end))
                sent[source] = max(sent[source], end)
        while len(runs) < 3:
            runs.append(Run(world, "thu", {"bank": str(int(minute) // 7)}, at(minute)))
        for _ in range(dice.randint(0, 60)):
            dice.choice(runs).step()
        if dice.random() < 0.4:
            dice.choice(runs).kill()
        assert not [run.error for run in runs if run.error]
        runs = [run for run in runs if not run.done]
    for run in runs:
        dice.choice([run.kill, run.finish])()
        assert run.error is None
    for _ in range(3):
        minute = int(minute) + 1
        world.log().append("thu", {}, at(minute))
    check(world, expected, int(minute))


@given(st.integers(0, 2**32))
@settings(max_examples=25)
def test_three_runs_at_once_killed_anywhere(seed: int) -> None:
    play(random.Random(seed))


def test_the_checkpoint_of_a_run_that_was_overtaken_is_never_shown() -> None:
    """It wakes up after others have shown two more minutes."""
    world = begun()
    slow = Run(world, "thu", FACTS, at(1))
    while world.states.state is None or world.states.state.size == 0:
        slow.step()
    world.log().append("thu", FACTS, at(2))
    world.log().append("thu", FACTS, at(3))
    slow.finish()
    check(world, Counter(), 3)


def test_what_another_run_is_about_to_decide_is_not_tidied_away() -> None:
    """It dies between deciding and showing, so the next run needs what it has staged."""
    world = begun()
    tidying = Run(world, "thu", FACTS, at(1))
    while world.states.state is None or world.states.state.published == 0:
        tidying.step()
    other = Run(world, "thu", FACTS, at(2))
    while not any(key.startswith(f"{STAGED}2-") for key in world.desk.objects):
        other.step()
    tidying.finish()
    while world.states.state.size < 2:
        other.step()
    other.kill()
    world.log().append("thu", FACTS, at(3))
    check(world, Counter(), 3)


def test_a_run_whose_state_is_old_decides_nothing() -> None:
    world = begun()
    log = world.log()
    state, version = world.states.read()
    assert state is not None
    log.append("thu", FACTS, at(1))
    with pytest.raises(Overtaken):
        log._decide(state, version)


def test_pending_leaves_name_their_source_and_first_and_last_number() -> None:
    world = begun()
    put(world, "label/00", range(7, 12))
    (name,) = world.waiting
    assert name.startswith(f"{PENDING}week-1_label_00-7-11-")
    sources = PendingLeaves.decode(world.desk.objects[name]).sources
    assert sources["week-1/label/00"][0] == ("7", leaf(("label/00", 7)))
