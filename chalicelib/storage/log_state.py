"""The state of the log in the table ``tallies``: one packed item, some 10 KB."""

from __future__ import annotations

import zlib

from chalicelib.documents.log import LogState
from chalicelib.documents.typed import decode
from chalicelib.storage.dynamodb import Client
from chalicelib.storage.versioned_items import VersionedItems

_KEY = "log"


class StoredLogState:
    """``LogStates`` on DynamoDB."""

    def __init__(self, client: Client, table: str) -> None:
        self._items = VersionedItems(client, table, "state")

    def read(self) -> tuple[LogState | None, int]:
        packed, version = self._items.read(_KEY)
        return None if packed is None else decode(LogState, zlib.decompress(packed)), version

    def replace(self, state: LogState, version: int) -> bool:
        return self._items.replace(_KEY, zlib.compress(state.encode()), version)
