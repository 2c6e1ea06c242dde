"""All files of the end, made from the result over all weeks and from the weeks' own files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import NamedTuple

from msgspec.structs import astuple

from chalicelib.documents.closed_week import ClosedWeek
from chalicelib.documents.revision import StoredRevision
from chalicelib.domain.closeout import FinalResult
from chalicelib.domain.commendation import (
    PersonSums,
    Proposal,
    WeekLine,
    people_of_all_weeks,
    propose_people,
    propose_units,
)
from chalicelib.domain.times import local_time, span_ms
from chalicelib.domain.unit_score import NOTHING
from chalicelib.reports import books, commendations, csv_files, questions
from chalicelib.reports.bulletin import final_bulletin
from chalicelib.reports.final_books import final_summary_book, home_affairs_book
from chalicelib.reports.rosters import Played, roster_book, roster_files
from chalicelib.reports.standing import state
from chalicelib.reports.vietnamese import moment
from chalicelib.reports.week_facts import WeekCounts, unit_facts
from chalicelib.reports.week_files import made
from chalicelib.reports.winners import Winner, winners
from chalicelib.services.closing.close_weeks import Content, Standing
from chalicelib.services.contest.compiled_rosters import rosters_of
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import ObjectStore, ParticipantStore


class Week(NamedTuple):
    """A closed week, the revision that holds its ranking, its ``min_duration`` in milliseconds, and what it is
    called.
    """

    closed: ClosedWeek
    revision: StoredRevision
    min_duration: int
    title: str
    mention: str


def closed_weeks(reference: Current, revisions: Sequence[StoredRevision]) -> list[Week]:
    """``revisions`` of all weeks, in order."""
    definition = reference.definition
    return [
        Week(
            revision.week(),
            revision,
            span_ms(reference.of_week(week.number).definition.paper.min_duration),
            definition.title_of(week.number),
            definition.mention(week.number),
        )
        for week, revision in zip(definition.weeks, revisions, strict=True)
    ]


def always_there(weeks: Sequence[Week]) -> dict[str, PersonSums]:
    """People of all weeks. A best attempt below the shortest time wins nothing, here neither."""
    return people_of_all_weeks(map(_ranking, weeks), [week.closed.paper_size for week in weeks])


def proposals(result: FinalResult, people: Mapping[str, PersonSums]) -> list[Proposal]:
    """Units and people (``always_there``) to be commended."""
    return [*propose_units(result.units), *propose_people(people)]


def final_files(
    result: FinalResult,
    reference: Current,
    weeks: Sequence[Week],
    participants: ParticipantStore,
    best: list[Winner],
    proposed: Sequence[Proposal],
    standing: Standing,
    desk: ObjectStore,
) -> Iterator[tuple[str, Content]]:
    """``best``: the winners of individual prizes of the end; ``proposed`` for commendation."""
    definition = reference.definition
    first, last = definition.weeks[0], definition.weeks[-1]
    at = local_time(last.closes, definition.zone)
    title, period = (
        "toàn cuộc thi",
        f"từ {moment(local_time(first.opens, definition.zone))} đến {moment(at)}; {state(standing)}",
    )
    units = unit_facts(result.units, definition.unit_prizes, definition.contest.period)

    rows = csv_files.unit_rows(result.units)
    distinct = ([row.sums.distinct_obliged, row.sums.distinct_people] for row in result.units)
    both = ([*row, *once] for row, once in zip(rows, distinct, strict=True))
    yield "unit_ranking.csv", csv_files.table(csv_files.FINAL_UNITS, both)
    yield "unit_ranking.xlsx", made(books.units_book, definition, title, period, at, units)

    people = participants.get_many([person for week in weeks for person in week.closed.winners])
    won = [
        (week, one)
        for week in weeks
        for one in winners(week.closed, people, definition, partial(result.names, week.closed.week))
    ]
    header = ["week", *csv_files.PRIZES]
    rows = ([week.closed.week, *row] for week, one in won for row in csv_files.prize_rows([one]))
    of_the_end = ([None, *row] for row in csv_files.prize_rows(best))
    yield "individual_prizes.csv", csv_files.table(header, chain(of_the_end, rows))
    if definition.ranking.final:
        ranking = csv_files.final_ranking_lines(result)
        yield "individual_ranking.csv.gz", csv_files.packed_table(csv_files.FINAL_RANKING, ranking)
    of_weeks = [one._replace(title=f"{one.title}, {week.mention}") for week, one in won]
    titled = [*(one._replace(title=f"{one.title}, {title}") for one in best), *of_weeks]
    yield "individual_prizes.xlsx", made(books.prizes_book, definition, title, period, at, titled)

    named = participants.get_many([one.id for one in proposed if one.reason == "best_people"])
    commended = commendations.commendation_rows(proposed, result.units, named, reference)
    yield "commendations.csv", csv_files.table(commendations.COLUMNS, commended)
    yield "commendations.xlsx", made(commendations.commendations_book, reference, commended, at)

    lines = ([week.closed.week, *row] for week in weeks for row in questions.statistics_rows(week.closed))
    yield "question_statistics.csv", csv_files.table(["week", *questions.STATISTICS], lines)

    sums_by_unit = [week.closed.sums_by_unit for week in weeks]
    by_week = {
        row.unit.code: [week.get(row.unit.code, NOTHING).obliged_people for week in sums_by_unit]
        for row in result.units
    }
    yield "home_affairs.xlsx", made(home_affairs_book, definition, period, at, units, by_week)

    told = [WeekCounts(week.title, *astuple(week.closed.counts)) for week in weeks]
    days = _days(weeks)
    yield (
        "summary.xlsx",
        made(final_summary_book, definition, period, at, units, told, result.once, days, titled),
    )
    yield (
        "bulletin.html",
        made(
            final_bulletin,
            definition,
            units,
            told,
            result.once,
            [*(("Toàn cuộc thi", one) for one in best), *((week.title, one) for week, one in won)],
            standing,
        ),
    )
    if reference.rosters:
        names = {unit.code: unit.name for unit in reference.units}
        write = roster_book(definition, title, period, at, names)
        rosters = rosters_of(desk, reference, definition.weeks[-1].number)
        played = _played(weeks)
        everyone = ((person, what.unit) for person, what in played.items())
        yield from roster_files(rosters, everyone, played.get, reference.units, write)


def _ranking(week: Week) -> Iterator[WeekLine]:
    return (
        WeekLine(row.participant_id, row.unit, row.score, row.duration)
        for row in week.revision.rows()
        if row.took_part and row.duration >= week.min_duration
    )


def _days(weeks: Iterable[Week]) -> list[tuple[datetime, int]]:
    """Attempts by day, added up for a day on which one week ends and the next begins."""
    attempts: Counter[str] = Counter()
    for week in weeks:
        for day in week.closed.days:
            attempts[day.day] += day.attempts
    return [(datetime.fromisoformat(day), count) for day, count in sorted(attempts.items())]


def _played(weeks: Iterable[Week]) -> dict[str, Played]:
    """The activity of ranked people over all weeks, with the unit of the last week in which they took part."""
    played: dict[str, Played] = {}
    for week in weeks:
        for row in week.revision.rows():
            if not row.took_part:
                continue
            before = played.get(row.participant_id, Played("", 0, 0, ranked=True))
            played[row.participant_id] = Played(
                row.unit, before.attempts + row.attempts, before.best + row.score, True
            )
    return played
