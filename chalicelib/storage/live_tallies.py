"""Live tallies in the table ``tallies``, one packed item per week: 15 KB for 1,500 units."""

from __future__ import annotations

import json
import zlib

from chalicelib.domain.live import LiveTally, Participation
from chalicelib.storage.dynamodb import Client
from chalicelib.storage.versioned_items import VersionedItems


class LiveTallies:
    """``LiveTallyStore`` on DynamoDB: ``live#<week>`` holds deflated JSON."""

    def __init__(self, client: Client, table: str) -> None:
        self._items = VersionedItems(client, table, "tally")

    def read(self, week: int) -> tuple[LiveTally, int]:
        packed, version = self._items.read(f"live#{week}")
        return LiveTally() if packed is None else _unpack(packed), version

    def replace(self, week: int, tally: LiveTally, version: int) -> bool:
        return self._items.replace(f"live#{week}", _pack(tally), version)


def _pack(tally: LiveTally) -> bytes:
    raw = {"units": tally.units, "counted": tally.counted}
    return zlib.compress(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode())


def _unpack(packed: bytes) -> LiveTally:
    raw = json.loads(zlib.decompress(packed))
    return LiveTally({code: Participation(*own) for code, own in raw["units"].items()}, raw["counted"])
