"""Signs of anomalies in single entries: attempts too fast, unread or never saved, weeks that begin at night."""

from __future__ import annotations

import json
from typing import NamedTuple, Self

from chalicelib.domain.attempt import NOT_COUNTED, UNSAVED, Entry
from chalicelib.domain.bank import Bank
from chalicelib.domain.definition import Definition
from chalicelib.domain.paper import drawn_questions
from chalicelib.domain.placement import Place
from chalicelib.domain.times import LocalHours, span_ms

PLAUSIBLE_MS = 2_000  # per question
NIGHT = range(5)  # local hours: from 00:00 to 04:59
# Words a minute (in Vietnamese, syllables): five times as many as people read for themselves (M. Brysbaert,
# *How many words do we read per minute?*, 2019).
SKIMMED = 1_200
# The page saves within four seconds of the first answer: a longer paper that was never saved is not the page's.
SAVED_BY_MS = 30_000


class Fast(NamedTuple):
    """``attempts``: all counted ones; ``too_fast`` and ``below_min_duration`` of them; ``least`` in ms."""

    unit: str
    attempts: int
    too_fast: int
    below_min_duration: int
    least: int


class Unread(NamedTuple):
    """A first attempt that is all correct: its paper's ``words``, and its ``duration`` in ms."""

    unit: str
    words: int
    duration: int


class Unsaved(NamedTuple):
    """``never_saved`` of the counted ``attempts``."""

    unit: str
    attempts: int
    never_saved: int


class Unlisted(NamedTuple):
    """A person who claims a unit without being on its roster; ``unit``: where the ``attempts`` count."""

    claimed: str
    attempts: int
    unit: str


class Unauthentic(NamedTuple):
    """Of ``attempts`` of the ``used`` ones something was stored that the API has not written."""

    unit: str
    used: int
    attempts: int


class Signs:
    """A ``Collector``. ``units``: the people with a counted attempt, and those whose first was at night.

    ``unauthentic``, ``fast``, ``unread``, ``unsaved`` and ``unlisted`` are by participant id.
    """

    sees_everybody = False

    def __init__(self, definition: Definition, bank: Bank) -> None:
        self._hour = LocalHours(definition.zone)
        self._bank, self._rules = bank, definition.paper
        self._words = {
            question.id: sum(len(text.split()) for text in (question.text, *question.options))
            for question in bank.questions
        }
        questions = definition.paper.questions
        longest = sum(sorted(self._words.values())[-questions:])
        self._all_correct, self._skimmed = questions, longest * 60_000 // SKIMMED
        self._plausible = PLAUSIBLE_MS * questions
        self._good = (4 * questions + 4) // 5
        self._floor = span_ms(definition.paper.min_duration)
        self.unauthentic: dict[str, Unauthentic] = {}
        self.fast: dict[str, Fast] = {}
        self.unread: dict[str, Unread] = {}
        self.unsaved: dict[str, Unsaved] = {}
        self.unlisted: dict[str, Unlisted] = {}
        self.units: dict[str, tuple[int, int]] = {}

    def add(self, entry: Entry, place: Place) -> None:
        if entry.unauthentic:
            found = len(set(entry.unauthentic))
            self.unauthentic[entry.participant_id] = Unauthentic(place.unit, entry.used, found)
        counted = [attempt for attempt in entry.finished if attempt.flag not in NOT_COUNTED]
        if not counted:
            return
        least = min([attempt.duration for attempt in counted])
        if least < self._plausible or least < self._floor:
            fast = sum(a.duration < self._plausible and a.score >= self._good for a in counted)
            below = sum(a.duration < self._floor for a in counted)
            if fast or below:
                self.fast[entry.participant_id] = Fast(place.unit, len(counted), fast, below, least)
        if least < self._skimmed:
            self._not_read(entry, place)
        unsaved = [a for a in counted if a.flag == UNSAVED]
        never = sum(a.duration >= SAVED_BY_MS and a.score >= self._good for a in unsaved)
        if never:
            self.unsaved[entry.participant_id] = Unsaved(place.unit, len(counted), never)
        night = self._hour(min([attempt.started for attempt in counted])) % 24 in NIGHT
        if place.unlisted:
            self.unlisted[entry.participant_id] = Unlisted(entry.unit, len(counted), place.unit)
        people, at_night = self.units.get(place.unit, (0, 0))
        self.units[place.unit] = people + 1, at_night + night

    def _not_read(self, entry: Entry, place: Place) -> None:
        """The first attempt alone: later ones may show questions that somebody knows by heart."""
        for one in entry.finished:
            if one.number == 1 and one.counted and one.score == self._all_correct and not one.erased:
                asked = drawn_questions(self._bank.of(entry.week, entry.category), self._rules, one.nonce)
                words = sum([self._words[question.id] for question in asked])
                if one.duration * SKIMMED < words * 60_000:
                    self.unread[entry.participant_id] = Unread(place.unit, words, one.duration)

    def merge(self, other: Self) -> None:
        for name in _BY_PERSON:
            getattr(self, name).update(getattr(other, name))
        self._count(other.units)

    def encode(self) -> bytes:
        parts = {name: getattr(self, name) for name in (*_BY_PERSON, "units")}
        return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()

    def decode(self, encoded: bytes) -> None:
        """Adds the signs that another collector has encoded."""
        raw = json.loads(encoded)
        for name, kind in _BY_PERSON.items():
            getattr(self, name).update({person: kind(*row) for person, row in raw[name].items()})
        self._count(raw["units"])

    def _count(self, units: dict[str, tuple[int, int]]) -> None:
        for unit, (more, more_at_night) in units.items():
            people, at_night = self.units.get(unit, (0, 0))
            self.units[unit] = people + more, at_night + more_at_night


_BY_PERSON = {
    "unauthentic": Unauthentic,
    "fast": Fast,
    "unread": Unread,
    "unsaved": Unsaved,
    "unlisted": Unlisted,
}
