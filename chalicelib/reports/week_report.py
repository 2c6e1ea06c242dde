"""All files of a close: CSV for the desk, masked JSON for the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from chalicelib.documents.closed_week import ClosedFinal, ClosedWeek, UnitLine, standing
from chalicelib.documents.ranking_again import (
    RankedPrize,
    counted_prize,
    counted_unit_prize,
    order_digest,
    unit_score_rules,
)
from chalicelib.documents.results_page import (
    Commended,
    FinalAgain,
    FinalPage,
    FinalTime,
    FinalUnit,
    IndividualAgain,
    PeopleOnce,
    UnitRow,
    WeekPage,
)
from chalicelib.documents.results_page import Winner as ShownWinner
from chalicelib.documents.revision import StoredRevision
from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.domain.commendation import Proposal
from chalicelib.domain.definition import Definition
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.statistics.farms import Registration
from chalicelib.reports.final_files import always_there, closed_weeks, final_files, proposals
from chalicelib.reports.numbers import decimal
from chalicelib.reports.week_files import week_files
from chalicelib.reports.winners import Winner, public_name, reserves, winners
from chalicelib.services.closing.close_weeks import Standing, WeekReport
from chalicelib.services.closing.opened_times import final_order, final_times
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.ports import ObjectStore, Participant, ParticipantStore

# Those of everybody registered.
Registrations = Callable[[], Iterable[Registration]]


@dataclass(frozen=True, slots=True)
class Reports:
    """Writes the files and the site's page of a week and of the end; it reads rosters from the ``desk``."""

    desk: ObjectStore
    registrations: Registrations

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
        pseudonym = partial(result.names, closed.week)
        won = winners(closed, people, reference.definition, pseudonym)
        names = {
            identity: public_name(person.full_name, reference.definition) for identity, person in people.items()
        }
        behind = reserves(closed, people, reference.definition, pseudonym)
        files = week_files(
            result, closed, reference, won, behind, root, standing, names, self.desk, self.registrations
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
        codes = {result.ranked[at].participant_id: result.ranked[at].name(result.names) for at in result.prizes}
        people = participants.get_many(closed.winners)
        won = winners(closed, people, reference.definition, codes.__getitem__)
        closed_ones = closed_weeks(reference, weeks)
        always = always_there(closed_ones)
        proposed = proposals(result, always)
        files = final_files(result, reference, closed_ones, participants, won, proposed, standing, self.desk)
        distinct, obliged = result.once
        page = FinalPage(
            contest=closed.contest,
            once=PeopleOnce(distinct, obliged, distinct - obliged),
            winners=tuple(map(_shown, won)),
            units=tuple(map(_unit, closed.units)),
            again=_again(
                result,
                closed,
                proposed,
                final_times(result, always, proposed, closed_ones),
                reference.definition,
            ),
        )
        return WeekReport(files, page)


def _again(
    result: FinalResult,
    closed: ClosedFinal,
    proposed: Iterable[Proposal],
    times: tuple[FinalTime, ...],
    definition: Definition,
) -> FinalAgain:
    return FinalAgain(
        draw_root=closed.draw_root,
        unit_score=unit_score_rules(definition),
        unit_prizes=tuple(map(counted_unit_prize, definition.unit_prizes_of("final"))),
        units=tuple(
            FinalUnit(
                level=line.level,
                code=line.code,
                winners=line.winners,
                score=str(Fraction(line.score)) if standing(line).tells_score else None,
            )
            for line in closed.units
        ),
        individual=_individual(result, definition) if definition.ranking.final else None,
        commended=tuple(
            sorted(
                (_commended(one, definition, result.names) for one in proposed),
                key=lambda one: (one.reason, one.level, one.place, one.id),
            )
        ),
        times=times,
    )


def _individual(result: FinalResult, definition: Definition) -> IndividualAgain:
    return IndividualAgain(
        prizes=tuple(map(counted_prize, definition.prizes_of("final"))),
        ranked=len(result.ranked),
        order_sha256=order_digest(final_order(result)),
        winners=tuple(
            RankedPrize(prize, place + 1, result.ranked[place].name(result.names))
            for place, prize in result.prizes.items()
        ),
    )


def _commended(one: Proposal, definition: Definition, names: Pseudonyms) -> Commended:
    named = one.id
    if one.reason == "best_people":  # they took part in every week
        named = names(definition.weeks[-1].number, one.id)
    return Commended(one.reason, one.level, one.place, named)


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
        code=one.code,
    )


def _unit(line: UnitLine) -> UnitRow:
    row = standing(line)

    def shown(figure: Fraction, places: int) -> float | None:
        return float(decimal(figure, places)) if row.tells_score else None

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
        distinct_people=line.distinct_people,
        distinct_obliged=line.distinct_obliged,
        rate=float(decimal(row.rate, 6)),
        attempts=line.attempts,
        mean_best=shown(row.mean_best, 4),
        quality=shown(row.quality, 6),
        unit_score=shown(row.score, 4),
        prize=line.prize,
        prize_title=line.prize_title,
        note=line.note,
    )
