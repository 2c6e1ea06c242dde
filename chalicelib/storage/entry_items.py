"""Decodes DynamoDB's JSON of entry items straight into typed structs (0.6 µs per item) and checks the MACs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from chalicelib.domain.attempt import Entry
from chalicelib.domain.macs import EntryMacs
from chalicelib.services.ports import SHARDS
from chalicelib.storage.pages import Binary, Number, Text, pages
from chalicelib.storage.signed_http import SignedHttp


class _L(msgspec.Struct, gc=False):
    L: list[Binary]


class Item(msgspec.Struct, gc=False):
    """One item of the table ``entries``."""

    pk: Text
    sk: Text
    unit: Text
    category: Text
    used: Number
    open: Binary | None = None
    saved: Text | None = None
    guess: Number | None = None
    rev: Number | None = None
    mac: Binary | None = None
    done: _L | None = None


class _Page(msgspec.Struct, gc=False):
    Items: list[Item]


def to_entry(item: Item, key: bytes) -> Entry:
    """``key``: of the MACs. What is not authentic is left out, and its attempt noted in ``unauthentic``."""
    macs = EntryMacs(key, item.pk.S, item.sk.S, item.unit.S, item.category.S)
    used, opened = int(item.used.N), None
    finished, unauthentic = macs.finished([record.B for record in item.done.L]) if item.done else ([], [])
    if item.open is not None:
        opened, authentic = macs.opened(
            used,
            item.open.B,
            item.saved.S if item.saved else None,
            int(item.guess.N) if item.guess else None,
            int(item.rev.N) if item.rev else 0,
            item.mac.B if item.mac else b"",
        )
        if finished and finished[-1].number >= used:  # it was finished, and is opened again
            opened, authentic = None, False
        if not authentic:
            unauthentic.append(used)
    week = int(item.pk.S[1:].partition("#")[0])
    return Entry(
        item.sk.S, week, item.unit.S, item.category.S, used, opened, tuple(finished), tuple(unauthentic)
    )


def entry_of(raw: dict[str, Any], key: bytes) -> Entry:
    """An item as botocore or a stream's event gives it; ``key`` as in ``to_entry``."""
    return to_entry(msgspec.convert(raw, Item), key)


class EntryPages:
    """Reads a week consistently, page by page, shard after shard; waits out throttling (see ``pages``).

    ``mac_key`` as for ``Entries``.
    """

    def __init__(self, http: SignedHttp, table: str, mac_key: Callable[[], bytes]) -> None:
        self._http, self._table, self._mac_key = http, table, mac_key
        self._decoder = msgspec.json.Decoder(_Page)

    def __call__(self, week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
        key = self._mac_key()
        for shard in shards:
            for item in self.items(f"w{week}#{shard}"):
                yield to_entry(item, key)

    def one(self, week: int, participant_id: str) -> Entry | None:
        """One person's entry, read consistently."""
        request = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk AND sk = :sk",
            "ExpressionAttributeValues": {
                ":pk": {"S": f"w{week}#{participant_id[:2]}"},
                ":sk": {"S": participant_id},
            },
        }
        found = [
            item for page in pages(self._http, "Query", request) for item in self._decoder.decode(page).Items
        ]
        return to_entry(found[0], self._mac_key()) if found else None

    def items(self, partition: str) -> Iterator[Item]:
        """All items of one partition, sorted by participant id."""
        for page in self.pages(partition):
            yield from self._decoder.decode(page).Items

    def pages(self, partition: str) -> Iterator[bytes]:
        """The partition's pages as DynamoDB sends them, up to 1 MB each."""
        request = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": partition}},
        }
        return pages(self._http, "Query", request)
