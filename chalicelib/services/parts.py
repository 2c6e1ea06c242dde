"""A week's entries, read by one function or shared out among many.

Sixteen shares of sixteen shards each. What a share comes to is kept as one object on the desk, ``parts/…``,
named by all that it depends on: whoever makes it writes the same bytes. A close takes the parts if they are all
there and reads the entries itself if not, so that nothing goes wrong where a share was not made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chalicelib.domain.closeout import Gathered, gather
from chalicelib.domain.definition import Week
from chalicelib.domain.ranking import Contender
from chalicelib.services.ports import SHARDS, EntryReader, ObjectStore
from chalicelib.services.reference import Reference, canonical_json, digest

SHARES = 16
_EACH = len(SHARDS) // SHARES
_people = msgspec.msgpack.Decoder(list[Contender])


@dataclass(frozen=True, slots=True)
class Parts:
    """``version`` of the code, by which parts of different code are told apart."""

    read_entries: EntryReader
    desk: ObjectStore
    version: str

    def make(self, reference: Reference, week: Week, share: int) -> None:
        """Reads one share, 0 … 15, and keeps what it comes to."""
        gathered = self._read(reference, week, SHARDS[share * _EACH : (share + 1) * _EACH])
        self.desk.put(self._key(reference, week, share), msgspec.msgpack.encode(gathered.people))

    def gather(self, reference: Reference, week: Week) -> Gathered:
        """The whole week."""
        first = self.desk.get(self._key(reference, week, 0))
        if first is None:
            return self._read(reference, week, SHARDS)
        whole = Gathered(_people.decode(first), {})
        for share in range(1, SHARES):
            part = self.desk.get(self._key(reference, week, share))
            if part is None:
                return self._read(reference, week, SHARDS)
            whole.merge(Gathered(_people.decode(part), {}))
        return whole

    def _read(self, reference: Reference, week: Week, shards: Sequence[str]) -> Gathered:
        entries = self.read_entries(week.number, shards)
        return gather(reference.definition, reference.bank, week, entries)

    def _key(self, reference: Reference, week: Week, share: int) -> str:
        parts: list[Any] = [reference.digests["definition"], reference.digests["bank"], self.version]
        return f"parts/week-{week.number}/{digest(canonical_json(parts))[:16]}/{share:02}.msgpack"
