"""Faults in contest.toml: each has its place and a remedy, in Vietnamese, and nothing is accepted."""

from __future__ import annotations

import re

import pytest

from chalicelib.readers.tables import ContestFaults, Fault
from tests.readers.contest_files import TOML, contest_files, read_sent, toml


def faults(files: dict[str, bytes]) -> list[Fault]:
    with pytest.raises(ContestFaults) as refused:
        read_sent(files)
    return refused.value.faults


def test_a_whole_folder_is_read() -> None:
    source = read_sent(contest_files())
    assert source.definition.contest.id == "thi-thu"
    assert [question.id for question in source.questions] == ["Q1", "Q2", "Q3", "Q4"]
    assert (source.drafts, len(source.units)) == (1, 2)
    assert [exclusion.role for exclusion in source.exclusions] == ["Ban Tổ chức", "Tổ ra đề"]
    assert [exclusion.out for exclusion in source.exclusions] == [True, False]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("weeks = 4", "weeks = ", 8),
        ("[paper]", "[paper", 10),
        ("2022-08-22T", "2022-02-30T", 7),
        ('"Thi thử"', '"Thi thử', 4),
        ("weeks = 4", "weeks = 4\nweeks = 5", 9),
    ],
)
def test_bad_toml_is_reported_by_its_line(old: str, new: str, line: int) -> None:
    (fault,) = faults(toml(old, new))
    assert (fault.file, fault.row) == ("contest.toml", line)
    assert fault.message.startswith("sai cú pháp TOML")


def test_a_control_character_is_reported_by_its_line() -> None:
    (fault,) = faults(toml('"Thi thử"', '"Thi\x00thử"'))
    assert (fault.file, fault.row) == ("contest.toml", 4)


def test_a_file_that_breaks_off_is_reported_by_its_last_line() -> None:
    (fault,) = faults(contest_files(toml=TOML + "x = ["))
    assert fault.row == (TOML + "x = [").count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "column", "remedy"),
    [
        ("publish_bank = true", "publish_bnak = true", "paper.publish_bnak", "không có mục tên này"),
        ("weeks = 4", "", "contest.weeks", "thiếu mục này"),
        ("weeks = 4", "weeks = 0", "contest.weeks", "phải từ 1 trở lên"),
        ("weeks = 4", "weeks = []", "contest.weeks", "cần một số nguyên"),
        ("[paper]", "[papers]", "papers", "không có mục tên này"),
        ('"0238 000 000"', "238000000", "contest.hotline", "cần một chuỗi ký tự"),
        ('"PT10M"', '"10 phút"', "paper.time_limit", "ISO 8601"),
        ('"PT10M"', "600", "paper.time_limit", "ISO 8601"),
        ("participation = 0.5", "participation = 0.6", "unit_score.weights", "đúng bằng 1"),
        ("publish_bank = true", 'publish_bank = "maybe"', "paper.publish_bank", "true hoặc false"),
        ("weeks = 4", 'weeks = 4\ntimezone = "Nghệ An"', "contest.timezone", "múi giờ"),
        ("weeks = 4", 'weeks = 4\ngap = "PT0S"', "contest", 'bỏ gap và ghi pause = "PT15M"'),
        ("weeks = 4", 'weeks = 4\nperiod = "tháng"', "contest.period", "đợt"),
        ("[paper]", "[[calendar]]\nweek = 2\nopens = 2022-08-30\n[paper]", "calendar.0.opens", "có múi giờ"),
        ("[paper]", "[[calendar]]\nweek = 0\n[paper]", "calendar.0.week", "phải từ 1 trở lên"),
        (
            "[paper]",
            '[[calendar]]\nweek = 2\ncancelled = "có"\n[paper]',
            "calendar.0.cancelled",
            "true hoặc false",
        ),
        ('"thi-thu"', '"Thi thử 2"', "contest.id", "không đúng dạng"),
        ("2022-08-22T08:00:00+07:00", "2022-08-22T08:00:00", "contest.start", "múi giờ"),
        ("2022-08-22T08:00:00+07:00", '"tháng sau"', "contest.start", "2022-08-22T08:00:00+07:00"),
    ],
)
def test_a_wrong_value_is_reported_once_by_its_path_with_a_remedy(
    old: str, new: str, column: str, remedy: str
) -> None:
    found = faults(toml(old, new))
    assert [(fault.file, fault.column) for fault in found] == [("contest.toml", column)]
    assert remedy in found[0].message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weeks = 4", "weeks = nan"),
        ("weeks = 4", "weeks = inf"),
        ("weeks = 4", 'week_length = "P9999999999D"\nweeks = 4'),
        ("weeks = 4", 'week_length = "P400D"\nweeks = 4'),
        ("2022-08-22T08:00:00+07:00", '"tháng sau"'),
        ('"PT10M"', '"PT0S"'),
        ("participation = 0.5", 'participation = "một nửa"'),
        ("participation = 0.5", "participation = [1]"),
        ("participation = 0.5", "participation = nan"),
    ],
)
def test_no_message_contains_english_or_python(old: str, new: str) -> None:
    for fault in faults(toml(old, new)):
        assert not re.search(r"[Ii]nput should|[Ii]nvalid|[0-9] days|datetime\.|literal\[", str(fault)), fault


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("weeks = 4", "weeks = " + "9" * 5_000, id="a number of 5,000 digits"),
        pytest.param("weeks = 4", "weeks = 4\nx = " + "[" * 5_000, id="brackets 5,000 deep"),
        pytest.param("2022-08-22T08", "9999-12-31T08", id="a calendar past the year 9999"),
        pytest.param("weeks = 4", 'weeks = 53\nweek_length = "P70000D"', id="weeks of two centuries"),
    ],
)
def test_values_that_no_honest_file_holds_are_faults_too(old: str, new: str) -> None:
    assert {fault.file for fault in faults(toml(old, new))} == {"contest.toml"}


