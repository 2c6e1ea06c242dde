"""The units' rosters as the closes read them: a separate object on the desk, named by its digest.

The API loads the compiled contest at every cold start and needs no roster; rosters may have 200,000 rows, so
the contest holds only their digest. Names and citizen IDs are stored here as the units sent them, for the
units' own files. They never leave the desk, which also holds the files as sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from chalicelib.documents.canonical import digest
from chalicelib.domain.identity import participant_id
from chalicelib.readers.contest_tables import RosterRow
from chalicelib.services.ports import ObjectStore


class Member(NamedTuple):
    """A person on a unit's roster; ``participant_id`` is the id that a registration gets or would get."""

    participant_id: str
    full_name: str
    citizen_id: str
    exempt: bool


class Roster(NamedTuple):
    unit: str
    members: list[Member]


_decode = msgspec.json.Decoder(Roster).decode


def rosters_key(rosters_digest: str) -> str:
    return f"reference/rosters/{rosters_digest}.jsonl"


def compile_rosters(rows: Iterable[RosterRow], pepper: bytes) -> bytes:
    """One line per unit, by unit code; members by participant id. Empty without rosters."""
    units: dict[str, list[Member]] = {}
    for row in rows:
        member = Member(participant_id(pepper, row.citizen_id), row.full_name, row.citizen_id, row.exempt)
        units.setdefault(row.unit_code, []).append(member)
    lines = [msgspec.json.encode(Roster(unit, sorted(members))) for unit, members in sorted(units.items())]
    return b"".join(line + b"\n" for line in lines)


def load_rosters(desk: ObjectStore, rosters_digest: str) -> Iterator[Roster]:
    """The rosters unit by unit; none if the contest has no rosters. Raises ``FileNotFoundError``."""
    if not rosters_digest:
        return
    key = rosters_key(rosters_digest)
    data = desk.get(key)
    if data is None or digest(data) != rosters_digest:
        raise FileNotFoundError(key)
    for line in data.splitlines():
        yield _decode(line)
