"""The chain of commitments: ``data/commitments.json`` on the site, ``reference/commitments/`` on the desk."""

from __future__ import annotations

from typing import Literal

import msgspec

from chalicelib.documents.canonical import canonical_json, digest
from chalicelib.documents.keys import PublicKey
from chalicelib.documents.typed import Document, Part


class Commitment(Part, frozen=True, kw_only=True):
    """An entry of the chain. docs/commitments.md explains every field.

    ``parts``: name → digest, salted where it could be guessed; ``weeks``: begun week → the digests it keeps.
    """

    number: int
    at: str
    changed: tuple[str, ...]
    from_week: int | None
    reason: str
    reason_en: str
    parts: dict[str, str]
    weeks: dict[str, dict[str, str]]
    code_version: str
    keys: tuple[PublicKey, ...]
    previous: str | None

    @property
    def digest(self) -> str:
        """SHA-256 of the entry's canonical JSON."""
        return digest(canonical_json(msgspec.to_builtins(self)))


class Commitments(Document, frozen=True, kw_only=True):
    """``entries``: oldest first, at least one; ``head``: the digest of the newest."""

    format: Literal[1] = 1
    entries: tuple[Commitment, ...]
    head: str
