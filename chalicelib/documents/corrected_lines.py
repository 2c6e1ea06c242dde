"""What was corrected of a person's own data; sealed in the person's row, and gone with it."""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.typed import Document
from chalicelib.domain.person import CorrectedLine


class CorrectedLines(Document, frozen=True, kw_only=True):
    """Oldest first."""

    format: Literal[1] = 1
    lines: tuple[CorrectedLine, ...]
