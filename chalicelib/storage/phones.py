"""The phones of all registered people, read at a close to find shared ones (400,000 people: 4 s of CPU)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import msgspec

from chalicelib.services.people.vault import Unreadable, Vault
from chalicelib.storage.pages import pages
from chalicelib.storage.signed_http import SignedHttp


class _S(msgspec.Struct, gc=False):
    S: str


class _B(msgspec.Struct, gc=False):
    B: bytes  # base64 in JSON, which msgspec decodes


class _Item(msgspec.Struct, gc=False):
    id: _S
    phone: _B


class _Page(msgspec.Struct, gc=False):
    Items: list[_Item]


class Phones:
    """Yields participant id and phone when called, in no particular order. Raises ``Busy``."""

    def __init__(self, http: SignedHttp, table: str, vault: Vault) -> None:
        self._http, self._table, self._vault = http, table, vault
        self._decode = msgspec.json.Decoder(_Page).decode

    def __call__(self) -> Iterator[tuple[str, str]]:
        request = {
            "TableName": self._table,
            "ProjectionExpression": "id, phone",
            "FilterExpression": "attribute_exists(phone)",
        }
        for page in pages(self._http, "Scan", request):
            for item in self._decode(page).Items:
                with suppress(Unreadable):  # a phone must not hold up a result
                    yield item.id.S, self._vault.open(item.phone.B, item.id.S, "phone")
