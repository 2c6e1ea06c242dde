"""Attempts and people by day and hour, in the contest's time zone."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple, Self

from chalicelib.domain.attempt import NOT_COUNTED, Entry
from chalicelib.domain.placement import Place
from chalicelib.domain.times import EPOCH, LocalHours


class Period(NamedTuple):
    """A day or an hour, by its beginning in local time (``start`` is without a zone).

    ``attempts`` counts those started in it, ``people`` the people who started one, ``newcomers`` the people who
    started their first of the week.
    """

    start: datetime
    attempts: int
    people: int
    newcomers: int


class Activity:
    """A ``Collector`` of counted attempts by the hour of their start."""

    _PARTS = ("attempts", "hour_people", "day_people", "newcomers")

    sees_everybody = False

    def __init__(self, zone: tzinfo) -> None:
        self._hour = LocalHours(zone)
        self.attempts: Counter[int] = Counter()
        self.hour_people: Counter[int] = Counter()
        self.day_people: Counter[int] = Counter()
        self.newcomers: Counter[int] = Counter()

    def add(self, entry: Entry, place: Place) -> None:
        hours = [self._hour(one.started) for one in entry.finished if one.flag not in NOT_COUNTED]
        if hours:
            for hour in hours:  # ``update`` of so few takes longer
                self.attempts[hour] += 1
            for hour in {*hours}:
                self.hour_people[hour] += 1
            for day in {hour // 24 for hour in hours}:
                self.day_people[day] += 1
            self.newcomers[min(hours)] += 1

    def merge(self, other: Self) -> None:
        for part in self._PARTS:
            getattr(self, part).update(getattr(other, part))

    def encode(self) -> bytes:
        parts = {part: sorted(getattr(self, part).items()) for part in self._PARTS}
        return json.dumps(parts, separators=(",", ":")).encode()

    def decode(self, encoded: bytes) -> None:
        """Adds the counts that another collector has encoded."""
        for part, pairs in json.loads(encoded).items():
            getattr(self, part).update(dict(pairs))

    @property
    def hours(self) -> list[Period]:
        """The hours with at least one start, in order."""
        return [
            Period(_moment(hour), count, self.hour_people[hour], self.newcomers[hour])
            for hour, count in sorted(self.attempts.items())
        ]

    @property
    def days(self) -> list[Period]:
        """The days with at least one start, in order."""
        attempts: Counter[int] = Counter()
        newcomers: Counter[int] = Counter()
        for hour, count in self.attempts.items():
            attempts[hour // 24] += count
            newcomers[hour // 24] += self.newcomers[hour]
        return [
            Period(_moment(24 * day), count, self.day_people[day], newcomers[day])
            for day, count in sorted(attempts.items())
        ]


def _moment(hour: int) -> datetime:
    return (EPOCH + timedelta(hours=hour)).astimezone(UTC).replace(tzinfo=None)
