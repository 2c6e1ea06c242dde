"""Keeps the pieces of a week's bundle, so that several functions make them once all shares are there.

A piece is kept as a share is (``shares``): its lines as one object, all else about it as another, and a pointer
that is named by everything that the piece depends on. What the log did not hold at that time is no part of the
name: the close looks for it again. A close makes those pieces itself that are missing or were altered; where
nobody has made any, it is the same code in one function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.documents.canonical import canonical_json, digest
from chalicelib.domain.definition import Week
from chalicelib.domain.small_cells import Cell
from chalicelib.services.closing.bundle_people import PIECES, Blocks
from chalicelib.services.closing.bundle_pieces import Piece, PieceMaker, Terms
from chalicelib.services.closing.shares import Shares, kept_part, part_key
from chalicelib.services.contest.checked import POINTERS
from chalicelib.services.contest.reference import Reference
from chalicelib.services.log.ledger import LoggedLeaves, WeekLog


@dataclass(frozen=True, slots=True)
class Pieces:
    """``salt_key``: of all salts."""

    shares: Shares
    log: WeekLog
    salt_key: bytes

    def make(
        self, reference: Reference, week: Week, piece: int, terms_of: Callable[[Counter[Cell]], Terms]
    ) -> None:
        """Makes one piece, 0 … 15, and keeps it, unless an earlier run has done so, or a share is missing."""
        shares = self.shares.kept(reference, week)
        if shares is None:
            return
        blocks, cells = shares
        terms = terms_of(cells)
        pointer = self.pointers(reference, week, blocks, terms)[piece]
        if self._kept(pointer) is not None:
            return
        logged = self.log.of_week(reference.definition, week)
        made, lines = self._made(reference, week, logged, terms, [one.take(piece) for one in blocks])
        told = made.encode()
        self.shares.desk.put_all((part_key(digest(part)), part) for part in (told, lines))
        self.shares.desk.put(pointer, f"{digest(told)} {digest(lines)}".encode())

    def each(
        self, reference: Reference, week: Week, blocks: Sequence[Blocks], terms: Terms
    ) -> Iterator[tuple[Piece, bytes]]:
        """All pieces with their lines, in order; each block of ``blocks`` is taken once at most."""
        logged: LoggedLeaves | None = None
        pointers = self.pointers(reference, week, blocks, terms)
        for piece in range(PIECES):
            kept = self._kept(pointers[piece]) if pointers else None
            if kept is None:
                logged = logged or self.log.of_week(reference.definition, week)
                kept = self._made(reference, week, logged, terms, [one.take(piece) for one in blocks])
            yield kept

    def _made(
        self, reference: Reference, week: Week, logged: LoggedLeaves, terms: Terms, people: Sequence[bytes]
    ) -> tuple[Piece, bytes]:
        return PieceMaker(reference, week, self.salt_key, logged, terms).make(people)

    def _kept(self, pointer: str) -> tuple[Piece, bytes] | None:
        """A piece, if it is there as it was made."""
        named = self.shares.desk.get(pointer)
        if named is None:
            return None
        told, lines = (kept_part(self.shares.desk, one) for one in named.decode().split())
        return None if told is None or lines is None else (Piece.decode(told), lines)

    def pointers(
        self, reference: Reference, week: Week, blocks: Sequence[Blocks], terms: Terms
    ) -> Sequence[str]:
        """By piece. There are none for a week that was read in one go."""
        if any(not one.names for one in blocks):
            return ()
        hidden, proven, *log = terms
        shown = None if hidden.shown is None else sorted(hidden.shown)
        inputs = digest(canonical_json([self.shares.inputs(reference, week), shown, sorted(proven), *log]))
        of_pieces = zip(*(one.names for one in blocks), strict=True)
        named = [digest(canonical_json([inputs, *names])) for names in of_pieces]
        return [f"{POINTERS}parts/week-{week.number}/{one}/piece-{piece:02}" for piece, one in enumerate(named)]
