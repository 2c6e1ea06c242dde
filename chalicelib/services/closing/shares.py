"""Reads a week's entries, in one function or shared out among many.

There are sixteen shares of sixteen shards each. The result of a share is kept as one object on the desk,
``parts/…``; a pointer named by everything it depends on names its digest. A share that is there is not read
again, whoever made it; a close reads those itself that are missing or were altered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from chalicelib.documents.canonical import canonical_json, digest
from chalicelib.domain.closeout import Collector, Gathered, gather
from chalicelib.domain.definition import Week
from chalicelib.domain.ranking import Contender
from chalicelib.services.contest.checked import POINTERS, Altered, checked
from chalicelib.services.contest.compiled_rosters import load_placement
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import SHARDS, EntryReader, ObjectStore

SHARES = 16
# What a share depends on, beside its entries.
_PARTS = ("definition", "bank", "rosters")
_EACH = len(SHARDS) // SHARES
# The empty collectors of one week, by name.
Collectors = Callable[[Reference, Week], Mapping[str, Collector]]


class _ShareRead(NamedTuple):
    people: list[Contender]
    collected: dict[str, bytes]


_part = msgspec.msgpack.Decoder(_ShareRead)


@dataclass(frozen=True, slots=True)
class Shares:
    """``version`` is the code's: it keeps apart the shares that different code has read."""

    read_entries: EntryReader
    desk: ObjectStore
    version: str
    collectors: Collectors

    def make(self, reference: Reference, week: Week, share: int) -> None:
        """Reads one share, 0 … 15, and keeps its result, unless an earlier run has done so."""
        if self._kept(reference, week, share) is not None:
            return
        gathered = self._read(reference, week, _shards(share))
        collected = {name: collector.encode() for name, collector in gathered.collected.items()}
        part = msgspec.msgpack.encode(_ShareRead(gathered.people, collected))
        self.desk.put(_part_key(digest(part)), part)
        self.desk.put(self._pointer(reference, week, share), digest(part).encode())

    def gather(self, reference: Reference, week: Week) -> Gathered:
        """The whole week, of the shares that are there and the entries of all others."""
        whole = Gathered([], dict(self.collectors(reference, week)))
        missing: list[str] = []
        for share in range(SHARES):
            kept = self._kept(reference, week, share)
            if kept is None:
                missing += _shards(share)
                continue
            part = _part.decode(kept)
            whole.people.extend(part.people)
            for name, collector in whole.collected.items():
                collector.decode(part.collected[name])
        if len(missing) == len(SHARDS):
            return self._read(reference, week, SHARDS)
        if missing:
            whole.merge(self._read(reference, week, missing))
        return whole

    def _kept(self, reference: Reference, week: Week, share: int) -> bytes | None:
        """A share's result, if it is there as it was made. It goes after two days; its pointer stays."""
        pointer = self.desk.get(self._pointer(reference, week, share))
        if pointer is None:
            return None
        named = pointer.decode()
        part = self.desk.get(_part_key(named))
        if part is None or digest(part) == named:
            return part
        try:
            return checked(self.desk, _part_key(named), named)
        except Altered:
            return None

    def _read(self, reference: Reference, week: Week, shards: Sequence[str]) -> Gathered:
        entries = self.read_entries(week.number, shards)
        return gather(
            reference.definition,
            reference.bank,
            week,
            entries,
            self.collectors(reference, week),
            reference.decisions.rulings_in(week.number),
            reference.bars(week.number).not_counted,
            load_placement(self.desk, reference, week.number),
        )

    def _pointer(self, reference: Reference, week: Week, share: int) -> str:
        rulings = reference.decisions.rulings_in(week.number)
        inputs: list[Any] = [
            [week.opens, week.closes],  # a week that was opened again has other entries
            *(reference.digests[part] for part in _PARTS),
            self.version,
            {question: ruling.answers for question, ruling in rulings.items()},
            sorted(reference.bars(week.number).not_counted),
            reference.decisions.in_force(week.number),
            sorted(reference.decisions.corrected_in(week.number).items()),
            reference.decisions.merged_in(week.number),
        ]
        return f"{POINTERS}parts/week-{week.number}/{digest(canonical_json(inputs))}/{share:02}"


def _shards(share: int) -> Sequence[str]:
    return SHARDS[share * _EACH : (share + 1) * _EACH]


def _part_key(part_digest: str) -> str:
    return f"parts/{part_digest}.msgpack"
