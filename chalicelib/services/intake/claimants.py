"""The people who say that they are of a unit without a roster, for the unit's coordinator to confirm.

The sheet is the roster to be: rows of people who are not of the unit are deleted, and it is sent back as
``rosters-<code>.xlsx``. It names people by participant id, and their numbers masked: nobody needs to type one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.documents.closed_week import RankingRow, Unranked
from chalicelib.readers.contest_tables import ROSTER_COLUMNS
from chalicelib.services.contest.revisions import shown_weeks
from chalicelib.services.ports import ObjectStore, Participant, ParticipantStore

COLUMNS = (*ROSTER_COLUMNS, "citizen_id_masked", "note")


def claimants(
    units: Iterable[str], desk: ObjectStore, participants: ParticipantStore
) -> dict[str, list[Participant]]:
    """By code of each unit: who has taken part for it in a closed week, by name."""
    claimed: dict[str, set[str]] = {unit: set() for unit in units}
    for row in _counted(desk):
        if row.unit in claimed:
            claimed[row.unit].add(row.participant_id)
    people = participants.get_many({person for some in claimed.values() for person in some})
    return {
        unit: sorted((people[one] for one in some if one in people), key=lambda one: (one.full_name, one[0]))
        for unit, some in claimed.items()
    }


def sheet_row(unit: str, person: Participant) -> list[str]:
    """Under ``COLUMNS``."""
    told = {
        "unit_code": unit,
        "full_name": person.full_name,
        "category": person.category,
        "participant_id": person.participant_id,
        "citizen_id_masked": person.citizen_id_masked,
    }
    return [told.get(column, "") for column in COLUMNS]


def _counted(desk: ObjectStore) -> Iterator[RankingRow | Unranked]:
    for _, _, week in shown_weeks(desk):
        yield from week.rows()
        yield from week.week().unranked
