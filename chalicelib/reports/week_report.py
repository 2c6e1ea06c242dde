"""All files of a close: CSV for the desk, masked JSON for the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.domain.person import masked_name
from chalicelib.domain.ranking import prediction_error
from chalicelib.domain.unit_score import UnitStanding
from chalicelib.reports.final_files import final_files
from chalicelib.reports.numbers import decimal
from chalicelib.reports.week_files import week_files
from chalicelib.services.closing.close_weeks import ReadFile, WeekReport
from chalicelib.services.contest.reference import Current, Reference, canonical_json
from chalicelib.services.ports import ObjectStore, Participant, ParticipantStore

# Participant id and phone of everybody who has registered.
Phones = Callable[[], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Reports:
    """Writes the files and the site's page of a week and of the end; rosters stand on the ``desk``."""

    desk: ObjectStore
    phones: Phones

    def write_week(
        self, result: WeekResult, reference: Reference, winners: Mapping[str, Participant], root: str
    ) -> WeekReport:
        """The site's page gets its revision when it is shown, so that the same result gives the same bytes."""
        files = week_files(result, reference, winners, root, self.desk, self.phones)
        return WeekReport(files, canonical_json(_week_page(result, reference, winners)))

    def write_final(
        self,
        result: FinalResult,
        reference: Current,
        weeks: Sequence[ReadFile],
        participants: ParticipantStore,
    ) -> WeekReport:
        """``weeks``: the files of all weeks."""
        files = final_files(result, reference, weeks, participants, self.desk)
        page = {
            "contest": reference.definition.contest.id,
            "units": _units(result.units, result.unit_winners, "final"),
        }
        return WeekReport(files, canonical_json(page))


def _week_page(result: WeekResult, reference: Reference, winners: Mapping[str, Participant]) -> dict[str, Any]:
    definition, week = reference.definition, result.week
    return {
        "week": week.number,
        "opens_at": definition.rfc3339(week.opens),
        "closes_at": definition.rfc3339(week.closes),
        "counts": result.counts._asdict(),
        "prediction": definition.prediction
        and {"target": definition.prediction.target, "actual": result.target},
        "winners": _winners(result, reference, winners),
        "units": _units(result.units, result.unit_winners, "weekly"),
    }


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
