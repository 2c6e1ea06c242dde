"""``data/results/*.json``: the site's page of each close, and the index of all closes.

A page is stored beside the closed week without its revision, so that the same result gives the same bytes.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.closed_week import Counts, Prediction
from chalicelib.documents.ranking_again import CountedUnitPrize, UnitScoreRules
from chalicelib.documents.shown_rulings import ShownRuling
from chalicelib.documents.typed import Document, Part

# The revisions in force: on the desk, and on the site.
CURRENT_RESULTS, INDEX = "results/current.json", "data/results/index.json"


class Winner(Part, frozen=True):
    """``name`` as the definition wants it published; ``submitted_at`` in RFC 3339, null for one of the end."""

    prize: str
    title: str
    rank: int
    name: str
    unit_code: str
    unit_name: str
    score: int
    total: int
    prediction: int | None
    prediction_error: int | None
    duration_ms: int
    submitted_at: str | None


class UnitRow(Part, frozen=True):
    """Its figures are rounded as in ``unit_ranking.csv``; ``level`` is empty where no unit has a parent."""

    level: Literal["top", "leaf", ""]
    rank: int
    code: str
    name: str
    parent: str
    bloc: str
    headcount: int
    exempt: int
    people: int
    obliged_people: int
    rate: float
    attempts: int
    mean_best: float
    quality: float
    unit_score: float
    prize: str
    prize_title: str
    note: str


class Proof(Part, frozen=True):
    """Root and size of the week's hash tree."""

    root: str
    size: int


class Recognised(Part, frozen=True):
    """The decision by which the result is recognised: its number, and its day in ISO 8601."""

    decision: str
    decided_on: str


class ShownCorrection(Part, frozen=True):
    """A confirmed change of the result: when (RFC 3339), why, and under which code."""

    at: str
    reason: str
    code: str


class Page(Document, frozen=True, kw_only=True):
    """The common fields of all pages; those with defaults are added when it is shown.

    ``recognised``: None while the result is provisional; then complaints are taken until ``complaints_until``
    (RFC 3339). ``corrections``: all changes since it was first published, oldest first.
    """

    format: Literal[1] = 1
    revision: int | None = None
    digest: str | None = None
    recognised: Recognised | None = None
    complaints_until: str | None = None
    corrections: tuple[ShownCorrection, ...] = ()


class WeekPage(Page, frozen=True, kw_only=True):
    """``data/results/week-<k>.json``."""

    week: int
    opens_at: str
    closes_at: str
    counts: Counts
    prediction: Prediction | None
    winners: tuple[Winner, ...]
    units: tuple[UnitRow, ...]
    rulings: tuple[ShownRuling, ...]
    proof: Proof | None = None


class FinalUnit(Part, frozen=True):
    """Figures of the end that the weeks alone do not give; ``score`` is exact: "numerator/denominator"."""

    level: Literal["top", "leaf", ""]
    code: str
    distinct_people: int
    winners: int
    score: str


class UnitsAgain(Part, frozen=True):
    """What it takes, beside the weeks' bundles, to rank the units of the end again (docs/proof.md)."""

    draw_root: str
    unit_score: UnitScoreRules
    unit_prizes: tuple[CountedUnitPrize, ...]
    units: tuple[FinalUnit, ...]


class FinalPage(Page, frozen=True, kw_only=True):
    """``data/results/final.json``."""

    contest: str
    winners: tuple[Winner, ...]
    units: tuple[UnitRow, ...]
    again: UnitsAgain


class ShownWeek(Part, frozen=True):
    """A week and its revision in force."""

    week: int
    revision: int


class ShownFinal(Part, frozen=True):
    """The final's revision in force."""

    revision: int


class ResultsIndex(Document, frozen=True, kw_only=True):
    """``data/results/index.json`` on the site, ``results/current.json`` on the desk."""

    format: Literal[1] = 1
    weeks: tuple[ShownWeek, ...]
    final: ShownFinal | None
