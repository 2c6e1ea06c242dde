"""Who has been proved by an identity provider, read at a close whose prizes ask for it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from chalicelib.storage.pages import Number, Text, pages
from chalicelib.storage.signed_http import SignedHttp


class _Item(msgspec.Struct, gc=False):
    id: Text
    verified_at: Number


class _Page(msgspec.Struct, gc=False):
    Items: list[_Item]


class ProvenPeople:
    """Yields participant id and since when (milliseconds), in no particular order. Raises ``Busy``."""

    def __init__(self, http: SignedHttp, table: str) -> None:
        self._http, self._table = http, table
        self._decode = msgspec.json.Decoder(_Page).decode

    def __call__(self) -> Iterator[tuple[str, int]]:
        request = {
            "TableName": self._table,
            "ProjectionExpression": "id, verified_at",
            "FilterExpression": "attribute_exists(verified_at)",
            "ConsistentRead": True,
        }
        for page in pages(self._http, "Scan", request):
            for item in self._decode(page).Items:
                yield item.id.S, int(item.verified_at.N)
