"""Turns the result of a close into the documents that it keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import cast

from chalicelib.documents.closed_week import (
    ClosedFinal,
    ClosedWeek,
    Counts,
    Day,
    Prediction,
    Prize,
    QuestionFigures,
    RankingRow,
    Unranked,
    unit_lines,
)
from chalicelib.documents.shown_rulings import shown_rulings
from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.domain.final_ranking import WeekBest
from chalicelib.domain.grading import Rulings
from chalicelib.domain.ranking import prediction_error
from chalicelib.domain.statistics.activity import Activity
from chalicelib.domain.statistics.first_answers import FirstAnswers
from chalicelib.domain.statistics.question_statistics import question_lines
from chalicelib.services.contest.reference import Reference

# The name of a unit prize → the units that have it of other weeks.
UnitPrizesElsewhere = Mapping[str, Collection[str]]


def closed_week(
    result: WeekResult,
    reference: Reference,
    earlier_winners: Mapping[str, int],
    elsewhere: UnitPrizesElsewhere,
) -> ClosedWeek:
    """The document of a week's result, without its ranking (``ranking_rows``)."""
    definition, week = reference.definition, result.week
    first = cast(FirstAnswers, result.collected["first_answers"])
    activity = cast(Activity, result.collected["activity"])
    prediction, rulings = definition.prediction, reference.decisions.rulings_in(week.number)
    return ClosedWeek(
        contest=definition.contest.id,
        week=week.number,
        opens_at=definition.rfc3339(week.opens),
        closes_at=definition.rfc3339(week.closes),
        paper_size=definition.paper.questions,
        draw_root=result.draw.root,
        draw_size=result.draw.size,
        counts=Counts(*result.counts),
        prediction=Prediction(prediction.target, result.target)
        if prediction and result.target is not None
        else None,
        ranked=len(result.ranked),
        unranked=tuple(Unranked(*one[:5]) for one in result.unranked),
        prizes=tuple(_prizes(result, result.prizes, reference)),
        reserves=tuple(_prizes(result, result.reserves, reference)),
        units=unit_lines(result.units, definition.unit_prizes),
        days=tuple(Day(one.start.date().isoformat(), *one[1:]) for one in activity.days),
        questions=tuple(_figures(first, reference, rulings)),
        rulings=shown_rulings(rulings),
        late=tuple(sorted(result.late)),
        earlier_winners=dict(sorted(earlier_winners.items())),
        unit_prizes_elsewhere=listed(elsewhere),
        renamed=reference.decisions.renamed_in(f"week-{week.number}"),
    )


def closed_final(result: FinalResult, reference: Reference, paper_size: int) -> ClosedFinal:
    """``paper_size``: the number of questions in all weeks' papers."""
    definition = reference.definition
    return ClosedFinal(
        contest=definition.contest.id,
        draw_root=result.root,
        paper_size=paper_size,
        ranked=len(result.ranked),
        prizes=tuple(_final_prizes(result, reference)),
        units=unit_lines(result.units, definition.unit_prizes),
        renamed=reference.decisions.renamed_in("final"),
    )


def bests(rows: Iterable[RankingRow]) -> Iterator[WeekBest]:
    """Everybody ranked in a week, as the ranking of the end counts them."""
    return (
        WeekBest(
            row.participant_id, row.unit, row.category, row.score, row.duration, row.attempts, row.verified
        )
        for row in rows
    )


def ranking_rows(result: WeekResult) -> Iterator[RankingRow]:
    """Everyone in the ranking, pseudonymous, first to last."""
    for one in result.ranked:
        best = one.best
        told = best.score, best.prediction, best.duration, best.received
        rivals = tuple([(other.number, other.duration, other.received) for other in one.rivals])
        yield RankingRow(*one[:5], *told, one.attempts, one.verified, best.number, rivals)


def everyone(week: ClosedWeek, rows: Iterable[RankingRow]) -> Iterable[RankingRow | Unranked]:
    """Everybody who counts in a closed week, ranked or not."""
    return chain(rows, week.unranked)


def took_part(people: Iterable[RankingRow | Unranked]) -> Iterator[tuple[str, str, bool]]:
    """(participant id, unit, whether obliged) of those who took part."""
    for one in people:
        if one.took_part:
            yield one.participant_id, one.unit, one.obliged


def winners_before(weeks: Collection[ClosedWeek]) -> tuple[dict[str, int], dict[str, set[str]]]:
    """Who won a prize in one of these weeks, with the first of them, and the units by the prize they won."""
    units: dict[str, set[str]] = {}
    for week in weeks:
        for line in week.units:
            if line.prize:
                units.setdefault(line.prize, set()).add(line.code)
    people: dict[str, int] = {}
    for week in weeks:
        for winner in week.winners:
            people.setdefault(winner, week.week)
    return people, units


def listed(elsewhere: UnitPrizesElsewhere) -> dict[str, tuple[str, ...]]:
    """In one order, as documents keep it."""
    return {prize: tuple(sorted(codes)) for prize, codes in sorted(elsewhere.items())}


def winners_elsewhere(week: ClosedWeek) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Who got no prize in this week because of one of another: people, and units by the name of the prize."""
    return week.earlier_winners, week.unit_prizes_elsewhere


def _prizes(result: WeekResult, given: Mapping[int, str], reference: Reference) -> Iterator[Prize]:
    titles = {prize.name: prize.title for prize in reference.definition.prizes}
    units = {unit.code: unit.name for unit in reference.units}
    for place, prize in given.items():
        standing = result.ranked[place]
        best = standing.best
        yield Prize(
            prize=prize,
            title=titles[prize],
            rank=place + 1,
            participant_id=standing.participant_id,
            unit=standing.unit,
            unit_name=units.get(standing.unit, ""),
            score=best.score,
            prediction=best.prediction,
            prediction_error=prediction_error(best, result.target),
            duration=best.duration,
            received=best.received,
            attempts=standing.attempts,
            verified=standing.verified,
        )


def _final_prizes(result: FinalResult, reference: Reference) -> Iterator[Prize]:
    titles = {prize.name: prize.title for prize in reference.definition.prizes}
    units = {unit.code: unit.name for unit in reference.units}
    for place, prize in result.prizes.items():
        one = result.ranked[place]
        yield Prize(
            prize=prize,
            title=titles[prize],
            rank=place + 1,
            participant_id=one.participant_id,
            unit=one.unit,
            unit_name=units.get(one.unit, ""),
            score=one.score,
            prediction=None,
            prediction_error=None,
            duration=one.duration,
            received=None,
            attempts=one.attempts,
            verified=one.verified,
        )


def _figures(first: FirstAnswers, reference: Reference, rulings: Rulings) -> Iterator[QuestionFigures]:
    for line in question_lines(first.by_score, reference.bank, rulings):
        yield QuestionFigures(
            id=line.question.id,
            topic=line.question.topic,
            answer=line.question.answer_letters,
            asked=line.asked,
            right=line.right,
            discrimination=line.discrimination and line.discrimination.thousandths(),
            chosen=line.chosen,
            blank=line.blank,
            flags=line.flags,
        )
