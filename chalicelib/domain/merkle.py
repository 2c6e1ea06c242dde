"""The hash tree of RFC 6962, section 2.1: over the log's minutes, a minute's records, a week's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

WIDTH = 32
# So many leaves are hashed at once; a power of two, so that they are a whole subtree.
CHUNK = 1024


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _above(level: bytes) -> bytes:
    """The next level up; an odd node at the end moves up unchanged."""
    size = len(level)
    up = [sha256(b"\x01" + level[at : at + 2 * WIDTH]).digest() for at in range(0, size - WIDTH, 2 * WIDTH)]
    if size // WIDTH % 2:
        up.append(level[-WIDTH:])
    return b"".join(up)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in order; SHA-256 of nothing if there are none."""
    return packed_root([b"".join(leaves)])


def hashes(packed: bytes | bytearray) -> list[bytes]:
    """Splits concatenated hashes."""
    whole = bytes(packed)
    return [whole[at : at + WIDTH] for at in range(0, len(whole), WIDTH)]


def packed_root(pieces: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, concatenated, of which some are in each piece."""
    size, roots, rest = CHUNK * WIDTH, list[bytes](), b""
    for piece in pieces:
        rest += piece
        whole = len(rest) - len(rest) % size
        roots += [_root(rest[at : at + size]) for at in range(0, whole, size)]
        rest = rest[whole:]
    return _root(b"".join([*roots, _root(rest)])) or sha256().digest()


def _root(level: bytes) -> bytes:
    while len(level) > WIDTH:
        level = _above(level)
    return level


class LeafHashes:
    """Collects leaf hashes in any order, 32 bytes each, by their first byte."""

    def __init__(self) -> None:
        self._buckets = [bytearray() for _ in range(256)]

    def add(self, ascending: bytes) -> None:
        """``ascending``: hashes, concatenated."""
        firsts, start = ascending[::WIDTH], 0
        for first in range(256):
            end = bisect_right(firsts, first, start)
            self._buckets[first] += ascending[start * WIDTH : end * WIDTH]
            start = end

    def __len__(self) -> int:
        return sum(map(len, self._buckets)) // WIDTH

    def ordered(self) -> Iterator[bytes]:
        """Yields all of them in ascending order, many in each piece, and forgets them."""
        while self._buckets:
            yield b"".join(sorted(hashes(self._buckets.pop(0))))
