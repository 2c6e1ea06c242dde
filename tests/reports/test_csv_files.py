"""The files that operators open in Excel: columns of the design, safe cells, the same bytes each time."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.ranking import Candidate, Standing
from chalicelib.reports.csv_files import PRIZES, RANKING, UNITS, lines, packed_table, ranking_lines, safe, table
from chalicelib.reports.numbers import decimal
from tests.fakes import START_MS, definition, reference
from tests.reports.test_week_report import close


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_the_headers_are_those_of_the_design() -> None:
    assert ",".join(PRIZES) == (
        "prize,rank,participant_id,full_name,citizen_id_masked,phone_masked,unit_code,unit_name,score,prediction,"
        "prediction_error,duration_ms,submitted_at,attempts,verified"
    )
    assert ",".join(RANKING) == (
        "rank,participant_id,unit_code,category,score,prediction,prediction_error,duration_ms,submitted_at,attempts"
    )
    assert ",".join(UNITS) == (
        "rank,unit_code,unit_name,bloc,parent,level,headcount,exempt,obliged_people,people,rate,attempts,mean_best,"
        "quality,unit_score,prize,note"
    )


def test_a_table_is_utf_8_with_byte_order_mark_and_windows_line_ends() -> None:
    assert table(["a", "b"], [["Nghệ An", 7]]) == b"\xef\xbb\xbfa,b\r\n" + "Nghệ An,7\r\n".encode()


def test_a_table_without_rows_is_its_header() -> None:
    assert read(table(["a", "b"], [])) == [["a", "b"]]


def test_none_is_an_empty_cell_and_zero_is_a_zero() -> None:
    assert read(table(["a", "b"], [[None, 0]]))[1] == ["", "0"]


@pytest.mark.parametrize("text", ["Sở A, B", 'Trường "C"', "hai\ndòng", "hai\r\ndòng", " khoảng trắng ", ""])
def test_commas_quotes_and_line_ends_come_back_as_they_were(text: str) -> None:
    assert read(table(["a", "b"], [[text, "x"]]))[1] == [text, "x"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+84912345678", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(1)", "-", "="]
)
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    "cell", [-5, 0, None, "", "a=b", "040******001", "2022-08-22T08:00:00+07:00", "'quoted'"]
)
def test_numbers_and_harmless_texts_stay_as_they_are(cell: str | int | None) -> None:
    assert safe(cell) == cell


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5)
)
def test_no_cell_of_any_table_is_a_formula(rows: list[tuple[str, str]]) -> None:
    for row in read(table(["a", "b"], rows))[1:]:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.lists(st.text('ab,"\n=-'), min_size=2, max_size=2), max_size=5))
def test_a_table_has_as_many_rows_and_cells_as_were_put_in(rows: list[list[str]]) -> None:
    assert [len(row) for row in read(table(["a", "b"], rows))] == [2] * (len(rows) + 1)


ROWS = st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=30)


@given(ROWS)
def test_a_packed_table_is_the_same_each_time_and_holds_the_same_bytes(rows: list[list[str]]) -> None:
    assert gzip.decompress(b"".join(packed_table(["a", "b"], lines(rows)))) == table(["a", "b"], rows)
    assert [*packed_table(["a", "b"], lines(rows))] == [*packed_table(["a", "b"], lines(rows))]


def test_packing_reveals_no_time_and_no_file_name() -> None:
    data = b"".join(packed_table(["a"], ["x\r\n"]))
    assert (data[3], data[4:8]) == (0, b"\0\0\0\0")


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(0), 4, "0.0000"),
        (Fraction(1), 6, "1.000000"),
        (Fraction(100), 4, "100.0000"),
        (Fraction(2, 3), 4, "0.6667"),
        (Fraction(1, 3), 4, "0.3333"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(1, 20_000), 4, "0.0001"),
        (Fraction(1, 20_001), 4, "0.0000"),
        (Fraction(99_999, 100_000), 4, "1.0000"),
        (Fraction(17, 4), 4, "4.2500"),
        (Fraction(10**20 + 1, 3), 1, "33333333333333333333.7"),
    ],
)
def test_fractions_are_rounded_half_up_without_a_float(value: Fraction, places: int, text: str) -> None:
    assert decimal(value, places) == text


@given(st.fractions(0, 100), st.integers(1, 8))
def test_rounding_is_never_off_by_more_than_half_a_digit(value: Fraction, places: int) -> None:
    assert abs(Fraction(decimal(value, places)) - value) <= Fraction(1, 2 * 10**places)
    assert len(decimal(value, places).partition(".")[2]) == places


TEXTS = st.sampled_from(["an", "=an", "a,b", 'a"b', "", "SO-A", "hai\r\ndòng"])


@given(st.lists(st.tuples(TEXTS, TEXTS, st.none() | st.integers(0, 99)), max_size=5))
def test_a_line_of_the_ranking_is_what_the_csv_writer_makes_of_its_cells(
    people: list[tuple[str, str, int | None]],
) -> None:
    loaded = reference(definition())
    ranked = [
        Standing(person, unit, "mandatory", True, True, Candidate(1, START_MS, 7, 5, guess, False).packed, 2)
        for person, unit, guess in people
    ]
    result, _ = close(definition(), [])
    told = "".join(ranking_lines(replace(result, ranked=ranked, target=10), loaded))
    assert told == "".join(
        lines(
            [rank, person, unit, "mandatory", 5, guess, None if guess is None else abs(guess - 10), 7,
             "2022-08-22T08:00:00.000+07:00", 2]
            for rank, (person, unit, guess) in enumerate(people, 1)
        )
    )  # fmt: skip
