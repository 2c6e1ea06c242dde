"""A lost password: one code, one use, seven days, and the same brake as for signing in."""

from __future__ import annotations

from typing import Any, cast

import pytest

from chalicelib.documents.revoked_tokens import KEY, decode
from chalicelib.domain.errors import Busy, InvalidInput, ProofRequired, WrongCode
from chalicelib.domain.identity import code_id, participant_id
from chalicelib.services.people.brakes import Proof
from chalicelib.services.people.password_resets import VALID_MS, one_time_code, reset_password
from chalicelib.services.ports import Participant
from chalicelib.storage.revocations import SKEW_MS, StoredRevocations
from tests.fakes import (
    START_MS,
    Clock,
    MemoryObjects,
    MemoryParticipants,
    MemoryProofs,
    MemorySignIns,
    PlainPasswords,
    Watched,
)

PEPPER = b"pepper"
CITIZEN, STRANGER = "040090000001", "040090000999"
ID = participant_id(PEPPER, CITIZEN)
CODE = "4821-0937-5561"
NEW = "mật khẩu mới"


def failing(key: str) -> bytes | None:
    raise Busy


class Door:
    def __init__(self) -> None:
        self.people, self.sign_ins, self.desk = MemoryParticipants(), MemorySignIns(), MemoryObjects()
        self.clock, self.proofs = Clock(), MemoryProofs()
        self.revocations = StoredRevocations(self.people, lambda: self.desk, self.clock)
        self.people.add(
            Participant(ID, "Nguyễn Văn An", "1990-05-06", "male", CITIZEN, "0912345678", "SO-A", "mandatory",
                        PlainPasswords().hash("quên rồi"), START_MS)
        )  # fmt: skip
        self.people.allow_reset(ID, code_id(PEPPER, ID, CODE), START_MS + VALID_MS)

    def reset(
        self,
        code: str = CODE,
        citizen: str = CITIZEN,
        password: str = NEW,
        now: int = START_MS,
        proof: Proof | None = None,
    ) -> None:
        reset_password(
            citizen, code, password, proof, "203.0.113.7", self.people, self.sign_ins, self.proofs,
            self.revocations, PlainPasswords(), PEPPER, now,
        )  # fmt: skip

    def refused(self, **given: Any) -> bool:
        before = self.people.people[ID].password_hash
        with pytest.raises(WrongCode):
            self.reset(**given)
        return self.people.people[ID].password_hash == before


@pytest.mark.parametrize("code", [CODE, "482109375561", " 4821 0937 5561 "])
def test_the_code_sets_a_new_password_however_it_is_typed(code: str) -> None:
    door = Door()
    door.reset(code)
    assert door.people.people[ID].password_hash == PlainPasswords().hash(NEW)


def test_after_a_release_a_code_is_for_the_person_in_force() -> None:
    door, next_id = Door(), participant_id(PEPPER, CITIZEN, 1)
    door.people.pass_on(ID, ID, next_id, 1)
    assert door.refused(), "the code was given to the person before"
    door.people.add(door.people.people[ID]._replace(participant_id=next_id))
    door.people.allow_reset(next_id, code_id(PEPPER, next_id, CODE), START_MS + VALID_MS)
    door.reset()
    assert door.people.people[next_id].password_hash == PlainPasswords().hash(NEW)


def test_a_code_works_once() -> None:
    door = Door()
    door.reset()
    assert door.refused(password="mật khẩu khác")


def test_a_new_password_ends_the_sessions_from_before() -> None:
    door = Door()
    assert door.refused(code="0000-0000-0000")
    assert KEY not in door.desk.objects  # nobody is signed out by a wrong code
    door.reset()
    assert decode(door.desk.objects[KEY]) == {ID: START_MS + SKEW_MS}
    assert door.people.people[ID].signed_out_at == START_MS + SKEW_MS


def test_if_the_sessions_cannot_be_ended_the_code_works_again() -> None:
    door = Door()
    read, door.desk.get = door.desk.get, failing  # type: ignore[method-assign]
    with pytest.raises(Busy):
        door.reset()
    door.desk.get = read  # type: ignore[method-assign]
    door.reset()
    assert ID in decode(door.desk.objects[KEY])
    assert door.refused(password="mật khẩu khác")


