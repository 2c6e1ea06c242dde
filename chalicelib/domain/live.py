"""Live participation of a week, counted from the changes of its entries and shown only if the rules allow.

Changes may be delivered again, in any batches, and those of different sources in any order; each counts once.
These counts may lag behind the entries and are not a result: a week's close reads the entries themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.domain.attempt import NOT_COUNTED, Entry
from chalicelib.domain.definition import Definition


class Change(NamedTuple):
    """One write to an entry: the entry before and after, None if there was none.

    ``source`` is a sequence of changes that are delivered in the order of their ``sequence`` numbers.
    """

    week: int
    source: str
    sequence: int
    before: Entry | None
    after: Entry | None

    @property
    def unauthentic(self) -> bool:
        """Whether it wrote something that the API did not."""
        known = self.before.unauthentic if self.before else ()
        return self.after is not None and not set(self.after.unauthentic) <= set(known)


class Participation(NamedTuple):
    """``people`` with at least one counted attempt, and counted ``attempts``."""

    people: int
    attempts: int

    def plus(self, other: Participation, times: int = 1) -> Participation:
        return Participation(self.people + times * other.people, self.attempts + times * other.attempts)


NOBODY = Participation(0, 0)


@dataclass(slots=True)
class LiveTally:
    """A week so far. ``units``: unit code → participation, "" for people outside all units.

    ``counted``: source → the last counted sequence number. It is written together with the figures, which makes
    a repeated delivery harmless: a source repeats from some point on, in order, so every change up to that
    number is already in the figures.
    """

    units: dict[str, Participation] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    def add(self, changes: Iterable[Change]) -> bool:
        """Counts the changes, all of one week, that are not counted yet; False if none was new."""
        news = False
        for change in changes:
            if change.sequence <= self.counted.get(change.source, -1):
                continue
            news = True
            self.counted[change.source] = change.sequence
            for entry, times in ((change.before, -1), (change.after, 1)):
                if entry is not None and (own := participation(entry)) != NOBODY:
                    self.units[entry.unit] = self.units.get(entry.unit, NOBODY).plus(own, times)
        return news

    @property
    def total(self) -> Participation:
        """All people, including those outside all units."""
        total = NOBODY
        for own in self.units.values():
            total = total.plus(own)
        return total


def participation(entry: Entry) -> Participation:
    """One person's share in a week. Open attempts, overdue or not, are counted only when settled."""
    attempts = sum([one.flag not in NOT_COUNTED for one in entry.finished])
    return Participation(1 if attempts else 0, attempts)


def may_be_told(definition: Definition) -> bool:
    """Whether participation may be published while a week is open.

    The people of all units add up to the people of the week, and attempts bound them (a person has one to
    ``attempts_per_week``): if either is the prediction's target, no figure is published, not even rounded,
    since rounding averages out over hundreds of units. Neither reveals how many people were all correct.
    """
    return definition.prediction is None or definition.prediction.target == "perfect_people"
