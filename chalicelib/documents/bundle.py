"""The public records of an attempt, which are its leaves, and its line of ``audit.jsonl.gz`` (docs/proof.md).

The texts are written by hand, because a close writes a million.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from chalicelib.domain.attempt import AttemptId, Entry, Finished
from chalicelib.domain.identity_provider import Verified
from chalicelib.domain.merkle import leaf_hash
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.receipt import Committed, committed, seed_commitment, seed_of
from chalicelib.domain.times import MINUTE_MS

FORMAT = 1


class Started(NamedTuple):
    """What the record of a start says beside the attempt: the minute, and the commitment to the seed."""

    minute: int
    seed: bytes


@dataclass(frozen=True, slots=True)
class Records:
    """Makes the records of a contest's attempts, as canonical JSON. ``key``: of all salts."""

    key: bytes
    contest: str

    def start(self, participant_id: str, attempt: AttemptId) -> bytes:
        name = Pseudonyms(self.key, self.contest)(attempt.week, participant_id)
        started = Started(attempt.started // MINUTE_MS, seed_commitment(self.key, participant_id, attempt))
        return self.start_under(name, attempt.week, attempt.number, started)

    def start_under(self, name: str, week: int, number: int, started: Started) -> bytes:
        """The same under the known pseudonym."""
        return (
            f'{{"contest":"{self.contest}","format":{FORMAT},"minute":{started.minute},'
            f'"number":{number},"pseudonym":"{name}","seed":"{started.seed.hex()}","week":{week}}}'
        ).encode()

    def started(self, participant_id: str, week: int, attempt: Finished) -> Started:
        """What the start of a finished attempt said; an erased one has kept its commitment."""
        return Started(attempt.started // MINUTE_MS, seed_of(self.key, participant_id, week, attempt))

    def finish(self, entry: Entry, bank: str, attempt: Finished) -> bytes:
        """``bank``: the digest of the week's."""
        name = Pseudonyms(self.key, self.contest)(entry.week, entry.participant_id)
        return self.finish_under(name, entry, bank, attempt)[0]

    def finish_under(self, name: str, entry: Entry, bank: str, attempt: Finished) -> tuple[bytes, Committed]:
        """The same under the known pseudonym, and what opens it."""
        made = committed(self.key, entry, bank, attempt)
        grading, identity, score, time = made.commitments
        guess = "null" if attempt.prediction is None else attempt.prediction
        record = (
            f'{{"contest":"{self.contest}","duration_minutes":{attempt.duration // MINUTE_MS},'
            f'"format":{FORMAT},"grading":"{grading.hex()}","identity":"{identity.hex()}",'
            f'"minute":{attempt.received // MINUTE_MS},"number":{attempt.number},"prediction":{guess},'
            f'"pseudonym":"{name}","score":"{score.hex()}","status":"{attempt.status}",'
            f'"time":"{time.hex()}","week":{entry.week}}}'
        ).encode()
        return record, made

    def leaf_hashes(self, before: Entry | None, after: Entry | None, bank: str) -> list[bytes]:
        """The leaves of one write to an entry: of the attempts that it finished, and of the one that it opened.

        The same write gives the same hashes. Erasing gives none: it finishes nothing.
        """
        return [leaf_hash(record) for record in self._written(before, after, bank)]

    def _written(self, before: Entry | None, after: Entry | None, bank: str) -> Iterator[bytes]:
        if after is None:
            return
        known = {attempt.number for attempt in before.finished} if before else ()
        for attempt in after.finished:
            if attempt.number not in known:
                yield self.finish(after, bank, attempt)
        opened = after.open
        if opened and not (before and before.open and before.open[:3] == opened[:3]):
            yield self.start(after.participant_id, AttemptId(after.week, *opened[:3]))


def as_object(text: bytes) -> dict[str, Any]:
    """A record that was made here, or one of ``receipt.openings``, as an object."""
    told: dict[str, Any] = msgspec.json.decode(text)  # five to a receipt, in a tenth of json's time
    return told


class Counted(NamedTuple):
    """How an attempt counted, beside its record, whose score it opens.

    ``start``: of an attempt that nobody handed in. ``told``: the score in the commitment, ``registered``: the
    category in it, where unit or category are others, else None. ``listed``: a roster says so, else a decision.
    ``excused``: not obliged although of an obliged category. ``verified``: by what, if a prize asks for that.
    ``identity_salt``: where the unit is not to be named (``small_cells``), for its commitment, which the owner
    of a receipt can open.
    """

    unit: str
    category: str
    score: int = 0
    score_salt: bytes = b""
    told: int | None = None
    registered: str | None = None
    listed: bool = False
    excused: bool = False
    verified: Verified = "none"
    start: Started | None = None
    identity_salt: bytes | None = None


# What stands in the place of a unit that is not named.
UNNAMED = "*"


def unit_commitment(identity_salt: bytes, unit: str) -> str:
    """SHA-256 of salt and unit, in hex, for a line that does not name it (docs/proof.md)."""
    return sha256(identity_salt + f'{{"unit":{_named(unit)}}}'.encode()).hexdigest()


def _named(unit: str) -> str:
    return f'"{unit}"' if unit else "null"


def encode_line(record: bytes, counted: Counted) -> bytes:
    """A line of the bundle."""
    beside = [f'"category":"{counted.category}"']
    if counted.excused:
        beside.append('"obliged":false')
    if counted.registered is not None:
        reason = "roster" if counted.listed else "decision"
        beside.append(f'"registered":{{"category":"{counted.registered}","reason":"{reason}"}}')
    beside.append(f'"salts":{{"score":"{counted.score_salt.hex()}"}},"score":{counted.score}')
    if counted.start is not None:
        beside.append(f'"start":{{"minute":{counted.start.minute},"seed":"{counted.start.seed.hex()}"}}')
    if counted.told is not None:
        beside.append(f'"told":{{"reason":"ruling","score":{counted.told}}}')
    if counted.identity_salt is None:
        beside.append(f'"unit":{_named(counted.unit)}')
    else:
        committed_to = unit_commitment(counted.identity_salt, counted.unit)
        beside.append(f'"unit":"{UNNAMED}","unit_commitment":"{committed_to}"')
    if counted.verified != "none":
        beside.append(f'"verified":"{counted.verified}"')
    return b'{"counted":{%b},"record":%b}' % (",".join(beside).encode(), record)
