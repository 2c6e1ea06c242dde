"""Registered people, wrong passwords, and the pointers to revisions, on DynamoDB by moto."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import AlreadyRegistered
from chalicelib.services.ports import Failures, Participant, Pointer
from chalicelib.storage.dynamodb import Client
from chalicelib.storage.participants import Participants
from chalicelib.storage.revisions import StoredRevisions

AN = Participant(
    "a3" + "0" * 18,
    "Nguyễn Văn An",
    "1990-02-03",
    "male",
    "040******001",
    "0912345678",
    "SO-A",
    "mandatory",
    "$argon2id$…",
    5,
)


@pytest.fixture
def participants(client: Client) -> Participants:
    return Participants(client, "participants")


@pytest.fixture
def revisions(client: Client) -> StoredRevisions:
    return StoredRevisions(client, "tallies")


def test_a_participant_comes_back_as_stored(participants: Participants) -> None:
    participants.add(AN)
    assert participants.get(AN.participant_id) == AN
    assert participants.get_many([AN.participant_id, "nobody"]) == {AN.participant_id: AN}
    assert participants.get_many([]) == {}
    assert participants.get("nobody") is None


def test_a_person_outside_all_units_is_stored_too(participants: Participants) -> None:
    outsider = Participant(
        "b4", "Bùi Thị Bình", "2000-01-01", "female", "040******002", "0912345678", "", "encouraged", "$", 5
    )
    participants.add(outsider)
    assert participants.get("b4") == outsider


def test_nobody_registers_twice(participants: Participants) -> None:
    participants.add(AN)
    with pytest.raises(AlreadyRegistered):
        participants.add(AN)


def test_wrong_passwords_are_counted_beside_the_person(participants: Participants) -> None:
    assert participants.failures(AN.participant_id) == Failures(0, 0)
    participants.add_failure(AN.participant_id, 1000)
    participants.add_failure(AN.participant_id, 2000)
    assert participants.failures(AN.participant_id) == Failures(2, 2000)
    assert participants.get(AN.participant_id) is None
    participants.clear_failures(AN.participant_id)
    assert participants.failures(AN.participant_id).wrong == 0


def test_the_pointer_moves_only_from_where_it_was_seen(revisions: StoredRevisions) -> None:
    first, second, other = Pointer(1, "in-1", "out-1"), Pointer(2, "in-2", "out-2"), Pointer(2, "in-x", "out-x")
    assert revisions.current("week-1") is None
    assert revisions.switch("week-1", None, first)
    assert not revisions.switch("week-1", None, other)
    assert revisions.switch("week-1", first, second)
    assert not revisions.switch("week-1", first, other)
    assert revisions.current("week-1") == second


def test_switching_twice_to_the_same_result_is_no_conflict(revisions: StoredRevisions) -> None:
    pointer = Pointer(1, "in", "out")
    assert revisions.switch("final", None, pointer)
    assert revisions.switch("final", None, pointer)


def test_a_revision_is_claimed_for_one_set_of_inputs(revisions: StoredRevisions) -> None:
    assert revisions.claim("week-1", 0, "in-1") == 1
    assert revisions.claim("week-1", 0, "in-1") == 1
    assert revisions.claim("week-1", 0, "in-2") == 2
    assert revisions.claim("week-1", 1, "in-3") == 3
    assert revisions.claim("week-2", 0, "in-2") == 1
