"""Where a person counts in a week: by the unit's roster, else by what was said at registration (design)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.domain.attempt import Entry
from chalicelib.domain.definition import Definition


class Place(NamedTuple):
    """``obliged``: measured against the headcount of the unit (R1).

    ``unlisted``: the person claims to be obliged in a unit that has a roster, and is not on it.
    """

    unit: str
    category: str
    obliged: bool
    unlisted: bool = False


class Placement:
    """The rosters in force for a week: ``listed``, participant id → place, and the units that have one."""

    def __init__(
        self,
        definition: Definition,
        listed: Mapping[str, Place] = MappingProxyType({}),
        with_roster: Collection[str] = (),
    ) -> None:
        self._obliged, self._listed, self._with_roster = definition.obliged, listed, frozenset(with_roster)
        others = [category.name for category in definition.categories if not category.obliged]
        self._other = others[0] if others else None

    def of(self, entry: Entry) -> Place:
        """The roster's place, else the registration's.

        Who claims an obliged category in a unit that has a roster and is not on it is not obliged there, and is
        put into the first category that is not obliged; where there is none, the category stays.
        """
        listed = self._listed.get(entry.participant_id)
        obliged = entry.category in self._obliged
        claims = obliged and entry.unit in self._with_roster
        if listed is not None:
            return listed._replace(unlisted=True) if claims and listed.unit != entry.unit else listed
        if claims:
            return Place(entry.unit, self._other or entry.category, obliged=False, unlisted=True)
        return Place(entry.unit, entry.category, obliged)
