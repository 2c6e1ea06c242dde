"""``data/live.json``: from changes of entries to what the page shows while a week is open."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol

from chalicelib.documents.canonical import canonical_json
from chalicelib.domain.errors import Busy
from chalicelib.domain.live import NOBODY, Change, LiveTally, may_be_told
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import ObjectStore

LIVE = "data/live.json"
# Every round one of those who write at the same time succeeds; there are as many as the stream has shards.
ROUNDS = 50


class LiveTallyStore(Protocol):
    """One tally a week, with a version that every write must name."""

    def read(self, week: int) -> tuple[LiveTally, int]:
        """The tally and its version; an empty one and 0 if nothing was counted yet."""

    def replace(self, week: int, tally: LiveTally, version: int) -> bool:
        """One conditional write; False if somebody else has written since ``version`` was read."""


def count_changes(changes: Iterable[Change], tallies: LiveTallyStore) -> int:
    """Adds the changes to the tallies of their weeks, each once however often it is delivered.

    Returns the number of weeks that were written. Raises ``Busy`` if others are always faster; the whole
    batch is then delivered again, and what was counted of it is passed over.
    """
    weeks: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        weeks[change.week].append(change)
    return sum(_count(week, of_week, tallies) for week, of_week in weeks.items())


def _count(week: int, changes: list[Change], tallies: LiveTallyStore) -> bool:
    for _ in range(ROUNDS):
        tally, version = tallies.read(week)
        if not tally.add(changes):
            return False
        if tallies.replace(week, tally, version):
            return True
    raise Busy(f"the tally of week {week} is written by too many at once")


def live_document(reference: Current, tallies: LiveTallyStore, now: int) -> dict[str, Any]:
    """What may be told at ``now``: ``week``, ``people``, ``attempts`` are null where there is nothing to tell.

    ``units``: unit code → [people, attempts], without units of which nobody took part. The totals include
    people of no unit.
    """
    definition = reference.definition
    week = definition.week_at(now)
    document: dict[str, Any] = {
        "as_of": definition.rfc3339(now // 1000 * 1000),
        "week": week and week.number,
        "people": None,
        "attempts": None,
        "units": {},
    }
    if week is None or not may_be_told(reference.of_week(week.number).definition):
        return document
    tally, _ = tallies.read(week.number)
    document["people"], document["attempts"] = tally.total
    document["units"] = {
        code: list(own) for code, own in tally.units.items() if code in reference.unit_codes and own != NOBODY
    }
    return document


def publish_live(reference: Current, tallies: LiveTallyStore, site: ObjectStore, now: int) -> bool:
    """Puts ``data/live.json``; False if there is nothing to tell and the page knows already."""
    document = live_document(reference, tallies, now)
    if document["people"] is None:
        before = site.get(LIVE)
        if before is not None and {**json.loads(before), "as_of": document["as_of"]} == document:
            return False
    site.put(LIVE, canonical_json(document))
    return True
