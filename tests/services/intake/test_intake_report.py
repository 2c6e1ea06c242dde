"""The report as a workbook: sheets that open in Excel, every cell text or a number."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from chalicelib.readers.tables import Fault
from chalicelib.reports.xlsx import plain_book
from chalicelib.services.intake.intake_report import (
    MOST_FAULTS,
    as_sheets,
    in_words_of,
    make_report,
)
from chalicelib.services.intake.place import rightly
from tests.readers.contest_files import QUESTIONS, TOML, UNIT_HEADER, UNITS
from tests.services.intake.inbox import NOW, Desk


def book(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def rows(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_an_accepted_contest_is_summed_up() -> None:
    desk = Desk()
    desk.put()
    summary, faults = book(desk.desk.objects["intake/kept/account/c.zip.v1.xlsx"]).worksheets
    told = dict(rows(summary))
    assert (told["Tệp"], told["Số lỗi"], told["Đơn vị"], told["Câu hỏi đã thẩm định"]) == ("c.zip", 0, 2, 4)
    assert told["Kết quả"].startswith("Đã tiếp nhận")
    assert told["Thời điểm kiểm tra"] == "10:00:05 ngày 01/8/2022 (giờ Việt Nam)"
    assert rows(faults) == [["Tệp", "Dòng", "Cột", "Giá trị", "Cần làm gì"]]


def test_the_answer_says_the_contests_word_for_a_week_but_quotes_as_it_is_written() -> None:
    desk = Desk()
    rounds = TOML.replace("weeks = 4", 'weeks = 4\nperiod = "đợt"')
    desk.put(toml=rounds)
    opened = datetime(2022, 8, 23, tzinfo=UTC)
    answer = desk.send("calendar.csv", "week,opens,closes,title,cancelled,reason\n1,,,,1,bão\n", opened)
    assert answer["faults"][0]["message"] == "đợt đã mở hoặc sắp mở thì không thể hủy"
    desk.put(opened, toml=rounds.replace("attempts_per_week = 3", "attempts_per_week = 4"))
    told = dict(rows(book(desk.desk.objects["intake/kept/account/c.zip.v1.xlsx"]).worksheets[0]))
    assert told["Kết quả"].endswith("có hiệu lực từ đợt 2; các đợt đã mở giữ nguyên như khi mở.")
    assert in_words_of("Tuần 2: giải “Giải thi tuần” của tuần", "kỳ") == "Kỳ 2: giải “Giải thi tuần” của kỳ"


def test_a_refusal_lists_each_fault() -> None:
    desk = Desk()
    desk.put()
    report = desk.send("units.csv", UNITS + "so-c,Sở C,Sở,d,mười,0\n")
    summary, faults = book(desk.desk.objects["intake/kept/account/units.csv.v1.xlsx"]).worksheets
    assert dict(rows(summary))["Kết quả"].startswith("KHÔNG tiếp nhận")
    listed = rows(faults)[1:]
    assert [row[:4] for row in listed] == [
        ["units.csv", 4, "code", "so-c"],
        ["units.csv", 4, "headcount", "mười"],
    ]
    assert [row[4] for row in listed] == [fault["message"] for fault in report["faults"]]


def test_the_report_lists_the_files_still_missing() -> None:
    desk = Desk()
    desk.send("units.csv", UNITS)
    told = dict(rows(book(desk.desk.objects["intake/kept/account/units.csv.v1.xlsx"]).worksheets[0]))
    assert "contest.toml" in told["Các tệp còn thiếu (chưa thể mở cuộc thi)"]
    assert "còn thiếu" in told["Kết quả"]


def test_the_report_names_the_week_from_which_a_change_holds() -> None:
    desk = Desk()
    desk.put()
    desk.put(datetime(2022, 8, 23, tzinfo=UTC), questions=QUESTIONS.replace("Một?,a,b", "Một?,a,x"))
    told = dict(rows(book(desk.desk.objects["intake/kept/account/c.zip.v1.xlsx"]).worksheets[0]))
    assert "có hiệu lực từ tuần 2" in str(told["Kết quả"])


PRIZE_FOR_STAFF = """
[[prizes]]
name = "staff"
title = "Giải cho cán bộ"
count = 1
categories = ["mandatory"]
"""
LISTED = "unit_code,full_name,citizen_id,exempt\nSO-A,Lê Văn An,040090000001,0\n"


ONE_EACH = UNITS.replace(",10,2", ",1,0").replace(",4,0", ",1,0")


PRIZE_FOR_LISTED = PRIZE_FOR_STAFF.replace('categories = ["mandatory"]', 'verified = ["roster"]')


@pytest.mark.parametrize(("rosters", "unlisted"), [("", 2), (LISTED, 1)])
def test_a_prize_for_people_on_rosters_warns_of_units_that_have_none(rosters: str, unlisted: int) -> None:
    report = Desk().put(
        toml=TOML + PRIZE_FOR_LISTED, units=ONE_EACH, **({"rosters": rosters} if rosters else {})
    )
    assert (report["accepted"], report["faults"]) == (True, [])
    (warning,) = report["warnings"]
    assert (warning["column"], warning["value"]) == ("prizes.verified", "staff")
    assert f"{unlisted} đơn vị chưa có danh sách" in warning["message"]


def test_prizes_by_category_without_rosters_are_taken_over_with_a_warning() -> None:
    desk = Desk()
    report = desk.put(toml=TOML + PRIZE_FOR_STAFF, units=ONE_EACH, rosters=LISTED)
    assert (report["accepted"], report["faults"]) == (True, [])
    (warning,) = report["warnings"]
    assert (report["warning_count"], warning["file"], warning["value"]) == (1, "contest.toml", "staff")
    assert "1 đơn vị chưa có danh sách" in warning["message"]
    workbook = book(desk.desk.objects["intake/kept/account/c.zip.v1.xlsx"])
    assert dict(rows(workbook.worksheets[0]))["Số điều cần xem lại (tệp vẫn được tiếp nhận)"] == 1
    assert rows(workbook["Cần xem lại"])[1][4] == warning["message"]


def test_scores_at_once_over_a_bank_that_is_not_published_are_warned_of() -> None:
    desk = Desk()
    secret = TOML.replace("publish_bank = true", 'publish_bank = false\nshow_score = "at_once"')
    (warning,) = desk.put(toml=secret)["warnings"]
    assert (warning["column"], "dò ra được" in warning["message"]) == ("paper.show_score", True)
    assert desk.put(toml=secret.replace("at_once", "after_close"))["warnings"] == []


def test_what_an_example_says_is_warned_of_before_a_real_contest_says_it() -> None:
    desk = Desk()
    number, text = desk.put(
        toml=re.sub(r'hotline = ".*"', 'hotline = "(0238) 000 0000"', TOML),
        guide="# Lưu ý\n\nĐây là bản mẫu.\n",
    )["warnings"]
    assert (number["column"], number["value"]) == ("contest.hotline", "(0238) 000 0000")
    assert (text["file"], text["value"]) == ("guide.md", "bản mẫu")
    assert desk.put(guide="# Hướng dẫn\n")["warnings"] == []


def test_prizes_by_category_with_every_roster_need_no_look() -> None:
    desk = Desk()
    everybody = LISTED + "SO-B,Lê Văn Bình,040090000002,0\n"
    report = desk.put(toml=TOML + PRIZE_FOR_STAFF, units=ONE_EACH, rosters=everybody)
    assert report["warnings"] == []
    assert len(book(desk.desk.objects["intake/kept/account/c.zip.v1.xlsx"]).worksheets) == 2


def test_no_cell_is_a_formula() -> None:
    evil = [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "=cmd|'/c calc'!A0",
        "#N/A",
        "2022-08-01",
        "TRUE",
        "\x00\x07\ud800x",
    ]
    report = make_report("=f.csv", b"", NOW, {}, [Fault(text, 1, text, text, text) for text in evil])
    for sheet in book(plain_book(as_sheets(report), NOW)).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.data_type in {"s", "inlineStr"} or isinstance(cell.value, int), cell.value
            assert cell.number_format == "@" or isinstance(cell.value, int)
    assert rows(book(plain_book(as_sheets(report), NOW)).worksheets[1])[1][3] == "=1+1"


def test_the_report_reads_without_widening_columns_or_losing_the_header() -> None:
    report = make_report("f.csv", b"", NOW, {}, [])
    for sheet in book(plain_book(as_sheets(report), NOW)).worksheets:
        assert sheet.freeze_panes == "A2"
        assert all(sheet.column_dimensions[letter].width >= 8 for letter in "AB")


@pytest.mark.slow
def test_a_report_lists_the_first_of_many_faults_and_counts_all() -> None:
    desk = Desk()
    desk.put()
    report = desk.send("units.csv", UNIT_HEADER + "x,y,z,d,1,0\n" * (MOST_FAULTS + 10))
    assert (len(report["faults"]), report["fault_count"] > MOST_FAULTS) == (MOST_FAULTS, True)
    told = dict(rows(book(desk.desk.objects["intake/kept/account/units.csv.v1.xlsx"]).worksheets[0]))
    assert str(MOST_FAULTS) in told["Ghi chú"]


def test_half_a_character_does_not_break_the_json() -> None:
    report = make_report("f.csv", b"", NOW, {}, [Fault("f", 1, "", "\ud800", "x")])
    assert json.loads(report.encode())["faults"][0]["value"] == "?"


NAMES = [
    "..",
    ".",
    "a\nb.csv",
    "=1+1.csv",
    "đơn vị.csv",
    "\u202evsc.units",
    "x" * 1_018,
    "ư" * 509,
    "%2e%2e%2fx",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_answered_in_the_report_folder(name: str) -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    report = desk.send(name, b"x")
    assert (report["file"], report["accepted"]) == (name, False)
    assert desk.everything_but_reports() == before
    keys = [key for key in desk.desk.objects if "c.zip" not in key and key.startswith("intake/")]
    assert len(keys) == 2
    assert all(len(key.encode()) <= 1024 and key.count("/") == 3 for key in keys)


def test_two_long_names_and_two_versions_of_one_get_two_answers() -> None:
    names = ["x" * 1_000 + "y", "x" * 1_001]
    assert len({rightly(name, version=version).answer for name in names for version in ("1", "2")}) == 4
