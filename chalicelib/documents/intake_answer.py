"""``intake/<file>.json``: the answer to a file in the inbox, for programs."""

from __future__ import annotations

import json
from typing import Any, Literal

import msgspec

from chalicelib.documents.consequences import Consequences
from chalicelib.documents.typed import Document, Part


class Mistake(Part, frozen=True):
    """A place in a file that was sent, and what to do; ``row`` is 0 where it concerns the whole file."""

    file: str
    row: int
    column: str
    value: str
    message: str


class IntakeAnswer(Document, frozen=True, kw_only=True):
    """``taken``: what was taken over, or missing, by name; ``faults``: the first of ``fault_count``.

    ``warnings``: the first of ``warning_count`` things to look at in files that were taken over all the same.
    ``consequences``: what the file would change in published results if it were confirmed under the code that
    ``taken`` names.
    """

    format: Literal[1] = 1
    file: str
    sha256: str
    accepted: bool
    at: str
    taken: dict[str, Any]
    fault_count: int
    faults: tuple[Mistake, ...]
    warning_count: int
    warnings: tuple[Mistake, ...]
    consequences: Consequences | None

    def encode(self) -> bytes:
        """Indented: people read it too. Half of a surrogate pair, which UTF-8 does not have, becomes ``?``."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=False, indent=1).encode(errors="replace")
