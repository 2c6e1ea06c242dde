"""Who stands on a unit's roster: such people are of that unit and category, whatever they say (design)."""

from __future__ import annotations

from chalicelib.documents.roster_index import Listed, RosterIndex
from chalicelib.domain.errors import NotLoaded
from chalicelib.services.contest.compiled_rosters import index_key
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import ObjectStore, Participant


class ListedPeople:
    """Looks people up in the rosters in force; holds the newest index, so that one registration reads it."""

    def __init__(self, desk: ObjectStore) -> None:
        self._desk = desk
        self._digest = ""
        self._index: RosterIndex | None = None

    def find(self, number: str, reference: Reference) -> Listed | None:
        """``number``: the participant id that stands for the citizen ID. Raises ``NotLoaded``, ``Busy``."""
        if not reference.rosters:
            return None
        if self._index is None or self._digest != reference.rosters:
            key = index_key(reference.rosters)
            data = self._desk.get(key)
            if data is None:
                raise NotLoaded(key)
            self._index, self._digest = RosterIndex(data), reference.rosters
        return self._index.find(number)


def placed(person: Participant, listed: Listed | None) -> Participant:
    """``person`` in the unit and category of the roster, if there is one."""
    return (
        person if listed is None else person._replace(unit=listed.unit, category=listed.category, listed=True)
    )
