"""The columns of tables for people, each with a function that takes its value from a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.domain.identity_provider import VERIFIED
from chalicelib.domain.times import day
from chalicelib.domain.unit_score import UnitStanding
from chalicelib.reports.anomalies import NO_SIGNS, PersonsSigns
from chalicelib.reports.week_facts import ERASED, NOTES, OUTSIDE, Bloc, UnitFacts
from chalicelib.reports.winners import Winner
from chalicelib.reports.xlsx import Column, Value

PRIZES = [
    Column("TT", 5, "number"),
    Column("Giải", 20),
    Column("Họ và tên", 26),
    Column("Đơn vị", 34),
    Column("Số câu đúng", 8, "number"),
    Column("Dự đoán", 10, "whole"),
    Column("Chênh lệch", 10, "whole"),
    Column("Thời gian (phút:giây)", 12, "span"),
    Column("Nộp bài lúc", 19, "moment"),
    Column("Số lượt thi", 8, "number"),
    Column("Thứ hạng", 8, "number"),
]
CONTACTS = [
    Column("TT", 5, "number"),
    Column("Giải", 20),
    Column("Họ và tên", 26),
    Column("Ngày sinh", 12, "center"),
    Column("Số căn cước", 16, "center"),
    Column("Điện thoại", 14, "center"),
    Column("Đơn vị", 34),
    Column("Danh tính", 22),
    Column("Mã người dự thi", 24, "center"),
    Column("Ký nhận", 18),
]
SIGNS = [
    Column("TT", 5, "number"),
    Column("Giải", 24),
    Column("Họ và tên", 26),
    Column("Đơn vị", 30),
    Column("Thứ hạng", 8, "number"),
    Column("Điểm dấu hiệu", 9, "number"),
    Column("Dấu hiệu", 80),
]
_UNITS = [
    Column("Tỷ lệ dự thi", 10, "percent"),
    Column("Số lượt thi", 9, "whole"),
    Column("Điểm bình quân", 9, "score"),
    Column("Chất lượng", 10, "percent"),
    Column("Điểm đơn vị", 11, "score"),
    Column("Giải", 20),
    Column("Ghi chú", 24),
]
# Where the units have others above them, behind the name.
_ABOVE = Column("Thuộc đơn vị", 30)


def prize_rows(winners: Iterable[Winner]) -> Iterator[Sequence[Value]]:
    for number, one in enumerate(winners, 1):
        yield [
            number,
            one.title,
            one.full_name or ERASED,
            one.unit_name or OUTSIDE,
            one.score,
            one.prediction,
            one.prediction_error,
            one.duration,
            one.submitted,
            one.attempts,
            one.rank,
        ]


def contact_rows(winners: Iterable[Winner]) -> Iterator[Sequence[Value]]:
    for number, one in enumerate(winners, 1):
        born = day(datetime.fromisoformat(one.born)) if one.born else ""
        yield [
            number,
            one.title,
            one.full_name or ERASED,
            born,
            one.citizen_id,
            one.phone,
            one.unit_name or OUTSIDE,
            VERIFIED[one.verified],
            one.participant_id,
            None,
        ]


def sign_rows(
    winners: Iterable[Winner], reserves: Iterable[Winner], signs: Mapping[str, PersonsSigns]
) -> Iterator[Sequence[Value]]:
    """Winners and reserves, also those without a sign."""
    listed = [*(("", one) for one in winners), *(("Dự phòng: ", one) for one in reserves)]
    for number, (before, one) in enumerate(listed, 1):
        score, evidence = signs.get(one.participant_id, NO_SIGNS)
        name, unit = one.full_name or ERASED, one.unit_name or OUTSIDE
        yield [number, before + one.title, name, unit, one.rank, score, evidence]


def _people(units: UnitFacts) -> list[Column]:
    """Obliged people and everybody stand apart, and over several weeks distinct people from sums."""
    if not units.over:
        return [
            Column("Số người thuộc đối tượng bắt buộc", 10, "whole"),
            Column("Được miễn", 9, "whole"),
            Column("Đối tượng bắt buộc dự thi", 10, "whole"),
            Column("Tổng số người dự thi", 10, "whole"),
        ]
    summed = f"cộng các {units.over}"
    return [
        Column(f"Số người thuộc đối tượng bắt buộc, {summed}", 11, "whole"),
        Column(f"Được miễn, {summed}", 10, "whole"),
        Column(f"Lượt người bắt buộc dự thi, {summed}", 10, "whole"),
        Column("Đối tượng bắt buộc dự thi ít nhất một lần", 10, "whole"),
        Column("Tổng số người dự thi ít nhất một lần", 10, "whole"),
    ]


def unit_columns(units: UnitFacts) -> list[Column]:
    above = [_ABOVE] if units.above else []
    return [
        Column("Hạng", 6, "number"),
        Column("Mã đơn vị", 15),
        Column("Tên đơn vị", 36),
        *above,
        Column("Khối", 28),
        *_people(units),
        *_UNITS,
    ]


def bloc_columns(units: UnitFacts) -> list[Column]:
    return [
        Column("TT", 5, "number"),
        Column("Khối", 34),
        Column("Số đơn vị", 9, "whole"),
        Column("Có người dự thi", 9, "whole"),
        Column("Đạt 100%", 9, "whole"),
        *_people(units),
        Column("Tỷ lệ dự thi", 10, "percent"),
        Column("Số lượt thi", 10, "whole"),
    ]


def unit_rows(ranked: Iterable[UnitStanding], units: UnitFacts) -> Iterator[Sequence[Value]]:
    """Rows of ``unit_columns`` for some units of a level."""
    for row in ranked:
        yield [
            row.rank,
            row.unit.code,
            row.unit.name,
            *([units.above.get(row.unit.code)] if units.above else []),
            row.unit.bloc,
            row.headcount,
            row.exempt,
            row.sums.obliged_people,
            *([row.sums.distinct_obliged] if units.over else []),
            row.sums.distinct_people,
            row.rate,
            row.sums.attempts,
            row.mean_best,
            row.quality,
            row.score,
            units.titles.get(row.prize),
            NOTES[row.note],
        ]


def bloc_rows(units: UnitFacts) -> Iterator[Sequence[Value]]:
    for number, row in enumerate(units.blocs, 1):
        yield [number, row.name, *bloc_figures(row, units)]


def bloc_figures(row: Bloc, units: UnitFacts) -> list[Value]:
    """What stands behind the name in ``bloc_columns``."""
    return [
        row.units,
        row.active,
        row.full,
        row.headcount,
        row.exempt,
        row.obliged_people,
        *([row.distinct_obliged] if units.over else []),
        row.distinct_people,
        row.rate,
        row.attempts,
    ]
