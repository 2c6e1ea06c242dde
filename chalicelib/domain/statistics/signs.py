"""Signs of anomalies in single entries: attempts that are too fast, weeks that begin at night."""

from __future__ import annotations

import json
from typing import NamedTuple, Self

from chalicelib.domain.attempt import Entry
from chalicelib.domain.definition import Definition
from chalicelib.domain.placement import Place
from chalicelib.domain.times import LocalHours, span_ms

PLAUSIBLE_MS = 2_000  # per question
NIGHT = range(5)  # local hours: from 00:00 to 04:59


class Fast(NamedTuple):
    """``attempts``: all counted ones; ``too_fast`` and ``below_min_duration`` of them; ``least`` in ms."""

    unit: str
    attempts: int
    too_fast: int
    below_min_duration: int
    least: int


class Unlisted(NamedTuple):
    """A person who claims a unit without being on its roster; ``unit``: where the ``attempts`` count."""

    claimed: str
    attempts: int
    unit: str


class Signs:
    """A ``Collector``. ``units``: the people with a counted attempt, and those whose first was at night.

    ``fast`` and ``unlisted`` are by participant id.
    """

    sees_everybody = False

    def __init__(self, definition: Definition) -> None:
        self._hour = LocalHours(definition.zone)
        questions = definition.paper.questions
        self._plausible = PLAUSIBLE_MS * questions
        self._good = (4 * questions + 4) // 5
        self._floor = span_ms(definition.paper.min_duration)
        self.fast: dict[str, Fast] = {}
        self.unlisted: dict[str, Unlisted] = {}
        self.units: dict[str, tuple[int, int]] = {}

    def add(self, entry: Entry, place: Place) -> None:
        counted = [attempt for attempt in entry.finished if attempt.counted]
        if not counted:
            return
        least = min([attempt.duration for attempt in counted])
        if least < self._plausible or least < self._floor:
            fast = sum(a.duration < self._plausible and a.score >= self._good for a in counted)
            below = sum(a.duration < self._floor for a in counted)
            if fast or below:
                self.fast[entry.participant_id] = Fast(place.unit, len(counted), fast, below, least)
        night = self._hour(min([attempt.started for attempt in counted])) % 24 in NIGHT
        if place.unlisted:
            self.unlisted[entry.participant_id] = Unlisted(entry.unit, len(counted), place.unit)
        people, at_night = self.units.get(place.unit, (0, 0))
        self.units[place.unit] = people + 1, at_night + night

    def merge(self, other: Self) -> None:
        self._take(other.fast, other.unlisted, other.units)

    def encode(self) -> bytes:
        parts = {"fast": self.fast, "unlisted": self.unlisted, "units": self.units}
        return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()

    def decode(self, encoded: bytes) -> None:
        """Adds the signs that another collector has encoded."""
        raw = json.loads(encoded)
        self._take(
            {person: Fast(*row) for person, row in raw["fast"].items()},
            {person: Unlisted(*row) for person, row in raw["unlisted"].items()},
            raw["units"],
        )

    def _take(
        self, fast: dict[str, Fast], unlisted: dict[str, Unlisted], units: dict[str, tuple[int, int]]
    ) -> None:
        self.fast.update(fast)
        self.unlisted.update(unlisted)
        for unit, (more, more_at_night) in units.items():
            people, at_night = self.units.get(unit, (0, 0))
            self.units[unit] = people + more, at_night + more_at_night
