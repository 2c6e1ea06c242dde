"""Any file in the inbox, under any name, gets a report, and changes nothing if it is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.readers.contest_files import FILES
from tests.examples import examples
from tests.readers.contest_files import QUESTIONS, UNITS, contest_files, zipped
from tests.readers.workbooks import as_workbook, part, repacked
from tests.services.intake.inbox import LATER, Desk, sent
from tests.services.intake.test_intake_single_files import GIFT

NAMES = [*FILES, "contest.zip", "units.xls", "x", " ", ".", "a b.csv", "=1.csv"]
SHEET = "xl/worksheets/sheet1.xml"
BOOK = as_workbook(UNITS)
# A place in a file, from 0 to 1, and the bytes put there instead.
SPOT = st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3))
GOOD = {
    "units.csv": UNITS.encode(),
    "units.xlsx": BOOK,
    "questions.csv": QUESTIONS.encode("utf-16"),
    "questions.gift": GIFT.encode(),
    "questions.txt": b"// status: approved\n\nA?\nA. a\nB. b\nANSWER: A\n",
    "questions.xml": (
        b"<quiz><!-- status: approved --><question type='multichoice'>"
        b"<questiontext format='html'><text>a</text></questiontext>"
        b"<answer fraction='100'><text>a</text></answer><answer><text>b</text></answer></question></quiz>"
    ),
    "contest.toml": contest_files()["contest.toml"],
    "contest.zip": zipped(contest_files()),
}


def check(file: str, data: bytes) -> None:
    for first in (True, False):
        desk = Desk()
        if not first:
            desk.put()
        before = desk.everything_but_reports()
        report: dict[str, Any] = desk.send(file, data, LATER)
        assert json.loads(desk.desk.objects[f"{sent(file).answer}.json"]) == report
        assert desk.desk.objects[f"{sent(file).answer}.xlsx"].startswith(b"PK")
        waits = "code" in report["taken"]  # for questions to be left out
        assert report["accepted"] is (report["fault_count"] == 0 and not waits)
        if not report["accepted"]:
            kept, site = desk.everything_but_reports()
            assert ({key: told for key, told in kept.items() if "pending/" not in key}, site) == before


@given(st.sampled_from(NAMES), st.binary(max_size=300))
@example("questions.gift", b"\\")
@example("questions.gift", b"::::{=}")
@example("questions.xml", b"<quiz><question type='category'/></quiz>")
@example("units.csv", b"\xff\xfe")
def test_any_bytes_get_a_report(file: str, data: bytes) -> None:
    check(file, data)


@given(st.sampled_from(NAMES), st.text(max_size=300))
def test_any_text_gets_a_report(file: str, text: str) -> None:
    check(file, text.encode("utf-8", "surrogatepass"))


@given(st.text(alphabet="::{}=~%50#->\\[html]$CATEGORY/TF \n//aA.B)ANSWER<p>&", max_size=80))
def test_any_text_of_characters_with_a_meaning_gets_a_report(text: str) -> None:
    for file in ("questions.gift", "questions.txt"):
        check(file, text.encode())


@examples(1.5)
@given(
    st.sampled_from(sorted(GOOD)),
    st.lists(SPOT, max_size=6),
)
def test_a_good_file_damaged_anywhere_gets_a_report(file: str, spoilt: list[tuple[float, bytes]]) -> None:
    data = bytearray(GOOD[file])
    for at, new in spoilt:
        place = int(at * len(data))
        data[place : place + len(new)] = new
    check(file, bytes(data))


@given(
    st.sampled_from(
        [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]
    ),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=3)), min_size=1, max_size=4
    ),
)
def test_a_workbook_damaged_inside_gets_a_report(name: str, spoilt: list[tuple[float, bytes]]) -> None:
    data = bytearray(part(BOOK, name))
    for at, new in spoilt:
        place = int(at * len(data))
        data[place : place + len(new)] = new
    check("units.xlsx", repacked(BOOK, {name: bytes(data)}))


@pytest.mark.parametrize("value", ["-1", "99999999999999999999", "1e400", "nan", "0x10", "", "2", "٣"])
@pytest.mark.parametrize("kind", ["n", "s", "b", "d", "e", "str", "x"])
def test_a_cell_of_any_type_with_any_value_gets_a_report(kind: str, value: str) -> None:
    cell = b'<c r="E2" t="inlineStr"><is><t>10</t></is></c>'
    strange = f'<c r="E2" t="{kind}" s="1"><v>{value}</v></c>'.encode()
    sheet = part(BOOK, SHEET).replace(cell, strange)
    assert sheet != part(BOOK, SHEET)
    check("units.xlsx", repacked(BOOK, {SHEET: sheet}))
