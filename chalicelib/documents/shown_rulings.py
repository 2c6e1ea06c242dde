"""The rulings of a week as they are published beside its result and in ``ranking.json``."""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.typed import Part
from chalicelib.domain.bank import letters_of
from chalicelib.domain.grading import Rulings


class ShownRuling(Part, frozen=True):
    """``keys``: the accepted ones as letters in the bank's order; none with ``all_right``. ``at``: RFC 3339."""

    question: str
    ruling: Literal["key", "all_right"]
    keys: tuple[str, ...]
    reason: str
    at: str


def shown_rulings(rulings: Rulings) -> tuple[ShownRuling, ...]:
    """Sorted by question."""
    return tuple(
        ShownRuling(
            question=question,
            ruling=ruling.kind,
            keys=tuple(letters_of(answer) for answer in ruling.answers),
            reason=ruling.reason,
            at=ruling.at,
        )
        for question, ruling in sorted(rulings.items())
    )
