"""``manifest.json``: the inputs of a revision, its files, and the code that made it."""

from __future__ import annotations

import json
from typing import Literal

import msgspec

from chalicelib.documents.closed_week import Counts
from chalicelib.documents.results_page import Proof
from chalicelib.documents.typed import Document, Part


class CommitmentHead(Part, frozen=True):
    """The head of the chain of commitments at the time of the close."""

    number: int
    digest: str


class Manifest(Document, frozen=True, kw_only=True):
    """``inputs``: digests of the compiled parts by name; ``files``: SHA-256 of every file by name."""

    format: Literal[1] = 1
    contest: str
    what: str
    revision: int
    inputs: dict[str, str]
    inputs_digest: str
    commitment: CommitmentHead | None
    code_version: str
    files: dict[str, str]
    result_digest: str

    def encode(self) -> bytes:
        """Indented: people read it too."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=False, indent=1).encode()


class WeekManifest(Manifest, frozen=True, kw_only=True):
    """``target``: what the prediction came to; ``ranked``: how many people are."""

    counts: Counts
    target: int | None
    ranked: int
    proof: Proof


class FinalManifest(Manifest, frozen=True, kw_only=True):
    """``weeks``: the result digests of all weeks."""

    weeks: tuple[str, ...]
