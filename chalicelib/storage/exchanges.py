"""Codes of the identity provider, each good for one exchange, and the provider's health.

They lie beside the participants, under keyed ids. DynamoDB deletes items after their ``expires`` (seconds), at
the earliest; a code is good for as long as its flow, so nothing depends on when.
"""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, NumberAttribute

from chalicelib.services.ports import Exchange, ProviderHealth
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.models import Item, Table

_FORGET_S = 3_600
_HEALTH = "provider#health"


class ExchangeItem(Item):
    """``code#<keyed id of flow and code>``."""

    claimed_at = NumberAttribute(null=True)
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    expires = NumberAttribute(null=True)


class HealthItem(Item):
    """``provider#health``"""

    failures = NumberAttribute(null=True)
    last_at = NumberAttribute(null=True)
    down_at = NumberAttribute(null=True)


class StoredExchanges:
    """``Exchanges`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str) -> None:
        self._codes = Table(ExchangeItem, table, client)
        self._health = Table(HealthItem, table, client)

    def claim(self, key: str, now: int) -> bool:
        return self._codes.update(
            f"code#{key}",
            [ExchangeItem.claimed_at.set(now), ExchangeItem.expires.set(now // 1000 + _FORGET_S)],
            ExchangeItem.claimed_at.does_not_exist(),
        )

    def get(self, key: str) -> Exchange | None:
        item = next(self._codes.get_many([f"code#{key}"]), None)
        if item is None or item.claimed_at is None:
            return None
        return Exchange(int(item.claimed_at), bytes(item.sealed or b""))

    def keep(self, key: str, sealed: bytes, now: int) -> None:
        self._codes.update(
            f"code#{key}",
            [ExchangeItem.sealed.set(sealed), ExchangeItem.expires.set(now // 1000 + _FORGET_S)],
        )

    def release(self, key: str) -> None:
        self._codes.update(f"code#{key}", [ExchangeItem.claimed_at.remove()])

    def health(self) -> ProviderHealth:
        item = next(self._health.get_many([_HEALTH]), None) or HealthItem(_HEALTH)
        return ProviderHealth(int(item.failures or 0), int(item.last_at or 0), int(item.down_at or 0))

    def failed(self, now: int, window: int, too_many: int) -> None:
        before = self.health()
        failures = before.failures + 1 if now - before.last_at < window else 1
        actions = [HealthItem.failures.set(failures), HealthItem.last_at.set(now)]
        if failures >= too_many:
            actions.append(HealthItem.down_at.set(now))
        self._health.update(_HEALTH, actions)  # of two at once one may be lost: the next ones count

    def recovered(self) -> None:
        self._health.update(_HEALTH, [HealthItem.failures.set(0)], HealthItem.failures > 0)
