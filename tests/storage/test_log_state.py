"""The state of the log on DynamoDB: one conditional write decides who came first."""

from __future__ import annotations

from msgspec import structs

from chalicelib.documents.log import LogState, ToldFact
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.log_state import StoredLogState

FACTS = {"bank": ToldFact("b", 0, "1970-01-01T00:01:00Z")}


def test_a_state_replaces_the_one_that_was_read_and_no_other(client: Dynamo) -> None:
    states = StoredLogState(client, "tallies")
    assert states.read() == (None, 0)
    state = LogState(contest="thu", began=60_000, marks={"label/00": ("4" * 26, 7)}, facts=FACTS)
    assert states.replace(state, 0)
    assert not states.replace(structs.replace(state, size=9), 0)
    assert states.read() == (state, 1)
    assert states.replace(structs.replace(state, size=9), 1)
    assert not states.replace(state, 1)
    found, version = states.read()
    assert found is not None
    assert (found.size, version) == (9, 2)
