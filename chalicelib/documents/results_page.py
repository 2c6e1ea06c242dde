"""``data/results/*.json``: the site's page of each close, and the index of all closes.

A page is stored beside the closed week without its revision, so that the same result gives the same bytes.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.closed_week import Counts, Prediction
from chalicelib.documents.links import LinksFile
from chalicelib.documents.ranking_again import (
    CountedPrize,
    CountedUnitPrize,
    OpenedTime,
    RankedPrize,
    UnitScoreRules,
)
from chalicelib.documents.shown_rulings import ShownRuling
from chalicelib.documents.typed import Document, Part
from chalicelib.domain.commendation import Reason

# The revisions in force: the pointer to them, and what it says for people, on the desk and on the site.
SHOWN, CURRENT_RESULTS, INDEX = "pointers/results", "results/current.json", "data/results/index.json"
FINAL = "data/results/final.json"


class Winner(Part, frozen=True):
    """``name`` as the definition wants it published; ``submitted_at`` in RFC 3339, null for one of the end.

    ``code``: the first digits of the pseudonym, by which winners with masked names know themselves.
    """

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
    code: str = ""  # since format 2


class UnitRow(Part, frozen=True):
    """Its figures are rounded as in ``unit_ranking.csv``; ``level`` is empty where no unit has a parent.

    ``people`` and ``obliged_people`` count a person in each week, the distinct ones once. What follows from
    scores is None where too few people stand behind it (``small_cells``).
    """

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
    distinct_people: int
    distinct_obliged: int
    rate: float
    attempts: int
    mean_best: float | None
    quality: float | None
    unit_score: float | None
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

    format: Literal[1, 2] = 2
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
    """Figures of the end that its page has not; ``score`` is exact: "numerator/denominator", None as there."""

    level: Literal["top", "leaf", ""]
    code: str
    winners: int
    score: str | None


class IndividualAgain(Part, frozen=True):
    """The individual ranking of the end; people by their pseudonyms of the last week that counts for them.

    ``order_sha256``: digest of the pseudonyms of everybody ranked, by score and pseudonym.
    """

    prizes: tuple[CountedPrize, ...]
    ranked: int
    order_sha256: str
    winners: tuple[RankedPrize, ...]


class Commended(Part, frozen=True):
    """A proposal for commendation: ``id`` is a unit's code, or a person's pseudonym of the last week."""

    reason: Reason
    level: str
    place: int
    id: str


class FinalTime(OpenedTime, frozen=True):
    """Of an attempt of a ``week``."""

    week: int


class FinalAgain(Part, frozen=True):
    """The rules and outcome of the end, for working it out again from bundles and links (docs/proof.md).

    ``individual``: None where the contest has no such ranking. ``commended`` by reason, level and place.
    ``times``: where exact ones decide and the week's ``ranking.json`` has not opened them, by week, pseudonym
    and number.
    """

    draw_root: str
    unit_score: UnitScoreRules
    unit_prizes: tuple[CountedUnitPrize, ...]
    units: tuple[FinalUnit, ...]
    individual: IndividualAgain | None
    commended: tuple[Commended, ...]
    times: tuple[FinalTime, ...]


class PeopleOnce(Part, frozen=True):
    """Who took part at least once, in however many weeks."""

    people: int
    obliged_people: int
    other_people: int


class FinalPage(Page, frozen=True, kw_only=True):
    """``data/results/final.json``; ``links``: of the people of all weeks."""

    contest: str
    once: PeopleOnce
    winners: tuple[Winner, ...]
    units: tuple[UnitRow, ...]
    again: FinalAgain
    links: LinksFile | None = None


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


class ShownResults(Document, frozen=True, kw_only=True):
    """The pointer to what is shown; ``manifests``: digest by ``week-<k>`` or ``final``."""

    format: Literal[1] = 1
    index: ResultsIndex
    manifests: dict[str, str]
