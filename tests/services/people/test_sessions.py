"""Signing in: wrong passwords, what further tries cost, whom they never keep out, and disqualified people."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any, cast

import pytest

from chalicelib.domain.errors import ContestError, Disqualified, Excluded, ProofRequired, WrongCredentials
from chalicelib.domain.identity import origin_id, participant_id, source_id
from chalicelib.services.contest.reference import Reference
from chalicelib.services.people.brakes import DEAREST, FREE_ANYWHERE, FREE_HERE, FREE_MISSES, Proof
from chalicelib.services.people.sessions import sign_in
from chalicelib.services.ports import Participant, Strain
from tests.fakes import (
    START_MS,
    Clock,
    MemoryParticipants,
    MemoryProofs,
    MemorySignIns,
    PlainPasswords,
    Watched,
    reference,
)

PEPPER = b"pepper"
CITIZEN, STRANGER = "040090000001", "040090000999"
ID = participant_id(PEPPER, CITIZEN)
HOME, OFFICE = "203.0.113.7", "198.51.100.9"
RIGHT = "đúng rồi nhé"
_challenges = count()


def solved(steps: int) -> Proof:
    return Proof(f"challenge {next(_challenges)}", steps)


class Door:
    """A contest with one registered person, and a clock."""

    def __init__(self) -> None:
        self.people, self.sign_ins, self.proofs = MemoryParticipants(), MemorySignIns(), MemoryProofs()
        self.clock = Clock()
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
        proof: Proof | None = None,
    ) -> Participant:
        return sign_in(
            citizen, password, proof, address, contest or reference(), self.people, self.sign_ins, self.proofs,
            PlainPasswords(), PEPPER, self.clock(),
        )  # fmt: skip

    def fail(self, times: int, citizen: str = CITIZEN, address: str = HOME, steps: int = 0) -> None:
        for _ in range(times):
            with pytest.raises(WrongCredentials):
                self.knock("sai", citizen, address=address, proof=solved(steps) if steps else None)

    def asked(self, password: str = RIGHT, address: str = HOME, proof: Proof | None = None) -> int:
        """The steps of the proof that a refused knock is asked for."""
        with pytest.raises(ProofRequired) as refused:
            self.knock(password, address=address, proof=proof)
        return refused.value.steps

    def crowd(self, size: int = 1_000) -> None:
        """Wrong passwords within the hour, each from an address of its own and with the dearest proof."""
        for number in range(size):
            self.fail(1, address=f"192.{number // 250}.2.{number % 250}", steps=DEAREST)


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
def test_after_five_wrong_passwords_a_try_costs_a_proof_for_unknown_people_too(citizen: str) -> None:
    door = Door()
    door.fail(FREE_HERE, citizen)
    with pytest.raises(ProofRequired) as refused:
        door.knock(citizen=citizen)
    assert refused.value.steps == 6


def test_four_wrong_passwords_are_forgiven() -> None:
    door = Door()
    door.fail(4)
    assert door.knock() == door.an


def test_the_right_password_opens_at_once_with_the_proof_that_was_asked_for() -> None:
    door = Door()
    door.fail(FREE_HERE)
    for _ in range(9):  # asking costs nothing and makes nothing dearer
        steps = door.asked()
    assert door.knock(proof=solved(steps)) == door.an


def test_each_wrong_password_makes_the_next_try_dearer_up_to_a_bound() -> None:
    door = Door()
    door.fail(FREE_HERE)
    asked = []
    for _ in range(12):
        asked.append(door.asked())
        door.fail(1, steps=asked[-1])
    assert asked == [6, 8, 12, 20, 36, 68, 132, *[DEAREST] * 5]


def test_a_proof_is_good_for_one_try() -> None:
    door = Door()
    door.fail(FREE_HERE)
    proof = solved(DEAREST)
    with pytest.raises(WrongCredentials):
        door.knock("sai", proof=proof)
    assert door.asked(proof=proof)
    assert door.knock(proof=solved(DEAREST)) == door.an


def test_a_proof_that_is_not_needed_is_spent_only_where_nobody_has_been() -> None:
    door = Door()
    proof = solved(DEAREST)
    door.knock(proof=proof)
    assert door.proofs.spent == {proof.challenge: None}
    door.knock(proof=solved(DEAREST))
    assert len(door.proofs.spent) == 1


def test_no_work_is_done_for_a_try_that_is_not_paid_for() -> None:
    door = Door()
    door.fail(FREE_HERE)
    passwords, people = Watched(PlainPasswords()), Watched(door.people)
    for proof in (None, solved(0)):
        with pytest.raises(ProofRequired):
            sign_in(
                CITIZEN, RIGHT, proof, HOME, reference(), cast(Any, people), door.sign_ins, door.proofs,
                cast(Any, passwords), PEPPER, START_MS,
            )  # fmt: skip
    assert passwords.taken() == people.taken() == []


def test_the_right_password_wipes_the_slate_clean_for_its_source() -> None:
    door = Door()
    door.fail(4)
    door.knock()
    door.fail(4)
    assert door.knock() == door.an


def test_somebody_elses_wrong_passwords_do_not_count() -> None:
    door = Door()
    door.fail(FREE_HERE, STRANGER)
    assert door.knock() == door.an


def test_guesses_from_elsewhere_cost_the_owner_nothing_yet() -> None:
    door = Door()
    door.fail(FREE_HERE, address=OFFICE)
    assert door.asked("sai", address=OFFICE)
    assert door.knock(address=HOME) == door.an


def test_guesses_from_many_sources_cost_as_if_they_came_from_one() -> None:
    door = Door()
    for number in range(FREE_ANYWHERE):
        door.fail(1, address=f"192.0.2.{number}")
    asked = []
    for number in range(8):  # each try from an address of its own
        asked.append(door.asked("sai", address=f"10.0.0.{number}"))
        door.fail(1, address=f"10.0.0.{number}", steps=asked[-1])
    assert asked == [6, 8, 12, 20, 36, 68, 132, DEAREST]


def test_a_crowd_costs_the_owner_one_proof_in_a_new_place_and_nothing_where_they_have_been() -> None:
    door = Door()
    door.knock(address=HOME)
    door.crowd()
    steps = door.asked(address=OFFICE)
    assert steps == DEAREST
    assert door.knock(address=HOME) == door.an
    assert door.knock(address=OFFICE, proof=solved(steps)) == door.an


def test_a_thousand_guesses_at_once_pay_like_a_thousand_in_a_row() -> None:
    class Late(MemorySignIns):
        """All have read the counts before the first failure was counted."""

        def strain(self, participant_id: str, origin: str, source: str, now: int) -> Strain:
            return Strain()

    door = Door()
    door.sign_ins = Late()
    answers: Counter[type[ContestError]] = Counter()
    for number in range(1_000):
        with pytest.raises(ContestError) as refused:
            door.knock("sai", address=f"192.{number // 250}.2.{number % 250}")
        answers[refused.type] += 1
    assert answers == {WrongCredentials: FREE_ANYWHERE, ProofRequired: 1_000 - FREE_ANYWHERE}


def test_one_source_that_tries_many_people_pays_too_and_its_neighbours_little() -> None:
    door = Door()
    door.knock()
    for number in range(FREE_MISSES):
        door.fail(1, f"04009000{number + 1000:04}", OFFICE)
    with pytest.raises(ProofRequired) as refused:
        door.knock("sai", "040090009999", address=OFFICE)
    assert refused.value.steps == 6
    assert door.knock(address=OFFICE, proof=solved(6)) == door.an
    for _ in range(1_000):
        door.sign_ins.sources.missed(source_id(PEPPER, OFFICE), door.clock())
    assert door.knock(address=OFFICE) == door.an  # who is known there
    with pytest.raises(ProofRequired) as refused:
        door.knock("sai", "040090009999", address=OFFICE)
    assert refused.value.steps == DEAREST


def test_a_source_is_stored_as_a_keyed_id_that_differs_from_person_to_person() -> None:
    one = origin_id(PEPPER, ID, HOME)
    assert HOME not in one
    assert len({one, origin_id(b"other", ID, HOME), origin_id(PEPPER, "b" * 20, HOME)}) == 3


def test_a_source_of_all_requests_is_a_keyed_id_too() -> None:
    assert HOME not in source_id(PEPPER, HOME)
    assert len({source_id(PEPPER, HOME), source_id(b"other", HOME), origin_id(PEPPER, ID, HOME)}) == 3


def test_a_household_is_one_source_whatever_its_ipv6_address() -> None:
    assert origin_id(PEPPER, ID, "2001:db8:1:2::1") == origin_id(PEPPER, ID, "2001:DB8:1:2:ffff::9")
    assert origin_id(PEPPER, ID, "2001:db8:1:2::1") != origin_id(PEPPER, ID, "2001:db8:1:3::1")
    assert source_id(PEPPER, "2001:db8:1:2::1") == source_id(PEPPER, "2001:DB8:1:2:ffff::9")
    assert source_id(PEPPER, "2001:db8:1:2::1") != source_id(PEPPER, "2001:db8:1:3::1")


@pytest.mark.parametrize("address", ["", "unknown", "fe80::1%eth0", "1.2.3.4:80", "é"])
def test_any_text_makes_a_source(address: str) -> None:
    assert len(origin_id(PEPPER, ID, address)) == len(source_id(PEPPER, address)) == 16


def test_an_unknown_citizen_id_costs_the_same_work_as_a_wrong_password() -> None:
    door = Door()
    watched = [Watched(part) for part in (door.people, door.sign_ins, PlainPasswords(), door.proofs)]
    people, sign_ins, passwords, proofs = (cast(Any, part) for part in watched)

    def work(citizen: str) -> list[list[str]]:
        with pytest.raises(WrongCredentials):
            sign_in(
                citizen, "sai", None, HOME, reference(), people, sign_ins, proofs, passwords, PEPPER, START_MS
            )
        return [part.taken() for part in watched]

    assert work(CITIZEN) == work(STRANGER) == [["holder"], ["strain", "begin", "failed"], ["verify"], []]


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
