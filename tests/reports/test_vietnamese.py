"""Numbers, dates and lists of names as Vietnamese official documents write them."""

from __future__ import annotations

import random
import unicodedata
from datetime import datetime
from fractions import Fraction

import pytest

from chalicelib.domain.times import day
from chalicelib.reports.vietnamese import comma, moment, name_key, percent, span, text_key, whole

IN_ORDER = [
    "Bùi An",
    "Nguyễn An",
    "Đặng Văn An",
    "Nguyễn Văn An",
    "Lê Đức Anh",
    "Trần Thị Ánh",
    "Nguyễn Văn Ân",
    "Lê Văn Ẩn",
    "Hồ Dũng",
    "Hồ Đạt",
    "Phạm Ha",
    "Phạm Hà",
    "Phạm Hả",
    "Phạm Hã",
    "Phạm Há",
    "Phạm Hạ",
    "Phạm Hương",
    "Vũ Hữu",
    "Y",
    "Thủy Ý",
]


def test_people_are_sorted_by_given_then_middle_then_family_name_letters_before_tones() -> None:
    mixed = random.Random(1).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(mixed, key=name_key) == IN_ORDER


def test_decomposed_and_capital_letters_are_sorted_like_the_others() -> None:
    for name in IN_ORDER:
        assert name_key(unicodedata.normalize("NFD", name)) == name_key(name)
        assert name_key(name.upper()) == name_key(name)


@pytest.mark.parametrize("name", ["", "O'Brien", "Zoë Smith", "李 An", "1 2", "-"])
def test_any_text_can_be_sorted(name: str) -> None:
    assert sorted([name, "Nguyễn Văn An"], key=name_key)


def test_other_texts_are_sorted_word_by_word_from_the_left() -> None:
    blocs = ["Xã, phường", "Sở, ban, ngành", "Đoàn thể", "Doanh nghiệp", "UBND cấp huyện"]
    assert sorted(blocs, key=text_key) == [
        "Doanh nghiệp", "Đoàn thể", "Sở, ban, ngành", "UBND cấp huyện", "Xã, phường",
    ]  # fmt: skip


def test_numbers_have_points_and_commas_as_in_vietnam() -> None:
    assert [whole(0), whole(999), whole(427_277), whole(1_011_759)] == ["0", "999", "427.277", "1.011.759"]
    assert comma(Fraction(20_001, 2), 2) == "10.000,50"
    assert percent(Fraction(297, 1000)) == "29,7%"
    assert percent(Fraction(1)) == "100,0%"


def test_times_and_spans() -> None:
    assert moment(datetime(2022, 8, 2, 8, 5)) == "08:05 ngày 02/8/2022"  # noqa: DTZ001  local time has no zone here
    assert day(datetime(2022, 2, 28)) == "28/02/2022"  # noqa: DTZ001
    assert [span(0), span(725_005), span(3_600_000)] == ["00:00,000", "12:05,005", "60:00,000"]
