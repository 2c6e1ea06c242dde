"""Makes the links of the end: which pseudonyms of the weeks are one person (docs/proof.md).

Only people who count in some week are linked. It takes some 100 bytes a person beside what the final holds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TypeVar

from chalicelib.documents.closed_week import RankingRow, Unranked
from chalicelib.documents.links import LINKS, LinksHeader, encode_link
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.services.ports import LargeObjects

Person = TypeVar("Person", bound=RankingRow | Unranked)


class Links:
    """Notes who counts in each of the ``weeks`` (their numbers)."""

    def __init__(self, names: Pseudonyms, weeks: Sequence[int]) -> None:
        self._names, self._weeks = names, weeks
        self._held: dict[str, int] = {}  # participant id → a bit for each week

    def noting(self, week: int, people: Iterable[Person]) -> Iterator[Person]:
        """Passes everybody who counts in ``week`` on."""
        bit = 1 << self._weeks.index(week)
        for one in people:
            self._held[one.participant_id] = self._held.get(one.participant_id, 0) | bit
            yield one

    def write(self, desk: LargeObjects, folder: str) -> str:
        """Writes the file into the desk's ``folder`` and returns its SHA-256. It uses the notes up.

        People are in order of the first pseudonym that they have.
        """
        told = sha256()

        def passing() -> Iterator[bytes]:
            for piece in self._pieces():
                told.update(piece)
                yield piece

        desk.put_pieces(f"{folder}/{LINKS}", passing())
        return told.hexdigest()

    def _pieces(self) -> Iterator[bytes]:
        # Of hashes in hex Huffman codes alone are as good as anything.
        squeeze = zlib.compressobj(1, wbits=31, strategy=zlib.Z_HUFFMAN_ONLY)
        header = LinksHeader(contest=self._names.contest, weeks=tuple(self._weeks))
        yield squeeze.compress(header.encode() + b"\n")
        by_first: list[list[tuple[str, int]]] = [[] for _ in range(256)]
        while self._held:
            person, held = self._held.popitem()
            first = (held & -held).bit_length() - 1
            by_first[int(self._name(first, person)[:2], 16)].append((person, held))
        for some in by_first:
            lines = sorted([self._line(*one) for one in some])
            some.clear()
            yield squeeze.compress(b"".join([line for _, line in lines]))
        yield squeeze.flush()

    def _line(self, person: str, held: int) -> tuple[str, bytes]:
        names = [self._name(place, person) if held >> place & 1 else None for place in range(len(self._weeks))]
        return next(name for name in names if name), encode_link(names)

    def _name(self, place: int, person: str) -> str:
        return self._names(self._weeks[place], person)
