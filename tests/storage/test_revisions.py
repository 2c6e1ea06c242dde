"""The pointers to revisions, on DynamoDB by moto."""

from __future__ import annotations

import pytest

from chalicelib.services.ports import CurrentRevision
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.revisions import StoredRevisions


@pytest.fixture
def revisions(client: Dynamo) -> StoredRevisions:
    return StoredRevisions(client, "tallies")


def test_the_pointer_moves_only_from_where_it_was_seen(revisions: StoredRevisions) -> None:
    first, second, other = (
        CurrentRevision(1, "in-1", "out-1"),
        CurrentRevision(2, "in-2", "out-2"),
        CurrentRevision(2, "in-x", "out-x"),
    )
    assert revisions.current("week-1") is None
    assert revisions.switch("week-1", None, first)
    assert not revisions.switch("week-1", None, other)
    assert revisions.switch("week-1", first, second)
    assert not revisions.switch("week-1", first, other)
    assert revisions.current("week-1") == second


def test_switching_twice_to_the_same_result_is_not_a_conflict(revisions: StoredRevisions) -> None:
    pointer = CurrentRevision(1, "in", "out")
    assert revisions.switch("final", None, pointer)
    assert revisions.switch("final", None, pointer)


def test_a_revision_is_claimed_for_one_set_of_inputs(revisions: StoredRevisions) -> None:
    assert revisions.claim("week-1", 0, "in-1") == 1
    assert revisions.claim("week-1", 0, "in-1") == 1
    assert revisions.claim("week-1", 0, "in-2") == 2
    assert revisions.claim("week-1", 1, "in-3") == 3
    assert revisions.claim("week-2", 0, "in-2") == 1
