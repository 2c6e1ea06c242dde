"""Workbooks and bulletins with hostile and awkward content: typed text stays text."""

from __future__ import annotations

import io
from datetime import datetime
from fractions import Fraction
from functools import partial

import openpyxl
import pytest

from chalicelib.documents.shown_rulings import ShownRuling
from chalicelib.domain.closeout import WeekResult
from chalicelib.reports import charts
from chalicelib.reports.bulletin import week_bulletin
from chalicelib.reports.week_facts import WeekFacts, bands, week_facts
from chalicelib.reports.winners import winners
from chalicelib.reports.xlsx import Book, Column, plain_book
from chalicelib.services.closing.close_weeks import Standing
from chalicelib.services.closing.closed import closed_week
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import Participant, PlainSheet
from tests.fakes import definition
from tests.reports.test_week_report import close, people


def facts_of(result: WeekResult, loaded: Reference, named: dict[str, Participant]) -> WeekFacts:
    closed = closed_week(result, loaded, {}, {})
    return week_facts(
        result, loaded, winners(closed, named, loaded.definition, partial(result.names, closed.week))
    )


AT = datetime(2022, 8, 29, 8)  # noqa: DTZ001  local time has no zone in a spreadsheet


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84912345678",
        "-1",
        "@SUM(A1)",
        "http://example.org",
        "{=A1}",
        "000123",
        "1/2",
        "a\tb",
        "<b>&",
    ],
)
def test_a_text_stays_as_it_was(text: str) -> None:
    book = Book("UBND tỉnh", AT, "t")
    book.sheet("s", "title", "subtitle", [Column("A", 20), Column("B", 20, "center")]).rows([[text, text]])
    sheet = openpyxl.load_workbook(io.BytesIO(book.close())).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None][-2:]
    assert [cell.data_type for cell in cells] == ["s", "s"]
    assert all(cell.hyperlink is None for cell in cells)
    assert [cell.value for cell in cells] == [text, text]


def test_characters_that_no_workbook_can_hold_are_shown_as_such() -> None:
    book = Book("UBND tỉnh", AT, "t")
    book.sheet("s", "title", "subtitle", [Column("A", 20)]).rows([["a\x00\x07\ud800\uffffb"]])
    sheet = openpyxl.load_workbook(io.BytesIO(book.close())).active
    assert [row[0] for row in sheet.iter_rows(values_only=True)][-1] == "a\ufffd\ufffd\ufffd\ufffdb"


def test_a_plain_workbook_is_the_same_each_time_and_has_only_texts_and_numbers() -> None:
    sheet = PlainSheet("s", (20, 9, 9), ("A", "=B", "C"), [["=1+1\x07", 7, None], ["0123", 0, ""]])
    data = plain_book([sheet], AT)
    assert data == plain_book([sheet], AT)
    read = openpyxl.load_workbook(io.BytesIO(data))["s"]
    assert [list(row) for row in read.iter_rows(values_only=True)] == [
        ["A", "=B", "C"],
        ["=1+1\ufffd", 7, None],
        ["0123", 0, None],
    ]
    assert {cell.data_type for row in read.iter_rows() for cell in row} == {"s", "n"}  # an empty one is "n"


def test_numbers_stay_numbers_and_none_is_an_empty_cell() -> None:
    book = Book("UBND tỉnh", AT, "t")
    columns = [
        Column("n", 9, "whole"),
        Column("p", 9, "percent"),
        Column("d", 9, "date"),
        Column("s", 9, "span"),
    ]
    book.sheet("s", "t", "", columns).rows([[0, Fraction(1, 3), AT, 61_500], [None, None, None, None]])
    sheet = openpyxl.load_workbook(io.BytesIO(book.close())).active
    *_, first, second = sheet.iter_rows(values_only=True)
    assert first[:3] == (0, pytest.approx(1 / 3), AT)
    assert first[3].total_seconds() == pytest.approx(61.5)
    assert second == (None,) * 4


def test_a_table_without_rows_says_so() -> None:
    book = Book("UBND tỉnh", AT, "t")
    book.sheet("s", "t", "", [Column("n", 9)]).rows([])
    sheet = openpyxl.load_workbook(io.BytesIO(book.close())).active
    assert [row[0] for row in sheet.iter_rows(values_only=True)][-1] == "(không có)"


def test_a_bulletin_shows_names_and_titles_as_text() -> None:
    contest = definition(contest={"title": "<script>alert(1)</script>"}, publication={"winner_names": "full"})
    result, loaded = close(contest)
    facts = facts_of(result, loaded, people({"an": "<img src=x>", "binh": "A & B", "chi": "Trần Chi"}))
    text = week_bulletin(contest, facts, [], [], "0" * 64, Standing(), {}).decode()
    assert "<script>" not in text
    assert "<img" not in text
    assert "&lt;img src=x&gt;" in text
    assert "A &amp; B" in text


def test_a_bulletin_says_what_was_ruled_on_questions_and_why() -> None:
    contest = definition()
    result, loaded = close(contest)
    at = "2022-08-30T09:00:00+07:00"
    rulings = [
        ShownRuling("CH-012", "key", ("A", "BC"), "hai cách <hiểu>", at),
        ShownRuling("CH-040", "all_right", (), "câu hỏi sai", at),
    ]
    text = week_bulletin(contest, facts_of(result, loaded, {}), [], rulings, "0" * 64, Standing(), {}).decode()
    assert "Kết luận về câu hỏi CH-012: chấp nhận đáp án A hoặc BC. Lý do: hai cách &lt;hiểu&gt;." in text
    assert "câu hỏi CH-040: người có câu này trong đề đều được điểm, kể cả khi bỏ trống." in text


def test_a_week_in_which_nobody_took_part_has_a_bulletin_too() -> None:
    contest = definition()
    result, loaded = close(contest, [])
    text = week_bulletin(contest, facts_of(result, loaded, {}), [], [], "0" * 64, Standing(), {}).decode()
    assert "<b>0</b> người" in text
    assert "(Không có.)" in text


@pytest.mark.parametrize("most", [0, 1, 4, 7, 99, 100, 12_345, 999_999])
def test_charts_have_few_round_ticks_that_reach_the_highest_column(most: int) -> None:
    ticks = charts._ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 2 <= len(ticks) <= 7
    assert charts.columns([("a", most), ("b", 0)]).startswith("<svg")


@pytest.mark.parametrize("questions", [1, 2, 3, 5, 10, 15, 20, 100])
def test_bands_hold_every_score_once_and_the_last_is_the_perfect_score(questions: int) -> None:
    scores = list(range(1, questions + 2))
    found = bands(scores)
    assert sum(band.people for band in found) == sum(scores)
    assert [score for band in found for score in range(band.low, band.high + 1)] == list(range(questions + 1))
    assert found[-1].low == found[-1].high == questions
