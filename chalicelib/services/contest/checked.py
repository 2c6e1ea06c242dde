"""Loads nothing but what a pointer names.

Pointers are kept where only functions write (``storage.desk``). Everything else that functions load from the
desk is named by its SHA-256, by a pointer or by something that a pointer names. What is not what it was named
is never used: it is logged, which sets off an alarm, and brought back from the bucket's earlier versions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from hashlib import sha256 as new_sha256

from chalicelib.documents.canonical import digest
from chalicelib.domain.errors import Busy
from chalicelib.services.ports import LargeObjects, ObjectStore

# What begins with this is a pointer: a small value that moves by conditional writes.
POINTERS = "pointers/"
# Chalice's logger.
_log = logging.getLogger("cuoc-thi")


class Altered(Busy):
    """The object of this key is not what a pointer names; people are told to come again."""


def tell(key: str, *, healed: bool) -> None:
    """The line that sets off the alarm (``AlteredObjectAlarm`` of the template)."""
    _log.error({"event": "altered_object", "key": key, "healed": healed})


def checked(store: ObjectStore, key: str, sha256: str) -> bytes:
    """The object of this digest. Raises ``Altered`` if it is another, or gone, and cannot be brought back."""
    data = store.get(key)
    if data is not None and digest(data) == sha256:
        return data
    healed = store.restore(key, sha256)
    tell(key, healed=healed)
    data = store.get(key) if healed else None
    if data is None or digest(data) != sha256:
        raise Altered(key)
    return data


def checked_pieces(store: LargeObjects, key: str, sha256: str) -> Iterator[bytes]:
    """The pieces of a large object; raises ``Altered`` after the last if they were not those of this digest.

    ``put_pieces`` then shows nothing. What was altered is brought back for the next time, where it can be.
    """
    passed = new_sha256()
    for piece in _pieces(store, key):
        passed.update(piece)
        yield piece
    if passed.hexdigest() != sha256:
        tell(key, healed=store.restore(key, sha256))
        raise Altered(key)


def _pieces(store: LargeObjects, key: str) -> Iterator[bytes]:
    try:
        yield from store.get_pieces(key)
    except FileNotFoundError:
        return
