"""An attempt's public record, which is its leaf and stands in its receipt, and its line of ``audit.jsonl.gz``.

The texts are written by hand, because a close writes a million. The API writes them too: no msgspec here.
"""

from __future__ import annotations

from typing import Any

from chalicelib.documents.canonical import parsed
from chalicelib.domain.attempt import Status
from chalicelib.domain.identity_provider import Verified

FORMAT = 1


def encode_record(
    contest: str,
    week: int,
    pseudonym: str,
    unit: str,
    category: str,
    *,
    number: int,
    status: Status,
    score: int | None,
    prediction: int | None,
    duration: int,
    received: int,
    committed: str,
) -> bytes:
    """Canonical JSON. ``pseudonym`` and ``committed`` are hex, times milliseconds; nothing needs escaping.

    ``score`` is by the key at the week's opening. It is None only in a receipt, where the contest tells scores
    after the close.
    """
    guess = "null" if prediction is None else prediction
    points = "null" if score is None else score
    named = f'"{unit}"' if unit else "null"
    return (
        f'{{"category":"{category}","commitment":"{committed}","contest":"{contest}",'
        f'"duration_ms":{duration},"format":{FORMAT},"number":{number},"prediction":{guess},'
        f'"pseudonym":"{pseudonym}","received_at_ms":{received},"score":{points},"status":"{status}","unit":{named},"week":{week}}}'
    ).encode()


def decode_record(record: bytes) -> dict[str, Any]:
    """The record as an object. Raises ``UnreadableDocument``."""
    return parsed("AttemptRecord", record, FORMAT)


def encode_line(
    record: bytes,
    *,
    category: str | None = None,
    excused: bool = False,
    score: int | None = None,
    unit: str | None = None,
    verified: Verified = "none",
) -> bytes:
    """A line of the bundle: beside the ``record``, what counted otherwise than it says, or in addition.

    ``score``: under the rulings; ``category`` and ``unit``: by a roster; None if it is the record's.
    ``excused``: not obliged although of an obliged category. ``verified``: by what, where a prize
    asks for that.
    """
    counted = []
    if category is not None:
        counted.append(f'"category":"{category}"')
    if excused:
        counted.append('"obliged":false')
    if score is not None:
        counted.append(f'"score":{score}')
    if unit is not None:
        counted.append(f'"unit":"{unit}"')
    if verified != "none":
        counted.append(f'"verified":"{verified}"')
    return b'{"counted":{%b},"record":%b}' % (",".join(counted).encode(), record)
