"""``winner-checks.xlsx``: the sheet on which the organisers note whom they have checked, and whom they annul.

It has the winners, the reserves, and whoever else shows signs that the organisers are asked to look at. Sent
back to the inbox under the same name, it annuls those who failed, and the next move up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.ranking import Standing
from chalicelib.domain.statistics.anomaly import TO_LOOK_AT
from chalicelib.readers.decision_files import WINNER_CHECKS
from chalicelib.reports.anomalies import NO_SIGNS, PersonsSigns
from chalicelib.reports.winners import Winner
from chalicelib.reports.xlsx import plain_book
from chalicelib.services.ports import PlainSheet

# The rest is in ``anomalies.csv``; the inbox takes 1,000 rows.
MOST_OTHERS = 500
_WIDTHS = (7, 26, 7, 24, 26, 13, 15, 30, 9, 70, 12, 34)


class Other(NamedTuple):
    """Somebody with signs who would win nothing."""

    rank: int
    participant_id: str
    unit_name: str


def others_to_look_at(
    ranked: Iterable[Standing],
    listed: Iterable[Winner],
    signs: Mapping[str, PersonsSigns],
    names: Mapping[str, str],
) -> list[Other]:
    """The people with the highest scores, then by rank; ``listed``: winners and reserves, who have own rows."""
    known = {one.participant_id for one in listed}
    found = [
        Other(rank, one.participant_id, names.get(one.unit, ""))
        for rank, one in enumerate(ranked, 1)
        if one.participant_id not in known and signs.get(one.participant_id, NO_SIGNS).score >= TO_LOOK_AT
    ]
    return sorted(found, key=lambda one: (-signs[one.participant_id].score, one.rank))[:MOST_OTHERS]


def checks_book(
    week: int,
    won: Iterable[Winner],
    behind: Iterable[Winner],
    others: Iterable[Other],
    signs: Mapping[str, PersonsSigns],
    at: datetime,
) -> bytes:
    """Winners first, then the reserves and the others, with the columns that the inbox reads."""

    def row(one: Winner | Other, prize: str, name: str, born: str, number: str) -> list[str | int | None]:
        score, evidence = signs.get(one.participant_id, NO_SIGNS)
        told = (week, prize, one.rank, one.participant_id, name, born, number, one.unit_name)
        return [*told, score, evidence, None, None]

    def rows() -> Iterator[list[str | int | None]]:
        for before, people in (("", won), ("Dự phòng: ", behind)):
            for one in people:
                yield row(one, before + one.title, one.full_name, one.born, one.citizen_id)
        for other in others:
            yield row(other, "Ngoài danh sách giải", "", "", "")

    return plain_book([PlainSheet("Kiểm tra", _WIDTHS, WINNER_CHECKS, list(rows()))], at)
