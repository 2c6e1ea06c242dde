"""``manifest.json``: the inputs of a revision, its files, and the code that made it."""

from __future__ import annotations

import json
from typing import Literal

import msgspec

from chalicelib.documents.closed_week import Counts
from chalicelib.documents.results_page import Proof, Recognised
from chalicelib.documents.typed import Document, Part
from chalicelib.domain.decisions import Cause


class ReplacedRevision(Part, frozen=True):
    """The revision that this one replaces; ``manifest``: SHA-256 of its ``manifest.json``."""

    revision: int
    result_digest: str
    manifest: str


class Confirmed(Part, frozen=True):
    """A change of the published result that the organisers have confirmed."""

    code: str
    reason: str
    at: str
    cause: Cause


class Manifest(Document, frozen=True, kw_only=True):
    """``inputs``: of each part, what the log's facts said when this was made.

    ``salts``: by part, in hex, where a fact is SHA-256(salt ‖ digest of the part): whoever has part and salt
    can check it. ``files``: SHA-256 of every file by name.

    ``result_digest`` is that of the files with data; workbooks and the announcement say how the result stands.
    ``recognised``: None while the result is provisional. ``confirmations``: all changes so far, oldest first.
    """

    format: Literal[1] = 1
    contest: str
    what: str
    revision: int
    inputs: dict[str, str]
    inputs_digest: str
    salts: dict[str, str]
    code_version: str
    files: dict[str, str]
    result_digest: str
    recognised: Recognised | None
    replaces: ReplacedRevision | None
    confirmations: tuple[Confirmed, ...]

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
