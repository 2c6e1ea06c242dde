"""XLSX: Excel's files are read cell by cell; anything but a table of plain values is refused."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from chalicelib.readers.contest_folder import ContestFolder
from chalicelib.readers.decision_files import RECOGNITIONS, read_recognitions
from chalicelib.readers.headings import Headings
from chalicelib.readers.spreadsheets import xlsx_records
from chalicelib.readers.tables import DATE_CELL, LONGEST_CELL, MOST_ROWS, ContestFaults, Fault
from tests.readers.contest_files import EXCLUSIONS, QUESTIONS, UNITS, contest_files, read_sent, sent_file
from tests.readers.workbooks import TYPED_CELLS, as_workbook, changed, part, repacked, workbook

SHEET, RELATED = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
UNIT_ROWS = list(csv.reader(io.StringIO(UNITS)))
ROSTER = ["unit_code", "full_name", "citizen_id", "exempt"]


def read(name: str, data: bytes) -> ContestFolder:
    """The contest with ``data`` as ``name``, in place of its own file of that kind."""
    kind = name.partition(".")[0]
    files = {key: value for key, value in contest_files().items() if not key.startswith(kind)}
    return read_sent({**files, name: data})


def faults(name: str, data: bytes) -> list[Fault]:
    with pytest.raises(ContestFaults) as refused:
        read(name, data)
    return refused.value.faults


def fault(name: str, data: bytes) -> Fault:
    (only,) = faults(name, data)
    assert only.file == name
    return only


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("questions.xlsx", QUESTIONS),
        ("units.xlsx", UNITS),
        ("exclusions.xlsx", EXCLUSIONS),
        ("rosters.xlsx", "unit_code,full_name,citizen_id,exempt\nSO-A,Lê An,040085000001,1\n"),
    ],
)
def test_a_workbook_reads_the_same_as_the_csv_file(name: str, text: str) -> None:
    from_csv = read(name.replace("xlsx", "csv"), text.encode())
    from_xlsx = read(name, as_workbook(text))
    for field in ("questions", "drafts", "units", "rosters", "exclusions"):
        assert getattr(from_xlsx, field) == getattr(from_csv, field)


def test_shared_strings_are_read_as_excel_writes_them() -> None:
    data = as_workbook(UNITS)
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    related = part(data, RELATED).replace(
        b"</Relationships>",
        b'<Relationship Id="s" Type="%s" Target="sharedStrings.xml"/></Relationships>' % kind,
    )
    inline = "<is><t>Sở B</t></is>".encode()
    sheet = part(data, SHEET).replace(b't="inlineStr">' + inline, b't="s"><v>0</v>')
    assert sheet != part(data, SHEET)
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1">'
        "<si><r><t>Sở </t></r><r><t>Bê</t></r></si></sst>"
    ).encode()
    parts = {RELATED: related, SHEET: sheet, "xl/sharedStrings.xml": shared}
    assert read("units.xlsx", repacked(data, parts)).units[1].name == "Sở Bê"


def test_numbers_in_cells_are_whole_numbers() -> None:
    rows = [UNIT_ROWS[0], ["SO-A", "Sở A", "Sở", "department", 10, 2.0]]
    (unit,) = read("units.xlsx", workbook(Sheet1=rows)).units
    assert (unit.headcount, unit.exempt) == (10, 2)


def test_a_fractional_number_is_refused() -> None:
    rows = [UNIT_ROWS[0], ["SO-A", "Sở A", "Sở", "department", 10.5, 2]]
    found = fault("units.xlsx", workbook(Sheet1=rows))
    assert (found.row, found.column, found.value) == (2, "headcount", "10.5")


@pytest.mark.parametrize("number", [40085000001, 40085000001.0, "40.085.000.001"])
def test_a_citizen_id_that_lost_its_zero_is_refused_with_a_hint_and_never_guessed(number: float | str) -> None:
    found = fault("rosters.xlsx", workbook(Sheet1=[ROSTER, ["SO-A", "Lê An", number, None]]))
    assert (found.row, found.column, found.value) == (2, "citizen_id", "40085000001")
    assert "mất số 0 ở đầu" in found.message
    assert "Text" in found.message


@pytest.mark.parametrize("text", ["40085000001.0", "4.0085E+10", "4,0085E+10"])
def test_a_citizen_id_that_became_a_number_is_refused_with_a_hint(text: str) -> None:
    found = fault("rosters.xlsx", workbook(Sheet1=[ROSTER, ["SO-A", "Lê An", text, None]]))
    assert "dạng số" in found.message


@pytest.mark.parametrize("day", [date(2022, 8, 29), datetime.fromisoformat("2022-08-29")])
def test_a_date_may_be_a_date_cell(day: date) -> None:
    faults: list[Fault] = []
    data = workbook(Sheet1=[list(RECOGNITIONS), ["1", "12/QĐ-BTC", day, None, None]])
    (one,) = read_recognitions(sent_file("recognitions.xlsx", data), {1}, faults)
    assert (one.decided_on, faults) == ("2022-08-29", [])


@pytest.mark.parametrize("moment", [datetime.fromisoformat("2022-08-29T10:30"), time(10, 30)])
def test_a_time_is_not_a_date(moment: Any) -> None:
    faults: list[Fault] = []
    data = workbook(Sheet1=[list(RECOGNITIONS), ["1", "12/QĐ-BTC", moment, None, None]])
    read_recognitions(sent_file("recognitions.xlsx", data), {1}, faults)
    assert faults[0].column == "decided_on"


def test_a_date_cell_is_refused_in_other_columns() -> None:
    rows = list(csv.reader(io.StringIO(QUESTIONS)))
    rows[1][1] = date(2022, 2, 1)  # type: ignore[call-overload]  “1/2” as a topic
    found = fault("questions.xlsx", workbook(Sheet1=rows))
    assert (found.row, found.column) == (2, "topic")
    assert "ngày tháng" in found.message


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"])
def test_a_formula_is_refused(formula: str) -> None:
    found = fault("units.xlsx", workbook(Sheet1=[*UNIT_ROWS, ["SO-C", formula, "Sở", "d", 1, 0]]))
    assert (found.row, found.column) == (4, "name")
    assert "công thức" in found.message


def test_a_text_that_looks_like_a_formula_is_refused() -> None:
    data = as_workbook(UNITS.replace("Sở B", "@@"))
    tricked = repacked(data, {SHEET: part(data, SHEET).replace(b"@@", b"=1+1")})
    assert "công thức" in fault("units.xlsx", tricked).message


def test_a_formula_in_the_header_is_refused() -> None:
    rows = [["code", "name", "bloc", "kind", "headcount", '="exempt"'], *UNIT_ROWS[1:]]
    assert any("công thức" in found.message for found in faults("units.xlsx", workbook(Sheet1=rows)))


def test_an_error_in_a_cell_is_refused() -> None:
    found = fault("units.xlsx", workbook(Sheet1=[*UNIT_ROWS, ["SO-C", "#N/A", "Sở", "d", 1, 0]]))
    assert (found.row, found.column, found.value) == (4, "name", "#N/A")


def test_merged_cells_are_refused() -> None:
    found = fault("units.xlsx", changed(as_workbook(UNITS), lambda sheet: sheet.merge_cells("C2:C3")))
    assert (found.row, found.column, found.value) == (2, "C", "C2:C3")
    assert "bỏ gộp" in found.message


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.bin"])
def test_macros_are_refused(name: str) -> None:
    assert "macro" in fault("units.xlsx", repacked(as_workbook(UNITS), {name: b"x"})).message


@pytest.mark.parametrize("name", ["units.xlsm", "units.xls", "units.ods"])
def test_other_kinds_of_spreadsheet_are_refused_by_name(name: str) -> None:
    with pytest.raises(ContestFaults, match=r"lưu lại dạng \.xlsx"):
        read_sent({**contest_files(), name: b"x"})


def test_an_old_workbook_under_the_new_name_is_refused() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert ".xls" in fault("units.xlsx", old).message
    assert "mật khẩu" in fault("units.xlsx", old + "EncryptedPackage".encode("utf-16-le")).message


def test_the_sheet_with_the_header_is_read() -> None:
    book = workbook(Huong_dan=[["Cách điền"], ["=1+1"]], Don_vi=UNIT_ROWS, Trang3=[])
    assert [unit.code for unit in read("units.xlsx", book).units] == ["SO-A", "SO-B"]


def test_a_workbook_without_the_header_on_any_sheet_is_refused() -> None:
    found = fault("units.xlsx", workbook(Một=[["a"]], Hai=[["code", "name"]]))
    assert "“Một”, “Hai”" in found.message
    assert "headcount" in found.message


def test_two_sheets_with_the_header_are_refused() -> None:
    assert "giữ lại một trang" in fault("units.xlsx", workbook(A=UNIT_ROWS, B=UNIT_ROWS)).message


def test_faults_in_the_header_of_the_only_sheet_are_named() -> None:
    rows = [["ghi chú"], ["mã số", *UNIT_ROWS[0][1:]], *UNIT_ROWS[1:]]
    found = faults("units.xlsx", workbook(Sheet1=rows))
    assert {(one.row, one.column) for one in found} == {(2, "code"), (2, "mã số")}


def test_comments_empty_rows_and_emptied_columns_are_skipped() -> None:
    rows = [["# danh sách"], [], [*UNIT_ROWS[0], None, ""], [], [*UNIT_ROWS[1], None], [None] * 9, UNIT_ROWS[2]]
    assert len(read("units.xlsx", workbook(Sheet1=rows)).units) == 2


def test_a_cell_beside_the_table_is_refused() -> None:
    rows = [UNIT_ROWS[0], [*UNIT_ROWS[1], None, "ghi chú"]]
    assert fault("units.xlsx", workbook(Sheet1=rows)).row == 2


def test_rows_are_numbered_as_in_the_sheet() -> None:
    data = changed(as_workbook(UNITS), lambda sheet: sheet.cell(40, 1, "so-x"))
    assert {found.row for found in faults("units.xlsx", data)} == {40}


@pytest.mark.slow
def test_more_rows_than_a_contest_can_have_are_refused() -> None:
    row = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    header = part(as_workbook(UNITS.partition("\n")[0]), SHEET)
    rows = header.replace(b"</sheetData>", row * (MOST_ROWS + 1) + b"</sheetData>")
    data = repacked(as_workbook(UNITS.partition("\n")[0]), {SHEET: rows})
    assert any("100.000 dòng" in found.message for found in faults("units.xlsx", data))


@pytest.mark.parametrize("number", [1_048_577, 10**15])
def test_a_row_number_beyond_the_end_of_any_sheet_is_refused(number: int) -> None:
    sheet = part(as_workbook(UNITS), SHEET).replace(b'<row r="3"', b'<row r="%d"' % number)
    assert sheet != part(as_workbook(UNITS), SHEET)
    assert "không đọc được" in faults("units.xlsx", repacked(as_workbook(UNITS), {SHEET: sheet}))[-1].message


def test_a_sheet_that_lies_about_its_size_is_read_to_its_end() -> None:
    sheet = part(as_workbook(UNITS), SHEET).replace(b'ref="A1:F3"', b'ref="A1:A1"')
    assert sheet != part(as_workbook(UNITS), SHEET)
    assert len(read("units.xlsx", repacked(as_workbook(UNITS), {SHEET: sheet})).units) == 2


@pytest.mark.parametrize("name", [SHEET, "xl/bomb.bin", "xl/sharedStrings.xml"])
def test_a_bomb_is_refused_before_it_is_unpacked(name: str) -> None:
    assert "quá lớn" in fault("units.xlsx", repacked(as_workbook(UNITS), {name: bytes(101_000_000)})).message


def test_a_bomb_below_the_limit_is_recognised_by_its_ratio() -> None:
    assert (
        "quá lớn"
        in fault("units.xlsx", repacked(as_workbook(UNITS), {"xl/bomb.bin": bytes(50_000_000)})).message
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_part_that_would_swell_in_memory_is_refused(name: str) -> None:
    noise = random.Random(1).randbytes(61_000_000 // 32) * 32
    assert "quá lớn" in fault("units.xlsx", repacked(as_workbook(UNITS), {name: noise})).message


def test_an_endless_row_is_refused() -> None:
    cells = "".join(f"<c><v>{k}</v></c>" for k in range(400_000)).encode()
    sheet = part(as_workbook(UNITS), SHEET).replace(b"</row>", cells + b"</row>", 1)
    assert "quá lớn" in fault("units.xlsx", repacked(as_workbook(UNITS), {SHEET: sheet})).message


def test_a_bomb_of_many_parts_is_refused() -> None:
    parts: dict[str, bytes | None] = {f"xl/{k}.xml": b"x" for k in range(1_001)}
    assert "quá lớn" in fault("units.xlsx", repacked(as_workbook(UNITS), parts)).message


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    honest = repacked(as_workbook(UNITS), {SHEET: b" " * 101_000_000})
    tricked = honest.replace((101_000_000).to_bytes(4, "little"), (900).to_bytes(4, "little"))
    assert tricked != honest
    assert faults("units.xlsx", tricked)


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_refused(name: str) -> None:
    data = as_workbook(UNITS)
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    body = part(data, name)
    body = body[body.index(b"?>") + 2 :] if body.startswith(b"<?xml") else body
    assert "không đọc được" in fault("units.xlsx", repacked(data, {name: evil + body})).message


@pytest.mark.parametrize("name", ["[Content_Types].xml", "xl/workbook.xml", SHEET])
def test_a_workbook_that_lacks_a_part_is_refused(name: str) -> None:
    assert faults("units.xlsx", repacked(as_workbook(UNITS), {name: None}))


@pytest.mark.parametrize("at", range(0, 6_000, 151))
def test_no_spoilt_byte_breaks_the_reader(at: int) -> None:
    data = bytearray(as_workbook(UNITS))
    data[at % len(data)] ^= 0xFF
    with suppress(ContestFaults):
        read("units.xlsx", bytes(data))


def test_a_zip_that_is_not_a_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("units.csv", UNITS)
    assert "không đọc được" in fault("units.xlsx", file.getvalue()).message


@given(st.lists(st.lists(TYPED_CELLS, max_size=8), min_size=1, max_size=6))
def test_every_cell_reads_as_in_openpyxl(rows: list[list[Any]]) -> None:
    data, found = workbook(Sheet1=[["x"] * 8, *rows]), list[Fault]()
    records = {row.line: row for row in xlsx_records("x.xlsx", data, Headings(()), found, [])}
    assert found == []
    book = load_workbook(io.BytesIO(data), read_only=True)
    for line, cells in enumerate(book.worksheets[0].iter_rows(max_col=8), 1):
        for place, cell in enumerate(cells):
            record = records.get(line)
            text = record.cells[place] if record else ""
            if text != "\x01":  # openpyxl leaves “_x0001_”
                assert text == as_text(cell.value)[: LONGEST_CELL + 1], (line, place)
            assert (record is not None and record.faulty.get(place) == DATE_CELL) == cell.is_date


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time(0):
        value = value.date()
    return "" if value is None else value.isoformat() if isinstance(value, date | time) else str(value)
