"""The index of rosters finds everybody on them and nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.roster_index import Listed, RosterIndex, encode_roster_index

IDS = st.binary(min_size=10, max_size=10).map(bytes.hex)
PLACES = st.sampled_from(
    [Listed("SO-A", "mandatory"), Listed("SO-A", "encouraged"), Listed("SO-B", "mandatory")]
)


@given(st.dictionaries(IDS, PLACES, max_size=50), IDS)
def test_everybody_on_a_roster_is_found_and_nobody_else(people: dict[str, Listed], stranger: str) -> None:
    index = RosterIndex(encode_roster_index(people.items()))
    assert {person: index.find(person) for person in people} == people
    assert index.find(stranger) == people.get(stranger)


def test_an_index_of_another_format_is_not_read() -> None:
    data = encode_roster_index([("a" * 20, Listed("SO-A", "mandatory"))])
    with pytest.raises(UnreadableDocument):
        RosterIndex(data.replace(b'"format":1', b'"format":2'))
