"""Makes the pieces of a week's bundle: lines, leaves, and where the log holds them (docs/proof.md).

A piece depends on its people, on what its lines must not name, on whom a provider has proved, and on the log.
What the log did not hold when the piece was made is listed: the close looks for it again.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Collection, Sequence
from sys import byteorder
from typing import NamedTuple

import msgspec

from chalicelib.documents.bundle import Counted, Records, encode_line
from chalicelib.documents.ranking_again import OpenedTime
from chalicelib.domain.attempt import NOT_COUNTED, Finished, Status
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.identity_provider import Verified, verified_by
from chalicelib.domain.merkle import leaf_hash
from chalicelib.domain.small_cells import Cell, SmallCells
from chalicelib.domain.times import MINUTE_MS, span_ms
from chalicelib.services.closing.bundle_people import BundlePerson, people_of
from chalicelib.services.contest.reference import Reference
from chalicelib.services.log.ledger import LoggedLeaves

# Nobody hands these in: the close settles them, or the start of the next attempt.
SETTLED: frozenset[Status] = frozenset({"overdue", "discarded"})


class Terms(NamedTuple):
    """What all pieces of a close depend on, beside people and log. ``proven``: participant ids.

    ``last_in_time``: the last batch whose records are in time. ``drawn``: the size of the log when the week was
    first closed, if it was: all that the close settles was there then.
    """

    hidden: SmallCells
    proven: frozenset[str]
    last_in_time: int
    drawn: int | None


class Missing(NamedTuple):
    """A leaf that the log does not hold yet, of the line ``at``, or of the start ``at`` of those in the piece.

    ``by_close``: nobody handed it in.
    """

    leaf: bytes
    of_start: bool
    at: int
    name: str
    by_close: bool


class Piece(NamedTuple):
    """A piece beside its lines: the pseudonyms of its people and the hashes of its leaves, both in ascending
    order and concatenated. ``lines`` and ``starts``: their minutes in the log, 4 bytes each, big-endian; 0
    where ``missing``.

    ``late``: pseudonyms with a record that is not in time, and the last batch of these; ``settled_anew``: with
    one that the close has settled since it was first closed. ``borderline``: the times of counted attempts of
    whose minute some are too fast and some not. ``looked``: the first batch that was not looked at.
    """

    people: bytes
    leaves: bytes
    lines: bytes
    starts: bytes
    late: dict[str, int]
    settled_anew: list[str]
    missing: list[Missing]
    borderline: list[OpenedTime]
    looked: int

    def encode(self) -> bytes:
        return msgspec.msgpack.encode(self)

    @classmethod
    def decode(cls, encoded: bytes) -> Piece:
        return _piece.decode(encoded)


_piece = msgspec.msgpack.Decoder(Piece)


class Late:
    """Finds who has a record that the log got too late (``Piece``): a paper handed in, or the start of one that
    was not, in a batch after the last in time, or a paper that the close has settled anew.
    """

    def __init__(self, last_in_time: int, drawn: int | None) -> None:
        self._last, self._drawn = last_in_time, drawn
        self.batches: dict[str, int] = {}
        self.settled_anew: set[str] = set()

    def note(self, name: str, batch: int, *, by_close: bool) -> None:
        if by_close:
            if self._drawn is not None and batch >= self._drawn:
                self.settled_anew.add(name)
        elif batch > self._last:
            self.batches[name] = max(batch, self.batches.get(name, 0))

    def take(self, piece: Piece) -> None:
        for name, batch in piece.late.items():
            self.note(name, batch, by_close=False)
        self.settled_anew.update(piece.settled_anew)


class PieceMaker:
    """Makes one piece. ``logged``: all that the log holds of the week."""

    def __init__(
        self, reference: Reference, week: Week, salt_key: bytes, logged: LoggedLeaves, terms: Terms
    ) -> None:
        definition: Definition = reference.definition
        self._definition, self._week, self._bank = definition, week, reference.bank.digest
        self._obliged, self._proofs = definition.obliged, definition.proofs
        self._records = Records(salt_key, definition.contest.id)
        self._logged, self._hidden, self._proven = logged, terms.hidden, terms.proven
        self._late = Late(terms.last_in_time, terms.drawn)
        shortest = span_ms(definition.paper.min_duration)
        # Of this minute, if there is one, some attempts are too fast and some not.
        self._borderline = shortest // MINUTE_MS if shortest % MINUTE_MS else None
        self._people, self._leaves = bytearray(), list[bytes]()
        self._lines, self._starts = array("I"), array("I")
        self._missing, self._opened = list[Missing](), list[OpenedTime]()

    def make(self, blocks: Sequence[bytes]) -> tuple[Piece, bytes]:
        """Of people as shares keep them; the second is the lines, a gzip member for each bucket with people."""
        packed = []
        for people in people_of(self._definition, self._week, blocks):
            lines = [line for person in people for line in self._of(person)]
            if lines:
                packed.append(packed_lines(lines))
        self._leaves.sort()
        piece = Piece(
            bytes(self._people),
            b"".join(self._leaves),
            _big_endian(self._lines),
            _big_endian(self._starts),
            self._late.batches,
            sorted(self._late.settled_anew),
            self._missing,
            self._opened,
            self._logged.end,
        )
        return piece, b"".join(packed)

    def _of(self, person: BundlePerson) -> list[bytes]:
        named, entry, place, made = person
        self._people += named
        name, beside = named.hex(), self._beside(person)
        hidden = self._hidden.hides(Cell(place.unit, place.category, place.obliged))
        lines = []
        for score, record in made:
            attempt = Finished.decode(record)
            public, opened = self._records.finish_under(name, entry, self._bank, attempt)
            leaf = leaf_hash(public)
            self._leaves.append(leaf)
            by_close = attempt.status in SETTLED
            self._see(self._lines, leaf, name, by_close=by_close)
            start = None
            if by_close:
                start = self._records.started(entry.participant_id, entry.week, attempt)
                started = self._records.start_under(name, entry.week, attempt.number, start)
                self._see(self._starts, leaf_hash(started), name, by_close=False)
            before = attempt.score if attempt.score != score else None
            identity_salt = opened.salts.identity if hidden else None
            counted = Counted(
                place.unit, place.category, score, opened.salts.score, before, *beside, start, identity_salt
            )
            lines.append(encode_line(public, counted))
            if attempt.duration // MINUTE_MS == self._borderline and attempt.flag not in NOT_COUNTED:
                times, salt = (attempt.duration, attempt.received), opened.salts.time.hex()
                self._opened.append(OpenedTime(name, attempt.number, *times, salt))
        return lines

    def _see(self, batches: array[int], leaf: bytes, name: str, *, by_close: bool) -> None:
        batch = self._logged.batch(leaf)
        if batch is None:
            self._missing.append(Missing(leaf, batches is self._starts, len(batches), name, by_close))
        else:
            self._late.note(name, batch, by_close=by_close)
        batches.append(batch or 0)

    def _beside(self, person: BundlePerson) -> tuple[str | None, bool, bool, Verified]:
        """``registered`` to ``verified`` of ``Counted``, which are the same beside all records of a person."""
        entry, place = person.entry, person.place
        verified = verified_by(proven=entry.participant_id in self._proven, listed=place.listed)
        moved = (place.unit, place.category) != (entry.unit, entry.category)
        return (
            entry.category if moved else None,
            place.listed,
            place.category in self._obliged and not place.obliged,
            verified if verified in self._proofs else "none",
        )


def _big_endian(batches: array[int]) -> bytes:
    if byteorder == "little":
        batches.byteswap()
    return batches.tobytes()


def packed_lines(lines: Collection[bytes]) -> bytes:
    """One gzip member without a time stamp. Level 1: half the time of 6, an eighth larger."""
    squeeze = zlib.compressobj(1, wbits=31)
    return squeeze.compress(b"\n".join([*lines, b""])) + squeeze.flush()
