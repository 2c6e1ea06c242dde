"""The units' rosters as the closes read them: a separate object on the desk, named by its digest.

The API loads the compiled contest at every cold start and needs no roster; rosters may have 200,000 rows, so
the contest holds only their digest, and registration looks a person up in an index beside them. They decide
where a person counts. Names and citizen IDs are stored here
as the units sent them, for the units' own files; they never leave the desk, which also holds the files as sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from chalicelib.documents.canonical import digest
from chalicelib.documents.roster_index import Listed, encode_roster_index
from chalicelib.domain.identity import participant_id
from chalicelib.domain.placement import Place, Placement
from chalicelib.readers.contest_tables import RosterRow
from chalicelib.services.contest.checked import checked
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import ObjectStore


class Member(NamedTuple):
    """A person on a unit's roster; ``participant_id`` stands for the citizen ID (generation 0), until
    ``load_rosters`` gives the id in force. Who is named by participant id has no ``citizen_id``.

    ``reason``: of the exemption.
    """

    participant_id: str
    full_name: str
    citizen_id: str
    exempt: bool
    category: str
    reason: str


class Roster(NamedTuple):
    unit: str
    members: list[Member]


_decode = msgspec.json.Decoder(Roster).decode


def rosters_key(rosters_digest: str) -> str:
    return f"reference/rosters/{rosters_digest}.jsonl"


def index_key(index_digest: str) -> str:
    return f"reference/listed/{index_digest}"


def compile_index(rosters: bytes) -> bytes:
    """The index of compiled rosters, by which the API looks up one person (``documents.roster_index``)."""
    return encode_roster_index(
        (one.participant_id if one.citizen_id else named(one.participant_id), Listed(roster.unit, one.category))
        for roster in map(_decode, rosters.splitlines())
        for one in roster.members
    )


def compile_rosters(rows: Iterable[RosterRow], pepper: bytes) -> bytes:
    """One line per unit, by unit code; members by participant id. Empty without rosters."""
    units: dict[str, list[Member]] = {}
    for row in rows:
        told = row._replace(citizen_id="") if row.participant_id else row
        member = Member(_number(row, pepper), *told[1:6])
        units.setdefault(row.unit_code, []).append(member)
    lines = [msgspec.json.encode(Roster(unit, sorted(members))) for unit, members in sorted(units.items())]
    return b"".join(line + b"\n" for line in lines)


def distinct_people(
    rows: Iterable[RosterRow], pepper: bytes, in_force: Mapping[str, str]
) -> tuple[list[RosterRow], list[RosterRow]]:
    """The first row of each person, and the rows of people named before, by citizen ID or by participant id.

    ``in_force``: id that stands for a citizen ID → the person's, where that is another one.
    """
    first: list[RosterRow] = []
    again: list[RosterRow] = []
    seen: set[str] = set()
    still = frozenset(in_force.values())
    for row in rows:
        person = _person(_number(row, pepper), in_force, still, is_named=bool(row.participant_id))
        (again if person in seen else first).append(row)
        seen.add(person)
    return first, again


def named(participant_id: str) -> str:
    """What the index has in place of the id of somebody whom a roster names by it.

    The id of generation 0 stands for the citizen ID too, which may be somebody else's by now.
    """
    return digest(f"participant|{participant_id}".encode())[: len(participant_id)]


def _person(identity: str, in_force: Mapping[str, str], still: Collection[str], *, is_named: bool) -> str:
    """The participant id that a row means, which ``is_named`` by participant id or else by citizen ID.

    A named person stays who they are when their citizen ID is corrected (then another number leads to them, so
    they are ``still`` there). When it is given back to its owner, the owner takes their place.
    """
    return identity if is_named and identity in still else in_force.get(identity, identity)


def _number(row: RosterRow, pepper: bytes) -> str:
    return row.participant_id or participant_id(pepper, row.citizen_id)


def load_placement(desk: ObjectStore, reference: Reference, week: int) -> Placement:
    """Where people count in the week, by corrections, rosters and mergers. Raises ``Altered``.

    Equal places are one object: 200,000 people take 22 MB.
    """
    definition = reference.definition
    places: dict[Place, Place] = {}
    listed: dict[str, Place] = {}
    units = []
    for roster in load_rosters(desk, reference, week):
        units.append(roster.unit)
        for one in roster.members:
            obliged = one.category in definition.obliged and not one.exempt
            place = Place(roster.unit, one.category, obliged, listed=True)
            listed[one.participant_id] = places.setdefault(place, place)
    decisions = reference.decisions
    return Placement(definition, listed, units, decisions.corrected_in(week), decisions.merged_in(week))


def rosters_of(desk: ObjectStore, reference: Reference, week: int) -> Iterator[Roster]:
    """As ``load_rosters``; the people on the roster of a unit that is merged stand on that of its new unit."""
    became = reference.decisions.merged_in(week)
    if not became:
        yield from load_rosters(desk, reference, week)
        return
    units: dict[str, list[Member]] = {}
    for roster in load_rosters(desk, reference, week):
        units.setdefault(became.get(roster.unit, roster.unit), []).extend(roster.members)
    yield from (Roster(unit, sorted(members)) for unit, members in sorted(units.items()))


def load_rosters(desk: ObjectStore, reference: Reference, week: int) -> Iterator[Roster]:
    """The rosters unit by unit, with the ids in force in ``week``; none if the contest has no rosters.

    Raises ``Altered``.
    """
    if not reference.rosters:
        return
    data = checked(desk, rosters_key(reference.rosters), reference.rosters)
    in_force = reference.decisions.in_force(week)
    still = frozenset(in_force.values())
    for line in data.splitlines():
        roster = _decode(line)
        if in_force:
            members = [
                one._replace(
                    participant_id=_person(one.participant_id, in_force, still, is_named=not one.citizen_id)
                )
                for one in roster.members
            ]
            roster = roster._replace(members=members)
        yield roster
