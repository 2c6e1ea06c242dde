"""Documents as left by a small contest."""

from __future__ import annotations

from typing import Any

from chalicelib.documents.closed_week import (
    ClosedWeek,
    Counts,
    Day,
    Prediction,
    Prize,
    QuestionFigures,
    UnitLine,
    Unranked,
)
from chalicelib.documents.shown_rulings import ShownRuling

UNIT = UnitLine(
    level="",
    rank=1,
    code="SO-A",
    name="Sở A",
    parent="",
    bloc="Sở ngành",
    kind="department",
    headcount=4,
    exempt=0,
    size=4,
    people=2,
    attempts=3,
    best_sum=9,
    obliged_people=2,
    obliged_attempts=3,
    obliged_best_sum=9,
    distinct_people=2,
    distinct_obliged=2,
    winners=1,
    rate="1/2",
    quality="9/10",
    score="257/4",
    prize="weekly",
    prize_title="Giải thi tuần",
    note="",
    told_everybody=True,
    told_obliged=True,
)


RULING = ShownRuling("KS-001", "key", ("A", "B"), "hai cách hiểu", "2022-08-30T09:00:00+07:00")


def a_closed_week(**changes: Any) -> ClosedWeek:
    """One unit, one prize, one question."""
    fields: dict[str, Any] = {
        "contest": "trial",
        "week": 1,
        "opens_at": "2022-08-22T08:00:00+07:00",
        "closes_at": "2022-08-29T08:00:00+07:00",
        "draw_root": "0" * 64,
        "draw_size": 9,
        "late": (),
        "paper_size": 5,
        "counts": Counts(2, 3, 2, 0, 1),
        "prediction": Prediction("perfect_people", 1),
        "ranked": 2,
        "unranked": (Unranked("0e" * 10, "SO-A", "mandatory", True, True),),
        "prizes": (
            Prize("first", "Nhất", 1, "0f" * 10, "SO-A", "Sở A", 5, 2, 1, 61_500, 1_661_130_061_500, 2, "none"),
        ),
        "units": (UNIT,),
        "days": (Day("2022-08-22", 3, 2, 2),),
        "questions": (QuestionFigures("KS-001", "Kiểm soát", "B", 2, 1, -250, (0, 1, 1), 0, ("too_hard",)),),
        "rulings": (RULING,),
        "earlier_winners": {"0d" * 10: 2},
        "reserves": (),
        "unit_prizes_elsewhere": {"weekly": ("SO-B",)},
    }
    return ClosedWeek(**{**fields, **changes})