def test_a_code_works_for_seven_days() -> None:
    door = Door()
    assert VALID_MS == 7 * 24 * 3_600_000
    assert door.refused(now=START_MS + VALID_MS)
    door.reset(now=START_MS + VALID_MS - 1)


def test_a_newer_code_replaces_the_older() -> None:
    door = Door()
    door.people.allow_reset(ID, code_id(PEPPER, ID, "1111-2222-3333"), START_MS + VALID_MS)
    assert door.refused()
    door.reset("1111-2222-3333")


@pytest.mark.parametrize("code", ["", "4821-0937-5562", "-", "\ud800", "x" * 200])
def test_any_other_code_is_refused(code: str) -> None:
    assert Door().refused(code=code)


def test_a_code_of_one_person_is_useless_to_another() -> None:
    door = Door()
    other = participant_id(PEPPER, STRANGER)
    door.people.add(door.people.people[ID]._replace(participant_id=other))
    assert door.refused(citizen=STRANGER)


def test_an_empty_code_lets_nobody_in_where_there_is_none() -> None:
    door = Door()
    door.people.resets.clear()
    assert door.refused(code="")


def test_guesses_at_codes_cost_what_guesses_at_passwords_cost_and_the_code_still_works() -> None:
    door = Door()
    for _ in range(5):
        assert door.refused(code="0000-0000-0000")
    with pytest.raises(ProofRequired) as refused:
        door.reset()
    door.reset(proof=Proof("solved", refused.value.steps))


def test_no_password_is_hashed_for_a_guess_that_is_not_paid_for() -> None:
    door = Door()
    for _ in range(5):
        assert door.refused(code="0000-0000-0000")
    passwords = Watched(PlainPasswords())
    with pytest.raises(ProofRequired):
        reset_password(
            CITIZEN, CODE, NEW, Proof("cheap", 0), "203.0.113.7", door.people, door.sign_ins, door.proofs,
            door.revocations, cast(Any, passwords), PEPPER, START_MS,
        )  # fmt: skip
    assert passwords.taken() == []


@pytest.mark.parametrize("password", ["1234567", "x" * 129, "12345678", CITIZEN])
def test_a_bad_new_password_is_refused_and_the_code_stays_valid(password: str) -> None:
    door = Door()
    with pytest.raises(InvalidInput, match="password"):
        door.reset(password=password)
    door.reset()


def test_an_unknown_citizen_id_costs_the_same_work_as_a_wrong_code() -> None:
    door = Door()
    watched = [Watched(part) for part in (door.people, door.sign_ins, door.revocations, PlainPasswords())]
    people, sign_ins, revocations, passwords = (cast(Any, part) for part in watched)
    proofs = door.proofs

    def work(citizen: str) -> list[list[str]]:
        with pytest.raises(WrongCode):
            reset_password(
                citizen,
                "1",
                NEW,
                None,
                "203.0.113.7",
                people,
                sign_ins,
                proofs,
                revocations,
                passwords,
                PEPPER,
                START_MS,
            )
        return [part.taken() for part in watched]

    assert (
        work(CITIZEN)
        == work(STRANGER)
        == [
            ["in_force", "reset_password"],
            ["strain", "begin", "failed"],
            [],
            ["hash"],
        ]
    )


def test_codes_are_twelve_digits_and_another_for_each_file_and_person() -> None:
    named = [(file, person) for file in ("f", "g") for person in map(str, range(50))]
    codes = [one_time_code(PEPPER, file, person) for file, person in named]
    assert len(set(codes)) == 100
    assert all(len(code) == 14 and code.replace("-", "").isdecimal() for code in codes)
    assert codes == [one_time_code(PEPPER, file, person) for file, person in named]
    assert not set(codes) & {one_time_code(b"other", file, person) for file, person in named}


def test_a_stored_code_does_not_reveal_the_code_and_differs_from_person_to_person() -> None:
    stored = code_id(PEPPER, ID, CODE)
    assert CODE.replace("-", "") not in stored
    assert stored != code_id(PEPPER, "b" * 20, CODE)
    assert stored != code_id(b"other", ID, CODE)