def test_faults_of_several_files_are_reported_in_one_go() -> None:
    found = faults(contest_files(toml=TOML.replace("weeks = 4", "weeks = 0"), units="code,name\n"))
    assert {fault.file for fault in found} == {"contest.toml", "units.csv"}


def test_an_empty_table_is_reported_even_where_another_file_has_a_fault() -> None:
    found = faults(contest_files(toml=TOML.replace("weeks = 4", "weeks = 0"), units=""))
    assert {fault.file for fault in found} == {"contest.toml", "units.csv"}


def test_a_fault_reads_as_file_place_value_and_remedy() -> None:
    (fault,) = faults(toml("weeks = 4", "weeks = 0"))
    assert str(fault) == "contest.toml, dòng 8, mục contest.weeks: “0” phải từ 1 trở lên"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("questions = 3", "questions = 0", 11),
        ("weeks = 4", "", 1),  # a missing key: its table
        ("[paper]", "[papers]", 10),
        ("participation = 0.5", 'participation = "x"', 17),
        ("[eligibility]", '[[prizes]]\nname = "a"\ntitle = "A"\ncount = 0\n\n[eligibility]', 22),
    ],
)
def test_a_wrong_value_is_reported_by_its_line(old: str, new: str, line: int) -> None:
    assert line in {fault.row for fault in faults(toml(old, new))}


def test_a_unit_prize_of_a_bloc_that_no_unit_has_is_refused_with_the_blocs_there_are() -> None:
    prize = '\n[[unit_prizes]]\nname = "best"\ntitle = "Giải"\nblocs = ["Sở", "Xã"]\n'
    (fault,) = faults(contest_files(toml=TOML + prize))
    assert (fault.file, fault.column, fault.value) == ("contest.toml", "unit_prizes.0.blocs", "Xã")
    assert "các khối: Sở" in fault.message
