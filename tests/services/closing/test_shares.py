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


@pytest.mark.parametrize("lost", [[0], [7], [SHARES - 1], [2, 3, 11], list(range(1, SHARES))])
def test_only_the_shares_that_are_missing_are_read_again(lost: list[int]) -> None:
    reader, desk = Reader(), MemoryObjects()
    shares = Shares(reader, desk, "test", collectors)
    straight = shares.gather(REFERENCE, WEEK)
    for share in range(SHARES):
        if share not in lost:
            shares.make(REFERENCE, WEEK, share)
    reader.asked.clear()
    again = shares.gather(REFERENCE, WEEK)
    assert sorted(again.people) == sorted(straight.people)
    assert reader.asked == [[shard for share in lost for shard in SHARDS[share * 16 : share * 16 + 16]]]


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


def of_parts(desk: MemoryObjects) -> str:
    (key,) = [key for key in desk.objects if key.startswith("parts/")]
    return key


def test_a_share_that_has_expired_is_read_again_and_alarms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    reader, desk = Reader(), MemoryObjects()
    shares = Shares(reader, desk, "test", collectors)
    shares.make(REFERENCE, WEEK, 3)
    desk.delete([of_parts(desk)])
    assert len(shares.gather(REFERENCE, WEEK).people) == 256
    shares.make(REFERENCE, WEEK, 3)
    assert len(reader.asked) == 3
    assert not caplog.records


def test_a_share_that_somebody_has_altered_is_told_and_read_again(caplog: pytest.LogCaptureFixture) -> None:
    reader, desk = Reader(), MemoryObjects()
    shares = Shares(reader, desk, "test", collectors)
    shares.make(REFERENCE, WEEK, 3)
    desk.objects[of_parts(desk)] = b"altered"
    desk.versions.clear()
    shares.make(REFERENCE, WEEK, 3)
    assert len(reader.asked) == 2
    assert "altered_object" in caplog.text


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


@pytest.mark.parametrize("lost", [0, 1, 9, 16])
def test_closing_from_parts_gives_the_same_digests(lost: int) -> None:
    straight, shared = Stage(), Stage()
    straight.run()
    for number, share in shared.closer().to_read(REFERENCE, AFTER_WEEK_2)[lost:]:
        week = CONTEST.week(number)
        assert week is not None
        shared.closer().shares.make(REFERENCE, week, share)
    shared.run()
    assert shared.revisions.pointers == straight.revisions.pointers
