"""All files of a closed week, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ParamSpec, cast

from chalicelib.documents.closed_week import ClosedWeek
from chalicelib.domain.closeout import WeekResult
from chalicelib.domain.grading import accepted
from chalicelib.domain.statistics.activity import Activity
from chalicelib.domain.statistics.anomalies import find_anomalies
from chalicelib.domain.statistics.farms import Registration
from chalicelib.domain.statistics.first_answers import FirstAnswers
from chalicelib.domain.statistics.signs import Signs
from chalicelib.reports import anomalies, books, csv_files, questions
from chalicelib.reports.bulletin import week_bulletin
from chalicelib.reports.checks import checks_book, others_to_look_at
from chalicelib.reports.rosters import Played, roster_book, roster_files
from chalicelib.reports.standing import state
from chalicelib.reports.week_facts import week_facts
from chalicelib.reports.winners import Winner
from chalicelib.services.closing.close_weeks import Content, Standing
from chalicelib.services.contest.compiled_rosters import rosters_of
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import ObjectStore

P = ParamSpec("P")


def week_files(
    result: WeekResult,
    closed: ClosedWeek,
    reference: Reference,
    won: list[Winner],
    behind: list[Winner],
    root: str,
    standing: Standing,
    names: Mapping[str, str],
    desk: ObjectStore,
    registrations: Callable[[], Iterable[Registration]],
) -> Iterator[tuple[str, Content]]:
    """``behind``: the reserves; ``names``: as they may be published.

    ``registrations`` of everybody registered.
    """
    definition = reference.definition
    first = cast(FirstAnswers, result.collected["first_answers"])
    activity = cast(Activity, result.collected["activity"])
    facts = week_facts(result, reference, won)
    texts = {question.id: question.text for question in reference.bank.questions}
    title, period, at = facts.title, f"{facts.period}; {state(standing)}", facts.closes
    in_books = facts._replace(period=period)

    right = accepted(reference.bank.questions, reference.decisions.rulings_in(closed.week))
    collected = cast(Signs, result.collected["signs"])
    listed = (*won, *behind)
    everybody = {one.participant_id: one for one in (*result.ranked, *result.unranked)}
    shortlist = {one.participant_id for one in listed}
    found = find_anomalies(
        collected, first, right, result.units, everybody, shortlist, registrations(), result.late
    )
    signs = anomalies.signs_by_person(found, reference)
    unit_names = {unit.code: unit.name for unit in reference.units}
    others = others_to_look_at(result.ranked, listed, signs, unit_names)

    yield "individual_prizes.csv", csv_files.table(csv_files.PRIZES, csv_files.prize_rows(won))
    yield (
        "individual_prizes.xlsx",
        made(books.prizes_book, definition, title, period, at, facts.winners, behind, signs),
    )
    yield "winner-checks.xlsx", made(checks_book, closed.week, won, behind, others, signs, at)
    ranking = csv_files.ranking_lines(result, reference)
    yield "individual_ranking.csv.gz", csv_files.packed_table(csv_files.RANKING, ranking)
    rows = csv_files.unit_rows(result.units)
    yield "unit_ranking.csv", csv_files.table(csv_files.UNITS, rows)
    yield "unit_ranking.xlsx", made(books.units_book, definition, title, period, at, facts.units)
    yield "activity.csv", csv_files.table(csv_files.ACTIVITY, csv_files.activity_rows(activity))
    yield (
        "question_statistics.csv",
        csv_files.table(questions.STATISTICS, questions.statistics_rows(closed)),
    )
    rows = anomalies.anomaly_rows(found, reference)
    yield "anomalies.csv", csv_files.table(anomalies.COLUMNS, rows)
    yield "summary.xlsx", made(books.summary_book, definition, in_books, activity, closed, texts)
    bulletin = made(week_bulletin, definition, facts, activity.days, closed.rulings, root, standing, names)
    yield "bulletin.html", bulletin
    if reference.rosters:
        barred = {one.participant_id for one in result.unranked}

        def played(person: str) -> Played | None:
            one = everybody.get(person)
            if one is None or not one.took_part:
                return None
            return Played(one.unit, one.attempts, one.score, person not in barred)

        everyone = ((person, one.unit) for person, one in everybody.items() if one.took_part)
        write = roster_book(definition, title, period, at, unit_names)
        rosters = rosters_of(desk, reference, closed.week)
        yield from roster_files(rosters, everyone, played, reference.units, write)


def made(write: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> Iterator[bytes]:
    """A file that is written only when it is read."""
    yield write(*args, **kwargs)
