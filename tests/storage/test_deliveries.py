"""Events of the inbox on DynamoDB by moto: claimed by one, finished once."""

from __future__ import annotations

import pytest

from chalicelib.storage.deliveries import LEASE_MS, StoredDeliveries
from chalicelib.storage.dynamodb import Dynamo

NOW = 1_661_130_000_000


@pytest.fixture
def deliveries(client: Dynamo) -> StoredDeliveries:
    return StoredDeliveries(client, "participants")


def test_one_claimant_has_an_event_until_the_lease_ends(deliveries: StoredDeliveries) -> None:
    assert deliveries.claim("e", "r1", NOW) == NOW
    assert deliveries.claim("e", "r2", NOW + 1) is None
    assert deliveries.claim("e", "r1", NOW + 60_000) == NOW, "tried again, with the time of the first try"
    assert deliveries.claim("e", "r2", NOW + 60_000 + LEASE_MS) is None
    assert deliveries.claim("e", "r2", NOW + 60_001 + LEASE_MS) == NOW
    assert deliveries.claim("other", "r2", NOW) == NOW


def test_a_finished_event_is_nobodys(deliveries: StoredDeliveries) -> None:
    deliveries.claim("e", "r1", NOW)
    deliveries.finish("e")
    assert deliveries.claim("e", "r1", NOW + 1) is None
    assert deliveries.claim("e", "r2", NOW + 10 * LEASE_MS) is None


def test_what_is_remembered_is_forgotten_after_a_month(client: Dynamo, deliveries: StoredDeliveries) -> None:
    deliveries.claim("e", "r1", NOW)
    deliveries.is_newest("inbox/units.csv", "1", NOW)
    for item in client.call("Scan", {"TableName": "participants"})["Items"]:
        assert int(item["expires"]["N"]) == NOW // 1000 + 30 * 86_400


def test_sequencers_are_compared_as_s3_says_and_for_each_key_alone(deliveries: StoredDeliveries) -> None:
    def is_newest(sequencer: str, key: str = "inbox/units.csv") -> bool:
        return deliveries.is_newest(key, sequencer, NOW)

    assert is_newest("00A0")
    assert is_newest("00A0"), "the same again"
    assert is_newest("00A01"), "the shorter is continued with noughts"
    assert not is_newest("00A0")
    assert not is_newest("009F")
    assert is_newest("0001", "inbox/rosters.csv")
