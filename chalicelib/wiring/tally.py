"""Counting finished attempts from the entries' stream."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from chalicelib.domain.macs import mac_key
from chalicelib.services.publishing.live import count_changes
from chalicelib.storage.dynamodb import dynamodb_client
from chalicelib.storage.entry_stream import changes
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.storage.signed_http import SignedHttp
from chalicelib.wiring.aws import secret, session
from chalicelib.wiring.environment import TallyEnvironment, read


@lru_cache(maxsize=1)
def live_tallies() -> LiveTallies:
    environment = read(TallyEnvironment)
    return LiveTallies(dynamodb_client(session(), environment.aws_region), environment.tallies_table)


@lru_cache(maxsize=1)
def _mac_key() -> bytes:
    environment = read(TallyEnvironment)
    http = SignedHttp(session(), environment.aws_region, connect=1, read=2, retries=2)
    return mac_key(secret(http, environment.entry_secret))


def count(records: list[dict[str, Any]]) -> tuple[int, int]:
    """Counts records of the stream; returns how many weeks changed, and how many records are not authentic."""
    told = list(changes(records, _mac_key()))
    return count_changes(told, live_tallies()), sum(1 for change in told if change.unauthentic)
