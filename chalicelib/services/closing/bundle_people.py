"""The people of a week's bundle, as a close collects them and as shares keep them: by pseudonym, in pieces.

Entries arrive sorted by participant id, an order that would link people from week to week. So the bundle is in
the order of pseudonyms, of which a piece has those with the same first four bits and a bucket those with the
same first byte. A million attempts take 75 MB here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from struct import Struct
from typing import NamedTuple

from chalicelib.domain.attempt import Entry
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.placement import Place
from chalicelib.domain.pseudonyms import Pseudonyms

PIECES = 16
_BUCKETS = 256 // PIECES  # of a piece
# pseudonym, attempts; lengths of participant id, of the unit's code as in the entry and as counted; category in
# the same way; whether obliged, and listed. Then come the three texts, then each attempt: the score that
# counts, the length of its record, and the record.
_PERSON = Struct(">32sBBBBBB??")
_ATTEMPT = Struct(">BB")
# Before the people of a piece's buckets.
_LENGTHS = Struct(f">{_BUCKETS}I")


class BundlePerson(NamedTuple):
    """``entry`` without its attempts, which are ``made``: the score that counts, and the record."""

    name: bytes
    entry: Entry
    place: Place
    made: list[tuple[int, bytes]]


class Blocks(NamedTuple):
    """Some of a week's people, by piece: ``take`` gives a piece once. ``names``: the SHA-256 of each.

    Without ``names`` they are those of the whole week, and nobody has kept anything of them.
    """

    names: Sequence[str]
    take: Callable[[int], bytes]


class BundlePeople:
    """An ``Observer`` of one week."""

    sees_everybody = True

    def __init__(self, definition: Definition, week: Week, salt_key: bytes) -> None:
        self._week, self._names = week.number, Pseudonyms(salt_key, definition.contest.id)
        self._number = _numbers(definition)
        self._people = [bytearray() for _ in range(256)]

    def add(self, entry: Entry, place: Place) -> None:
        """Notes every finished attempt, also discarded ones and those of barred people."""
        if not entry.finished:
            return
        named = self._names.of(self._week, entry.participant_id)
        texts = [text.encode() for text in (entry.participant_id, entry.unit, place.unit)]
        categories = self._number[entry.category], self._number[place.category]
        sizes = map(len, texts)
        head = _PERSON.pack(named, len(entry.finished), *sizes, *categories, place.obliged, place.listed)
        block = [head, *texts]
        for one in entry.finished:
            record = (one if one.told is None else one._replace(score=one.told, told=None)).encode()
            block += (_ATTEMPT.pack(one.score, len(record)), record)
        self._people[named[0]] += b"".join(block)

    def take(self, piece: int) -> bytes:
        """The people of a piece, who are then forgotten."""
        own = slice(piece * _BUCKETS, (piece + 1) * _BUCKETS)
        buckets = self._people[own]
        self._people[own] = [bytearray()] * _BUCKETS
        return b"".join([_LENGTHS.pack(*map(len, buckets)), *buckets])


def people_of(definition: Definition, week: Week, blocks: Sequence[bytes]) -> Iterator[list[BundlePerson]]:
    """The people of a piece, bucket by bucket, in the order of their pseudonyms. ``blocks``: what was taken."""
    lengths = [_LENGTHS.unpack_from(block) for block in blocks]
    starts = [_LENGTHS.size] * len(blocks)
    categories = [*_numbers(definition)]
    for bucket in range(_BUCKETS):
        people: list[BundlePerson] = []
        for number, block in enumerate(blocks):
            start = starts[number]
            starts[number] = end = start + lengths[number][bucket]
            people += _parsed(block, start, end, week.number, categories)
        people.sort(key=attrgetter("name"))
        yield people


def _parsed(block: bytes, at: int, end: int, week: int, categories: Sequence[str]) -> Iterator[BundlePerson]:
    while at < end:
        name, count, *told = _PERSON.unpack_from(block, at)
        at += _PERSON.size
        texts = []
        for size in told[:3]:
            texts.append(block[at : at + size].decode())
            at += size
        made = []
        for _ in range(count):
            score, size = _ATTEMPT.unpack_from(block, at)
            at += _ATTEMPT.size + size
            made.append((score, block[at - size : at]))
        (person, unit, counted_unit), (category, counted, obliged, on_roster) = texts, told[3:]
        entry = Entry(person, week, unit, categories[category], 0, None, ())
        yield BundlePerson(
            name, entry, Place(counted_unit, categories[counted], obliged, listed=on_roster), made
        )


def _numbers(definition: Definition) -> dict[str, int]:
    return {category.name: number for number, category in enumerate(definition.categories)}
