"""Finished attempts from the entries' stream: counted for the page, and handed on to the log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chalicelib.documents.bundle import Records
from chalicelib.domain.live import Change
from chalicelib.domain.macs import mac_key
from chalicelib.domain.receipt import salt_key
from chalicelib.services.contest.reference import Library
from chalicelib.services.log.leaves import keep_leaves
from chalicelib.services.publishing.live import count_changes
from chalicelib.storage.desk import Desk
from chalicelib.storage.dynamodb import dynamodb_client
from chalicelib.storage.entry_stream import changes
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.storage.signed_http import SignedHttp
from chalicelib.wiring.aws import desk_bucket, now_ms, secret, session
from chalicelib.wiring.environment import TallyEnvironment, read


@dataclass(frozen=True, slots=True)
class _Parts:
    desk: Desk
    library: Library
    tallies: LiveTallies
    macs: bytes
    salts: bytes


@lru_cache(maxsize=1)
def _parts() -> _Parts:
    environment = read(TallyEnvironment)
    region = environment.aws_region
    desk = desk_bucket(region, environment.desk_bucket, environment.tallies_table)
    entry_secret = secret(SignedHttp(session(), region, connect=1, read=2, retries=2), environment.entry_secret)
    return _Parts(
        desk,
        Library(desk, now_ms),
        LiveTallies(dynamodb_client(session(), region), environment.tallies_table),
        mac_key(entry_secret),
        salt_key(entry_secret),
    )


def count(records: list[dict[str, Any]]) -> tuple[int, int]:
    """Counts records of the stream; returns how many weeks changed, and how many records are not authentic."""
    parts = _parts()
    told = list(changes(records, parts.macs))
    if told:
        reference = parts.library.current()
        made = Records(parts.salts, reference.definition.contest.id)

        def leaves(change: Change) -> list[bytes]:
            bank = reference.of_week(change.week).bank.digest
            return made.leaf_hashes(change.before, change.after, bank)

        keep_leaves(told, leaves, parts.desk)
    return count_changes(told, parts.tallies), sum(1 for change in told if change.unauthentic)
