"""``pending/<code>.json``: a file that waits for its confirmation."""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.consequences import Consequences
from chalicelib.documents.plain_file import ReadFile
from chalicelib.documents.typed import Document


class Pending(Document, frozen=True, kw_only=True):
    """``file``: its name; ``by``: who sent it, as its path says; ``version``: as S3 names it; ``at``: when it
    came, RFC 3339.

    No ``consequences``: it is about people alone.
    """

    format: Literal[1] = 1
    file: str
    read: ReadFile
    by: str
    version: str
    at: str
    consequences: Consequences | None
