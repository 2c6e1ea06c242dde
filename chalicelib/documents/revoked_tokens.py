"""Whose tokens no longer hold, by participant id: kept whole among the pointers.

It holds nobody longer than a token lives, so it stays short; twenty thousand people fit into an item.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.documents.canonical import UnreadableDocument, canonical_json, parsed

KEY = "pointers/revoked"
FORMAT = 1


def encode(revoked: Mapping[str, int]) -> bytes:
    """``revoked``: participant id → the moment (milliseconds) before which no token was issued that holds."""
    return canonical_json({"format": FORMAT, "revoked": dict(revoked)})


def decode(data: bytes) -> dict[str, int]:
    """Raises ``UnreadableDocument``."""
    revoked = parsed("RevokedTokens", data, FORMAT).get("revoked")
    if not isinstance(revoked, dict) or not all(type(moment) is int for moment in revoked.values()):
        raise UnreadableDocument("RevokedTokens", "no moments by participant id")
    return revoked
