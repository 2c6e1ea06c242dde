"""``data/live.json``: counted once under contention and repetition, shown as far as the prediction allows."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.live import LIVE, Live
from chalicelib.domain.errors import Busy
from chalicelib.domain.live import Change, LiveTally, Participation
from chalicelib.services.contest.reference import Current
from chalicelib.services.publishing.live import count_changes, live_figures, publish_live
from tests.domain.builders import done, entry
from tests.fakes import MINUTE, START_MS, WEEK, MemoryObjects, MemoryTallies, definition, reference


def finished(person: str, sequence: int, *, unit: str = "SO-A", week: int = 1, score: int = 5) -> Change:
    return Change(week, "s/a3", sequence, None, entry(person, done(score), unit=unit, week=week))


def contest(target: str | None) -> Current:
    made = definition(prediction={"target": target or "people"})
    return reference(made if target else made.model_copy(update={"prediction": None}))


def test_a_new_prediction_for_the_next_week_does_not_give_away_this_weeks() -> None:
    tallies = MemoryTallies()
    count_changes([finished("a", 1), finished("b", 2, week=2)], tallies)
    changed = replace(contest("perfect_people"), earlier={1: lambda: contest("people")})
    assert live_figures(changed, tallies, START_MS).people is None
    assert live_figures(changed, tallies, START_MS + WEEK).people == 1


def test_a_batch_across_the_turn_of_a_week_counts_in_both_weeks() -> None:
    tallies = MemoryTallies()
    assert count_changes([finished("a", 1), finished("b", 2, week=2), finished("c", 3)], tallies) == 2
    assert tallies.read(1)[0].total == (2, 2)
    assert tallies.read(2)[0].total == (1, 1)


def test_a_batch_that_died_between_two_weeks_counts_once_when_it_comes_again() -> None:
    tallies = MemoryTallies()
    batch = [finished("a", 1), finished("b", 2, week=2)]
    tallies.fail_at = 2
    with pytest.raises(Busy):
        count_changes(batch, tallies)
    assert count_changes(batch, tallies) == 1
    assert (tallies.read(1)[0].total, tallies.read(2)[0].total) == ((1, 1), (1, 1))


def test_two_writers_at_once_lose_nothing() -> None:
    tallies = MemoryTallies()
    other = Change(1, "s/b4", 1, None, entry("b", done(), unit="SO-B"))
    tallies.meanwhile = [lambda: count_changes([other], tallies)]
    assert count_changes([finished("a", 1)], tallies) == 1
    assert tallies.read(1)[0].units == {"SO-A": Participation(1, 1), "SO-B": Participation(1, 1)}


def test_a_write_whose_answer_was_lost_is_not_made_twice() -> None:
    tallies = MemoryTallies()
    batch = [finished("a", 1)]
    # the client tried again after a time-out: its own first try stands in its way
    tallies.meanwhile = [lambda: count_changes(batch, tallies)]
    assert count_changes(batch, tallies) == 0
    assert tallies.read(1)[0].total == (1, 1)


def test_a_batch_that_is_always_overtaken_is_handed_back() -> None:
    class Crowded(MemoryTallies):
        def replace(self, week: int, tally: LiveTally, version: int) -> bool:
            return False

    with pytest.raises(Busy):
        count_changes([finished("a", 1)], Crowded())


def test_the_document_gives_figures_of_the_open_week_by_unit_and_in_total() -> None:
    tallies = MemoryTallies()
    gone = Change(1, "s/a3", 5, entry("d", done(), unit="TRUONG-C"), None)
    count_changes(
        [
            finished("a", 1),
            finished("b", 2, unit=""),
            finished("c", 3, unit="MERGED-AWAY"),
            finished("d", 4, unit="TRUONG-C"),
            gone,
        ],
        tallies,
    )
    assert live_figures(contest("perfect_people"), tallies, START_MS + MINUTE + 7) == Live(
        as_of="2022-08-22T08:01:00+07:00", week=1, people=3, attempts=3, units={"SO-A": (1, 1)}
    )


@pytest.mark.parametrize("now", [START_MS - 1, START_MS + 4 * WEEK])
def test_no_figures_are_given_while_no_week_is_open(now: int) -> None:
    tallies = MemoryTallies()
    count_changes([finished("a", 1)], tallies)
    document = live_figures(contest(None), tallies, now)
    assert document == Live(as_of=document.as_of, week=None)


def test_a_week_begins_at_zero() -> None:
    document = live_figures(contest(None), MemoryTallies(), START_MS + WEEK)
    assert document == Live(as_of=document.as_of, week=2, people=0, attempts=0)


people = st.lists(
    st.tuples(st.sampled_from(["SO-A", "SO-B", ""]), st.lists(st.integers(0, 5), min_size=1, max_size=3)),
    max_size=12,
)


def tallied(week: list[tuple[str, list[int]]]) -> MemoryTallies:
    tallies = MemoryTallies()
    everybody = [
        Change(1, "s/a3", k, None, entry(f"{k:02}", *(done(score) for score in scores), unit=unit))
        for k, (unit, scores) in enumerate(week)
    ]
    count_changes(everybody, tallies)
    return tallies


@pytest.mark.parametrize("target", ["people", "attempts"])
@given(one=people, other=people)
def test_the_published_figures_do_not_depend_on_participation_to_be_predicted(
    target: str, one: list[tuple[str, list[int]]], other: list[tuple[str, list[int]]]
) -> None:
    site, now = MemoryObjects(), START_MS + MINUTE
    publish_live(contest(target), tallied(one), site, now)
    told = site.objects.pop(LIVE)
    publish_live(contest(target), tallied(other), site, now)
    assert site.objects[LIVE] == told  # the same bytes, so neither sums nor sizes reveal anything


@given(week=people, data=st.data())
def test_the_published_figures_do_not_depend_on_scores(
    week: list[tuple[str, list[int]]], data: st.DataObject
) -> None:
    other = [(unit, [data.draw(st.integers(0, 5)) for _ in scores]) for unit, scores in week]
    documents = [live_figures(contest("perfect_people"), tallied(scored), START_MS) for scored in (week, other)]
    assert documents[0] == documents[1]
    assert documents[0].people == len(week)
    assert documents[0].attempts == sum(len(scores) for _, scores in week)


def test_figures_are_written_every_time_and_silence_once() -> None:
    site, tallies, now = MemoryObjects(), tallied([("SO-A", [5])]), START_MS
    open_week, silent = contest("perfect_people"), contest("people")
    assert publish_live(open_week, tallies, site, now)
    assert publish_live(open_week, tallies, site, now + MINUTE)
    assert json.loads(site.objects[LIVE])["as_of"] == "2022-08-22T08:01:00+07:00"
    # a contest with another target is loaded: the figures are removed, and the file is then left alone
    assert publish_live(silent, tallies, site, now + 2 * MINUTE)
    assert not publish_live(silent, tallies, site, now + 3 * MINUTE)
    assert publish_live(silent, tallies, site, now + WEEK)
    assert [json.loads(site.objects[LIVE])[name] for name in ("week", "people")] == [2, None]


@pytest.mark.parametrize("stored", [b"", b"{", b'{"format":2,"week":1}'])
def test_an_unreadable_file_is_rewritten(stored: bytes) -> None:
    site, tallies, silent = MemoryObjects(), MemoryTallies(), contest("people")
    site.put(LIVE, stored)
    assert publish_live(silent, tallies, site, START_MS)
    assert not publish_live(silent, tallies, site, START_MS + MINUTE)


def test_reading_a_tally_does_not_change_the_stored_one() -> None:
    tallies = tallied([("SO-A", [5])])
    before = deepcopy(tallies.items)
    live_figures(contest(None), tallies, START_MS)
    assert tallies.items == before
