"""Who stands on a unit's roster: such people are of that unit and category, whatever they say (design)."""

from __future__ import annotations

from chalicelib.documents.roster_index import Listed, RosterIndex
from chalicelib.domain.identity import participant_id
from chalicelib.services.contest.checked import checked
from chalicelib.services.contest.compiled_rosters import index_key, named
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import ObjectStore, Participant


class ListedPeople:
    """Looks people up in the rosters in force; holds the newest index, so that one registration reads it."""

    def __init__(self, desk: ObjectStore) -> None:
        self._desk = desk
        self._digest = ""
        self._index: RosterIndex | None = None

    def find(self, number: str, reference: Current, identity: str = "") -> Listed | None:
        """``number``: the participant id that stands for the citizen ID. Raises ``Busy``.

        ``identity``: the person's participant id, where it is known.
        """
        if not reference.listed:
            return None
        if self._index is None or self._digest != reference.listed:
            data = checked(self._desk, index_key(reference.listed), reference.listed)
            self._index, self._digest = RosterIndex(data), reference.listed
        found = self._index.find(number)
        if found is None and identity:
            found = self._index.find(named(identity))
        if found is None and number not in reference.decisions.in_force().values():
            found = self._index.find(named(number))
        return found

    def looked_up(self, person: Participant, reference: Current, pepper: bytes) -> Participant:
        """``person``, with whether a roster lists them.

        Unit and category stay as registered: leaves and papers of an open week are made of them. At the close a
        roster that came later counts all the same. Whose number was given back to its owner is on none.
        """
        number = participant_id(pepper, person.citizen_id)
        holds = reference.decisions.in_force().get(number, number) == person.participant_id
        listed = holds and self.find(number, reference, person.participant_id) is not None
        return person._replace(listed=listed)


def placed(person: Participant, listed: Listed | None) -> Participant:
    """``person`` in the unit and category of the roster, if there is one."""
    return (
        person if listed is None else person._replace(unit=listed.unit, category=listed.category, listed=True)
    )
