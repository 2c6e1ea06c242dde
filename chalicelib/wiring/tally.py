"""Counting finished attempts from the entries' stream."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from chalicelib.services.publishing.live import count_changes
from chalicelib.storage.dynamodb import dynamodb_client
from chalicelib.storage.entry_stream import changes
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.wiring.aws import session
from chalicelib.wiring.environment import TallyEnvironment, read


@lru_cache(maxsize=1)
def live_tallies() -> LiveTallies:
    environment = read(TallyEnvironment)
    return LiveTallies(dynamodb_client(session(), environment.aws_region), environment.tallies_table)


def count(records: list[dict[str, Any]]) -> int:
    """Counts records of the stream; returns how many weeks changed."""
    return count_changes(changes(records), live_tallies())
