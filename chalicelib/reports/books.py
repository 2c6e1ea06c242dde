"""The workbooks of a week and of the end: prizes, units, and the committee's summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from chalicelib.documents.closed_week import ClosedWeek
from chalicelib.domain.definition import Definition
from chalicelib.domain.statistics.activity import Activity, Period
from chalicelib.domain.statistics.anomaly import TO_LOOK_AT
from chalicelib.domain.unit_score import UnitStanding
from chalicelib.reports import columns
from chalicelib.reports.anomalies import PersonsSigns
from chalicelib.reports.columns import (
    bloc_figures,
    bloc_rows,
    contact_rows,
    prize_rows,
    sign_rows,
    unit_rows,
)
from chalicelib.reports.questions import QUESTIONS, question_rows
from chalicelib.reports.vietnamese import text_key
from chalicelib.reports.week_facts import ERASED, LOWEST, OUTSIDE, UnitFacts, WeekFacts, winning_units
from chalicelib.reports.winners import Winner
from chalicelib.reports.xlsx import Book, Column, Sheet, Table, Value

UNITS_NOTE = (
    "Tỷ lệ = đối tượng bắt buộc dự thi ÷ (số đối tượng bắt buộc − được miễn); "
    "chất lượng = điểm bình quân của họ ÷ số câu của đề; điểm đơn vị theo thể lệ, thang 100"
)
SIGNS_NOTE = (
    "Nội bộ. Dấu hiệu không phải bằng chứng: người trung thực cũng có thể có điểm. "
    f"Từ {TO_LOOK_AT} điểm trở lên thì kiểm tra kỹ từng người trước khi quyết định"
)
_LINE = [
    Column("Nội dung", 46),
    Column("Số liệu", 18, "whole"),
    Column("Tỷ lệ", 12, "percent"),
    Column("Ghi chú", 36),
]
_DAYS = [
    Column("Ngày", 14, "date"),
    Column("Số lượt thi", 13, "whole"),
    Column("Số người thi", 13, "whole"),
    Column("Người thi lần đầu", 13, "whole"),
]
_HOURS = [Column("Giờ", 14, "center"), *_DAYS[1:]]


def prizes_book(
    definition: Definition,
    title: str,
    period: str,
    at: datetime,
    winners: Sequence[Winner],
    reserves: Sequence[Winner] = (),
    signs: Mapping[str, PersonsSigns] | None = None,
) -> bytes:
    """``individual_prizes.xlsx``: the list of winners, and the data needed to reach them.

    Of a week also the ``signs`` of winners and ``reserves``, to be looked at before they are recognised.
    """
    book = Book(definition.contest.organiser, at, f"Giải cá nhân, {title}")
    name = f"Danh sách đạt giải cá nhân {title}"
    book.sheet("Giải cá nhân", name, period, columns.PRIZES, landscape=True).rows(prize_rows(winners))
    note = "Có dữ liệu cá nhân: chỉ dùng để liên hệ và trao giải"
    sheet = book.sheet(
        "Liên hệ trao giải",
        f"Thông tin trao giải cá nhân {title}",
        period,
        columns.CONTACTS,
        note=note,
        landscape=True,
    )
    sheet.rows(contact_rows(winners))
    if signs is not None:
        name = f"Dấu hiệu cần xem lại trước khi công nhận {title}"
        sheet = book.sheet("Cần xem lại", name, period, columns.SIGNS, note=SIGNS_NOTE, landscape=True)
        sheet.rows(sign_rows(winners, reserves, signs))
    return book.close()


def units_book(
    definition: Definition, title: str, period: str, at: datetime, levels: Sequence[UnitFacts]
) -> bytes:
    """``unit_ranking.xlsx``: the units of each level by rank, by bloc, and the blocs."""
    book = Book(definition.contest.organiser, at, f"Xếp hạng đơn vị, {title}")
    for units in levels:
        add_units(
            book, f"Xếp hạng{units.level}", f"Xếp hạng đơn vị{units.level} {title}", period, units, units.ranked
        )
        add_blocs(book, title, period, units)
        by_bloc = sorted(units.ranked, key=lambda row: (text_key(row.unit.bloc), row.unit.bloc, row.rank))
        name = f"Xếp hạng đơn vị{units.level} trong từng khối {title}"
        add_units(book, f"Theo khối{units.level}", name, period, units, by_bloc)
    return book.close()


def add_units(
    book: Book,
    name: str,
    title: str,
    period: str,
    units: UnitFacts,
    rows: Sequence[UnitStanding],
    note: str = UNITS_NOTE,
) -> None:
    """A sheet with some units of a level."""
    sheet = book.sheet(name, title, period, columns.unit_columns(units), note=note, landscape=True)
    sheet.rows(unit_rows(rows, units))


def add_blocs(book: Book, title: str, period: str, units: UnitFacts) -> None:
    """The sheet that adds the units up by bloc, with its chart."""
    name = f"Dự thi theo khối, đơn vị{units.level}, {title}" if units.level else f"Dự thi theo khối {title}"
    header = columns.bloc_columns(units)
    sheet = book.sheet(f"Khối{units.level}", name, period, header, landscape=True)
    table = sheet.rows(bloc_rows(units), filters=False)
    sheet.row([None, "Tổng số", *bloc_figures(units.total, units)], strong=True)
    chart = book.chart("bar", table, 1, len(header) - 2, "Tỷ lệ dự thi theo khối")
    chart.set_y_axis({"reverse": True, "num_font": {"name": "Times New Roman", "size": 10}})
    # No axis: each bar has its number beside it.
    chart.set_x_axis({"min": 0, "max": 1, "visible": False, "major_gridlines": {"visible": False}})
    sheet.place(chart, size=(860, 90 + 34 * len(units.blocs)))


def summary_book(
    definition: Definition,
    facts: WeekFacts,
    activity: Activity,
    closed: ClosedWeek,
    texts: Mapping[str, str],
) -> bytes:
    """``summary.xlsx`` of a week, for the committee: the first sheet sums up the week on one page.

    ``texts``: of the questions, by their ids.
    """
    book = Book(definition.contest.organiser, facts.closes, f"Tổng hợp {facts.title}")
    page = _on_a_page(book, definition, facts)
    title, period = facts.title, facts.period
    sheet = book.sheet("Giải cá nhân", f"Giải cá nhân {title}", period, columns.PRIZES, landscape=True)
    sheet.rows(prize_rows(facts.winners))
    for units in facts.units:
        add_blocs(book, title, period, units)
        add_lowest(book, title, period, units)
    _scores(book, facts)
    days = add_days(book, title, period, activity)
    if activity.days:
        page.place(book.days_chart(days), size=(700, 260))
    page.on_one_page()
    _hours(book, facts, activity)
    add_questions(book, facts, definition.contest.period, closed, texts)
    return book.close()


def _on_a_page(book: Book, definition: Definition, facts: WeekFacts) -> Sheet:
    sheet = book.sheet(
        "Tóm tắt", f"Tổng hợp kết quả {facts.title}", f"{definition.contest.title} – {facts.period}", _LINE
    )
    counts = facts.counts
    sheet.row(["Người dự thi", counts.people, None, None], strong=True)
    sheet.row(share("Trong đó: đối tượng bắt buộc", counts.obliged_people, counts.people))
    sheet.row(share("Trong đó: đối tượng khác", counts.other_people, counts.people))
    sheet.row(["Lượt thi", counts.attempts, None, None], strong=True)
    sheet.row(share("Người trả lời đúng tất cả", counts.perfect_people, counts.people))
    if facts.unranked:
        note = "bị loại hoặc hủy kết quả"
        sheet.row(["Người không được xếp hạng", facts.unranked, None, note])
    if definition.prediction:
        sheet.row(["Đáp số câu dự đoán", facts.target, None, definition.prediction.question])
    for units in facts.units:
        unit_lines(sheet, units)
    for title, row in winning_units(facts.units):
        sheet.row([title, None, row.rate, row.unit.name], strong=True)
    table = sheet.table(
        ["Phổ điểm (bài tốt nhất)", "Số người", "Tỷ lệ"],
        [share(band.label, band.people, facts.ranked)[:3] for band in facts.bands],
    )
    sheet.table(
        ["Giải cá nhân", "Số câu đúng", "", "Đơn vị"],
        [
            [f"{one.title}: {one.full_name or ERASED}", one.score, None, one.unit_name or OUTSIDE]
            for one in facts.winners
        ],
    )
    sheet.place(book.chart("column", table, 0, 1, "Phổ điểm"), size=(700, 260))
    return sheet


def share(label: str, number: int, of: int) -> list[Value]:
    """A line of the first sheet; the share is empty if ``of`` is 0."""
    return [label, number, Fraction(number, of) if of else None, None]


def unit_lines(sheet: Sheet, units: UnitFacts) -> None:
    total = len(units.ranked)
    sheet.row([f"Đơn vị{units.level}", total, None, None], strong=True)
    sheet.row(share(f"Đơn vị{units.level} có người dự thi", units.active, total))
    sheet.row(share(f"Đơn vị{units.level} có 100% đối tượng bắt buộc dự thi", len(units.full), total))
    if units.lowest:
        lowest = units.lowest[0]
        sheet.row([f"Đơn vị{units.level} có tỷ lệ thấp nhất", None, lowest.rate, lowest.unit.name])


def add_lowest(book: Book, title: str, period: str, units: UnitFacts) -> None:
    note = f"Tối đa {LOWEST} đơn vị, tỷ lệ thấp xếp trước; cùng tỷ lệ thì đơn vị đông người xếp trước"
    name = f"Các đơn vị{units.level} có tỷ lệ dự thi thấp nhất {title}"
    add_units(book, f"Tỷ lệ thấp{units.level}", name, period, units, units.lowest, note)


def _scores(book: Book, facts: WeekFacts) -> None:
    header = [
        Column("Số câu đúng", 14, "number"),
        Column("Số người", 14, "whole"),
        Column("Tỷ lệ", 14, "percent"),
    ]
    header.append(Column("Từ mức này trở lên", 20, "percent"))
    sheet = book.sheet(
        "Phổ điểm", f"Phổ điểm {facts.title}", "Bài tốt nhất của mỗi người được xếp hạng", header
    )
    rows = [
        [
            score,
            people,
            share("", people, facts.ranked)[2],
            share("", sum(facts.scores[score:]), facts.ranked)[2],
        ]
        for score, people in enumerate(facts.scores)
    ]
    table = sheet.rows(rows, filters=False)
    sheet.place(book.chart("column", table, 0, 1, f"Phổ điểm {facts.title}"), size=(620, 320))


def add_days(book: Book, title: str, period: str, activity: Activity) -> Table:
    note = "Tính theo giờ bắt đầu làm bài; một người có thể thi trong nhiều ngày"
    sheet = book.sheet("Theo ngày", f"Dự thi theo ngày {title}", period, _DAYS, note=note)
    table = sheet.rows([_period(day, day.start) for day in activity.days], filters=False)
    if activity.days:
        sheet.place(book.days_chart(table), size=(560, 300))
    return table


def _hours(book: Book, facts: WeekFacts, activity: Activity) -> None:
    sums: dict[int, list[int]] = {hour: [0, 0, 0] for hour in range(24)}
    for one in activity.hours:
        sums[one.start.hour] = [a + b for a, b in zip(sums[one.start.hour], one[1:], strict=True)]
    rows: list[Sequence[Value]] = [[f"{hour:02}:00–{hour:02}:59", *counts] for hour, counts in sums.items()]
    note = "Cộng các ngày; người thi trong nhiều ngày cùng giờ được tính mỗi ngày một lần"
    sheet = book.sheet("Theo giờ", f"Dự thi theo giờ trong ngày {facts.title}", facts.period, _HOURS, note=note)
    table = sheet.rows(rows, filters=False)
    sheet.place(book.chart("column", table, 0, 1, "Số lượt thi theo giờ"), size=(620, 300))


def _period(one: Period, start: Value) -> list[Value]:
    return [start, one.attempts, one.people, one.newcomers]


def add_questions(
    book: Book, facts: WeekFacts, word: str, closed: ClosedWeek, texts: Mapping[str, str]
) -> None:
    """``word``: for a week."""
    note = (
        f"Chỉ tính bài thi đầu tiên của mỗi người trong {word}. Độ khó = số người đúng ÷ số người được hỏi; "
        "độ phân biệt = tương quan giữa câu này và tổng điểm các câu còn lại (từ −1 đến 1)"
    )
    sheet = book.sheet(
        "Câu hỏi", f"Thống kê câu hỏi {facts.title}", facts.period, QUESTIONS, note=note, landscape=True
    )
    sheet.rows(question_rows(closed, texts))
