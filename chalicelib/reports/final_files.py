"""All files of the end, from the result over all weeks and from the weeks' own files."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, NamedTuple, cast

from chalicelib.domain.closeout import FinalResult
from chalicelib.domain.commendation import WeekLine, propose_people, propose_units
from chalicelib.domain.times import local_time
from chalicelib.domain.unit_score import NOTHING, UnitTally
from chalicelib.reports import books, commendations, csv_files, questions
from chalicelib.reports.bulletin import final_bulletin
from chalicelib.reports.final_books import final_summary_book, home_affairs_book
from chalicelib.reports.rosters import Played, roster_book, roster_files
from chalicelib.reports.vietnamese import moment
from chalicelib.reports.week_facts import WeekCounts, Winner, public_name, unit_facts
from chalicelib.reports.week_files import made
from chalicelib.services.closing.close_weeks import Content, ReadFile
from chalicelib.services.contest.compiled_rosters import load_rosters
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import ObjectStore, Participant, ParticipantStore

Row = dict[str, str]
_NEGATIVE = re.compile(r"-\d+(\.\d+)?", re.ASCII)


class _Week(NamedTuple):
    """A week by its number and its files."""

    number: int
    read: ReadFile

    @property
    def title(self) -> str:
        return f"Tuần {self.number}"

    def rows(self, name: str) -> Iterator[Row]:
        """Of a CSV file, packed or not. Raises ``FileNotFoundError``."""
        raw: IO[bytes] = io.BytesIO(self._file(name))
        if name.endswith(".gz"):
            raw = cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
        with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            yield from csv.DictReader(text)

    def ranking(self) -> Iterator[WeekLine]:
        for row in self.rows("individual_ranking.csv.gz"):
            yield WeekLine(row["participant_id"], row["unit_code"], int(row["score"]), int(row["duration_ms"]))

    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = json.loads(self._file("page.json"))["counts"]
        return counts

    def tallies(self) -> dict[str, UnitTally]:
        raw = json.loads(self._file("outcome.json"))["tallies"]
        return {code: UnitTally(*sums) for code, sums in raw.items()}

    def _file(self, name: str) -> bytes:
        data = self.read(name)
        if data is None:
            raise FileNotFoundError(f"week-{self.number}/{name}")
        return data


def final_files(
    result: FinalResult,
    reference: Current,
    files: Sequence[ReadFile],
    participants: ParticipantStore,
    desk: ObjectStore,
) -> Iterator[tuple[str, Content]]:
    """``files``: of all weeks, in their order."""
    definition = reference.definition
    weeks = [_Week(number, read) for number, read in enumerate(files, 1)]
    first, last = definition.weeks[0], definition.weeks[-1]
    at = local_time(last.closes, definition.zone)
    title, period = (
        "toàn cuộc thi",
        f"từ {moment(local_time(first.opens, definition.zone))} đến {moment(at)}",
    )
    units = unit_facts(result.units, result.unit_winners)

    rows = csv_files.unit_rows(result.units, result.unit_winners, "final")
    yield "unit_ranking.csv", csv_files.table(csv_files.UNITS, rows)
    yield (
        "unit_ranking.xlsx",
        made(books.units_book, definition, title, period, at, units, "Giải toàn cuộc thi"),
    )

    prizes = [(week, row) for week in weeks for row in week.rows("individual_prizes.csv")]
    people = participants.get_many(list({row["participant_id"]: None for _, row in prizes}))
    winners = [(week.title, _winner(row, week, reference, people)) for week, row in prizes]
    header = ["week", *csv_files.PRIZES]
    yield (
        "individual_prizes.csv",
        csv_files.table(header, ([week.number, *map(_plain, row.values())] for week, row in prizes)),
    )
    titled = [one._replace(title=f"{one.title}, {week.lower()}") for week, one in winners]
    yield "individual_prizes.xlsx", made(books.prizes_book, definition, title, period, at, titled)

    chosen = propose_people((week.ranking() for week in weeks), reference.paper_sizes)
    named = participants.get_many([proposal.id for proposal in chosen])
    proposals = commendations.commendation_rows(
        [*propose_units(result.units), *chosen], result.units, named, reference
    )
    yield "commendations.csv", csv_files.table(commendations.COLUMNS, proposals)
    yield "commendations.xlsx", made(commendations.commendations_book, reference, proposals, at)

    lines = [
        [week.number, *map(_plain, row.values())]
        for week in weeks
        for row in week.rows("question_statistics.csv")
    ]
    yield "question_statistics.csv", csv_files.table(["week", *questions.STATISTICS], lines)

    tallies = [week.tallies() for week in weeks]
    by_week = [[tally.get(row.unit.code, NOTHING).people for tally in tallies] for row in result.units]
    yield "home_affairs.xlsx", made(home_affairs_book, definition, period, at, units, by_week)

    told = [WeekCounts(week.title, **week.counts()) for week in weeks]
    days = _days(weeks)
    yield "summary.xlsx", made(final_summary_book, definition, period, at, units, told, days, titled)
    yield "bulletin.html", made(final_bulletin, definition, units, told, winners)
    if reference.rosters:
        names = {unit.code: unit.name for unit in reference.units}
        write = roster_book(definition, title, period, at, names)
        rosters = load_rosters(desk, reference.rosters)
        played = _played(weeks)
        everyone = ((person, what.unit) for person, what in played.items())
        yield from roster_files(rosters, everyone, played.get, reference.units, write)


def _plain(cell: str) -> csv_files.Cell:
    """A cell of one of our own files, which is safe already; a negative number is one."""
    return Decimal(cell) if _NEGATIVE.fullmatch(cell) else cell


def _winner(row: Row, week: _Week, reference: Current, people: dict[str, Participant]) -> Winner:
    definition = reference.definition
    titles = {prize.name: prize.title for prize in definition.prizes}
    person = people.get(row["participant_id"])
    name = person.full_name if person else ""
    return Winner(
        prize=row["prize"],
        title=titles.get(row["prize"], row["prize"]),
        rank=int(row["rank"]),
        participant_id=row["participant_id"],
        full_name=name,
        public_name=public_name(name, definition),
        born=person.date_of_birth if person else "",
        citizen_id=person.citizen_id if person else "",
        phone=person.phone if person else "",
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        score=int(row["score"]),
        prediction=int(row["prediction"]) if row["prediction"] else None,
        prediction_error=int(row["prediction_error"]) if row["prediction_error"] else None,
        duration=int(row["duration_ms"]),
        submitted=datetime.fromisoformat(row["submitted_at"]).replace(tzinfo=None),
        attempts=int(row["attempts"]),
    )


def _days(weeks: Iterable[_Week]) -> list[tuple[datetime, int]]:
    """Attempts by day, added up where a week ends and the next begins."""
    attempts: Counter[date] = Counter()
    for week in weeks:
        for row in week.rows("activity.csv"):
            if not row["hour"]:
                attempts[date.fromisoformat(row["day"])] += int(row["attempts"])
    return [(datetime(one.year, one.month, one.day), count) for one, count in sorted(attempts.items())]  # noqa: DTZ001  as Excel keeps days


def _played(weeks: Iterable[_Week]) -> dict[str, Played]:
    """What ranked people did over all weeks; the unit is that of the last week in which they took part."""
    played: dict[str, Played] = {}
    for week in weeks:
        for row in week.rows("individual_ranking.csv.gz"):
            before = played.get(row["participant_id"], Played("", 0, 0, ranked=True))
            played[row["participant_id"]] = Played(
                row["unit_code"], before.attempts + int(row["attempts"]), before.best + int(row["score"]), True
            )
    return played
