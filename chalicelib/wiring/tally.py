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
from chalicelib.storage.entry_stream import changes
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.storage.signed_http import SignedHttp
from chalicelib.wiring.aws import dynamo, now_ms, secret
from chalicelib.wiring.buckets import desk_bucket
from chalicelib.wiring.environment import TallyEnvironment, read


@dataclass(frozen=True, slots=True)
class _Parts:
    desk: Desk
    library: Library
    tallies: LiveTallies


@lru_cache(maxsize=1)
def _parts() -> _Parts:
    environment = read(TallyEnvironment)
    region = environment.aws_region
    desk = desk_bucket(region, environment.desk_bucket, environment.tallies_table)
    tallies = LiveTallies(dynamo(region), environment.tallies_table)
    return _Parts(desk, Library(desk, now_ms), tallies)


@lru_cache(maxsize=1)
def _keys() -> tuple[bytes, bytes]:
    """Of the MACs and of the salts. Not read before a contest is in force: `infra/recover.py` changes them."""
    environment = read(TallyEnvironment)
    http = SignedHttp(environment.aws_region, connect=1, read=2, retries=2)
    entry_secret = secret(http, environment.entry_secret)
    return mac_key(entry_secret), salt_key(entry_secret)


def count(records: list[dict[str, Any]]) -> tuple[int, int]:
    """Counts records of the stream; returns how many weeks changed, and how many records are not authentic.

    Raises ``NotLoaded`` before the first contest.
    """
    parts = _parts()
    reference = parts.library.current()
    macs, salts = _keys()
    told = list(changes(records, macs))
    if told:
        made = Records(salts, reference.definition.contest.id)

        def leaves(change: Change) -> list[bytes]:
            bank = reference.of_week(change.week).bank.digest
            return made.leaf_hashes(change.before, change.after, bank)

        keep_leaves(told, leaves, parts.desk)
    return count_changes(told, parts.tallies), sum(1 for change in told if change.unauthentic)
