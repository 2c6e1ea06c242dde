"""What a close asks of the log: where each record stands, and what is late."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.log import MINUTE
from chalicelib.services.log import ledger
from chalicelib.services.log.ledger import IN_TIME_MS, Ledger, LoggedLeaves, NotLogged
from tests.fakes import definition
from tests.services.log.test_append import put
from tests.services.log.world import World

CONTEST = definition()
WEEK = CONTEST.weeks[0]
END = WEEK.closes + CONTEST.grace


def leaf(name: object) -> bytes:
    return sha256(str(name).encode()).digest()


class Played:
    """A log whose minutes pass while a close waits."""

    def __init__(self, now: int = END) -> None:
        self.world, self.now, self.waited = World(), now, 0
        self.facts: dict[str, str] = {}
        self.world.log().append("thu", {}, WEEK.opens)
        self.append(WEEK.closes)
        self.meanwhile: Callable[[], None] = lambda: None
        self.ledger = Ledger(self.world.states, self.world.desk, lambda: self.now, self._wait)

    def append(self, now: int) -> None:
        self.world.log().append("thu", self.facts, now)

    def _wait(self) -> None:
        self.waited += 1
        self.now += MINUTE
        self.meanwhile()
        self.append(self.now)

    def batch(self, moment: int) -> int:
        return (moment - WEEK.opens) // MINUTE


def test_a_close_waits_until_the_log_has_told_what_it_rests_on() -> None:
    played = Played()
    facts = {"bank": "b", "rules": "r"}
    played.meanwhile = lambda: played.facts.update({"bank": "b"} if played.waited < 3 else facts)
    played.ledger.await_facts(facts)
    assert played.waited == 3
    played.ledger.await_facts({"bank": "b"})
    assert played.waited == 3


def test_a_close_that_rests_on_what_no_longer_holds_is_left_to_the_next_run() -> None:
    played = Played()
    played.facts["bank"] = "newer"
    with pytest.raises(NotLogged, match="facts: bank"):
        played.ledger.await_facts({"bank": "b"})


@given(st.lists(st.lists(st.integers(0, 300), max_size=40), max_size=6))
def test_the_first_batch_of_each_leaf_is_found(batches: list[list[int]]) -> None:
    logged, expected = LoggedLeaves(), dict[bytes, int]()
    for number, names in enumerate(batches):
        logged.add(number, b"".join(leaf(name) for name in names))
        for name in names:
            expected.setdefault(leaf(name), number)
    for name in range(301):
        assert logged.batch(leaf(name)) == expected.get(leaf(name))


def test_what_is_logged_is_agreed_at_once() -> None:
    played = Played()
    put(played.world, "a", range(3))
    played.append(END + MINUTE)
    logged = played.ledger.of_week(CONTEST, WEEK)
    assert logged.batch(leaf(("a", 1))) == played.batch(END)
    agreed = played.ledger.agree(CONTEST, WEEK, {})
    state = played.world.states.state
    assert state is not None
    assert (agreed.size, agreed.root, played.waited) == (state.size, state.root, 0)


def test_what_the_close_settles_is_handed_in_once_whoever_closes() -> None:
    played, missing = Played(), {leaf(name): True for name in "abc"}
    other = Ledger(played.world.states, played.world.desk, lambda: played.now, played._wait)
    other._hand_in(WEEK, list(missing))
    agreed = played.ledger.agree(CONTEST, WEEK, missing)
    assert agreed.batches == dict.fromkeys(missing, played.batch(END))
    assert played.waited == 1


def test_what_is_on_its_way_is_waited_for_and_not_handed_in() -> None:
    played = Played()
    played.meanwhile = lambda: put(played.world, "a", range(1))
    agreed = played.ledger.agree(CONTEST, WEEK, {leaf(("a", 0)): False})
    assert agreed.batches == {leaf(("a", 0)): played.batch(END)}
    assert agreed.batches[leaf(("a", 0))] <= played.ledger.last_in_time(CONTEST, WEEK)


def test_what_never_came_is_handed_in_late() -> None:
    played = Played()
    agreed = played.ledger.agree(CONTEST, WEEK, {leaf("never"): False})
    last = played.ledger.last_in_time(CONTEST, WEEK)
    assert last == played.batch(END + IN_TIME_MS)
    assert agreed.batches[leaf("never")] > last


def test_a_record_written_after_the_close_is_late_when_it_comes() -> None:
    played = Played()
    played.ledger.agree(CONTEST, WEEK, {})
    played.now = END + 60 * MINUTE
    played.append(played.now)
    agreed = played.ledger.agree(CONTEST, WEEK, {leaf("inserted"): False})
    assert agreed.batches[leaf("inserted")] > played.ledger.last_in_time(CONTEST, WEEK)


def test_a_log_that_was_late_makes_nobody_late() -> None:
    played = Played()
    played.append(WEEK.closes - MINUTE)
    put(played.world, "a", range(1))
    played.append(END + 90 * MINUTE)
    logged = played.ledger.of_week(CONTEST, WEEK)
    batch = logged.batch(leaf(("a", 0)))
    assert batch == played.batch(END + 90 * MINUTE) - 1
    assert batch <= played.ledger.last_in_time(CONTEST, WEEK)


def test_a_log_that_stands_still_leaves_the_week_to_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "ROUNDS", 3)
    played = Played()
    still = Ledger(played.world.states, played.world.desk, lambda: END, lambda: None)
    with pytest.raises(NotLogged, match="week 1: 1 of 1"):
        still.agree(CONTEST, WEEK, {leaf("x"): True})
    with pytest.raises(NotLogged, match="not begun"):
        Ledger(World().states, played.world.desk, lambda: END, lambda: None).of_week(CONTEST, WEEK)
