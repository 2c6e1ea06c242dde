"""Signs that many accounts are one hand: a program that registers people who do not exist, or who do not know.

All are found after the close from what it reads anyway; nothing of it runs while people sit at their papers.
Groups are the people of a unit, or of one hour of registration in it (outside all units: of one hour), whose
best score could win a prize, if they are at least ``FEWEST_TOGETHER``.

``even_predictions``
    The group's predictions are spread so evenly that people who do not agree on them hardly ever are
    (``evenness.too_even``).
``ordered_predictions``
    They rise, or fall, in the order in which the accounts were registered (``evenness.too_ordered``).
``many_winners``
    More of the group are among winners and reserves than a draw from all who could win explains
    (``exact_test``). Equal predictions count once: people who agree on one number win together or not at all.
``equal_pace``
    Registrations or starts follow each other as evenly, or many papers took the same time, within 2 %.
``burst``, ``one_hour``
    Within ten seconds, or an hour, more of a unit's people registered than everybody's times explain.
``first_try``
    More of a unit's people reached a winning score with their only attempt than all results explain.
``unit_never_saved``
    More of a unit's people than everybody's papers explain submitted papers that were never saved (``signs``).
``no_pause``
    A ranked attempt was started less than three seconds after the registration.
``one_phone``
    More than ``SHARED_PHONE`` participating accounts registered with one phone number.

Each test of a group is exact, and marks a group whose people act by themselves with a probability of at most
one in a thousand (``CHANCE``). ``one_hour``, ``first_try`` and ``unit_never_saved`` are what a diligent office
does, or one with a poor network, so they are only added where somebody has another sign.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from itertools import groupby
from typing import NamedTuple

from chalicelib.domain.ranking import Standing
from chalicelib.domain.statistics.anomaly import MOST_POINTS, Anomaly, Reason, points_of
from chalicelib.domain.statistics.evenness import MOST_EVEN, MOST_ORDERED, in_order, too_even, too_ordered
from chalicelib.domain.statistics.exact_test import surely_above, tail

CHANCE = Fraction(1, 1000)
# With fewer, chance alone gives any pattern; and a family is not a farm.
FEWEST_TOGETHER = 8
FEWEST_AT_ONCE = 5
# A family may share a phone.
SHARED_PHONE = 3
# Of the ranking, looked at as a whole: hardly more than a contest's winners and reserves.
FIRST_RANKED = 100
HOUR_MS, BURST_MS, PAUSE_MS = 3_600_000, 10_000, 3_000
# So many people of a group may have nothing to do with a pattern of predictions.
_OUTLIERS = 2
# Durations within 2 % of each other are called equal.
_EQUAL = Fraction(102, 100)


class Registration(NamedTuple):
    """``phone`` is empty if it could not be read; ``at`` in milliseconds."""

    participant_id: str
    phone: str
    at: int


class _Member(NamedTuple):
    """Somebody who could win, in the order of registration: the best attempt, and the number of all."""

    registered: int
    participant_id: str
    started: int
    duration: int
    guess: int | None
    attempts: int

    @classmethod
    def of(cls, registered: int, one: Standing) -> _Member:
        best = one.best
        started = best.received - best.duration
        return cls(registered, one.participant_id, started, best.duration, best.prediction, one.attempts)


class _Group(NamedTuple):
    """``kind``: what its people have in common, ``unit`` or ``hour``."""

    kind: str
    unit: str
    members: list[_Member]


class _Sign(NamedTuple):
    """What a test has found of some members of a group."""

    reason: Reason
    people: Sequence[str]
    seen: int
    out_of: int
    expected: Fraction | None
    probability: Fraction
    detail: tuple[str, ...]


def find_farms(
    people: Mapping[str, Standing],
    shortlist: Collection[str],
    registrations: Iterable[Registration],
    marked: Collection[str] = (),
    unsaved: Collection[str] = (),
) -> list[Anomaly]:
    """``people``: all who took part, barred ones too, by id, and the ranked ones in order. ``shortlist``: the
    ids of winners and reserves.

    ``registrations`` of everybody registered, in any order. ``marked``: who has points for other reasons.
    ``unsaved``: whose papers were never saved (``signs``).
    """
    return _Farms(people, shortlist, registrations, unsaved).find(frozenset(marked))


class _Farms:
    """Of registrations two numbers and a reference are kept, in the order they come in: a tenth of the memory
    of texts.
    """

    def __init__(
        self,
        people: Mapping[str, Standing],
        shortlist: Collection[str],
        registrations: Iterable[Registration],
        unsaved: Collection[str],
    ) -> None:
        self._unsaved = frozenset(unsaved)
        self._everybody, self._shortlist = len(people), frozenset(shortlist)
        least = min((people[one].score for one in self._shortlist if one in people), default=None)
        able = [] if least is None else [one for one in people.values() if one.score >= least]
        self._first = able[:FIRST_RANKED]
        self._able: dict[str, list[Standing]] = {}
        for one in able:
            self._able.setdefault(one.unit, []).append(one)
        self._size = Counter(one.unit for one in people.values())
        self._first_try = sum(one.attempts == 1 for one in able)
        self._durations = array("q", sorted(one.best.duration for one in able))
        self._on_list = sum(one.participant_id in self._shortlist for one in able)
        # Who registered, when, and the phone's hash.
        self._people: list[Standing] = []
        self._at, self._phone = array("q"), array("Q")
        for participant_id, phone, at in registrations:
            known = people.get(participant_id)
            if known is not None:
                self._people.append(known)
                self._at.append(at)
                self._phone.append(_hashed(phone))
        self._times = array("q", sorted(self._at))

    def find(self, marked: frozenset[str]) -> list[Anomaly]:
        found = [*self._shared(), *self._of_all()]
        marked |= {one.participant_id for one in found}
        for unit, places in self._by_unit().items():
            arrivals = sorted((self._at[place], self._people[place].participant_id) for place in places)
            able = {one.participant_id: one for one in self._able.get(unit, ())}
            members = [_Member.of(at, able[person]) for at, person in arrivals if person in able]
            of_unit = [
                *self._no_pauses(unit, members),
                *self._strongest(unit, self._unit_signs(unit, arrivals, members)),
            ]
            here = marked.union(one.participant_id for one in of_unit)
            if unit and not here.isdisjoint(person for _, person in arrivals):
                added = self._strongest(unit, self._added_signs(unit, arrivals, members))
                of_unit += [one for one in added if one.participant_id in here]
            found += of_unit
        return sorted(found, key=lambda one: (one.reason, one.participant_id))

    def _by_unit(self) -> dict[str, array[int]]:
        """The places of the registrations of each unit's people."""
        units: dict[str, array[int]] = {}
        for place, one in enumerate(self._people):
            units.setdefault(one.unit, array("I")).append(place)
        return units

    def _of_all(self) -> Iterator[Anomaly]:
        """Says of the first of the ranking that there is a farm, where it hides among many units: not who."""
        guesses = [one.best.prediction for one in self._first if one.best.prediction is not None]
        probability = too_even(guesses)
        if len(guesses) >= FEWEST_TOGETHER and probability <= CHANCE:
            detail = ("all", str(min(guesses)), str(max(guesses)))
            cell = (len(guesses), len(self._first), None, probability)
            yield Anomaly("even_predictions", "", "", *cell, detail)

    @staticmethod
    def _strongest(unit: str, signs: Iterable[_Sign]) -> Iterable[Anomaly]:
        """Of several signs of one reason on a person the one that gives most points."""
        kept: dict[tuple[Reason, str], Anomaly] = {}
        for sign in signs:
            points = points_of(sign.reason, sign.probability)
            for person in sign.people:
                known = kept.get((sign.reason, person))
                if known is None or known.points < points:
                    kept[sign.reason, person] = Anomaly(sign.reason, person, unit, *sign[2:], points=points)
        return kept.values()

    def _unit_signs(
        self, unit: str, arrivals: list[tuple[int, str]], members: list[_Member]
    ) -> Iterator[_Sign]:
        if unit:
            yield from self._burst("burst", BURST_MS, arrivals)
            yield from self._group_signs(_Group("unit", unit, members))
        for _, hour in groupby(members, key=lambda one: one.registered // HOUR_MS):
            of_hour = list(hour)
            if not unit or len(of_hour) < len(members):
                yield from self._group_signs(_Group("hour", unit, of_hour))

    def _added_signs(
        self, unit: str, arrivals: list[tuple[int, str]], members: list[_Member]
    ) -> Iterator[_Sign]:
        """What a diligent office does: signs only beside others."""
        yield from self._burst("one_hour", HOUR_MS, arrivals)
        once = [one.participant_id for one in members if one.attempts == 1]
        cell = (self._everybody, self._first_try, self._size[unit], len(once))
        yield from self._more_than_by_chance("first_try", once, cell)
        unsaved = [person for _, person in arrivals if person in self._unsaved]
        cell = (self._everybody, len(self._unsaved), self._size[unit], len(unsaved))
        yield from self._more_than_by_chance("unit_never_saved", unsaved, cell)

    def _group_signs(self, group: _Group) -> Iterator[_Sign]:
        if len(group.members) >= FEWEST_TOGETHER:
            yield from self._predictions(group)
            yield from self._winners(group)
            yield from self._paces(group)

    def _predictions(self, group: _Group) -> Iterator[_Sign]:
        guessed = [one for one in group.members if one.guess is not None]
        if len(guessed) < FEWEST_TOGETHER:
            return
        for people, probability in _even_parts(guessed):
            yield _sign("even_predictions", group, people, probability, _ends(people))
        probability = too_ordered([one.guess or 0 for one in _some(guessed, MOST_ORDERED)])
        if probability <= CHANCE:
            people = [guessed[place] for place in in_order([one.guess or 0 for one in guessed])]
            yield _sign("ordered_predictions", group, people, probability, _ends(people))

    def _winners(self, group: _Group) -> Iterator[_Sign]:
        listed = [one for one in group.members if one.participant_id in self._shortlist]
        seen, size = _voices(listed), _voices(group.members)
        cell = (len(self._durations), self._on_list, size, seen)
        people = [one.participant_id for one in listed]
        yield from self._more_than_by_chance("many_winners", people, cell, (group.kind,))

    def _paces(self, group: _Group) -> Iterator[_Sign]:
        some = _some(group.members, MOST_EVEN)
        for what, moments in (
            ("registrations", [one.registered for one in some]),
            ("starts", [one.started for one in some]),
        ):
            probability = too_even(moments)
            if probability <= CHANCE:
                yield _sign("equal_pace", group, group.members, probability, (what,))
        ordered = sorted(group.members, key=lambda one: (one.duration, one.participant_id))
        times = [one.duration for one in ordered]
        first, last = _fullest(times, lambda shortest: int(shortest * _EQUAL))
        alike = _within(self._durations, times[first], times[last - 1])
        people = [one.participant_id for one in ordered[first:last]]
        cell = (len(self._durations), alike, len(times), len(people))
        detail = (group.kind, "durations", str(times[first]), str(times[last - 1]))
        yield from self._more_than_by_chance("equal_pace", people, cell, detail, places=len(times))

    def _burst(self, reason: Reason, width: int, arrivals: list[tuple[int, str]]) -> Iterator[_Sign]:
        times = [at for at, _ in arrivals]
        first, last = _fullest(times, lambda at: at + width)
        everywhere = _within(self._times, times[first], times[last - 1])
        people = [person for _, person in arrivals[first:last]]
        cell = (len(self._times), everywhere, len(times), len(people))
        detail = (str(times[last - 1] - times[first]),)
        yield from self._more_than_by_chance(reason, people, cell, detail, places=len(times))

    @staticmethod
    def _more_than_by_chance(
        reason: Reason,
        people: Sequence[str],
        cell: tuple[int, int, int, int],
        detail: tuple[str, ...] = (),
        places: int = 1,
    ) -> Iterator[_Sign]:
        """``cell`` as ``exact_test.tail`` takes it: the fullest of ``places`` that might have been chosen."""
        population, marked, size, seen = cell
        limit = CHANCE / places
        if seen >= FEWEST_AT_ONCE and not surely_above(*cell, limit):
            probability = tail(*cell)
            if probability <= limit:
                expected = Fraction(size * marked, population)
                yield _Sign(reason, people, seen, size, expected, places * probability, detail)

    @staticmethod
    def _no_pauses(unit: str, members: Iterable[_Member]) -> Iterator[Anomaly]:
        for one in members:
            pause = one.started - one.registered
            if 0 <= pause < PAUSE_MS:
                yield Anomaly(
                    "no_pause",
                    one.participant_id,
                    unit,
                    *(1, one.attempts, None, None, (str(pause),)),
                    points=MOST_POINTS["no_pause"],
                )

    def _shared(self) -> Iterator[Anomaly]:
        phones = sorted(phone for phone in self._phone if phone)
        often = {one for one, other in zip(phones, phones[SHARED_PHONE:], strict=False) if one == other}
        by_phone: dict[int, list[tuple[str, str]]] = {}
        for one, phone in zip(self._people, self._phone, strict=True):
            if phone in often:
                by_phone.setdefault(phone, []).append((one.participant_id, one.unit))
        for number, people in enumerate(sorted(map(sorted, by_phone.values())), 1):
            for person, unit in people:
                detail, points = (str(number),), MOST_POINTS["one_phone"]
                yield Anomaly("one_phone", person, unit, len(people), SHARED_PHONE, None, None, detail, points)


def _within(ordered: array[int], low: int, high: int) -> int:
    return bisect_right(ordered, high) - bisect_left(ordered, low)


def _hashed(phone: str) -> int:
    """64 bits that tell a phone from the others, in each run the same; 0 without a phone."""
    return int.from_bytes(blake2b(phone.encode(), digest_size=8).digest()) if phone else 0


def _sign(
    reason: Reason, group: _Group, people: Sequence[_Member], probability: Fraction, detail: tuple[str, ...]
) -> _Sign:
    ids = [one.participant_id for one in people]
    return _Sign(reason, ids, len(ids), len(group.members), None, probability, (group.kind, *detail))


def _some(members: Sequence[_Member], most: int) -> Sequence[_Member]:
    """At most ``most`` of them, in their order; the lowest ids are as good as drawn."""
    if len(members) <= most:
        return members
    chosen = set(sorted(one.participant_id for one in members)[:most])
    return [one for one in members if one.participant_id in chosen]


def _ends(people: Sequence[_Member]) -> tuple[str, str]:
    guesses = [one.guess or 0 for one in people]
    return str(min(guesses)), str(max(guesses))


def _voices(members: Iterable[_Member]) -> int:
    """The number of different predictions, and of people without one."""
    guesses = [one.guess for one in members]
    return len({guess for guess in guesses if guess is not None}) + guesses.count(None)


def _even_parts(guessed: Sequence[_Member]) -> Iterator[tuple[list[_Member], Fraction]]:
    """The parts of a group whose predictions are too even, each with its probability.

    A long group is cut: what lies between two of its predictions is independent of the rest. Half of the chance
    is given to whole parts, half to those without some outliers, who are no part of the pattern.
    """
    ordered = sorted(guessed, key=lambda one: (one.guess or 0, one.participant_id))
    parts = -(-len(ordered) // MOST_EVEN)
    size = -(-len(ordered) // parts)
    outliers = [(low, high) for low in range(_OUTLIERS + 1) for high in range(_OUTLIERS + 1 - low)][1:]
    for start in range(0, len(ordered), size):
        part = ordered[start : start + size]
        values = [one.guess or 0 for one in part]
        probability = 2 * parts * too_even(values)
        low, high = 0, 0
        long = len(part) >= FEWEST_TOGETHER + 2 * _OUTLIERS
        if probability > CHANCE and long and too_even(values[_OUTLIERS:-_OUTLIERS]) < Fraction(1, 20):
            tried = [(too_even(values[a : len(values) - b]), a, b) for a, b in outliers]
            probability, low, high = min(tried)
            probability *= 2 * parts * len(tried)
        if probability <= CHANCE:
            yield part[low : len(part) - high], probability


def _fullest(ordered: Sequence[int], reach: Callable[[int], int]) -> tuple[int, int]:
    """The part ``[first, last)`` with the most of some ordered values that lie in the reach of the lowest."""
    best, last = (0, 1), 0
    for first, value in enumerate(ordered):
        end = reach(value)
        while last < len(ordered) and ordered[last] <= end:
            last += 1
        if last - first > best[1] - best[0]:
            best = (first, last)
    return best
