"""The contests that ship with the system are whole, and the two of Nghệ An follow the plan."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from chalicelib.domain.units import of_level
from chalicelib.readers.contest_files import archive
from chalicelib.readers.contest_folder import ContestFolder
from chalicelib.readers.plain import read_folder
from tests.readers.contest_files import read_archive

CONTESTS = Path(__file__).parents[2] / "contests"
RURAL_DISTRICTS = (
    *("Anh Sơn", "Con Cuông", "Diễn Châu", "Đô Lương", "Hưng Nguyên", "Kỳ Sơn", "Nam Đàn", "Nghi Lộc"),
    *("Nghĩa Đàn", "Quế Phong", "Quỳ Châu", "Quỳ Hợp", "Quỳnh Lưu", "Tân Kỳ", "Thanh Chương"),
    *("Tương Dương", "Yên Thành"),
)
both = pytest.mark.parametrize("name", ["nghe-an-2022", "demo"])


@cache
def shipped(name: str) -> ContestFolder:
    return read_folder(CONTESTS / name)


@pytest.mark.parametrize("name", ["nghe-an-2022", "demo", "schools"])
def test_it_is_read_without_a_fault(name: str) -> None:
    assert shipped(name).definition.contest.id == name


@both
def test_it_is_the_same_as_an_archive(name: str) -> None:
    assert read_archive(f"{name}.zip", archive(CONTESTS / name)) == shipped(name)


@both
def test_it_has_at_least_a_hundred_approved_questions_with_a_legal_source(name: str) -> None:
    questions = shipped(name).questions
    assert len(questions) >= 100
    assert all(question.reference for question in questions)


@both
def test_no_two_questions_have_the_same_text(name: str) -> None:
    texts = Counter(question.text.casefold() for question in shipped(name).questions)
    assert [text for text, times in texts.items() if times > 1] == []


@both
def test_right_answers_are_spread_over_the_letters(name: str) -> None:
    single = [question for question in shipped(name).questions if not question.multiple]
    letters = Counter(question.answer_letters for question in single)
    assert max(letters.values()) < len(single) / 2, letters


@both
def test_it_has_the_21_districts_of_2022_and_at_least_60_schools(name: str) -> None:
    units = shipped(name).units
    districts = {unit.name for unit in units if unit.kind == "district"}
    assert districts == {
        "UBND thành phố Vinh",
        *(f"UBND thị xã {name}" for name in ("Cửa Lò", "Hoàng Mai", "Thái Hòa")),
        *(f"UBND huyện {name}" for name in RURAL_DISTRICTS),
    }
    assert sum("THPT" in unit.name for unit in units) >= 60


@both
def test_no_two_units_share_a_name(name: str) -> None:
    names = Counter(unit.name for unit in shipped(name).units)
    assert [unit for unit, times in names.items() if times > 1] == []


@both
def test_every_text_is_composed(name: str) -> None:
    source = shipped(name)
    texts = [text for question in source.questions for text in (question.text, *question.options)]
    texts += [text for unit in source.units for text in (unit.name, unit.bloc, unit.kind)]
    assert [text for text in texts if not unicodedata.is_normalized("NFC", text)] == []


def test_nghe_an_2022_runs_for_the_four_weeks_of_the_plan() -> None:
    definition = shipped("nghe-an-2022").definition
    assert [definition.rfc3339(week.opens) for week in definition.weeks] == [
        "2022-08-22T08:00:00+07:00",
        "2022-08-29T08:15:00+07:00",
        "2022-09-05T08:15:00+07:00",
        "2022-09-12T08:15:00+07:00",
    ]
    assert [definition.rfc3339(week.closes) for week in definition.weeks] == [
        "2022-08-29T08:00:00+07:00",
        "2022-09-05T08:00:00+07:00",
        "2022-09-12T08:00:00+07:00",
        "2022-09-19T08:00:00+07:00",
    ]


@both
def test_prizes_are_those_of_the_plan(name: str) -> None:
    definition = shipped(name).definition
    assert [(prize.title, prize.count) for prize in definition.prizes] == [
        ("Giải Nhất", 1),
        ("Giải Nhì", 2),
        ("Giải Ba", 3),
        ("Giải Khuyến khích", 10),
    ]
    assert [(prize.title, prize.when, prize.count, prize.once) for prize in definition.unit_prizes] == [
        ("Giải thi tuần", "week", 1, True),
        ("Giải tập thể", "final", 5, False),
    ]
    assert definition.ranking.one_prize == "contest"


def test_people_of_fifteen_or_over_may_take_part_and_five_roles_may_not() -> None:
    eligibility = shipped("nghe-an-2022").definition.eligibility
    assert eligibility.min_age == 15
    assert len(eligibility.excluded_roles) == 5


def test_the_demo_has_four_weeks_of_three_minutes_from_now() -> None:
    definition = shipped("demo").definition
    assert definition.contest.start == "now"
    assert (definition.contest.weeks, definition.contest.week_length) == (4, timedelta(minutes=3))
    assert definition.paper.time_limit == timedelta(minutes=2)


def test_the_demo_uses_the_bank_and_the_units_of_the_real_contest() -> None:
    assert shipped("demo").questions == shipped("nghe-an-2022").questions
    assert shipped("demo").units == shipped("nghe-an-2022").units


def test_the_example_of_units_of_units_has_districts_with_schools_and_departments_on_their_own() -> None:
    contest = shipped("schools")
    top, leaf = of_level(contest.units, "top"), of_level(contest.units, "leaf")
    assert Counter(unit.kind for unit in top) == {"district": 3, "department": 2}
    assert Counter(unit.kind for unit in leaf) == {"school": 12, "office": 3, "department": 2}
    assert {prize.level for prize in contest.definition.unit_prizes} == {"top", "leaf"}
    assert contest.questions == shipped("nghe-an-2022").questions
