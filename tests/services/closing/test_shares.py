"""A week read in shares, and closed from their results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from chalicelib.domain.attempt import Entry
from chalicelib.services.closing.bundle_people import PIECES
from chalicelib.services.closing.shares import SHARES, Shares, WeekRead
from chalicelib.services.ports import SHARDS
from tests.domain.builders import done, entry
from tests.fakes import MemoryObjects, collectors, in_shards
from tests.services.closing.two_weeks import AFTER_WEEK_1, AFTER_WEEK_2, CONTEST, REFERENCE, Stage

WEEK = CONTEST.weeks[0]
ENTRIES = [entry(f"{shard}{'0' * 18}", done(5, number)) for number, shard in enumerate(SHARDS)]


class Reader:
    """Gives ``ENTRIES`` and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def __call__(self, week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
        self.asked.append(shards)
        return in_shards(ENTRIES, shards)


def test_every_shard_is_in_one_share() -> None:
    reader = Reader()
    shares = Shares(reader, MemoryObjects(), "test", collectors)
    for share in range(SHARES):
        shares.make(REFERENCE, WEEK, share)
    assert [shard for shards in reader.asked for shard in shards] == list(SHARDS)


def test_the_parts_together_equal_the_week_read_whole() -> None:
    reader, desk = Reader(), MemoryObjects()
    shares = Shares(reader, desk, "test", collectors)
    straight = sorted(shares.gather(REFERENCE, WEEK).gathered.people)
    for share in reversed(range(SHARES)):
        shares.make(REFERENCE, WEEK, share)
    reader.asked.clear()
    assert sorted(shares.gather(REFERENCE, WEEK).gathered.people) == straight
    assert len(straight) == 256
    assert reader.asked == []


@pytest.mark.parametrize("lost", [[0], [7], [SHARES - 1], [2, 3, 11], list(range(1, SHARES))])
def test_only_the_shares_that_are_missing_are_read_again(lost: list[int]) -> None:
    reader, desk = Reader(), MemoryObjects()
    shares = Shares(reader, desk, "test", collectors)
    straight = shares.gather(REFERENCE, WEEK).gathered
    for share in range(SHARES):
        if share not in lost:
            shares.make(REFERENCE, WEEK, share)
    reader.asked.clear()
    again = shares.gather(REFERENCE, WEEK).gathered
    assert sorted(again.people) == sorted(straight.people)
    assert reader.asked == [SHARDS[share * 16 : share * 16 + 16] for share in lost]


def test_a_share_that_is_there_is_not_read_again() -> None:
    """A machine that was ended after an hour has left its shares for the next one."""
    reader, desk = Reader(), MemoryObjects()
    for _ in range(2):
        Shares(reader, desk, "test", collectors).make(REFERENCE, WEEK, 3)
    assert len(reader.asked) == 1


def test_a_week_that_was_opened_again_is_read_again() -> None:
    reader, desk = Reader(), MemoryObjects()
    shares = Shares(reader, desk, "test", collectors)
    shares.make(REFERENCE, WEEK, 3)
    shares.make(REFERENCE, WEEK._replace(closes=WEEK.closes + 1), 3)
    assert len(reader.asked) == 2


def whole_but_one_share(desk: MemoryObjects) -> Shares:
    shares = Shares(Reader(), desk, "test", collectors)
    for share in range(1, SHARES):
        shares.make(REFERENCE, WEEK, share)
    return shares


def taken(read: WeekRead) -> list[bytes]:
    """The bundle's people, as one can compare them."""
    return [block.take(piece) for piece in range(PIECES) for block in read.blocks]


@pytest.mark.parametrize("altered", [False, True])
def test_whatever_of_a_share_is_gone_or_altered_is_read_again(
    altered: bool,  # noqa: FBT001  of the parameters
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What has expired alarms nobody."""
    desk = MemoryObjects()
    shares = whole_but_one_share(desk)
    others = {*desk.objects}
    shares.make(REFERENCE, WEEK, 0)
    whole, expected = dict(desk.objects), taken(shares.gather(REFERENCE, WEEK))
    parts = [key for key in whole.keys() - others if key.startswith("parts/")]
    assert len(parts) > 3
    for key in parts:
        desk.delete([key])
        if altered:
            desk.objects[key] = b"altered"
        desk.versions.clear()
        reader = Reader()
        again = Shares(reader, desk, "test", collectors)
        read = again.gather(REFERENCE, WEEK)
        assert len(read.gathered.people) == 256
        assert taken(read) == expected
        assert reader.asked == [SHARDS[:16]]
        again.make(REFERENCE, WEEK, 0)
        assert reader.asked == [SHARDS[:16]] * 2
        assert desk.objects == whole
    assert ("altered_object" in caplog.text) == altered


def test_parts_made_by_other_code_are_not_used() -> None:
    reader, desk = Reader(), MemoryObjects()
    for share in range(SHARES):
        Shares(reader, desk, "older", collectors).make(REFERENCE, WEEK, share)
    reader.asked.clear()
    Shares(reader, desk, "newer", collectors).gather(REFERENCE, WEEK)
    assert reader.asked == [SHARDS]


def test_a_share_made_twice_has_the_same_bytes() -> None:
    desk = MemoryObjects()
    shares = Shares(Reader(), desk, "test", collectors)
    shares.make(REFERENCE, WEEK, 3)
    first = dict(desk.objects)
    shares.make(REFERENCE, WEEK, 3)
    assert desk.objects == first


def to_close(stage: Stage, now: int) -> list[int]:
    return [week.number for week in stage.closer().to_close(REFERENCE, now)]


def test_the_weeks_to_read_are_those_that_the_next_run_closes() -> None:
    stage = Stage()
    assert to_close(stage, AFTER_WEEK_1) == [1]
    assert to_close(stage, AFTER_WEEK_2) == [1, 2]
    stage.run(AFTER_WEEK_1)
    assert to_close(stage, AFTER_WEEK_1) == []
    assert to_close(stage, AFTER_WEEK_2) == [2]


@pytest.mark.parametrize("lost", [0, 1, 9, 16])
def test_closing_from_parts_gives_the_same_digests(lost: int) -> None:
    straight, shared = Stage(), Stage()
    straight.run()
    tasks = [(week, share) for week in CONTEST.weeks for share in range(SHARES)]
    for week, share in tasks[lost:]:
        shared.closer().shares.make(REFERENCE, week, share)
    shared.run()
    assert shared.revisions.pointers == straight.revisions.pointers
