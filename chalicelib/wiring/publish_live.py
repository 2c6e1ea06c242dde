"""``data/live.json`` and the log, every minute, and a look at what others may have changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.documents.keys import RESULT_KEYS, RESULTS_LISTED
from chalicelib.documents.log import MINUTE
from chalicelib.services.contest.reference import Library
from chalicelib.services.exam.receipt_keys import listed_keys, publish_keys
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.append import Log, Overtaken
from chalicelib.services.log.facts import facts, results_in_force
from chalicelib.services.log.openings import open_batches, sealed_from
from chalicelib.services.log.witnesses import EVERY, Witness, ask
from chalicelib.services.publishing.live import publish_live
from chalicelib.services.publishing.upkeep import look_after_contest, look_after_site
from chalicelib.services.publishing.watch import must_be_loaded, not_closed
from chalicelib.storage.desk import Desk
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.storage.log_state import StoredLogState
from chalicelib.storage.revisions import StoredRevisions
from chalicelib.storage.signed_http import SignedHttp
from chalicelib.storage.site import Site
from chalicelib.storage.witness_http import post
from chalicelib.wiring.aws import dynamo, now_ms, secret
from chalicelib.wiring.buckets import desk_bucket, site_bucket
from chalicelib.wiring.environment import LiveEnvironment, read

log = logging.getLogger("cuoc-thi")


@dataclass(frozen=True, slots=True)
class _Parts:
    library: Library
    tallies: LiveTallies
    revisions: StoredRevisions
    desk: Desk
    site: Site
    witnesses: list[Witness]
    version: str


@lru_cache(maxsize=1)
def _parts() -> _Parts:
    environment = read(LiveEnvironment)
    region, table = environment.aws_region, environment.tallies_table
    desk = desk_bucket(region, environment.desk_bucket, table)
    site = site_bucket(region, environment.site_bucket, table)
    dynamodb = dynamo(region)
    named = environment.witnesses
    return _Parts(
        library=Library(desk, now_ms),
        tallies=LiveTallies(dynamodb, table),
        revisions=StoredRevisions(dynamodb, table),
        desk=desk,
        site=site,
        witnesses=[] if named == "none" else [Witness.parse(one) for one in named.split(",")],
        version=environment.code_version,
    )


@lru_cache(maxsize=1)
def _log() -> Log:
    """Its key is not read before a contest is in force: `infra/recover.py` puts back the right one."""
    environment, parts = read(LiveEnvironment), _parts()
    region = environment.aws_region
    key = secret(SignedHttp(region, connect=2, read=5, retries=3), environment.log_secret)
    states = StoredLogState(dynamo(region), environment.tallies_table)
    return Log(states, parts.desk, parts.site, SigningKey(key), key, environment.log_minute_s * 1000)


def publish() -> bool:
    """Writes ``data/live.json``; False if there is nothing to show and the page already says so."""
    parts = _parts()
    look_after_site(parts.site, now_ms())
    look_after_contest(parts.desk)
    return publish_live(parts.library.current(), parts.tallies, parts.site, now_ms())


def not_loaded() -> None:
    """Raises ``NotLoaded`` if a contest was there before."""
    must_be_loaded(_parts().site)


def append_to_log() -> int:
    """The size of the log; 0 if another run was faster. Raises ``LogBroken``."""
    parts, now = _parts(), now_ms()
    reference = parts.library.current()
    minutes = _log()
    results = results_in_force(reference, parts.revisions)
    keys, of_closes = listed_keys(parts.desk), listed_keys(parts.desk, RESULTS_LISTED)
    told = facts(reference, parts.version, [*keys, *of_closes], results)
    late = not_closed(reference, results, now)
    if late:
        log.warning({"not_closed": late})
    try:
        state, version = minutes.append(reference.definition.contest.id, told, now)
        publish_keys([key for key in keys if f"key-{key.key_id}" in state.facts], parts.site)
        publish_keys([key for key in of_closes if f"key-{key.key_id}" in state.facts], parts.site, RESULT_KEYS)
        until = sealed_from(reference, state, lambda week: f"week-{week}" in results, now)
        state, version = open_batches(minutes, state, version, until)
        fresh = any(now - current.at < 2 * MINUTE for current in results.values())
        if parts.witnesses and state.size and (fresh or now // MINUTE % EVERY == 0):
            ask(minutes, state, version, parts.witnesses, post)
    except Overtaken:
        return 0
    return state.size
