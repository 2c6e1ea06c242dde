"""CSV as Excel saves it on computers in Vietnam: encodings, separators, and refusals with a hint."""

from __future__ import annotations

import pytest

from chalicelib.readers.tables import MOST_ROWS, ContestFaults
from tests.readers.contest_files import (
    EXCLUSIONS,
    QUESTIONS,
    TOML,
    UNIT_HEADER,
    UNITS,
    contest_files,
    faults,
    read_sent,
)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be with mark"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_encoding_and_separator_reads_the_same(separator: str, encoding: str, line_end: str) -> None:
    def saved(text: str) -> bytes:
        text = text.replace('"Bốn, hay ""năm""?"', "@").replace(",", separator).replace("\n", line_end)
        text = text.replace("@", '"Bốn, hay ""năm""?"')
        return ("\ufeff" + text).encode("utf-16-be") if "be" in encoding else text.encode(encoding)

    files = contest_files(
        questions=saved(QUESTIONS),
        units=saved(UNITS),
        exclusions=saved(EXCLUSIONS),
    )
    assert read_sent(files) == read_sent(contest_files())


def test_notepads_utf_16_is_read_everywhere() -> None:
    files = contest_files(toml=TOML.encode("utf-16"), guide="# Thể lệ\n".encode("utf-16"))
    assert read_sent(files) == read_sent(contest_files())


@pytest.mark.parametrize("line", ["sep=;\n", "# a, b, c, d\n", '"# a; b"\n', ";;;;;\n", "# ghi chú;;;;;\n"])
def test_lines_above_the_header_do_not_decide_the_separator(line: str) -> None:
    assert len(read_sent(contest_files(units=line + UNITS.replace(",", ";"))).units) == 2


def test_commas_in_cells_do_not_split_a_file_with_semicolons() -> None:
    units = UNITS.replace(",", ";").replace("Sở B", "Sở B, C, D, E, F, G, H")
    assert read_sent(contest_files(units=units)).units[1].name == "Sở B, C, D, E, F, G, H"


def test_emptied_columns_are_skipped() -> None:
    assert len(read_sent(contest_files(units=UNITS.replace("\n", ",,\n"))).units) == 2


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(UNITS.encode("utf-16-le"), id="UTF-16 without its mark"),
        pytest.param(UNITS.encode("utf-16")[:-1], id="half a UTF-16 letter"),
        pytest.param(UNITS.replace("ở", "o").replace("Sở", "S").encode("cp1258") + b"\xd2", id="Windows-1258"),
        pytest.param(b"\x00" * 40, id="zeros"),
    ],
)
def test_another_encoding_is_refused_with_a_remedy(table: bytes) -> None:
    (fault,) = faults(units=table)
    assert fault.file == "units.csv"
    assert "CSV UTF-8" in fault.message


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("40080000009", "mất số 0 ở đầu"),
        ("4.0080E+10", "dạng số"),
        ("40080000009.0", "dạng số"),
    ],
)
def test_a_citizen_id_that_excel_has_spoilt_is_refused_with_a_hint(value: str, hint: str) -> None:
    (fault,) = faults(exclusions=EXCLUSIONS + f"{value},Ban Tổ chức,,\n")
    assert (fault.row, fault.column) == (4, "citizen_id")
    assert hint in fault.message


@pytest.mark.parametrize(
    "value",
    ["'040080000009", '"=""040080000009"""', "040 080 000 009", "040.080.000.009", "\u200b040080000009"],
)
def test_a_citizen_id_that_is_certain_is_read_however_it_is_written(value: str) -> None:
    folder = read_sent(contest_files(exclusions=EXCLUSIONS + f"{value},Ban Tổ chức,,\n"))
    assert folder.exclusions[-1].citizen_id == "040080000009"


@pytest.mark.parametrize("formula", ["=1+1", "=cmd|' /C calc'!A0", '"=HYPERLINK(""http://x"")"'])
def test_a_formula_is_refused(formula: str) -> None:
    (fault,) = faults(units=UNITS + f"SO-C,{formula},Sở,d,1,0\n")
    assert (fault.row, fault.column) == (4, "name")
    assert "công thức" in fault.message


@pytest.mark.slow
def test_more_rows_than_a_contest_can_have_are_refused() -> None:
    found = faults(units=UNIT_HEADER + "SO-A,A,B,d,1,0\n" * (MOST_ROWS + 1))
    assert any("100.000 dòng" in fault.message for fault in found)


@pytest.mark.parametrize("name", ["units.csv", "units.xlsx"])
def test_a_file_of_another_kind_is_refused(name: str) -> None:
    files = contest_files(units=None)
    with pytest.raises(ContestFaults):
        read_sent({**files, name: b"%PDF-1.7\n\x00\xff\x93"})
