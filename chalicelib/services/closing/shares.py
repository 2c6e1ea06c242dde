"""Reads a week's entries, in one function or shared out among many.

There are sixteen shares of sixteen shards each. What a share finds is kept below ``parts/`` on the desk: people
and statistics in one object, and for each piece of the bundle its people in another. A pointer named by
everything that the share depends on names the digest of a head, which names theirs. A share that is there is
not read again, whoever made it; a close reads those itself that are missing or were altered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any, NamedTuple

import msgspec

from chalicelib.documents.canonical import canonical_json, digest
from chalicelib.domain.closeout import Collector, Gathered, cells_of, gather
from chalicelib.domain.definition import Week
from chalicelib.domain.ranking import Contender
from chalicelib.domain.small_cells import Cell
from chalicelib.services.closing.bundle_people import PIECES, Blocks, BundlePeople
from chalicelib.services.contest.checked import POINTERS, Altered, checked
from chalicelib.services.contest.compiled_rosters import load_placement
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import SHARDS, EntryReader, LargeObjects

SHARES = 16
# What a share depends on, beside its entries.
_PARTS = ("definition", "bank", "rosters")
_EACH = len(SHARDS) // SHARES


class Watching(NamedTuple):
    """What looks at the entries of one week: the bundle's people, and the statistics by name. All empty."""

    bundle: BundlePeople
    statistics: Mapping[str, Collector]


Collectors = Callable[[Reference, Week], Watching]


class _Found(NamedTuple):
    people: list[Contender]
    collected: dict[str, bytes]


class _Head(NamedTuple):
    """The digests of what was found, and of the bundle's people by piece; how many took part in each cell."""

    found: str
    blocks: list[str]
    cells: list[tuple[Cell, int]]


class _Made(NamedTuple):
    head: _Head
    found: bytes
    blocks: list[bytes]


_found, _head = msgspec.msgpack.Decoder(_Found), msgspec.msgpack.Decoder(_Head)


class WeekRead(NamedTuple):
    """A week's entries once read: the people and statistics, the bundle's people, and ``cells_of`` all."""

    gathered: Gathered
    blocks: Sequence[Blocks]
    cells: Counter[Cell]


@dataclass(frozen=True, slots=True)
class Shares:
    """``version`` is the code's: it keeps apart the shares that different code has read."""

    read_entries: EntryReader
    desk: LargeObjects
    version: str
    collectors: Collectors

    def make(self, reference: Reference, week: Week, share: int) -> None:
        """Reads one share, 0 … 15, and keeps its result, unless an earlier run has done so."""
        kept = self._head(pointer := self._pointer(reference, week, share))
        if kept and all(kept_part(self.desk, named) is not None for named in (kept.found, *kept.blocks)):
            return
        made = self._made(reference, week, share)
        head = msgspec.msgpack.encode(made.head)
        self.desk.put_all((part_key(digest(part)), part) for part in (made.found, *made.blocks, head))
        self.desk.put(pointer, digest(head).encode())

    def gather(self, reference: Reference, week: Week) -> WeekRead:
        """The whole week, of the shares that are there and the entries of all others."""
        heads = self._heads(reference, week)
        if not any(heads):
            return self._whole(reference, week)
        gathered = Gathered([], dict(self.collectors(reference, week).statistics))
        blocks, cells = list[Blocks](), Counter[Cell]()
        for share, head in enumerate(heads):
            found = head and kept_part(self.desk, head.found)
            made = _Made(head, found, []) if head and found else self._made(reference, week, share)
            told = _found.decode(made.found)
            gathered.people.extend(map(_interned, told.people))
            for name, collector in gathered.collected.items():
                collector.decode(told.collected[name])
            cells.update(dict(made.head.cells))
            blocks.append(self._blocks(reference, week, share, made.head, made.blocks))
        return WeekRead(gathered, blocks, cells)

    def kept(self, reference: Reference, week: Week) -> tuple[list[Blocks], Counter[Cell]] | None:
        """The bundle's people and the cells of a week of which all shares are there; None of another."""
        blocks, cells = list[Blocks](), Counter[Cell]()
        for share, head in enumerate(self._heads(reference, week)):
            if head is None:
                return None
            cells.update(dict(head.cells))
            blocks.append(self._blocks(reference, week, share, head, []))
        return blocks, cells

    def inputs(self, reference: Reference, week: Week) -> str:
        """The digest of everything that a share depends on, except its entries."""
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
        return digest(canonical_json(inputs))

    def _heads(self, reference: Reference, week: Week) -> list[_Head | None]:
        """The shares' heads that are there as they were made."""
        return [self._head(self._pointer(reference, week, share)) for share in range(SHARES)]

    def _head(self, pointer: str) -> _Head | None:
        named = self.desk.get(pointer)
        head = named and kept_part(self.desk, named.decode())
        return _head.decode(head) if head else None

    def _blocks(self, reference: Reference, week: Week, share: int, head: _Head, own: list[bytes]) -> Blocks:
        """Those of a share: its ``own`` if it was just read, or those kept. What is gone is read again."""

        def take(piece: int) -> bytes:
            block = None if own else kept_part(self.desk, head.blocks[piece])
            if block is None:
                own.extend([] if own else self._made(reference, week, share).blocks)
                block, own[piece] = own[piece], b""
            return block

        return Blocks(head.blocks, take)

    def _whole(self, reference: Reference, week: Week) -> WeekRead:
        watching = self.collectors(reference, week)
        gathered = self._read(reference, week, SHARDS, watching)
        return WeekRead(gathered, [Blocks((), watching.bundle.take)], cells_of(gathered.people))

    def _made(self, reference: Reference, week: Week, share: int) -> _Made:
        watching = self.collectors(reference, week)
        people, statistics = self._read(reference, week, _shards(share), watching)
        found = msgspec.msgpack.encode(
            _Found(people, {name: collector.encode() for name, collector in statistics.items()})
        )
        blocks = list(map(watching.bundle.take, range(PIECES)))
        head = _Head(digest(found), list(map(digest, blocks)), sorted(cells_of(people).items()))
        return _Made(head, found, blocks)

    def _read(self, reference: Reference, week: Week, shards: Sequence[str], watching: Watching) -> Gathered:
        return gather(
            reference.definition,
            reference.bank,
            week,
            self.read_entries(week.number, shards),
            watching.statistics,
            reference.decisions.rulings_in(week.number),
            reference.bars(week.number).not_counted,
            load_placement(self.desk, reference, week.number),
            [watching.bundle],
        )

    def _pointer(self, reference: Reference, week: Week, share: int) -> str:
        return f"{POINTERS}parts/week-{week.number}/{self.inputs(reference, week)}/{share:02}"


def _interned(one: Contender) -> Contender:
    """Decoding makes strings anew for each person (``ranking.contenders``)."""
    return Contender(one[0], intern(one[1]), intern(one[2]), *one[3:])


def kept_part(desk: LargeObjects, named: str) -> bytes | None:
    """What is kept under this digest, as it was made. It goes after two days; pointers stay."""
    part = desk.get(part_key(named))
    if part is None or digest(part) == named:
        return part
    try:
        return checked(desk, part_key(named), named)
    except Altered:
        return None


def part_key(named: str) -> str:
    return f"parts/{named}.bin"


def _shards(share: int) -> Sequence[str]:
    return SHARDS[share * _EACH : (share + 1) * _EACH]
