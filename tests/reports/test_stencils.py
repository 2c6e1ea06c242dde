"""Workbooks made after one of XlsxWriter's are what XlsxWriter would have written, byte for byte."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.reports.stencils import Simple, Tab, book_writer, by_xlsxwriter
from chalicelib.reports.xlsx import Column

ORGANISER, CREATED = "Ban Tuyên giáo & Dân vận", datetime.fromisoformat("2022-08-29T08:00")
COLUMNS = [
    Column("TT", 5, "number"),
    Column("Họ và tên", 12),
    Column("Điểm", 9, "whole"),
    Column("Ghi chú", 20),
]
NARROW = [Column("TT", 5, "number"), Column("Mã", 26, "center")]

texts = st.text(max_size=60) | st.sampled_from(
    [
        "",
        "An",
        "Nguyễn Văn An",
        "Sở GD&ĐT <Vinh>",
        "hai\ndòng",
        " đầu",
        "cuối ",
        "a\tb",
        "a\rb",
        "_x0041_",
        "<r>x</r>",
    ]
)
rows = st.lists(st.tuples(st.integers(0, 10**9), texts, st.none() | st.integers(0, 50), texts), max_size=5)
books = st.tuples(texts, texts, rows, st.lists(st.tuples(st.integers(1, 99), texts), max_size=3))


def tabs(
    unit: str, counts: str, people: list[tuple[Simple, ...]], others: list[tuple[Simple, ...]]
) -> list[Tab]:
    made = [
        Tab("Đã dự thi", f"{unit}: người đã dự thi", f"Danh sách {counts}", COLUMNS, people),
        Tab("Chưa dự thi", f"{unit}: người chưa dự thi", f"Danh sách {counts}", COLUMNS, people[1:]),
    ]
    return [*made, Tab("Ngoài danh sách", f"{unit}: khác", counts or "0", NARROW, others)] if others else made


@given(st.lists(books, min_size=2, max_size=5))
def test_every_workbook_is_what_xlsxwriter_writes(
    some: list[tuple[str, str, list[tuple[Simple, ...]], list[tuple[Simple, ...]]]],
) -> None:
    write = book_writer(ORGANISER, CREATED)
    for unit, counts, people, others in some:
        sheets = tabs(unit, counts, people, others)
        assert write(unit, sheets) == by_xlsxwriter(ORGANISER, CREATED, unit, sheets)


def many(unit: str, count: int) -> list[Tab]:
    people: list[tuple[Simple, ...]] = [
        (number, f"Nguyễn Thị {number}", number % 7 or None, "Tính cho đơn vị: Sở Tư pháp" * (number % 3))
        for number in range(1, count + 1)
    ]
    return tabs(unit, f"{count} người", people, [(1, "abc")])


@pytest.mark.parametrize("count", [2, 9, 300])
def test_a_workbook_made_after_another_has_its_own_rows_and_opens(count: int) -> None:
    write = book_writer(ORGANISER, CREATED)
    write("Sở Y tế", many("Sở Y tế", 5))
    data = write("Sở Nội vụ", many("Sở Nội vụ", count))
    assert data == by_xlsxwriter(ORGANISER, CREATED, "Sở Nội vụ", many("Sở Nội vụ", count))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.properties.title == "Sở Nội vụ"
    sheet = book["Đã dự thi"]
    assert sheet["A4"].value == "SỞ NỘI VỤ: NGƯỜI ĐÃ DỰ THI"
    assert sheet.max_row == 6 + count
    assert sheet.auto_filter.ref == f"A6:D{6 + count}"
    assert [cell.value for cell in sheet[8]] == [2, "Nguyễn Thị 2", 2, "Tính cho đơn vị: Sở Tư pháp" * 2]
    assert sheet["B8"].font.name == "Times New Roman"
    assert sheet["B8"].border.left.style == "thin"


def test_a_table_without_rows_says_so() -> None:
    write = book_writer(ORGANISER, CREATED)
    for unit in ("Sở Y tế", "Sở Nội vụ"):
        data = write(unit, many(unit, 0))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Đã dự thi"]
    assert sheet["A7"].value == "(không có)"
    assert sheet.auto_filter.ref is None
