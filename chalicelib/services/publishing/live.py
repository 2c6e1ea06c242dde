"""``data/live.json``: turns changes of entries into the figures that the page shows while a week is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from msgspec import structs

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.live import LIVE, Live
from chalicelib.documents.typed import decode
from chalicelib.domain.errors import Busy
from chalicelib.domain.live import NOBODY, Change, LiveTally, may_be_told
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import ObjectStore

# Every round one of those who write at the same time succeeds; there are as many as the stream has shards.
ROUNDS = 50


class LiveTallyStore(Protocol):
    """One tally per week, with a version that every write must name."""

    def read(self, week: int) -> tuple[LiveTally, int]:
        """The tally and its version; an empty tally and 0 if nothing was counted yet."""

    def replace(self, week: int, tally: LiveTally, version: int) -> bool:
        """One conditional write; False if somebody else has written since ``version`` was read."""


def count_changes(changes: Iterable[Change], tallies: LiveTallyStore) -> int:
    """Adds the changes to the tallies of their weeks, each once, however often it is delivered.

    Returns the number of weeks written. Raises ``Busy`` if others are always faster; then the whole batch is
    delivered again, and the changes that were already counted are skipped.
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


def live_figures(reference: Current, tallies: LiveTallyStore, now: int) -> Live:
    """What may be told at ``now``."""
    definition = reference.definition
    week, as_of = definition.week_at(now), definition.rfc3339(now // 1000 * 1000)
    if week is None or not may_be_told(reference.of_week(week.number).definition):
        return Live(as_of=as_of, week=week and week.number)
    tally, _ = tallies.read(week.number)
    people, attempts = tally.total
    units = {
        code: (own.people, own.attempts)
        for code, own in tally.units.items()
        if code in reference.unit_codes and own != NOBODY
    }
    return Live(as_of=as_of, week=week.number, people=people, attempts=attempts, units=units)


def publish_live(reference: Current, tallies: LiveTallyStore, site: ObjectStore, now: int) -> bool:
    """Puts ``data/live.json``; False if there is nothing to tell and the page knows already."""
    figures = live_figures(reference, tallies, now)
    if figures.people is None and _told(site, figures.as_of) == figures:
        return False
    site.put(LIVE, figures.encode())
    return True


def _told(site: ObjectStore, as_of: str) -> Live | None:
    """What the page knows, as if it were told at ``as_of``; None where there is nothing that can be read."""
    before = site.get(LIVE)
    try:
        return structs.replace(decode(Live, before), as_of=as_of) if before else None
    except UnreadableDocument:  # of another version of the code: it is written anew
        return None
