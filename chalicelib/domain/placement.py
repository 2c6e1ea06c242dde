"""Where a person counts in a week: by the desk's correction, else the unit's roster, else the registration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.domain.attempt import Entry
from chalicelib.domain.decisions import Corrected
from chalicelib.domain.definition import Definition

_NOTHING = Corrected()


class Place(NamedTuple):
    """``obliged``: measured against the headcount of the unit (R1).

    ``unlisted``: the person claims to be obliged in a unit that has a roster, and is not on it.
    ``listed``: on the roster of some unit, wherever a correction has moved the person since.
    """

    unit: str
    category: str
    obliged: bool
    unlisted: bool = False
    listed: bool = False


class Placement:
    """What is in force for a week: ``listed``, participant id → place on a roster, and the units that have one;
    ``corrected`` by participant id; ``merged``, the code of a merged unit → the one it has become.
    """

    def __init__(
        self,
        definition: Definition,
        listed: Mapping[str, Place] = MappingProxyType({}),
        with_roster: Collection[str] = (),
        corrected: Mapping[str, Corrected] = MappingProxyType({}),
        merged: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._obliged, self._listed, self._with_roster = definition.obliged, listed, frozenset(with_roster)
        self._corrected, self._merged = corrected, merged
        others = [category.name for category in definition.categories if not category.obliged]
        self._other = others[0] if others else None
        # Most people have the places of many others: so these take no memory of their own.
        self._known: dict[Place, Place] = {}

    def of(self, entry: Entry) -> Place:
        """The correction's unit and category, else the roster's, else the registration's; merged units last.

        Who claims an obliged category in a unit that has a roster and is not on it is not obliged there, and is
        put into the first category that is not obliged; where there is none, the category stays.
        """
        correction = self._corrected.get(entry.participant_id)
        place = self._told(entry, correction or _NOTHING)
        if correction is not None and correction.category is not None:
            category, listed = correction.category, self._listed.get(entry.participant_id)
            excused = listed is not None and listed.unit == place.unit and self._excused(listed)
            obliged = category in self._obliged and not excused
            place = place._replace(category=category, obliged=obliged, unlisted=False)
        unit = self._merged.get(place.unit)
        return place if unit is None else place._replace(unit=unit)

    def _excused(self, listed: Place) -> bool:
        return listed.category in self._obliged and not listed.obliged

    def _told(self, entry: Entry, correction: Corrected) -> Place:
        """By roster and registration, with the corrected unit in place of the one that either names."""
        unit = entry.unit if correction.unit is None else correction.unit
        obliged = entry.category in self._obliged
        claims = obliged and not self._with_roster.isdisjoint((unit, self._merged.get(unit, unit)))
        listed = self._listed.get(entry.participant_id)
        if listed is None:
            if claims:
                told = Place(unit, self._other or entry.category, obliged=False, unlisted=True)
            else:
                told = Place(unit, entry.category, obliged)
            return self._known.setdefault(told, told)
        if correction.unit is not None and correction.unit != listed.unit:
            # Whoever is excused there is not excused in another unit.
            return Place(unit, listed.category, listed.category in self._obliged, listed=True)
        there, here = (self._merged.get(code, code) for code in (listed.unit, unit))
        return listed._replace(unlisted=True) if claims and there != here else listed
