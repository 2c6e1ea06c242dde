"""Signing in: wrong passwords, the pause after too many, the people it keeps out, and disqualified people."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

import pytest

from chalicelib.domain.errors import ContestError, Disqualified, Excluded, TooManyAttempts, WrongCredentials
from chalicelib.domain.identity import origin_id, participant_id
from chalicelib.services.contest.reference import Reference
from chalicelib.services.people.sessions import FREE_ANYWHERE, LONGEST_PAUSE_MS, pause_left, sign_in
from chalicelib.services.ports import Failures, Participant
from tests.fakes import (
    HOUR,
    START_MS,
    Clock,
    MemoryParticipants,
    MemorySignIns,
    PlainPasswords,
    Watched,
    reference,
)

PEPPER = b"pepper"
CITIZEN, STRANGER = "040090000001", "040090000999"
ID = participant_id(PEPPER, CITIZEN)
HOME, OFFICE = "203.0.113.7", "198.51.100.9"
SECOND = 1_000
RIGHT = "đúng rồi nhé"


class Door:
    """A contest with one registered person, and a clock."""

    def __init__(self) -> None:
        self.people, self.sign_ins, self.clock = MemoryParticipants(), MemorySignIns(), Clock()
        self.an = Participant(
            ID, "Nguyễn Văn An", "1990-05-06", "male", CITIZEN, "0912345678", "SO-A", "mandatory",
            PlainPasswords().hash(RIGHT), START_MS,
        )  # fmt: skip
        self.people.add(self.an)

    def knock(
        self,
        password: str = RIGHT,
        citizen: str = CITIZEN,
        contest: Reference | None = None,
        address: str = HOME,
    ) -> Participant:
        return sign_in(
            citizen, password, address, contest or reference(), self.people, self.sign_ins, PlainPasswords(),
            PEPPER, self.clock(),
        )  # fmt: skip

    def fail(self, times: int, citizen: str = CITIZEN, address: str = HOME) -> None:
        for _ in range(times):
            with pytest.raises(WrongCredentials):
                self.knock("sai", citizen, address=address)

    def wait(self, password: str, address: str = HOME) -> int:
        """The seconds that a refused knock is told to wait."""
        with pytest.raises(TooManyAttempts) as refused:
            self.knock(password, address=address)
        return refused.value.retry_after or 0

    def crowd(self) -> None:
        """A hundred wrong passwords within the hour, each from an address of its own."""
        for number in range(FREE_ANYWHERE):
            self.fail(1, address=f"192.0.2.{number}")


def test_the_right_password_opens() -> None:
    door = Door()
    assert door.knock() == door.an


def test_a_wrong_password_does_not() -> None:
    door = Door()
    with pytest.raises(WrongCredentials):
        door.knock("đúng rồi nhế")


def test_after_a_release_the_number_opens_for_its_owner_alone() -> None:
    door, next_id = Door(), participant_id(PEPPER, CITIZEN, 1)
    door.people.pass_on(ID, ID, next_id, 1)
    with pytest.raises(WrongCredentials):
        door.knock()
    owner = door.an._replace(participant_id=next_id, password_hash=PlainPasswords().hash("của chủ số"))
    door.people.add(owner)
    assert door.knock("của chủ số") == owner
    with pytest.raises(WrongCredentials):
        door.knock()
    assert door.knock("của chủ số", contest=reference(annulled=[ID])) == owner
    for barred, refusal in (({"annulled": [next_id]}, Disqualified), ({"excluded": [ID]}, Excluded)):
        with pytest.raises(refusal):
            door.knock("của chủ số", contest=reference(**barred))


def test_an_unknown_citizen_id_gets_the_same_answer() -> None:
    with pytest.raises(WrongCredentials):
        Door().knock(citizen=STRANGER)


@pytest.mark.parametrize("citizen", [CITIZEN, STRANGER])
def test_five_wrong_passwords_bring_a_pause_for_unknown_people_too(citizen: str) -> None:
    door = Door()
    door.fail(5, citizen)
    with pytest.raises(TooManyAttempts) as refused:
        door.knock(citizen=citizen)
    assert refused.value.retry_after == 30


def test_four_wrong_passwords_are_forgiven() -> None:
    door = Door()
    door.fail(4)
    assert door.knock() == door.an


def test_the_right_password_neither_opens_during_the_pause_nor_prolongs_it() -> None:
    door = Door()
    door.fail(5)
    door.clock.now += 30 * SECOND - 1
    for _ in range(9):
        assert door.wait(RIGHT) == 1
    door.clock.now += 1
    assert door.knock() == door.an


def test_no_pause_is_longer_than_a_minute() -> None:
    door = Door()
    door.fail(5)
    for _ in range(50):
        door.clock.now += LONGEST_PAUSE_MS
        door.fail(1)
        assert door.wait("sai") == 60


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        (Failures(), 0),
        (Failures(here=4, last_here=START_MS), 0),
        (Failures(here=5, last_here=START_MS), 30),
        (Failures(here=6, last_here=START_MS), 60),
        (Failures(here=10**6, last_here=START_MS), 60),
        (Failures(anywhere=99, last_anywhere=START_MS), 0),
        (Failures(anywhere=100, last_anywhere=START_MS), 30),
        (Failures(anywhere=10**6, last_anywhere=START_MS), 60),
        (Failures(known=True, anywhere=10**6, last_anywhere=START_MS), 0),
        (Failures(here=5, last_here=START_MS, known=True), 30),
    ],
)
def test_the_pause_depends_on_failures_here_and_anywhere(failures: Failures, seconds: int) -> None:
    assert pause_left(failures, START_MS) == seconds * SECOND


def test_the_right_password_wipes_the_slate_clean_for_its_source() -> None:
    door = Door()
    door.fail(4)
    door.knock()
    door.fail(4)
    assert door.knock() == door.an


def test_somebody_elses_wrong_passwords_do_not_count() -> None:
    door = Door()
    door.fail(5, STRANGER)
    assert door.knock() == door.an


def test_guesses_from_elsewhere_do_not_keep_the_owner_out() -> None:
    door = Door()
    door.fail(5, address=OFFICE)
    assert door.wait("sai", address=OFFICE) == 30
    assert door.knock(address=HOME) == door.an


@pytest.mark.slow
def test_one_source_alone_never_makes_the_others_wait() -> None:
    door = Door()
    for _ in range(HOUR // SECOND):  # a try every second, for an hour
        with suppress(ContestError):
            door.knock("sai", address=OFFICE)
        door.clock.now += SECOND
    assert door.sign_ins.failures(ID, "", door.clock() - SECOND).anywhere < FREE_ANYWHERE
    assert door.knock(address=HOME) == door.an


def test_guesses_from_many_sources_are_slowed_down_together() -> None:
    door = Door()
    door.crowd()
    guesses = 0
    for second in range(600):  # each try from an address of its own
        try:
            door.knock("sai", address=f"10.0.{second // 250}.{second % 250}")
        except WrongCredentials:
            guesses += 1
        except TooManyAttempts:
            pass
        door.clock.now += SECOND
    assert guesses <= 11


def test_a_crowd_keeps_the_owner_out_a_minute_at_most_and_never_where_they_have_been_before() -> None:
    door = Door()
    door.knock(address=HOME)
    door.crowd()
    assert door.wait(RIGHT, address=OFFICE) <= 60
    assert door.knock(address=HOME) == door.an
    door.clock.now += LONGEST_PAUSE_MS
    assert door.knock(address=OFFICE) == door.an


def test_a_source_is_stored_as_a_keyed_id_that_differs_from_person_to_person() -> None:
    one = origin_id(PEPPER, ID, HOME)
    assert HOME not in one
    assert len({one, origin_id(b"other", ID, HOME), origin_id(PEPPER, "b" * 20, HOME)}) == 3


def test_a_household_is_one_source_whatever_its_ipv6_address() -> None:
    assert origin_id(PEPPER, ID, "2001:db8:1:2::1") == origin_id(PEPPER, ID, "2001:DB8:1:2:ffff::9")
    assert origin_id(PEPPER, ID, "2001:db8:1:2::1") != origin_id(PEPPER, ID, "2001:db8:1:3::1")


@pytest.mark.parametrize("address", ["", "unknown", "fe80::1%eth0", "1.2.3.4:80", "é"])
def test_any_text_makes_a_source(address: str) -> None:
    assert len(origin_id(PEPPER, ID, address)) == 16


def test_an_unknown_citizen_id_costs_the_same_work_as_a_wrong_password() -> None:
    door = Door()
    watched = [Watched(part) for part in (door.people, door.sign_ins, PlainPasswords())]
    people, sign_ins, passwords = (cast(Any, part) for part in watched)

    def work(citizen: str) -> list[list[str]]:
        with pytest.raises(WrongCredentials):
            sign_in(citizen, "sai", HOME, reference(), people, sign_ins, passwords, PEPPER, START_MS)
        return [part.taken() for part in watched]

    assert work(CITIZEN) == work(STRANGER) == [["holder"], ["failures", "failed"], ["verify"]]


@pytest.mark.parametrize(
    ("barred", "refusal"), [({"excluded": [ID]}, Excluded), ({"annulled": [ID]}, Disqualified)]
)
def test_a_person_barred_after_registering_cannot_sign_in(
    barred: dict[str, Any], refusal: type[ContestError]
) -> None:
    with pytest.raises(refusal):
        Door().knock(contest=reference(**barred))


def test_only_somebody_who_knows_the_password_learns_of_the_bar() -> None:
    with pytest.raises(WrongCredentials):
        Door().knock("sai", contest=reference(annulled=[ID]))
