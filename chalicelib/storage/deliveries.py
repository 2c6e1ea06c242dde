"""Which events of the inbox are handled. DynamoDB deletes items after their ``expires`` (seconds)."""

from __future__ import annotations

from hashlib import sha256

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.models import Item, Table

# Nobody delivers an event again so late.
_FORGET_S = 30 * 86_400
# Longer than a function can run: by then, whoever has the event in hand is dead.
LEASE_MS = 16 * 60_000
# S3's sequencers differ in length; the shorter one is continued with noughts.
_SEQUENCER = 64


class DeliveryItem(Item):
    """``inbox#<id of the event>``: who handles it until when, since when, and whether that is done.

    ``newest#<digest of the key>``: the latest sequencer that came for a key of the inbox.
    """

    claimant = UnicodeAttribute(null=True)
    until = NumberAttribute(null=True)
    began = NumberAttribute(null=True)
    done = BooleanAttribute(null=True)
    sequencer = UnicodeAttribute(null=True)
    expires = NumberAttribute()


class StoredDeliveries:
    """``Deliveries`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str) -> None:
        self._table = Table(DeliveryItem, table, client)

    def claim(self, delivery: str, claimant: str, now: int) -> int | None:
        free = DeliveryItem.claimant.does_not_exist() | (DeliveryItem.claimant == claimant)
        claimed = self._table.update(
            f"inbox#{delivery}",
            [
                DeliveryItem.claimant.set(claimant),
                DeliveryItem.until.set(now + LEASE_MS),
                DeliveryItem.began.set(DeliveryItem.began | now),
                DeliveryItem.expires.set(now // 1000 + _FORGET_S),
            ],
            DeliveryItem.done.does_not_exist() & (free | (DeliveryItem.until < now)),
        )
        if not claimed:
            return None
        (item,) = self._table.get_many([f"inbox#{delivery}"])
        return int(item.began)

    def finish(self, delivery: str) -> None:
        self._table.update(f"inbox#{delivery}", [DeliveryItem.done.set(True)])

    def is_newest(self, key: str, sequencer: str, now: int) -> bool:
        padded = sequencer.ljust(_SEQUENCER, "0")
        return self._table.update(
            f"newest#{sha256(key.encode()).hexdigest()[:32]}",
            [DeliveryItem.sequencer.set(padded), DeliveryItem.expires.set(now // 1000 + _FORGET_S)],
            DeliveryItem.sequencer.does_not_exist() | (DeliveryItem.sequencer <= padded),
        )
