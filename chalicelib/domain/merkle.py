"""The hash tree of RFC 6962, section 2.1: over the log's minutes, a minute's records, a week's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

# So many leaves are made into hashes at once; a power of two, so that they are a whole subtree.
CHUNK = 1024
WIDTH = 32


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level up; an odd node at the end moves up unchanged."""
    pairs = zip(level[::2], level[1::2], strict=False)
    up = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(level) % 2:
        up.append(level[-1])
    return up


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in order; SHA-256 of nothing if there are none."""
    level = leaves
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else sha256().digest()


def hashes(packed: bytes | bytearray) -> list[bytes]:
    """Splits concatenated hashes."""
    return [bytes(packed[at : at + WIDTH]) for at in range(0, len(packed), WIDTH)]


def packed_root(leaves: bytes) -> bytes:
    """The root over ``leaves``, concatenated."""
    return root([root(chunk) for chunk in _chunks(leaves)])


def _chunks(leaves: bytes) -> Iterator[list[bytes]]:
    for start in range(0, len(leaves), CHUNK * WIDTH):
        yield hashes(leaves[start : start + CHUNK * WIDTH])


class LeafHashes:
    """Collects leaf hashes in any order, 32 bytes each, by their first byte."""

    def __init__(self) -> None:
        self._buckets = [bytearray() for _ in range(256)]

    def add(self, hashed: bytes) -> None:
        self._buckets[hashed[0]] += hashed

    def ordered(self) -> bytes:
        """Returns all of them, concatenated in ascending order, and forgets them."""
        packed = bytearray()
        while self._buckets:
            packed += b"".join(sorted(hashes(self._buckets.pop(0))))
        return bytes(packed)
