"""Tiles of an append-only hash tree: 256 hashes of one level, or fewer at its right edge (C2SP, tlog-tiles).

The tree is that of RFC 6962, section 2.1. A hash of level ``L`` in tiles is the root of 256**L leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.merkle import WIDTH, hashes, node, root

TILE = 256
# Path of a tile → its bytes, None if there is none.
Tiles = Callable[[str], bytes | None]


class BadTile(Exception):
    """A tile is missing or has a wrong length; ``str()`` is its path."""


def tile_path(level: int | Literal["entries"], number: int, width: int = TILE) -> str:
    """``tile/0/x001/x234/067``, with ``.p/<width>`` if partial; ``level`` may be ``entries``."""
    name, rest = f"{number % 1000:03}", number // 1000
    while rest:
        name, rest = f"x{rest % 1000:03}/{name}", rest // 1000
    return f"tile/{level}/{name}" + (f".p/{width}" if width < TILE else "")


def tile_at(size: int, level: int | Literal["entries"], number: int) -> tuple[str, int]:
    """The path and width of a tile of a tree with ``size`` leaves."""
    above = 0 if level == "entries" else level
    width = min(TILE, (size >> 8 * above) - TILE * number)
    return tile_path(level, number, width), width


@dataclass(slots=True)
class Edge:
    """The right edge of a tree: ``levels`` holds the hashes after the last whole tile of each level."""

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)

    @classmethod
    def read(cls, size: int, tiles: Tiles) -> Edge:
        """Raises ``BadTile``. What the tiles say is to be compared with a root that is trusted."""
        levels, level = [], 0
        while size >> 8 * level:
            whole, width = divmod(size >> 8 * level, TILE)
            levels.append(_tile(tiles, tile_path(level, whole, width), width) if width else [])
            level += 1
        return cls(size, levels)

    def append(self, leaves: Iterable[bytes]) -> dict[str, bytes]:
        """Returns the whole tiles that the new leaf hashes complete."""
        made: dict[str, bytes] = {}
        for leaf in leaves:
            self.size += 1
            hashed, level = leaf, 0
            while True:
                if level == len(self.levels):
                    self.levels.append([])
                own = self.levels[level]
                own.append(hashed)
                if len(own) < TILE:
                    break
                level += 1
                made[tile_path(level - 1, (self.size >> 8 * level) - 1)] = b"".join(own)
                hashed = root(own)
                own.clear()
        return made

    def tiles(self) -> dict[str, bytes]:
        """The partial tiles."""
        return {
            tile_path(level, self.size >> 8 * (level + 1), len(own)): b"".join(own)
            for level, own in enumerate(self.levels)
            if own
        }

    def root(self) -> bytes:
        tail: bytes | None = None
        for own in self.levels:
            if own or tail is not None:
                tail = _joined(own, tail)
        return root([]) if tail is None else tail


def _joined(whole: Sequence[bytes], tail: bytes | None) -> bytes:
    """The root over whole subtrees of one size and, to their right, the root ``tail`` of a smaller rest."""
    if tail is None:
        return root(whole)
    if not whole:
        return tail
    split = 1 << len(whole).bit_length() - 1
    return node(root(whole[:split]), _joined(whole[split:], tail))


def consistency(old: int, size: int, tiles: Tiles) -> list[bytes]:
    """The proof that the tree of ``size`` extends the one of ``old`` leaves (RFC 6962, 2.1.2).

    ``0 < old <= size``. Raises ``BadTile``.
    """
    known: dict[tuple[int, int], list[bytes]] = {}

    def of(start: int, end: int) -> bytes:
        """The root over the leaves from ``start`` to ``end``."""
        count = end - start
        if count & (count - 1) or start % count:
            split = start + (1 << (count - 1).bit_length() - 1)
            return node(of(start, split), of(split, end))
        level, within = divmod(count.bit_length() - 1, 8)
        first = start // count << within
        named = level, first // TILE
        if named not in known:
            path, width = tile_at(size, *named)
            known[named] = _tile(tiles, path, width)
        return root(known[named][first % TILE : first % TILE + (1 << within)])

    def proof(start: int, end: int, *, whole: bool) -> list[bytes]:
        if old == end:
            return [] if whole else [of(start, end)]
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if old <= split:
            return [*proof(start, split, whole=whole), of(split, end)]
        return [*proof(split, end, whole=False), of(start, split)]

    return proof(0, size, whole=True)


def _tile(tiles: Tiles, path: str, width: int) -> list[bytes]:
    data = tiles(path)
    if data is None or len(data) != WIDTH * width:
        raise BadTile(path)
    return hashes(data)
