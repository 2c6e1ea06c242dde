"""All files of a close: CSV for the desk, masked JSON for the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chalicelib.documents.closed_week import ClosedFinal, ClosedWeek, UnitLine, standing
from chalicelib.documents.ranking_again import counted_unit_prize, unit_score_rules
from chalicelib.documents.results_page import FinalPage, FinalUnit, UnitRow, UnitsAgain, WeekPage
from chalicelib.documents.results_page import Winner as ShownWinner
from chalicelib.documents.revision import StoredRevision
from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.domain.definition import Definition
from chalicelib.reports.final_files import final_files
from chalicelib.reports.numbers import decimal
from chalicelib.reports.week_files import week_files
from chalicelib.reports.winners import Winner, public_name, reserves, winners
from chalicelib.services.closing.close_weeks import Standing, WeekReport
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.ports import ObjectStore, Participant, ParticipantStore

# Participant id and phone of everybody registered.
Phones = Callable[[], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Reports:
    """Writes the files and the site's page of a week and of the end; it reads rosters from the ``desk``."""

    desk: ObjectStore
    phones: Phones

    def write_week(
        self,
        result: WeekResult,
        closed: ClosedWeek,
        reference: Reference,
        people: Mapping[str, Participant],
        root: str,
        standing: Standing,
    ) -> WeekReport:
        """The site's page gets its revision when it is shown, so that the same result gives the same bytes."""
        won = winners(closed, people, reference.definition)
        names = {
            identity: public_name(person.full_name, reference.definition) for identity, person in people.items()
        }
        behind = reserves(closed, people, reference.definition)
        files = week_files(
            result, closed, reference, won, behind, root, standing, names, self.desk, self.phones
        )
        return WeekReport(files, _week_page(closed, won))

    def write_final(
        self,
        result: FinalResult,
        closed: ClosedFinal,
        reference: Current,
        weeks: Sequence[StoredRevision],
        participants: ParticipantStore,
        standing: Standing,
    ) -> WeekReport:
        """``weeks``: the revisions of all weeks."""
        won = winners(closed, participants.get_many(closed.winners), reference.definition)
        files = final_files(result, reference, weeks, participants, won, standing, self.desk)
        page = FinalPage(
            contest=closed.contest,
            winners=tuple(map(_shown, won)),
            units=tuple(map(_unit, closed.units)),
            again=_units_again(closed, reference.definition),
        )
        return WeekReport(files, page)


def _units_again(closed: ClosedFinal, definition: Definition) -> UnitsAgain:
    return UnitsAgain(
        draw_root=closed.draw_root,
        unit_score=unit_score_rules(definition),
        unit_prizes=tuple(map(counted_unit_prize, definition.unit_prizes_of("final"))),
        units=tuple(
            FinalUnit(line.level, line.code, line.distinct_people, line.winners, str(Fraction(line.score)))
            for line in closed.units
        ),
    )


def _week_page(closed: ClosedWeek, won: Iterable[Winner]) -> WeekPage:
    return WeekPage(
        week=closed.week,
        opens_at=closed.opens_at,
        closes_at=closed.closes_at,
        counts=closed.counts,
        prediction=closed.prediction,
        winners=tuple(map(_shown, won)),
        units=tuple(map(_unit, closed.units)),
        rulings=closed.rulings,
    )


def _shown(one: Winner) -> ShownWinner:
    return ShownWinner(
        prize=one.prize,
        title=one.title,
        rank=one.rank,
        name=one.public_name,
        unit_code=one.unit_code,
        unit_name=one.unit_name,
        score=one.score,
        total=one.total,
        prediction=one.prediction,
        prediction_error=one.prediction_error,
        duration_ms=one.duration,
        submitted_at=one.submitted_at,
    )


def _unit(line: UnitLine) -> UnitRow:
    row = standing(line)
    return UnitRow(
        level=line.level,
        rank=line.rank,
        code=line.code,
        name=line.name,
        parent=line.parent,
        bloc=line.bloc,
        headcount=line.headcount,
        exempt=line.exempt,
        people=line.people,
        obliged_people=line.obliged_people,
        rate=float(decimal(row.rate, 6)),
        attempts=line.attempts,
        mean_best=float(decimal(row.mean_best, 4)),
        quality=float(decimal(row.quality, 6)),
        unit_score=float(decimal(row.score, 4)),
        prize=line.prize,
        prize_title=line.prize_title,
        note=line.note,
    )
