"""``data/live.json``, every minute, and a look at what others may have changed."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.services.contest.reference import Library
from chalicelib.services.publishing.live import publish_live
from chalicelib.services.publishing.upkeep import look_after_contest, look_after_site
from chalicelib.storage.desk import Desk
from chalicelib.storage.dynamodb import dynamodb_client
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.storage.site import Site
from chalicelib.wiring.aws import desk_bucket, now_ms, session, site_bucket
from chalicelib.wiring.environment import LiveEnvironment, read


@lru_cache(maxsize=1)
def _parts() -> tuple[Desk, Library, LiveTallies, Site]:
    environment = read(LiveEnvironment)
    region, table = environment.aws_region, environment.tallies_table
    desk = desk_bucket(region, environment.desk_bucket, table)
    return (
        desk,
        Library(desk, now_ms),
        LiveTallies(dynamodb_client(session(), region), table),
        site_bucket(region, environment.site_bucket, table),
    )


def publish() -> bool:
    """Writes ``data/live.json``; False if there is nothing to show and the page already says so."""
    desk, library, tallies, site = _parts()
    look_after_site(site, now_ms())
    look_after_contest(desk)
    return publish_live(library.current(), tallies, site, now_ms())
