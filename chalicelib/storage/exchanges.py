"""Codes of the identity provider, each good for one exchange, and the provider's health.

They lie beside the participants, under keyed ids: ``code#<keyed id of flow and code>`` with ``claimed_at`` and
``sealed``, and ``provider#health`` with ``failures``, ``last_at`` and ``down_at``. DynamoDB deletes items some
time after their ``expires`` (seconds); a code is good for as long as its flow, so nothing depends on when.
"""

from __future__ import annotations

from chalicelib.services.ports import Exchange, ProviderHealth
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.plain_items import PlainItems

_FORGET_S = 3_600
_HEALTH = "provider#health"


class StoredExchanges:
    """``Exchanges`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str) -> None:
        self._items = PlainItems(client, table)

    def claim(self, key: str, now: int) -> bool:
        return self._items.update(
            f"code#{key}",
            "SET #claimed_at = :now, #expires = :expires",
            "attribute_not_exists(#claimed_at)",
            now=now,
            expires=now // 1000 + _FORGET_S,
        )

    def get(self, key: str) -> Exchange | None:
        item = next(self._items.get_many([f"code#{key}"]), {})
        return Exchange(item["claimed_at"], item.get("sealed", b"")) if "claimed_at" in item else None

    def keep(self, key: str, sealed: bytes, now: int) -> None:
        update, expires = "SET #sealed = :sealed, #expires = :expires", now // 1000 + _FORGET_S
        self._items.update(f"code#{key}", update, sealed=sealed, expires=expires)

    def release(self, key: str) -> None:
        self._items.update(f"code#{key}", "REMOVE #claimed_at")

    def health(self) -> ProviderHealth:
        item = next(self._items.get_many([_HEALTH]), {})
        return ProviderHealth(item.get("failures", 0), item.get("last_at", 0), item.get("down_at", 0))

    def failed(self, now: int, window: int, too_many: int) -> None:
        before = self.health()
        failures = before.failures + 1 if now - before.last_at < window else 1
        update = "SET #failures = :failures, #last_at = :now"
        if failures >= too_many:
            update += ", #down_at = :now"
        # Of two at once one may be lost: the next ones count.
        self._items.update(_HEALTH, update, failures=failures, now=now)

    def recovered(self) -> None:
        self._items.update(_HEALTH, "SET #failures = :none", "#failures > :none", none=0)
