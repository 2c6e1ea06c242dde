"""The inbox's ``calendar``, ``switches`` and ``notice.txt``: added to what was decided before."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest

from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.week_proof import MERKLE, Tree
from chalicelib.domain.decisions import Decisions, Recognition
from chalicelib.readers.tables import ContestFaults
from chalicelib.services.contest.reference import Current, assemble, compile_parts
from chalicelib.services.intake.decisions import read_decisions
from chalicelib.services.log.facts import of_contest
from tests.fakes import UNITS, definition, questions, reference
from tests.pointers import NONE, show_week
from tests.readers.contest_files import QUESTIONS, TOML, sent_file
from tests.services.intake.inbox import Desk

OPENING = datetime.fromisoformat("2022-08-22T08:00:00+07:00")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
CALENDAR = "week,opens,closes,title,cancelled,reason\n"
SWITCHES = "switch,value,reason\n"
SPACED = TOML.replace('pause = "PT0S"', 'pause = "PT15M"')


@pytest.fixture
def desk() -> Desk:
    """A contest whose weeks are a quarter of an hour apart."""
    made = Desk()
    assert made.put(toml=SPACED)["accepted"]
    return made


def contest(desk: Desk) -> Current:
    return desk.library().current()


def dates(desk: Desk) -> dict[int, tuple[str, str]]:
    definition = contest(desk).definition
    return {
        week.number: (definition.rfc3339(week.opens)[5:16], definition.rfc3339(week.closes)[5:16])
        for week in definition.weeks
    }


def site(desk: Desk) -> Any:
    return json.loads(desk.site.objects["data/contest.json"])


def test_one_line_extends_the_open_week_by_one_move_of_the_pointer(desk: Desk) -> None:
    answer = desk.send("calendar.csv", CALENDAR + "1,,2022-08-29 08:10,,,mất điện\n", OPENING + DAY)
    assert answer["accepted"]
    assert dates(desk)[1] == ("08-22T08:00", "08-29T08:10")
    assert dates(desk)[2] == ("08-29T08:15", "09-05T08:00")
    assert answer["taken"]["weeks"][0]["closes_at"] == "2022-08-29T08:10:00+07:00"
    assert site(desk)["weeks"] == answer["taken"]["weeks"]
    assert answer["taken"]["dates"][0] == "Tuần 1: 22/8/2022 08:00 – 29/8/2022 08:10"


def test_what_was_decided_stays_whatever_file_follows(desk: Desk) -> None:
    desk.send("calendar.csv", CALENDAR + "1,,2022-08-29 08:10,,,mất điện\n", OPENING + DAY)
    desk.send("calendar.csv", CALENDAR + "3,,,Tuần lễ pháp luật,,đổi tên\n", OPENING + DAY)
    desk.send("switches.csv", SWITCHES + "registration,off,lỗi\n", OPENING + DAY)
    desk.send("notice.txt", "Tạm dừng đăng ký đến 10 giờ.", OPENING + DAY)
    before = dates(desk)
    assert desk.put(OPENING + DAY, toml=SPACED.replace("0238 000 000", "0238 111 111"))["accepted"]
    assert desk.send("questions.csv", QUESTIONS, OPENING + DAY)["accepted"]
    now = contest(desk)
    assert dates(desk) == before
    assert (now.definition.title_of(3), now.decisions.stopped) == ("Tuần lễ pháp luật", ("registration",))
    assert now.decisions.notice == "Tạm dừng đăng ký đến 10 giờ."
    assert [change.week for change in now.decisions.calendar] == [1, 3]


def test_a_week_reopened_alone_is_refused_and_together_with_the_next_ones_opening_taken(desk: Desk) -> None:
    """Week ended 08:00, next opens 08:15; at 08:05 a file reopens it to 09:00."""
    now = OPENING + WEEK + timedelta(minutes=5)
    before = desk.everything_but_reports()
    alone = CALENDAR + "1,,2022-08-29 09:00,,,mất điện\n"
    (fault,) = desk.send("calendar.csv", alone, now)["faults"]
    assert (fault["file"], "hãy lùi cả giờ mở của tuần 2" in fault["message"]) == ("calendar.csv", True)
    assert desk.everything_but_reports() == before
    assert desk.send("calendar.csv", alone + "2,2022-08-29 09:15,,,,mất điện\n", now)["accepted"]
    assert (dates(desk)[1][1], dates(desk)[2][0]) == ("08-29T09:00", "08-29T09:15")


def test_a_week_whose_result_is_recognised_is_not_opened_again() -> None:
    decided = Decisions(recognitions=(Recognition("week-4", "12/QĐ-UBND", "2022-09-19", False, ""),))
    spaced = definition(contest={"pause": "PT15M"})
    recognised = assemble(compile_parts(spaced, questions(), UNITS, {}, {}, decisions=decided))
    lines = f"{CALENDAR}4,,2022-09-19 20:00,,,mất điện\n".encode()
    now = OPENING + 4 * WEEK + timedelta(hours=1)
    with pytest.raises(ContestFaults, match="đã được công nhận"):
        read_decisions(
            sent_file("calendar.csv", lines),
            recognised,
            dict.fromkeys,
            lambda _: None,
            now,
        )
    told = read_decisions(
        sent_file("calendar.csv", lines),
        reference(spaced),
        dict.fromkeys,
        lambda _: None,
        now,
    )
    (taken,) = told.calendar
    assert taken.closes == "2022-09-19T20:00:00+07:00"


def test_a_refusal_names_the_line_and_what_to_do(desk: Desk) -> None:
    now = OPENING + WEEK - timedelta(minutes=1)
    lines = CALENDAR + "3,,,Chung kết,,đổi tên\n1,,2022-08-29 08:10,,,mất điện\n"
    (fault,) = desk.send("calendar.csv", lines, now)["faults"]
    assert (fault["row"], fault["column"], fault["value"]) == (3, "week", "1")
    assert "chờ tuần đóng rồi gửi lại" in fault["message"]


@pytest.mark.parametrize(
    ("line", "column", "remedy"),
    [
        ("9,,2022-08-29 08:10,,,lý do", "week", "từ 1 đến 4"),
        ("một,,2022-08-29 08:10,,,lý do", "week", "từ 1 đến 4"),
        ("1,,29/8/2022 08:10,,,lý do", "closes", "2022-08-29 08:30"),
        ("1,,2022-08-29,,,lý do", "closes", "cả ngày và giờ"),
        ("1,,2022-02-30 08:00,,,lý do", "closes", "cả ngày và giờ"),
        ("2,,,,có,lý do", "cancelled", "ghi 1 (hủy tuần)"),
        ("2,,,,,lý do", "opens", "không thay đổi gì"),
        ("2,,,,1,", "reason", "cần nêu lý do"),
        ("2,,,,1,lý do\n2,,,,0,lý do", "week", "đã có ở dòng 2"),
        ("2,2022-08-30T08:00:00+08:00,,,,lý do", "", "hãy ghi 2022-08-30T07:00:00+07:00"),
        ("2," + "x" * 9 + ",,,,lý do", "opens", "cả ngày và giờ"),
    ],
)
def test_a_faulty_calendar_is_refused_with_what_to_do(desk: Desk, line: str, column: str, remedy: str) -> None:
    before = desk.everything_but_reports()
    faults = desk.send("calendar.csv", f"{CALENDAR}{line}\n", OPENING + DAY)["faults"]
    assert [(fault["file"], fault["column"]) for fault in faults] == [("calendar.csv", column)]
    assert remedy in faults[0]["message"]
    assert desk.everything_but_reports() == before


@pytest.mark.parametrize("file", ["calendar.csv", "switches.csv"])
def test_a_table_without_rows_or_with_other_columns_is_refused(desk: Desk, file: str) -> None:
    header = CALENDAR if file.startswith("calendar") else SWITCHES
    (fault,) = desk.send(file, header, OPENING)["faults"]
    assert "cần ít nhất một dòng" in fault["message"]
    assert not desk.send(file, "a,b\n1,2\n", OPENING)["accepted"]


def test_moments_in_a_workbook_may_be_date_cells(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.append(CALENDAR.strip().split(","))
    book.active.append([2, datetime(2022, 8, 30, 9, 30), None, None, None, "trùng ngày lễ"])  # noqa: DTZ001  as in Excel
    data = io.BytesIO()
    book.save(data)
    assert desk.send("calendar.xlsx", data.getvalue(), OPENING + DAY)["accepted"]
    assert dates(desk)[2] == ("08-30T09:30", "09-05T08:00")


def test_a_cancelled_week_is_gone_and_the_page_says_so(desk: Desk) -> None:
    assert desk.send("calendar.csv", CALENDAR + "2,,,,1,bão số 4\n", OPENING + DAY)["accepted"]
    assert [week["number"] for week in site(desk)["weeks"]] == [1, 3, 4]
    told = of_contest(contest(desk), "code 1")["calendar"]
    published = desk.site.objects[f"data/reference/{told}.json"]
    assert json.loads(published)[0]["reason"] == "bão số 4"
    assert list(dates(desk)) == [1, 3, 4]


def test_stops_are_in_force_and_lifted_by_a_line_each(desk: Desk) -> None:
    lines = SWITCHES + "starts,off,sửa câu 12\nsign_in,off,sửa câu 12\n"
    answer = desk.send("switches.csv", lines, OPENING + DAY)
    assert answer["taken"]["stopped"] == ["bắt đầu lượt thi", "đăng nhập"]
    assert site(desk)["stopped"] == ["starts", "sign_in"]
    answer = desk.send("switches.csv", SWITCHES + "sign_in,on,xong\n", OPENING + DAY)
    assert site(desk)["stopped"] == ["starts"]
    assert desk.send("switches.csv", SWITCHES + "starts,on,xong\n", OPENING + DAY)["taken"]["stopped"] == []
    assert len(contest(desk).decisions.switches) == 4, "nothing is forgotten"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("start,off,lý do", "switch"),
        ("starts,no,lý do", "value"),
        ("starts,off,", "reason"),
        ("starts,off,a\nstarts,on,b", "switch"),
    ],
)
def test_a_faulty_switch_is_refused(desk: Desk, line: str, column: str) -> None:
    (fault,) = desk.send("switches.csv", f"{SWITCHES}{line}\n", OPENING)["faults"]
    assert (fault["column"], site(desk)["stopped"]) == (column, [])


def test_a_notice_is_shown_until_an_empty_file_removes_it(desk: Desk) -> None:
    assert site(desk)["notice"] is None
    assert desk.send("notice.txt", "Tạm dừng.\r\n\r\nMở lại lúc 10 giờ.\n")["taken"]["notice"]
    assert site(desk)["notice"] == "Tạm dừng.\nMở lại lúc 10 giờ."
    assert desk.send("notice.txt", "")["accepted"]
    assert site(desk)["notice"] is None
    (fault,) = desk.send("notice.txt", "dài " * 300)["faults"]
    assert "1.000" in fault["message"] or "1000" in fault["message"]


@pytest.mark.parametrize("file", ["calendar.csv", "switches.csv", "notice.txt"])
def test_there_is_nothing_to_decide_before_the_first_contest(file: str) -> None:
    (fault,) = Desk().send(file, "x")["faults"]
    assert "contest.zip" in fault["message"]


def test_a_contest_that_starts_now_keeps_its_start_when_its_first_week_moves() -> None:
    desk = Desk()
    desk.put(toml=TOML.replace("2022-08-22T08:00:00+07:00", '"now"'))
    loaded = dates(desk)
    now = datetime.fromisoformat(json.loads(desk.desk.objects[CURRENT])["loaded_at"])
    later = (now.astimezone(OPENING.tzinfo) + WEEK + DAY).isoformat(timespec="seconds")
    assert desk.send("calendar.csv", f"{CALENDAR}2,{later},,,,lý do\n", now)["accepted"]
    assert desk.send("questions.csv", QUESTIONS, now + DAY)["accepted"]
    assert {k: span for k, span in dates(desk).items() if k != 2} == {
        k: span for k, span in loaded.items() if k != 2
    }


def test_dates_of_contest_toml_that_no_longer_fit_a_changed_week_are_refused(desk: Desk) -> None:
    desk.send("calendar.csv", CALENDAR + "4,2022-09-13 08:00,,,,trùng ngày lễ\n", OPENING + DAY)
    (fault,) = desk.put(OPENING + DAY, toml=SPACED.replace("weeks = 4", "weeks = 3"))["faults"]
    assert "không có tuần 4" in fault["message"]


def test_results_of_a_week_that_is_opened_again_are_taken_back_from_the_site(desk: Desk) -> None:
    tree = Tree(
        contest="trial",
        week=1,
        bank=NONE,
        root=NONE,
        size=0,
        audit_sha256=NONE,
        audit_bytes=0,
        batches_sha256=NONE,
        ranking_sha256=NONE,
        order_sha256=NONE,
    )
    show_week(desk.desk, 2, [], {MERKLE: tree.encode()})
    desk.site.put("data/results/week-1.json", b'{"target": 7}')
    now = OPENING + WEEK + timedelta(minutes=5)
    lines = CALENDAR + "1,,2022-08-29 09:00,,,mất điện\n2,2022-08-29 09:15,,,,mất điện\n"
    assert desk.send("calendar.csv", lines, now)["accepted"]
    assert desk.site.objects["data/results/week-1.json"] == b""
    assert json.loads(desk.site.objects["data/results/index.json"])["weeks"] == []


def test_weeks_across_a_change_of_clocks_are_warned_of() -> None:
    desk = Desk()
    winter = TOML.replace("2022-08-22T08:00:00+07:00", "2022-10-24T08:00:00+02:00").replace(
        "weeks = 4", 'weeks = 4\ntimezone = "Europe/Berlin"'
    )
    answer = desk.put(toml=winter)
    (warning,) = [one for one in answer["warnings"] if one["column"] == "calendar"]
    assert answer["accepted"]
    assert "đổi giờ mùa" in warning["message"]


def test_the_page_is_told_why_a_week_was_moved_or_cancelled(desk: Desk) -> None:
    rows = "1,,2022-08-29 08:10,,,mất điện\n3,,,,1,bão số 4\n"
    assert desk.send("calendar.csv", CALENDAR + rows, OPENING + DAY)["accepted"]
    assert {week["number"]: week["reason"] for week in site(desk)["weeks"]} == {1: "mất điện", 2: None, 4: None}
    assert site(desk)["cancelled"] == [{"number": 3, "title": None, "reason": "bão số 4"}]
