"""``data/live.json``, every minute."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.services.contest.reference import Library
from chalicelib.services.publishing.live import publish_live
from chalicelib.storage.dynamodb import dynamodb_client
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.storage.objects import Bucket
from chalicelib.wiring.aws import bucket, now_ms, session, site_bucket
from chalicelib.wiring.environment import LiveEnvironment, read


@lru_cache(maxsize=1)
def _parts() -> tuple[Library, LiveTallies, Bucket]:
    environment = read(LiveEnvironment)
    region = environment.aws_region
    return (
        Library(bucket(region, environment.desk_bucket), now_ms),
        LiveTallies(dynamodb_client(session(), region), environment.tallies_table),
        site_bucket(region, environment.site_bucket),
    )


def publish() -> bool:
    """Writes ``data/live.json``; False if there is nothing to show and the page already says so."""
    library, tallies, site = _parts()
    return publish_live(library.current(), tallies, site, now_ms())
