"""From the entries' stream to the log: the leaves of each change wait on the desk for the next minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalicelib.documents.canonical import digest
from chalicelib.documents.log import PENDING, PendingLeaves
from chalicelib.domain.live import Change
from chalicelib.services.ports import ObjectStore

# The leaf hashes that a change makes, in any order.
LeafHashesOf = Callable[[Change], list[bytes]]


def keep_leaves(changes: Iterable[Change], leaves_of: LeafHashesOf, desk: ObjectStore) -> int:
    """Puts the leaves of one delivery into one object; returns how many there are.

    Its name holds its digest: a repeated delivery puts the same object again, one that was cut otherwise puts
    another, and none is ever overwritten. What is in both counts once, by its source and sequence number.
    """
    sources: dict[str, list[tuple[str, bytes]]] = {}
    for change in changes:
        if leaves := leaves_of(change):
            # Weeks have partitions of their own, whose changes come in any order.
            waiting = sources.setdefault(f"week-{change.week}/{change.source}", [])
            waiting.append((str(change.sequence), b"".join(leaves)))
    if not sources:
        return 0
    pending = PendingLeaves(sources).encode()
    source, numbers = next(iter(sources.items()))
    name = f"{source.replace('/', '_')}-{numbers[0][0]}-{numbers[-1][0]}-{digest(pending)[:16]}"
    desk.put(f"{PENDING}{name}.msgpack", pending)
    return sum(len(packed) // 32 for numbers in sources.values() for _, packed in numbers)
