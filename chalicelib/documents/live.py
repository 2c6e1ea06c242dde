"""``data/live.json``: what the page shows of the open week."""

from __future__ import annotations

from typing import Literal

import msgspec

from chalicelib.documents.typed import Document

LIVE = "data/live.json"


class Live(Document, frozen=True, kw_only=True):
    """``week``, ``people`` and ``attempts`` are None where there is nothing to tell.

    ``units``: unit code → (people, attempts), without units of which nobody took part. The totals include
    people of no unit.
    """

    format: Literal[1] = 1
    as_of: str
    week: int | None
    people: int | None = None
    attempts: int | None = None
    units: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
