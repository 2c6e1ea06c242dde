"""A week read in shares, and closed from their results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from chalicelib.domain.attempt import Entry
from chalicelib.services.closing.shares import SHARES, Shares
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
    straight = sorted(shares.gather(REFERENCE, WEEK).people)
    for share in reversed(range(SHARES)):
        shares.make(REFERENCE, WEEK, share)
    reader.asked.clear()
    assert sorted(shares.gather(REFERENCE, WEEK).people) == straight
    assert len(straight) == 256
    assert reader.asked == []


@pytest.mark.parametrize("lost", [0, 7, SHARES - 1])
def test_the_week_is_read_whole_when_a_part_is_missing(lost: int) -> None:
    reader, desk = Reader(), MemoryObjects()
    shares = Shares(reader, desk, "test", collectors)
    for share in range(SHARES):
        if share != lost:
            shares.make(REFERENCE, WEEK, share)
    reader.asked.clear()
    assert len(shares.gather(REFERENCE, WEEK).people) == 256
    assert reader.asked == [SHARDS]


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
    assert len(first) == 2  # the share, and its pointer
    shares.make(REFERENCE, WEEK, 3)
    assert desk.objects == first


def test_the_shares_to_read_are_those_of_the_weeks_the_next_run_closes() -> None:
    stage = Stage()
    assert {share.week for share in stage.closer().to_read(REFERENCE, AFTER_WEEK_1)} == {1}
    assert len(stage.closer().to_read(REFERENCE, AFTER_WEEK_2)) == 2 * SHARES
    stage.run(AFTER_WEEK_1)
    assert stage.closer().to_read(REFERENCE, AFTER_WEEK_1) == []
    assert {share.week for share in stage.closer().to_read(REFERENCE, AFTER_WEEK_2)} == {2}


def test_closing_from_parts_gives_the_same_digests() -> None:
    straight, shared = Stage(), Stage()
    straight.run()
    for number, share in shared.closer().to_read(REFERENCE, AFTER_WEEK_2):
        week = CONTEST.week(number)
        assert week is not None
        shared.closer().shares.make(REFERENCE, week, share)
    shared.run()
    assert shared.revisions.pointers == straight.revisions.pointers
