"""The workbooks of the end alone: the summary of all weeks, and the one for the home affairs department."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from chalicelib.domain.definition import Definition
from chalicelib.domain.unit_score import Distinct, UnitStanding
from chalicelib.reports import books, columns
from chalicelib.reports.columns import prize_rows
from chalicelib.reports.vietnamese import text_key
from chalicelib.reports.week_facts import NOTES, UnitFacts, WeekCounts
from chalicelib.reports.winners import Winner
from chalicelib.reports.xlsx import Book, Column, Value

# More weeks than this do not fit side by side on a page.
_MOST_WEEKS = 8
_WEEKS = [
    Column("Số người dự thi", 12, "whole"),
    Column("Đối tượng bắt buộc", 12, "whole"),
    Column("Đối tượng khác", 12, "whole"),
    Column("Số lượt thi", 12, "whole"),
    Column("Người đúng tất cả", 12, "whole"),
]


def final_summary_book(
    definition: Definition,
    period: str,
    at: datetime,
    levels: Sequence[UnitFacts],
    weeks: Sequence[WeekCounts],
    once: Distinct,
    days: Sequence[tuple[datetime, int]],
    winners: Sequence[Winner],
) -> bytes:
    """``summary.xlsx`` of the end; ``once``: who took part at least once; ``days``: attempts by day."""
    title = "toàn cuộc thi"
    book = Book(definition.contest.organiser, at, "Tổng hợp toàn cuộc thi")
    word = definition.contest.period
    note = f"Dòng Cộng tính một người thi trong nhiều {word} ở mỗi {word}; dòng cuối tính mỗi người một lần"
    header = [Column(word.capitalize(), 12), *_WEEKS]
    sheet = book.sheet(
        "Tóm tắt", f"Tổng hợp kết quả {title}", f"{definition.contest.title} – {period}", header, note=note
    )
    table = sheet.rows([_week(week) for week in weeks], filters=False)
    sums = [sum(column) for column in zip(*(_week(week)[1:] for week in weeks), strict=True)]
    sheet.row(["Cộng", *sums], strong=True)
    different = [once.people, once.obliged, once.people - once.obliged]
    sheet.row(["Số người dự thi ít nhất một lần", *different, None, None], strong=True)
    for units in levels:
        total = len(units.ranked)
        sheet.table(
            [f"Đơn vị{units.level}", "Số lượng", "Tỷ lệ (%)"],
            [
                [label, number, round(100 * number / total) if total else None]
                for label, number in (
                    ("Tổng số", total),
                    ("Có người thi", units.active),
                    ("Đạt 100%", len(units.full)),
                )
            ],
        )
    sheet.place(book.chart("column", table, 0, 1, f"Số người dự thi qua các {word}"), size=(620, 300))
    prizes = book.sheet("Giải cá nhân", f"Giải cá nhân {title}", period, columns.PRIZES, landscape=True)
    prizes.rows(prize_rows(winners))
    for units in levels:
        books.add_blocs(book, title, period, units)
        books.add_lowest(book, title, period, units)
    by_days = [Column("Ngày", 14, "date"), Column("Số lượt thi", 14, "whole")]
    by_day = book.sheet("Theo ngày", f"Dự thi theo ngày {title}", period, by_days)
    days_table = by_day.rows(days, filters=False)
    if days:
        by_day.place(book.days_chart(days_table), column=3, row=5, size=(640, 320))
    return book.close()


def _week(week: WeekCounts) -> list[Value]:
    return [
        week.title,
        week.people,
        week.obliged_people,
        week.other_people,
        week.attempts,
        week.perfect_people,
    ]


def _at_least_once(row: UnitStanding) -> Fraction | None:
    """Obliged people who took part in any week ÷ obliged people, at most 1; None where nobody is obliged."""
    obliged = row.unit.obliged
    return min(Fraction(row.sums.distinct_obliged, obliged), Fraction(1)) if obliged else None


def home_affairs_book(
    definition: Definition,
    period: str,
    at: datetime,
    levels: Sequence[UnitFacts],
    by_week: Mapping[str, Sequence[int]],
) -> bytes:
    """``home_affairs.xlsx`` (R13): each unit's participation and quality over all weeks, by bloc.

    ``by_week``: the obliged people who took part in each week, by unit code. Each level has its own sheet.
    """
    weeks, word = definition.weeks, definition.contest.period
    shown = weeks if len(weeks) <= _MOST_WEEKS else ()
    header = [
        Column("TT trong khối", 7, "number"),
        Column("Khối", 28),
        Column("Tên đơn vị", 34),
        Column("Số người thuộc đối tượng bắt buộc", 10, "whole"),
        Column("Được miễn", 8, "whole"),
        *(Column(f"Đối tượng bắt buộc thi {definition.mention(k)}", 9, "whole") for k, *_ in shown),
        Column("Cộng lượt người bắt buộc", 9, "whole"),
        Column(f"Tỷ lệ bình quân các {word}", 9, "percent"),
        Column("Đối tượng bắt buộc thi ít nhất một lần", 10, "whole"),
        Column("Tỷ lệ thi ít nhất một lần", 9, "percent"),
        Column("Tổng số người từng dự thi", 9, "whole"),
        Column("Số lượt thi", 9, "whole"),
        Column("Điểm bình quân", 9, "score"),
        Column("Chất lượng", 9, "percent"),
        Column("Điểm đơn vị", 10, "score"),
        Column("Hạng chung", 7, "number"),
        Column("Giải, ghi chú", 18),
    ]
    contest = definition.contest
    book = Book(contest.organiser, at, "Kết quả dự thi của các đơn vị")
    title = "Kết quả dự thi của các cơ quan, đơn vị, địa phương phục vụ xếp loại cuối năm"
    note = f"Tỷ lệ bình quân = cộng lượt người bắt buộc dự thi ÷ ((số người bắt buộc − được miễn) × số {word})"
    subtitle = f"Cuộc thi {contest.title}, {period}"
    for units in levels:
        columns_of_level = [*header[:3], Column("Thuộc đơn vị", 28), *header[3:]] if units.above else header
        sheet = book.sheet(
            f"Theo khối{units.level}", title, subtitle, columns_of_level, note=note, landscape=True
        )
        sheet.rows(_by_bloc(units, by_week, len(shown)))
        books.add_blocs(book, "toàn cuộc thi", period, units)
    return book.close()


def _by_bloc(units: UnitFacts, by_week: Mapping[str, Sequence[int]], shown: int) -> Iterator[list[Value]]:
    bloc, place = "", 0
    for row in sorted(units.ranked, key=lambda row: (text_key(row.unit.bloc), row.unit.bloc, row.rank)):
        place = place + 1 if row.unit.bloc == bloc else 1
        bloc = row.unit.bloc
        yield [
            place,
            bloc,
            row.unit.name,
            *([units.above.get(row.unit.code)] if units.above else []),
            row.unit.headcount,
            row.unit.exempt,
            *by_week[row.unit.code][:shown],
            row.sums.obliged_people,
            row.rate,
            row.sums.distinct_obliged,
            _at_least_once(row),
            row.sums.distinct_people,
            row.sums.attempts,
            row.mean_best,
            row.quality,
            row.score,
            row.rank,
            units.titles.get(row.prize) or NOTES[row.note],
        ]
