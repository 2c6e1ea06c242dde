"""A line of ``audit.jsonl.gz``: an attempt's public record, which is also its leaf and stands in its receipt.

The text is written by hand, because a close writes a million. The API writes it too, so it avoids msgspec.
"""

from __future__ import annotations

from typing import Any

from chalicelib.documents.canonical import parsed
from chalicelib.domain.attempt import Status

FORMAT = 1


def encode_line(
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

    ``score`` is None only in a receipt, where the contest tells scores after the close.
    """
    guess = "null" if prediction is None else prediction
    points = "null" if score is None else score
    named = f'"{unit}"' if unit else "null"
    return (
        f'{{"category":"{category}","commitment":"{committed}","contest":"{contest}",'
        f'"duration_ms":{duration},"format":{FORMAT},"number":{number},"prediction":{guess},'
        f'"pseudonym":"{pseudonym}","received_at_ms":{received},"score":{points},"status":"{status}","unit":{named},"week":{week}}}'
    ).encode()


def decode_line(line: bytes) -> dict[str, Any]:
    """The record as an object. Raises ``UnreadableDocument``."""
    return parsed("BundleLine", line, FORMAT)
