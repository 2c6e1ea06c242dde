"""Signing in: wrong passwords, the pause after too many of them, and disqualified people."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.errors import ContestError, Disqualified, Excluded, TooManyAttempts, WrongCredentials
from chalicelib.services.identity import participant_id
from chalicelib.services.ports import Failures, Participant
from chalicelib.services.reference import Reference
from chalicelib.services.sessions import pause_left, sign_in
from tests.fakes import START_MS, Clock, MemoryParticipants, PlainPasswords, reference

PEPPER = b"pepper"
CITIZEN = "040090000001"
ID = participant_id(PEPPER, CITIZEN)
SECOND = 1_000
RIGHT = "đúng rồi nhé"


class Door:
    """A contest with one registered person, and a clock."""

    def __init__(self) -> None:
        self.people, self.clock = MemoryParticipants(), Clock()
        self.an = Participant(
            ID, "Nguyễn Văn An", "1990-05-06", "male", "040******001", "0912345678", "SO-A", "mandatory",
            PlainPasswords().hash(RIGHT), START_MS,
        )  # fmt: skip
        self.people.add(self.an)

    def knock(
        self, password: str = RIGHT, citizen: str = CITIZEN, contest: Reference | None = None
    ) -> Participant:
        return sign_in(
            citizen, password, contest or reference(), self.people, PlainPasswords(), PEPPER, self.clock()
        )

    def fail(self, times: int, citizen: str = CITIZEN) -> None:
        for _ in range(times):
            with pytest.raises(WrongCredentials):
                self.knock("sai", citizen)


def test_the_right_password_opens() -> None:
    door = Door()
    assert door.knock() == door.an


def test_a_wrong_password_does_not() -> None:
    door = Door()
    with pytest.raises(WrongCredentials):
        door.knock("đúng rồi nhế")


def test_an_unknown_citizen_id_gets_the_same_answer() -> None:
    with pytest.raises(WrongCredentials):
        Door().knock(citizen="040090000999")


@pytest.mark.parametrize("citizen", [CITIZEN, "040090000999"])
def test_after_five_wrong_passwords_there_is_a_pause_also_for_unknown_people(citizen: str) -> None:
    door = Door()
    door.fail(5, citizen)
    with pytest.raises(TooManyAttempts) as refused:
        door.knock(citizen=citizen)
    assert refused.value.retry_after == 30


def test_four_wrong_passwords_are_forgiven() -> None:
    door = Door()
    door.fail(4)
    assert door.knock() == door.an


def test_during_the_pause_the_right_password_does_not_open() -> None:
    door = Door()
    door.fail(5)
    door.clock.now += 30 * SECOND - 1
    with pytest.raises(TooManyAttempts) as refused:
        door.knock()
    assert refused.value.retry_after == 1


def test_after_the_pause_it_does() -> None:
    door = Door()
    door.fail(5)
    door.clock.now += 30 * SECOND
    assert door.knock() == door.an


def test_knocking_during_the_pause_does_not_make_it_longer() -> None:
    door = Door()
    door.fail(5)
    for _ in range(9):
        with pytest.raises(TooManyAttempts):
            door.knock()
    door.clock.now += 30 * SECOND
    assert door.knock() == door.an


def test_the_pause_doubles_with_each_further_wrong_password() -> None:
    door = Door()
    door.fail(5)
    door.clock.now += 30 * SECOND
    door.fail(1)
    with pytest.raises(TooManyAttempts) as refused:
        door.knock()
    assert refused.value.retry_after == 60


@pytest.mark.parametrize(
    ("wrong", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (10**6, 900)],
)
def test_the_pause_is_never_longer_than_a_quarter_of_an_hour(wrong: int, seconds: int) -> None:
    assert pause_left(Failures(wrong, START_MS), START_MS) == seconds * SECOND


def test_the_right_password_wipes_the_slate() -> None:
    door = Door()
    door.fail(4)
    door.knock()
    door.fail(4)
    assert door.knock() == door.an


def test_somebody_elses_wrong_passwords_do_not_count() -> None:
    door = Door()
    door.fail(9 - 4, "040090000999")
    assert door.knock() == door.an


@pytest.mark.parametrize(
    ("barred", "refusal"), [({"excluded": [ID]}, Excluded), ({"disqualified": [ID]}, Disqualified)]
)
def test_a_person_barred_after_registering_can_not_sign_in(
    barred: dict[str, Any], refusal: type[ContestError]
) -> None:
    with pytest.raises(refusal):
        Door().knock(contest=reference(**barred))


def test_only_who_knows_the_password_learns_of_being_barred() -> None:
    with pytest.raises(WrongCredentials):
        Door().knock("sai", contest=reference(disqualified=[ID]))
