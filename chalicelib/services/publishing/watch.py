"""Watches over outcomes: a week that ought to be closed, and what a visitor meets at the public address."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from chalicelib.documents.log import CHECKPOINT, LOG, MINUTE
from chalicelib.domain.errors import NotLoaded
from chalicelib.services.contest.public_contest import CONTEST
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import NoAnswer, ObjectStore

# A close takes a quarter of an hour at most, and runs every few minutes.
CLOSED_WITHIN = 20 * MINUTE
# The log has a leaf each minute; the site keeps it in its caches for ten seconds.
LOGGED_WITHIN = 5 * MINUTE


class Met(NamedTuple):
    """What stands at an address; ``changed``: when it was put there, in milliseconds, if that is told."""

    status: int
    body: bytes
    changed: int | None = None


class Broken(Exception):
    """What a visitor meets and should not, all of it."""


# Asks for a path of the public address. Raises ``NoAnswer``.
Ask = Callable[[str], Met]


def not_closed(reference: Current, results: Collection[str], now: int) -> dict[int, int]:
    """Weeks that ended long ago and have no revision: number → minutes since their end.

    ``results``: what has a revision in force, as ``week-1``.
    """
    over = reference.definition.ready_to_close(now - CLOSED_WITHIN)
    return {week.number: (now - week.closes) // MINUTE for week in over if f"week-{week.number}" not in results}


def must_be_loaded(site: ObjectStore) -> None:
    """Raises ``NotLoaded`` if the site shows a contest, so that one was lost; else none has come yet."""
    if site.get(CONTEST) is not None:
        raise NotLoaded


def visit(ask: Ask, now: int) -> None:
    """Looks at page, contest, health and log as somebody from outside. Raises ``Broken``."""
    faults: list[str] = []

    def met(path: str) -> Met:
        try:
            return ask(path)
        except NoAnswer as none:
            return Met(0, f"no answer: {none}".encode())

    def wrong(path: str, found: Met) -> None:
        faults.append(f"{path}: {found.status} {found.body[:100].decode(errors='replace')}".strip())

    page = met("/")
    if page.status != 200 or b"<!doctype html" not in page.body[:200].lower():
        wrong("/", page)
    contest = met(f"/{CONTEST}")
    # A missing object is 403 for CloudFront, which may not list the bucket.
    loaded = contest.status not in (403, 404)
    if loaded and (contest.status != 200 or b'"weeks"' not in contest.body):
        wrong(f"/{CONTEST}", contest)
    health = met("/api/health")
    if health.status != 200 and (loaded or b'"not_loaded"' not in health.body):
        wrong("/api/health", health)
    if loaded:
        path = f"/{LOG}{CHECKPOINT}"
        checkpoint = met(path)
        if checkpoint.status != 200 or checkpoint.changed is None:
            wrong(path, checkpoint)
        elif now - checkpoint.changed > LOGGED_WITHIN:
            faults.append(f"{path}: is {(now - checkpoint.changed) // MINUTE} minutes old")
    if faults:
        raise Broken("; ".join(faults))
