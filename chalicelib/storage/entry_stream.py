"""Records of the entries' stream, as Lambda hands them over, turned into changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.domain.live import Change
from chalicelib.storage.entry_items import entry_of

# Two of three writes start or save an attempt and finish none: they are passed over before anything is decoded.
_COUNTED = ("unit", "done")


def changes(records: Iterable[dict[str, Any]]) -> Iterator[Change]:
    """The changes that finished an attempt (or took an entry away), in the order of the records.

    The source of a change is its partition key, in this stream: all records of a key are in one shard of the
    stream, in order, and a shard that was split is read before its children. (DynamoDB could spread a key over
    partitions if it were hot or large; these have a few writes a second and some megabytes.) Sequence numbers
    of different streams, as after a restore of the table, cannot be compared, so the stream's label is
    part of the source.
    """
    for record in records:
        change = record["dynamodb"]
        before, after = change.get("OldImage"), change.get("NewImage")
        if before and after and all(before.get(name) == after.get(name) for name in _COUNTED):
            continue
        partition = change["Keys"]["pk"]["S"]
        week, _, shard = partition[1:].partition("#")
        label = record["eventSourceARN"].rpartition("/")[2]
        yield Change(
            int(week),
            f"{label}/{shard}",
            int(change["SequenceNumber"]),
            entry_of(before) if before else None,
            entry_of(after) if after else None,
        )
