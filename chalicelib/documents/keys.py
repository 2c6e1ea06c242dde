"""``data/keys.json``: the public keys that check receipts; ``data/result-keys.json``: those of the closes.

No key is ever removed.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.typed import Document, Part

# The list itself, a pointer, and its copy on the site.
LISTED, KEYS = "pointers/receipt-keys", "data/keys.json"
RESULTS_LISTED, RESULT_KEYS = "pointers/result-keys", "data/result-keys.json"


class PublicKey(Part, frozen=True):
    """``key_id``: the first 16 hex digits of SHA-256(public key); ``public_key``: 64 hex digits."""

    key_id: str
    public_key: str
    algorithm: Literal["Ed25519"] = "Ed25519"


class PublicKeys(Document, frozen=True, kw_only=True):
    """Oldest first."""

    format: Literal[1] = 1
    keys: tuple[PublicKey, ...] = ()
