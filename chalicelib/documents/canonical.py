"""Writes, digests and refuses documents; each value has exactly one text."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

# Made once: a new one for each value costs as much as encoding a small one.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class UnreadableDocument(Exception):
    """A stored document that this code cannot read: broken, or of a later format."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind


def canonical_json(value: Any) -> bytes:
    """The same value gives the same bytes: sorted keys, no spaces, UTF-8."""
    return _ENCODER.encode(value).encode()


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return sha256(data).hexdigest()


def parsed(kind: str, data: bytes, *formats: int) -> dict[str, Any]:
    """The object in ``data`` if its ``format`` is one of ``formats``. Raises ``UnreadableDocument``."""
    try:
        value = json.loads(data)
    except ValueError as error:
        raise UnreadableDocument(kind, f"no JSON ({error})") from None
    if not isinstance(value, dict):
        raise UnreadableDocument(kind, "no JSON object")
    if value.get("format") not in formats:
        raise UnreadableDocument(kind, f"format {value.get('format')!r}; this code reads {formats}")
    return value
