"""All files of a close: CSV for the desk, masked JSON for the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.domain.commendation import propose_people, propose_units
from chalicelib.domain.person import masked_name
from chalicelib.domain.ranking import prediction_error
from chalicelib.domain.unit_score import UnitStanding
from chalicelib.reports import csv_files
from chalicelib.reports.commendations import week_lines, write_commendations
from chalicelib.reports.numbers import decimal
from chalicelib.services.close_weeks import WeekReport
from chalicelib.services.ports import Participant, ParticipantStore
from chalicelib.services.reference import Current, Reference, canonical_json


def write_week(result: WeekResult, reference: Reference, winners: Mapping[str, Participant]) -> WeekReport:
    """The site's page gets its revision when it is shown, so that the same result gives the same bytes."""
    files = {
        "individual_prizes.csv": csv_files.table(
            csv_files.PRIZES, csv_files.prize_rows(result, reference, winners)
        ),
        "individual_ranking.csv.gz": csv_files.packed_table(
            csv_files.RANKING, csv_files.ranking_rows(result, reference)
        ),
        "unit_ranking.csv": csv_files.table(
            csv_files.UNITS, csv_files.unit_rows(result.units, result.unit_winners, "weekly")
        ),
    }
    definition, week = reference.definition, result.week
    page = {
        "week": week.number,
        "opens_at": definition.rfc3339(week.opens),
        "closes_at": definition.rfc3339(week.closes),
        "counts": result.counts._asdict(),
        "prediction": definition.prediction
        and {"target": definition.prediction.target, "actual": result.target},
        "winners": _winners(result, reference, winners),
        "units": _units(result.units, result.unit_winners, "weekly"),
    }
    return WeekReport(files, canonical_json(page))


def write_final(
    result: FinalResult, reference: Current, rankings: Iterable[bytes], participants: ParticipantStore
) -> WeekReport:
    """``rankings``: the individual rankings of all weeks, for the proposals of people (R10)."""
    people = propose_people((week_lines(ranking) for ranking in rankings), reference.paper_sizes)
    proposals = [*propose_units(result.units), *people]
    named = participants.get_many([proposal.id for proposal in people])
    rows = csv_files.unit_rows(result.units, result.unit_winners, "final")
    files = {
        "unit_ranking.csv": csv_files.table(csv_files.UNITS, rows),
        "commendations.csv": write_commendations(proposals, result.units, named, reference),
    }
    page = {
        "contest": reference.definition.contest.id,
        "units": _units(result.units, result.unit_winners, "final"),
    }
    return WeekReport(files, canonical_json(page))


def _winners(
    result: WeekResult, reference: Reference, winners: Mapping[str, Participant]
) -> list[dict[str, Any]]:
    titles = {prize.name: prize.title for prize in reference.definition.prizes}
    units = {unit.code: unit.name for unit in reference.units}
    masked = reference.definition.publication.winner_names == "masked"
    rows = []
    for place, prize in result.prizes.items():
        standing = result.ranked[place]
        person = winners.get(standing.participant_id)
        name = person.full_name if person else ""
        rows.append(
            {
                "prize": prize,
                "title": titles[prize],
                "rank": place + 1,
                "name": masked_name(name) if masked else name,
                "unit_code": standing.unit,
                "unit_name": units.get(standing.unit, ""),
                "score": standing.best.score,
                "total": reference.definition.paper.questions,
                "prediction": standing.best.prediction,
                "prediction_error": prediction_error(standing.best, result.target),
                "duration_ms": standing.best.duration,
                "submitted_at": reference.definition.rfc3339(standing.best.received),
            }
        )
    return rows


def _units(ranked: Sequence[UnitStanding], winners: Sequence[str], prize: str) -> list[dict[str, Any]]:
    return [
        {
            "rank": rank,
            "code": row.unit.code,
            "name": row.unit.name,
            "bloc": row.unit.bloc,
            "headcount": row.headcount,
            "exempt": row.exempt,
            "people": row.tally.people,
            "rate": float(decimal(row.rate, 6)),
            "attempts": row.tally.attempts,
            "mean_best": float(decimal(row.mean_best, 4)),
            "quality": float(decimal(row.quality, 6)),
            "unit_score": float(decimal(row.score, 4)),
            "prize": prize if row.unit.code in winners else "",
            "note": row.note,
        }
        for rank, row in enumerate(ranked, 1)
    ]
