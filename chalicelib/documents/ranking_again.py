"""``ranking.json``: a week's rules and outcome, with pseudonyms in place of participant ids (docs/proof.md)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

from chalicelib.documents.shown_rulings import ShownRuling
from chalicelib.documents.typed import Document, Part
from chalicelib.domain.definition import Definition, Prize, UnitPrize


class CountedPrize(Part, frozen=True):
    """A prize and how often it is given; ``categories``: to whom, to everybody if empty.

    ``verified``: only to people of whom one of these proves who they are, if there are any.
    """

    name: str
    count: int
    categories: tuple[str, ...]
    verified: tuple[str, ...]
    min_score: int


class UnitScoreRules(Part, frozen=True):
    """``weights`` are exact decimals."""

    weights: dict[str, str]
    volume: str
    participation_min_score: int


class CountedUnitPrize(Part, frozen=True):
    """A unit prize. ``min_rate``: steps (up to so many obliged people, exact decimal), the last open."""

    name: str
    count: int
    by: str
    once: bool
    level: str
    blocs: tuple[str, ...]
    obliged_from: int
    obliged_to: int | None
    min_rate: tuple[tuple[int | None, str], ...]
    min_people: int
    min_winners: int


class Rules(Part, frozen=True):
    """The settings that decide; those of the prediction are None where the contest asks for none."""

    order: tuple[str, ...]
    prediction_target: str | None
    prediction_counts: str | None
    paper_questions: int
    min_duration_ms: int
    grace_ms: int
    one_prize: str
    obliged_categories: tuple[str, ...]
    prizes: tuple[CountedPrize, ...]
    unit_score: UnitScoreRules
    unit_prizes: tuple[CountedUnitPrize, ...]


def unit_score_rules(definition: Definition) -> UnitScoreRules:
    return UnitScoreRules(
        weights={name: str(weight) for name, weight in definition.unit_score.weights},
        volume=definition.unit_score.volume,
        participation_min_score=definition.unit_score.participation_min_score,
    )


def counted_prize(prize: Prize) -> CountedPrize:
    return CountedPrize(prize.name, prize.count, prize.categories, prize.verified, prize.min_score)


def counted_unit_prize(prize: UnitPrize) -> CountedUnitPrize:
    return CountedUnitPrize(
        name=prize.name,
        count=prize.count,
        by=prize.by,
        once=prize.once,
        level=prize.level,
        blocs=prize.blocs,
        obliged_from=prize.obliged_from,
        obliged_to=prize.obliged_to,
        min_rate=tuple((step.up_to, str(step.rate)) for step in prize.min_rate),
        min_people=prize.min_people,
        min_winners=prize.min_winners,
    )


class UnitSize(Part, frozen=True):
    """A unit as the close knew it, without its children; ``parent`` is empty where it has none."""

    code: str
    bloc: str
    parent: str
    headcount: int
    exempt: int


class RankedPrize(Part, frozen=True):
    """A prize and its winner."""

    prize: str
    rank: int
    pseudonym: str


class RankedUnit(Part, frozen=True):
    """A unit's place in its level; ``score`` is exact: "numerator/denominator".

    ``level`` is empty where no unit has a parent. A parent's figures are its own plus its children's. Sums and
    score are None where too few people stand behind them (``small_cells``).
    """

    level: str
    rank: int
    code: str
    people: int
    attempts: int
    best_sum: int | None
    obliged_people: int
    obliged_attempts: int
    obliged_best_sum: int | None
    winners: int
    score: str | None
    prize: str
    note: str


class Outcome(Part, frozen=True):
    """``order_sha256``: digest of the pseudonyms of everybody ranked, by minute key and pseudonym."""

    people: int
    attempts: int
    perfect_people: int
    prediction_actual: int | None
    ranked: int
    order_sha256: str
    prizes: tuple[RankedPrize, ...]
    units: tuple[RankedUnit, ...]


def order_digest(names: Iterable[str]) -> str:
    """SHA-256 of the names in order, a line feed between them."""
    order = sha256()
    for place, name in enumerate(names):
        order.update(f"\n{name}".encode() if place else name.encode())
    return order.hexdigest()


class OpenedTime(Part, frozen=True):
    """The opening of an attempt's commitment ``time``, in milliseconds, and its salt in hex."""

    pseudonym: str
    number: int
    duration_ms: int
    received_at_ms: int
    salt: str


class OpenedGrading(Part, frozen=True):
    """The opening of an attempt's commitment ``grading``, and its salt in hex."""

    pseudonym: str
    number: int
    attempt_id: str
    answers: str
    salt: str


class EarlierWinner(Part, frozen=True):
    """Who wins no prize because of one of another ``week``: the pseudonym in this week, and in that one."""

    pseudonym: str
    week: int
    won_as: str


class RankingAgain(Document, frozen=True, kw_only=True):
    """All that it takes to rank a week again from its bundle.

    ``no_prize`` and ``not_counted`` are pseudonyms: who is not ranked, and who is in no figure.
    ``earlier_winners``: where a person wins in one week alone, who has a prize of an earlier week or of a later
    one that is recognised. ``late``: whose paper, or its start if nobody handed it in, the log has too late;
    they are in ``no_prize`` unless the organisers have confirmed it. Equals stand by the draw under
    ``draw_root``, the log's root when it had ``draw_size`` leaves. ``unit_prizes_elsewhere``: the name of a
    prize → codes of the units that have it of other weeks. ``openings``: of the best attempts of winners,
    reserves and a sample, by pseudonym, for grading again; an erased one is not there. ``times``: where exact
    ones decide, by pseudonym and number.
    """

    format: Literal[1] = 1
    contest: str
    week: int
    draw_root: str
    draw_size: int
    rules: Rules
    rulings: tuple[ShownRuling, ...]
    units: tuple[UnitSize, ...]
    no_prize: tuple[str, ...]
    not_counted: tuple[str, ...]
    late: tuple[str, ...]
    earlier_winners: tuple[EarlierWinner, ...]
    unit_prizes_elsewhere: dict[str, tuple[str, ...]]
    openings: tuple[OpenedGrading, ...]
    times: tuple[OpenedTime, ...]
    result: Outcome
