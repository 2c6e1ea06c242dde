"""The keyed id under which a citizen ID is known everywhere."""

from __future__ import annotations

import hmac


def participant_id(pepper: bytes, citizen_id: str) -> str:
    """The first 80 bits of HMAC-SHA256(pepper, citizen id), in hex.

    Two of two million people share an id with a chance of 2·10⁻¹². The first two digits are the shard.
    """
    return hmac.digest(pepper, citizen_id.encode(), "sha256")[:10].hex()
