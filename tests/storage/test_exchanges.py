"""Codes of the identity provider and its health, on DynamoDB by moto."""

from __future__ import annotations

import pytest

from chalicelib.services.ports import Exchange, Exchanges, ProviderHealth
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.exchanges import StoredExchanges
from tests.fakes import MemoryExchanges

NOW, MINUTE = 1_661_130_000_000, 60_000


@pytest.fixture(params=["stored", "memory"])
def exchanges(client: Dynamo, request: pytest.FixtureRequest) -> Exchanges:
    """The fake behaves like DynamoDB."""
    return StoredExchanges(client, "participants") if request.param == "stored" else MemoryExchanges()


def test_a_code_is_claimed_once(exchanges: Exchanges) -> None:
    assert exchanges.get("a") is None
    assert [exchanges.claim("a", NOW), exchanges.claim("a", NOW + 1), exchanges.claim("b", NOW)] == [
        True,
        False,
        True,
    ]
    assert exchanges.get("a") == Exchange(NOW, b"")


def test_what_came_of_it_is_kept(exchanges: Exchanges) -> None:
    exchanges.claim("a", NOW)
    exchanges.keep("a", b"sealed", NOW + 5)
    assert exchanges.get("a") == Exchange(NOW, b"sealed")
    assert not exchanges.claim("a", NOW + 9)


def test_a_released_code_may_be_claimed_again(exchanges: Exchanges) -> None:
    exchanges.claim("a", NOW)
    exchanges.release("a")
    assert exchanges.get("a") is None
    assert exchanges.claim("a", NOW + 9)


def test_failures_in_a_row_add_up_and_too_many_are_remembered(exchanges: Exchanges) -> None:
    assert exchanges.health() == ProviderHealth()
    for n in range(3):
        exchanges.failed(NOW + n, MINUTE, 3)
    assert exchanges.health() == ProviderHealth(3, NOW + 2, NOW + 2)
    exchanges.recovered()
    exchanges.recovered()
    assert exchanges.health() == ProviderHealth(0, NOW + 2, NOW + 2)


def test_failures_before_a_quiet_minute_do_not_count(exchanges: Exchanges) -> None:
    for n in range(5):
        exchanges.failed(NOW + n * MINUTE, MINUTE, 3)
    assert exchanges.health() == ProviderHealth(1, NOW + 4 * MINUTE, 0)


def test_dynamodb_forgets_a_code_later_than_its_flow_ends(client: Dynamo) -> None:
    exchanges = StoredExchanges(client, "participants")
    exchanges.claim("a", NOW)
    exchanges.keep("a", b"sealed", NOW + 5)
    item = client.get_item(TableName="participants", Key={"id": {"S": "code#a"}})["Item"]
    assert int(item["expires"]["N"]) - NOW // 1000 == 3600
