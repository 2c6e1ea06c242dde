"""Reads a log's files as somebody outside does, and checks what they promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from chalicelib.documents.canonical import canonical_json
from chalicelib.documents.log import (
    LOG,
    Checkpoint,
    Leaf,
    decode_entries,
    decode_leaf,
    decode_note,
    signed_note,
)
from chalicelib.domain.merkle import hashes, leaf_hash, root
from chalicelib.domain.tiles import TILE, tile_at
from chalicelib.services.exam.receipts import SigningKey


def checkpoint_of(note: bytes, key: SigningKey) -> Checkpoint:
    checkpoint, _ = decode_note(note)
    assert note.startswith(signed_note(checkpoint, key.public, key.sign).encode())
    return checkpoint


def leaves_of(site: Mapping[str, bytes], checkpoint: Checkpoint) -> list[Leaf]:
    """All leaves of a checkpoint, whose tiles and entries have to be there and to give its root."""
    size, entries, hashed = checkpoint.size, list[bytes](), list[bytes]()
    for number in range(-(-size // TILE)):
        entries += decode_entries(site[LOG + tile_at(size, "entries", number)[0]] if size else b"")
        hashed += hashes(site[LOG + tile_at(size, 0, number)[0]])
    assert len(entries) == size
    assert [leaf_hash(entry) for entry in entries] == hashed
    assert root(hashed) == checkpoint.root
    level = hashed
    for above in (1, 2):
        level = [root(level[start : start + TILE]) for start in range(0, len(level) - TILE + 1, TILE)]
        shown = [site[LOG + tile_at(size, above, number)[0]] for number in range(-(-len(level) // TILE))]
        assert b"".join(shown) == b"".join(level)
    return [decode_leaf(entry) for entry in entries]


def batch_of(site: Mapping[str, bytes], leaf: Leaf, opening: Mapping[str, object]) -> list[bytes]:
    """The leaf hashes of an opened minute, checked against its leaf."""
    committed = {"root": opening["root"], "size": opening["size"]}
    salt = bytes.fromhex(str(opening["salt"]))
    assert sha256(salt + canonical_json(committed)).hexdigest() == leaf.commitment
    size = int(str(opening["size"]))
    found: list[bytes] = []
    for number in range(-(-size // TILE)):
        found += hashes(site[f"{LOG}batch/{leaf.batch}/{tile_at(size, 0, number)[0]}"])
    assert root(found).hex() == opening["root"]
    assert found == sorted(found)
    return found


def extends(site: Mapping[str, bytes], notes: Sequence[bytes], key: SigningKey) -> None:
    """Every visible checkpoint has its tiles, and the leaves of each begin with those of the one before."""
    before: list[Leaf] = []
    for note in notes:
        leaves = leaves_of(site, checkpoint_of(note, key))
        assert leaves[: len(before)] == before
        before = leaves
