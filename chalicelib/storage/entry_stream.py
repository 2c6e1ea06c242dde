"""Turns records of the entries' stream, as Lambda delivers them, into changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.domain.live import Change
from chalicelib.storage.entry_items import entry_of

# Most writes only save an attempt, and leave all this as it was.
_COUNTED = ("unit", "category", "used", "done", "open")


def changes(records: Iterable[dict[str, Any]], key: bytes) -> Iterator[Change]:
    """The changes that started or finished an attempt (or removed an entry), in the order of the records, and
    whatever saved something that is not authentic.

    The source of a change is its partition key in this stream: all records of a key are in one shard of the
    stream, in order, and a split shard is read before its children. (DynamoDB could spread a hot or large key
    over partitions; these have a few writes a second and some megabytes.) Sequence numbers of different
    streams, as after a restore of the table, cannot be compared, so the stream's label is part of the source.
    ``key``: of the MACs (``entry_items.to_entry``).
    """
    for record in records:
        change = record["dynamodb"]
        before, after = change.get("OldImage"), change.get("NewImage")
        saved = before and after and all(before.get(name) == after.get(name) for name in _COUNTED)
        # What is finished was checked when it was written.
        if saved and not entry_of({**after, "done": None}, key).unauthentic:
            continue
        partition = change["Keys"]["pk"]["S"]
        week, _, shard = partition[1:].partition("#")
        label = record["eventSourceARN"].rpartition("/")[2]
        yield Change(
            int(week),
            f"{label}/{shard}",
            int(change["SequenceNumber"]),
            entry_of(before, key) if before else None,
            entry_of(after, key) if after else None,
        )
