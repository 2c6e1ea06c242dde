"""Live participation: correct after any delivery of the stream, whatever is repeated, split or mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempt import Entry
from chalicelib.domain.live import Change, LiveTally, Participation, may_be_told
from tests.domain.builders import done, entry
from tests.fakes import definition

SOURCES = 3


class Write(NamedTuple):
    """One person's write to an entry; ``what`` is one of ``ACTIONS``."""

    person: int
    what: str
    unit: str


ACTIONS = ("start", "submit", "discard", "erase")
writes = st.lists(
    st.builds(Write, st.integers(0, 8), st.sampled_from(ACTIONS), st.sampled_from(["SO-A", "SO-B", ""])),
    max_size=40,
)
# The source read next, how many records before its last delivery it resumes, and how many it delivers.
deliveries = st.lists(
    st.tuples(st.integers(0, SOURCES - 1), st.integers(0, 6), st.integers(1, 12)), max_size=30
)


def streams(history: Iterable[Write]) -> list[list[Change]]:
    """The records of each source, as the table would write them."""
    entries: dict[int, Entry] = {}
    records: list[list[Change]] = [[] for _ in range(SOURCES)]
    for number, (person, what, unit) in enumerate(history):
        source, before = person % SOURCES, entries.get(person)
        after = before
        if what == "start":
            after = before._replace(unit=unit) if before else entry(f"{person:02}", unit=unit)
        elif what == "erase":
            after = entries.pop(person, None) and None
        elif before:
            status = "submitted" if what == "submit" else "discarded"
            after = before._replace(finished=(*before.finished, done(number=number + 1, status=status)))
        if after:
            entries[person] = after
        if before or after:
            records[source].append(Change(1, f"label/{source}", number, before, after))
    return records


def counted_plainly(records: Iterable[Change]) -> dict[str, Participation]:
    """Counted from everybody's last state, as a close would."""
    last = {(change.before or change.after).participant_id: change.after for change in records}  # type: ignore[union-attr]
    people: Counter[str] = Counter()
    attempts: Counter[str] = Counter()
    for found in last.values():
        own = [attempt for attempt in found.finished if attempt.status != "discarded"] if found else []
        if found and own:
            people[found.unit] += 1
            attempts[found.unit] += len(own)
    return {unit: Participation(people[unit], attempts[unit]) for unit in people}


def figures(tally: LiveTally) -> dict[str, Participation]:
    return {unit: own for unit, own in tally.units.items() if own != (0, 0)}


@given(writes, deliveries)
def test_after_any_delivery_the_figures_match_the_records_delivered(
    history: list[Write], plan: list[tuple[int, int, int]]
) -> None:
    records, reached, tally = streams(history), [0] * SOURCES, LiveTally()
    for source, back, size in plan:
        begin = max(0, reached[source] - back)  # the poller lost its place and resumes from an earlier one
        tally.add(records[source][begin : begin + size])
        reached[source] = max(reached[source], min(begin + size, len(records[source])))
        known = [change for stream, end in zip(records, reached, strict=True) for change in stream[:end]]
        assert figures(tally) == counted_plainly(known)
    for stream in records:
        tally.add(stream)
    everything = [change for stream in records for change in stream]
    assert figures(tally) == counted_plainly(everything)
    assert not tally.add(everything)
    assert tally.total == (
        sum(own.people for own in tally.units.values()),
        sum(own.attempts for own in tally.units.values()),
    )


@given(writes, st.data())
def test_a_lost_record_costs_no_more_than_itself(history: list[Write], data: st.DataObject) -> None:
    everything = [change for stream in streams(history) for change in stream]
    if not everything:
        return
    lost = data.draw(st.sampled_from(everything))
    tally, whole = LiveTally(), LiveTally()
    tally.add([change for change in everything if change is not lost])
    whole.add(everything)
    alone = LiveTally()
    alone.add([lost])
    for unit in whole.units:
        missing = alone.units.get(unit, Participation(0, 0))
        assert tally.units.get(unit, Participation(0, 0)).plus(missing) == whole.units[unit]


def test_a_first_counted_attempt_adds_a_person_and_every_one_adds_an_attempt() -> None:
    nothing, first, second = entry("a"), entry("a", done()), entry("a", done(), done(status="overdue"))
    tally = LiveTally()
    tally.add([Change(1, "s", 1, None, nothing), Change(1, "s", 2, nothing, first)])
    assert tally.total == (1, 1)
    tally.add([Change(1, "s", 3, first, second)])
    assert tally.total == (1, 2)
    assert tally.add([Change(1, "s", 3, first, second), Change(1, "s", 2, nothing, first)]) is False
    assert tally.total == (1, 2)


def test_sequence_numbers_of_different_sources_are_independent() -> None:
    tally = LiveTally()
    tally.add([Change(1, "old/a3", 900, None, entry("a", done()))])
    tally.add([Change(1, "new/a3", 1, None, entry("b", done()))])
    assert tally.total == (2, 2)


@pytest.mark.parametrize(("target", "told"), [("perfect_people", True), ("people", False), ("attempts", False)])
def test_participation_is_shown_unless_people_predict_it(target: str, *, told: bool) -> None:
    assert may_be_told(definition(prediction={"target": target})) is told
    without = definition().model_copy(update={"prediction": None})
    assert may_be_told(without) is True
