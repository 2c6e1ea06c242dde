"""``winner-checks.xlsx``: the sheet on which the organisers note the check of the winners' identity cards.

Sent back to the inbox under the same name, it annuls those who failed, and the next move up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.readers.decision_files import WINNER_CHECKS
from chalicelib.reports.winners import Winner
from chalicelib.reports.xlsx import plain_book
from chalicelib.services.ports import PlainSheet

_WIDTHS = (7, 26, 7, 24, 28, 14, 16, 36, 14, 40)


def checks_book(week: int, won: Iterable[Winner], behind: Iterable[Winner], at: datetime) -> bytes:
    """Winners first, then the reserves, with the columns that the inbox reads."""
    rows = [*_rows(week, won, ""), *_rows(week, behind, "Dự phòng: ")]
    return plain_book([PlainSheet("Kiểm tra", _WIDTHS, WINNER_CHECKS, rows)], at)


def _rows(week: int, people: Iterable[Winner], before: str) -> Iterator[list[str | int | None]]:
    for one in people:
        yield [
            week,
            before + one.title,
            one.rank,
            one.participant_id,
            one.full_name,
            one.born,
            one.citizen_id,
            one.unit_name,
            None,
            None,
        ]
