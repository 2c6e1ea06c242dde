"""What an anomaly is, and how many points it gives a person."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal, NamedTuple

Reason = Literal[
    "unauthentic",
    "too_fast",
    "below_min_duration",
    "alike_wrong",
    "night",
    "above_headcount",
    "late_in_log",
    "not_on_roster",
    "one_phone",
    "faster_than_reading",
    "never_saved",
    "no_pause",
    "burst",
    "one_hour",
    "unit_never_saved",
    "first_try",
    "equal_pace",
    "even_predictions",
    "ordered_predictions",
    "many_winners",
]
# The most points that a reason gives: few for what a diligent office may do, as learning and coming together;
# many for what hardly anybody does but one single hand.
MOST_POINTS: dict[Reason, int] = {
    "unauthentic": 60,
    "too_fast": 50,
    "even_predictions": 60,
    "ordered_predictions": 60,
    "many_winners": 50,
    "never_saved": 30,
    "faster_than_reading": 20,
    "no_pause": 20,
    "burst": 20,
    "equal_pace": 15,
    "one_phone": 15,
    "one_hour": 10,
    "unit_never_saved": 10,
    "first_try": 10,
}
MOST_SCORE = 99
# From this score on, the organisers are asked to look before the result is recognised.
TO_LOOK_AT = 40


class Anomaly(NamedTuple):
    """``seen`` of ``out_of``: a person's attempts, a unit's or a group's people, a phone's accounts.

    ``expected`` is the average by chance, ``probability`` that of as many or more (tests only).
    ``detail`` is for the evidence in words (``reports/anomalies.py``), by reason. ``points`` are the person's.
    """

    reason: Reason
    participant_id: str
    unit: str
    seen: int
    out_of: int
    expected: Fraction | None
    probability: Fraction | None
    detail: tuple[str, ...]
    points: int = 0


def points_of(reason: Reason, probability: Fraction) -> int:
    """Ten for each power of ten that the probability is below 1: one in a thousand gives 30, up to the most."""
    up, down = probability.numerator**10, probability.denominator**10
    points = 0
    while points < MOST_POINTS[reason] and up * 10 ** (points + 1) <= down:
        points += 1
    return points


def scores(found: Iterable[Anomaly]) -> dict[str, int]:
    """The points of each person who has any, added up to ``MOST_SCORE`` at most."""
    sums: dict[str, int] = {}
    for one in found:
        if one.points:
            sums[one.participant_id] = min(MOST_SCORE, sums.get(one.participant_id, 0) + one.points)
    return sums
