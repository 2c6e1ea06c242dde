"""One contest's storage on three back-ends, each example of the machine in tables of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import boto3
from moto import mock_aws

from chalicelib.domain.attempt import Entry
from chalicelib.services.people.vault import Vault
from chalicelib.services.ports import SHARDS, EntryReader, EntryStore, ParticipantStore, Revisions
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.entries import Entries
from chalicelib.storage.entry_items import EntryPages, entry_of
from chalicelib.storage.participants import Participants
from chalicelib.storage.revisions import StoredRevisions
from chalicelib.storage.signed_http import SignedHttp
from infra.local.ministack import ACCESS_KEY, REGION, SECRET_KEY, MiniStack
from tests.fakes import MAC_KEY, MemoryEntries, MemoryParticipants, MemoryRevisions
from tests.tables import make_table
from tests.wire import MotoLines, dynamo

_KEYS = {"participants": ("id",), "entries": ("pk", "sk"), "tallies": ("id",)}


class Backend(NamedTuple):
    """``read_entries`` gives all entries of a week; ``drop`` removes everything again."""

    participants: ParticipantStore
    entries: EntryStore
    revisions: Revisions
    read_entries: EntryReader
    drop: Callable[[], None]


MakeBackend = Callable[[], Backend]


def in_memory() -> Backend:
    entries = MemoryEntries()
    return Backend(MemoryParticipants(), entries, MemoryRevisions(), entries.read_week, lambda: None)


@contextmanager
def on_moto() -> Iterator[MakeBackend]:
    """moto does not answer the raw page reader's requests, so entries are scanned here."""
    with patch.dict(os.environ, _credentials("testing", "testing")), mock_aws():
        client = dynamo(REGION, MotoLines())

        def reader(table: str) -> EntryReader:
            def read(week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
                items = client.call("Scan", {"TableName": table})["Items"]
                pages = {f"w{week}#{shard}" for shard in shards}
                return (entry_of(item, MAC_KEY) for item in items if item["pk"]["S"] in pages)

            return read

        yield _maker(boto3.client("dynamodb", region_name=REGION), client, reader)


@contextmanager
def on_ministack(folder: Path) -> Iterator[MakeBackend]:
    """Over real HTTP, and with the page reader that the close uses."""
    with MiniStack(folder / "state", folder / "ministack.log") as aws:
        environment = _credentials(ACCESS_KEY, SECRET_KEY) | {"AWS_ENDPOINT_URL": aws.url}
        with patch.dict(os.environ, environment):
            http = SignedHttp(REGION, connect=1, read=5, retries=1)
            client = dynamo(REGION)
            yield _maker(aws.client("dynamodb"), client, lambda table: EntryPages(http, table, lambda: MAC_KEY))


def _credentials(key: str, secret: str) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}


def _maker(owner: Any, client: Dynamo, reader: Callable[[str], EntryReader]) -> MakeBackend:
    """``owner`` makes and drops the tables; ``client`` is the one that the functions use."""
    numbers = count(1)

    def make() -> Backend:
        number = next(numbers)
        names = {table: f"{table}-{number}" for table in _KEYS}
        for table, keys in _KEYS.items():
            make_table(owner, names[table], *keys)

        def drop() -> None:
            for name in names.values():
                owner.delete_table(TableName=name)

        return Backend(
            Participants(client, names["participants"], Vault(lambda: b"k" * 32)),
            Entries(client, names["entries"], lambda: MAC_KEY),
            StoredRevisions(client, names["tallies"]),
            reader(names["entries"]),
            drop,
        )

    return make
