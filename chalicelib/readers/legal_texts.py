"""The dated table of legal texts (``legal_texts.csv``) by which a bank's references are checked.

A text without ``since`` has held for long, one without ``until`` holds until somebody enters its end. Add what
your bank cites; ``source`` says where a day is from.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from chalicelib.domain.lint.subject import LegalText

_FILE = Path(__file__).with_suffix(".csv")


@cache
def legal_texts() -> tuple[LegalText, ...]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            LegalText(
                row["number"],
                row["title"],
                _day(row["since"]),
                _day(row["until"]),
                row["replaced_by"],
                row["source"],
            )
            for row in csv.DictReader(lines)
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
