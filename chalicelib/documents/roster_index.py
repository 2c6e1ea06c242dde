"""``reference/listed/<own digest>``: the units of people on rosters, to look one up without reading all.

A line of JSON with the places, then twelve bytes a person, ascending: the participant id that stands for the
citizen ID, and the number of the place. Who is named by participant id in the roster has a digest of it here
(``compiled_rosters.named``). 200,000 people take 2.4 MB.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from chalicelib.documents.canonical import canonical_json, parsed

FORMAT = 1
_ROW = Struct(">10sH")


class Listed(NamedTuple):
    """A person's unit and category by a roster."""

    unit: str
    category: str


def encode_roster_index(people: Iterable[tuple[str, Listed]]) -> bytes:
    """``people``: participant id and place, each person once."""
    places: dict[Listed, int] = {}
    rows = [(bytes.fromhex(person), places.setdefault(place, len(places))) for person, place in people]
    header = canonical_json({"format": FORMAT, "places": [list(place) for place in places]})
    return header + b"\n" + b"".join(_ROW.pack(*row) for row in sorted(rows))


class RosterIndex:
    """Finds people in an encoded index. Raises ``UnreadableDocument``."""

    def __init__(self, data: bytes) -> None:
        header, _, self._rows = data.partition(b"\n")
        self._places: list[Listed] = [
            Listed(*place) for place in parsed("RosterIndex", header, FORMAT)["places"]
        ]

    def find(self, participant_id: str) -> Listed | None:
        """``participant_id``: the one that stands for the citizen ID, or a digest as above."""
        wanted = bytes.fromhex(participant_id)
        low, high = 0, len(self._rows) // _ROW.size
        while low < high:
            middle = (low + high) // 2
            person, place = _ROW.unpack_from(self._rows, middle * _ROW.size)
            if person == wanted:
                return self._places[int(place)]
            low, high = (middle + 1, high) if person < wanted else (low, middle)
        return None
