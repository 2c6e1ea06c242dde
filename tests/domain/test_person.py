"""Citizen IDs, names, phones and ages, and their masking (R2, R3)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.pasted import name_in
from chalicelib.domain.person import (
    PROVINCES,
    Gender,
    age,
    citizen_id_fits,
    is_citizen_id,
    is_name,
    masked_name,
    masked_number,
)


def test_there_are_sixty_three_provinces() -> None:
    assert len(PROVINCES) == 63
    assert {"001", "040", "079", "096"} <= PROVINCES


@pytest.mark.parametrize(
    "citizen_id",
    ["040090000001", "001199000001", "096305123456", "100090000001", "995090000001"],
)
def test_a_citizen_id_is_twelve_digits_that_begin_with_a_province_or_country(citizen_id: str) -> None:
    assert is_citizen_id(citizen_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "40090000001",
        "0400900000011",
        "04009000000a",
        "003090000001",  # no province has 003
        "000090000001",
        "097090000001",
        "099090000001",
        " 040090000001",
        "040 090 000 001",
        "040090000001\n",
        "٠٤٠٠٩٠٠٠٠٠٠١",
        "０４００９００００００１",
    ],
)
def test_anything_else_is_not_a_citizen_id(text: str) -> None:
    assert not is_citizen_id(text)


@pytest.mark.parametrize(
    ("digits", "born", "gender"),
    [
        ("090", date(1990, 1, 1), "male"),
        ("190", date(1990, 12, 31), "female"),
        ("000", date(1900, 1, 1), "male"),
        ("199", date(1999, 12, 31), "female"),
        ("200", date(2000, 1, 1), "male"),
        ("305", date(2005, 6, 7), "female"),
        ("307", date(2007, 6, 7), "female"),
    ],
)
def test_digits_four_to_six_encode_century_gender_and_year(digits: str, born: date, gender: Gender) -> None:
    assert citizen_id_fits(f"040{digits}000001", born, gender)


@given(st.integers(0, 9), st.integers(0, 99), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_citizen_id_fits_one_gender_and_one_year_only(century: int, year: int, born: date) -> None:
    citizen_id = f"040{century}{year:02}000001"
    expected = 1900 + 100 * (century // 2) + year == born.year
    fits = [citizen_id_fits(citizen_id, born, gender) for gender in ("male", "female")]
    assert fits == [expected and century % 2 == 0, expected and century % 2 == 1]


@pytest.mark.parametrize("born", [date(1, 1, 1), date(1890, 1, 1), date(2490, 1, 1), date(9999, 12, 31)])
def test_a_birth_date_far_out_of_range_fits_no_citizen_id(born: date) -> None:
    assert not any(citizen_id_fits(f"040{digit}90000001", born, "male") for digit in range(10))


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Văn An",
        "Hồ",
        "H'Hen Niê",
        "Lê Thị Ngọc-Ánh",
        "Y Moan Ê-nuôl",
        "Nguyễn Văn A.",
        "Trần D'Arc",
        "Y Rơ̆ Niê",
        "K'Brơi",
        "A-Lăng Thị Ƀên",
        "Đinh Y Ngơ̆ih",
        "Siu H' Ŭt",
        "Lê Hoàng Hiếu Nghĩa Đệ Nhất Thương Tâm Nhân",
    ],
)
def test_names_of_all_peoples_of_vietnam_are_accepted(name: str) -> None:
    assert name_in(name) == name
    assert is_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "Nguyễn Văn 2",
        "=cmd()",
        "@An",
        "An\x00",
        "An\nBình",
        "<b>An</b>",
        "-An",
        "An_Bình",
        "An Bình Cường Dũng Em Phúc Giang Hà Ích Khánh Lan Minh Nam Oanh",
        "A" * 26,
        "😀😀",
        "Нгуен Ван",
        "Νγκουγιέν",
        "阮文安",
        "ㅤㅤ",
        "A\u0300\u0301\u0300n",
        "ǃXóõ",
    ],
)
def test_digits_symbols_other_scripts_and_towers_of_marks_are_refused_in_a_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        pytest.param(date(2007, 8, 22), date(2022, 8, 21), 14, id="the day before the birthday"),
        pytest.param(date(2007, 8, 22), date(2022, 8, 22), 15, id="the birthday"),
        pytest.param(date(2008, 2, 29), date(2023, 2, 28), 14, id="29 February, on 28 February"),
        pytest.param(date(2008, 2, 29), date(2023, 3, 1), 15, id="29 February, on 1 March"),
        pytest.param(date(2008, 2, 29), date(2024, 2, 29), 16, id="29 February, in a leap year"),
        pytest.param(date(2022, 8, 22), date(2022, 8, 22), 0, id="born today"),
    ],
)
def test_a_year_of_age_is_completed_on_the_birthday(born: date, today: date, years: int) -> None:
    assert age(born, today) == years


@pytest.mark.parametrize(
    ("number", "masked"),
    [("040090000123", "040******123"), ("0912345678", "091****678"), ("123456", "******"), ("", "")],
)
def test_a_masked_number_keeps_its_first_and_last_three_digits(number: str, masked: str) -> None:
    assert masked_number(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Nguyễn Văn An", "N. V. An"),
        ("Đặng Ước", "Đ. Ước"),
        ("An", "A."),
        ("", ""),
        ("Y Rơ̆", "Y. Rơ̆"),
        ("Ơ̆ng Bả", "Ơ̆. Bả"),
    ],
)
def test_a_masked_name_keeps_the_given_name_and_initials_and_of_one_word_only_its_initial(
    name: str, masked: str
) -> None:
    assert masked_name(name) == masked
