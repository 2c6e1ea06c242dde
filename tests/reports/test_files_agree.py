"""Every number in every file agrees with every other and with what people did: a contest's files added up."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import openpyxl
import pytest

from chalicelib.domain.attempt import Entry, settled
from chalicelib.domain.decisions import Annulment, Confirmation, Decisions, Recognition
from chalicelib.domain.definition import Publication
from chalicelib.domain.identity import participant_id
from chalicelib.domain.paper import draw, score
from chalicelib.domain.person import masked_name
from chalicelib.domain.unit_score import Distinct
from chalicelib.reports.bulletin import final_bulletin
from chalicelib.reports.vietnamese import whole
from chalicelib.reports.week_facts import unit_facts
from chalicelib.services.closing.close_weeks import Standing
from tests.csv_rows import csv_rows
from tests.domain.builders import rank_over
from tests.fakes import START_MS, WEEK
from tests.reports.autumn import CONTEST, PEPPER, UNITS, Autumn

WEEKS = ("week-1", "week-2")
AFTERWARDS = START_MS + 2 * WEEK + 80_000


@pytest.fixture(scope="module")
def autumn() -> Autumn:
    made = Autumn()
    made.close(AFTERWARDS)
    return made


@pytest.fixture(params=WEEKS)
def week(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def rows(autumn: Autumn, what: str, name: str, revision: int = 1) -> list[dict[str, str]]:
    return csv_rows(autumn.file(what, name, revision))


def sheets(autumn: Autumn, what: str, name: str) -> dict[str, list[list[Any]]]:
    """The cells of each sheet from its header on; the header is the row above the scrolling part."""
    book = openpyxl.load_workbook(io.BytesIO(autumn.file(what, name)))
    found = {}
    for sheet in book.worksheets:
        header = int(str(sheet.freeze_panes)[1:]) - 1
        found[sheet.title] = [
            [cell.value for cell in row]
            for row in sheet.iter_rows(min_row=header)
            if row[0].value != "(không có)"
        ]
    return found


OBLIGED = "Số người thuộc đối tượng bắt buộc"


def table(cells: list[list[Any]]) -> list[dict[str, Any]]:
    """Rows keyed by column title, up to the first empty row."""
    header, *body = cells
    made = []
    for row in body:
        if all(value is None for value in row):
            break
        made.append(dict(zip(header, row, strict=True)))
    return made


def counts(autumn: Autumn, what: str) -> dict[str, int]:
    found: dict[str, int] = json.loads(autumn.file(what, "manifest.json"))["counts"]
    return found


def played(autumn: Autumn, what: str) -> list[Entry]:
    """A week's entries with a counted attempt, settled, straight from the store."""
    number = int(what[-1])
    closed = CONTEST.weeks[number - 1].closes + CONTEST.grace + 1

    def grade(nonce: str, answers: str) -> int:
        return score(draw(autumn.bank, CONTEST.paper, nonce), answers)

    entries = (settled(entry, CONTEST, closed, grade) for entry in autumn.entries.read_week(number))
    return [entry for entry in entries if any(attempt.counted for attempt in entry.finished)]


def total(found: list[dict[str, Any]], column: str) -> int:
    return sum(int(row[column]) for row in found)


def is_obliged(autumn: Autumn, one: Entry) -> bool:
    """By the roster where the unit has one, else as registered."""
    listed = {participant_id(PEPPER, row.citizen_id): row for row in autumn.roster_rows}
    row = listed.get(one.participant_id)
    if row is not None:
        return not row.exempt
    return one.category == "mandatory" and one.unit not in {row.unit_code for row in autumn.roster_rows}


def test_counts_match_what_people_did(autumn: Autumn, week: str) -> None:
    people = played(autumn, week)
    told = counts(autumn, week)
    assert told["people"] == len(people)
    assert told["attempts"] == sum(len(list(entry.counted)) for entry in people)
    assert told["obliged_people"] + told["other_people"] == told["people"]
    slow_enough = CONTEST.paper.min_duration.total_seconds() * 1000
    perfect = [
        entry for entry in people if any(a.score == 10 and a.duration >= slow_enough for a in entry.counted)
    ]
    assert told["perfect_people"] == len(perfect)
    assert json.loads(autumn.file(week, "page.json"))["counts"] == told


def test_the_ranking_has_everybody_but_the_barred(autumn: Autumn, week: str) -> None:
    ranking = rows(autumn, week, "individual_ranking.csv.gz")
    best = {entry.participant_id: max(a.score for a in entry.counted) for entry in played(autumn, week)}
    attempts = {entry.participant_id: len(list(entry.counted)) for entry in played(autumn, week)}
    ranked = best.keys() - autumn.reference.bars(1).no_prize
    assert {row["participant_id"]: int(row["score"]) for row in ranking} == {p: best[p] for p in ranked}
    assert {row["participant_id"]: int(row["attempts"]) for row in ranking} == {p: attempts[p] for p in ranked}
    assert [int(row["rank"]) for row in ranking] == [*range(1, len(ranked) + 1)]
    assert json.loads(autumn.file(week, "manifest.json"))["ranked"] == len(ranking)


def test_units_add_up_to_everybody(autumn: Autumn, week: str) -> None:
    people = played(autumn, week)
    units = rows(autumn, week, "unit_ranking.csv")
    outside = [entry for entry in people if not entry.unit]
    assert total(units, "people") + len(outside) == counts(autumn, week)["people"]
    outside_attempts = sum(len(list(entry.counted)) for entry in outside)
    assert total(units, "attempts") + outside_attempts == counts(autumn, week)["attempts"]
    for row in units:
        members = [entry for entry in people if entry.unit == row["unit_code"]]
        obliged = [entry for entry in members if is_obliged(autumn, entry)]
        assert (int(row["people"]), int(row["obliged_people"])) == (len(members), len(obliged))
        graded = obliged if int(row["headcount"]) > int(row["exempt"]) else members
        bests = [max(attempt.score for attempt in entry.counted) for entry in graded]
        assert float(row["mean_best"]) == pytest.approx(sum(bests) / max(len(bests), 1), abs=5e-5)


def test_prizes_go_to_the_top_of_the_ranking(autumn: Autumn, week: str) -> None:
    ranking = {row["rank"]: row for row in rows(autumn, week, "individual_ranking.csv.gz")}
    prizes = rows(autumn, week, "individual_prizes.csv")
    assert Counter(row["prize"] for row in prizes) == {prize.name: prize.count for prize in CONTEST.prizes}
    for row in prizes:
        assert {key: row[key] for key in ranking["1"] if key in row} == {
            key: value for key, value in ranking[row["rank"]].items() if key in row
        }
        assert row["full_name"] == autumn.people.people[row["participant_id"]].full_name


def test_the_workbook_of_prizes_matches_the_table_of_prizes(autumn: Autumn, week: str) -> None:
    book = sheets(autumn, week, "individual_prizes.xlsx")
    prizes = rows(autumn, week, "individual_prizes.csv")
    shown, contacts = table(book["Giải cá nhân"]), table(book["Liên hệ trao giải"])
    for row, cells, contact in zip(prizes, shown, contacts, strict=True):
        person = autumn.people.people[row["participant_id"]]
        assert (cells["Họ và tên"], cells["Thứ hạng"]) == (row["full_name"], int(row["rank"]))
        assert (cells["Số câu đúng"], cells["Số lượt thi"]) == (int(row["score"]), int(row["attempts"]))
        assert str(cells["Dự đoán"]) == row["prediction"]
        submitted = datetime.fromisoformat(row["submitted_at"]).replace(tzinfo=None)
        assert abs(cells["Nộp bài lúc"] - submitted) < timedelta(milliseconds=1)
        taken = timedelta(milliseconds=int(row["duration_ms"]))
        assert abs(cells["Thời gian (phút:giây)"] - taken) < timedelta(milliseconds=1)
        assert (contact["Mã người dự thi"], contact["Điện thoại"]) == (row["participant_id"], person.phone)


@pytest.mark.parametrize("what", [*WEEKS, "final"])
def test_the_workbook_of_units_matches_the_table_of_units(autumn: Autumn, what: str) -> None:
    book = sheets(autumn, what, "unit_ranking.xlsx")
    units = rows(autumn, what, "unit_ranking.csv")
    shown = table(book["Xếp hạng"])
    people = {
        OBLIGED: "headcount", "Được miễn": "exempt", "Đối tượng bắt buộc dự thi": "obliged_people",
        "Tổng số người dự thi": "people", "Số lượt thi": "attempts",
    } if what != "final" else {
        f"{OBLIGED}, cộng các tuần": "headcount", "Được miễn, cộng các tuần": "exempt",
        "Lượt người bắt buộc dự thi, cộng các tuần": "obliged_people", "Số lượt thi": "attempts",
        "Đối tượng bắt buộc dự thi ít nhất một lần": "distinct_obliged",
        "Tổng số người dự thi ít nhất một lần": "distinct_people",
    }  # fmt: skip
    for row, cells in zip(units, shown, strict=True):
        assert (cells["Hạng"], cells["Mã đơn vị"]) == (int(row["rank"]), row["unit_code"])
        for title, column in people.items():
            assert cells[title] == int(row[column])
        for title, column in (
            ("Tỷ lệ dự thi", "rate"), ("Điểm bình quân", "mean_best"), ("Chất lượng", "quality"),
            ("Điểm đơn vị", "unit_score"),
        ):  # fmt: skip
            assert cells[title] == pytest.approx(float(row[column]), abs=5e-5)
        assert bool(cells["Giải"]) == bool(row["prize"])
    by_rank = sorted(table(book["Theo khối"]), key=lambda cells: int(cells["Hạng"]))
    assert by_rank == shown
    *blocs, everything = table(book["Khối"])
    for title, column in people.items():
        assert sum(bloc[title] for bloc in blocs) == everything[title] == total(units, column)
    assert everything["Số đơn vị"] == len(UNITS)
    assert everything["Đạt 100%"] == sum(float(row["rate"]) == 1 for row in units)


def test_activity_adds_up_to_people_and_attempts(autumn: Autumn, week: str) -> None:
    activity = rows(autumn, week, "activity.csv")
    days = [row for row in activity if not row["hour"]]
    hours = [row for row in activity if row["hour"]]
    assert total(days, "attempts") == total(hours, "attempts") == counts(autumn, week)["attempts"]
    assert total(days, "newcomers") == total(hours, "newcomers") == counts(autumn, week)["people"]
    for day in days:
        assert int(day["attempts"]) == total([row for row in hours if row["day"] == day["day"]], "attempts")


def test_question_statistics_add_up_to_first_attempts(autumn: Autumn, week: str) -> None:
    first = [a for entry in played(autumn, week) for a in entry.counted if a.number == 1]
    lines = rows(autumn, week, "question_statistics.csv")
    assert total(lines, "times_asked") == 10 * len(first)
    assert total(lines, "right") == sum(attempt.score for attempt in first)
    assert [row["id"] for row in lines] == [question.id for question in autumn.bank.questions]
    for row in lines:
        assert float(row["facility"]) == pytest.approx(int(row["right"]) / int(row["times_asked"]), abs=5e-4)
        if len(row["answer"]) == 1:
            chosen = sum(int(row[f"option_{letter}"]) for letter in "abcd")
            assert chosen + int(row["blank"]) == int(row["times_asked"])
            assert row["right"] == row[f"option_{row['answer'].lower()}"]
    hard = {row["id"] for row in lines if "too_hard" in row["flags"]}
    assert hard <= {"Q013", "Q007"}


def test_the_summary_agrees_with_the_tables(autumn: Autumn, week: str) -> None:
    book, told = sheets(autumn, week, "summary.xlsx"), counts(autumn, week)
    page = {row[0]: row[1] for row in book["Tóm tắt"] if row[0]}
    ranking = rows(autumn, week, "individual_ranking.csv.gz")
    units = rows(autumn, week, "unit_ranking.csv")
    assert page["Người dự thi"] == told["people"]
    assert page["Trong đó: đối tượng bắt buộc"] == told["obliged_people"]
    assert page["Trong đó: đối tượng khác"] == told["other_people"]
    assert page["Lượt thi"] == told["attempts"]
    assert page["Người trả lời đúng tất cả"] == told["perfect_people"] == page["Đáp số câu dự đoán"]
    assert page.get("Người không được xếp hạng", 0) == told["people"] - len(ranking)
    assert page["Đơn vị"] == len(units)
    assert page["Đơn vị có người dự thi"] == sum(row["people"] != "0" for row in units)
    full = sum(float(row["rate"]) == 1 for row in units)
    assert page["Đơn vị có 100% đối tượng bắt buộc dự thi"] == full
    assert sum(count for label, count in page.items() if re.fullmatch(r"\d+(–\d+)? câu", label)) == len(ranking)
    scores = {row["Số câu đúng"]: row["Số người"] for row in table(book["Phổ điểm"])}
    by_score = Counter(int(row["score"]) for row in ranking)
    assert scores == {number: by_score[number] for number in range(11)}
    assert table(book["Giải cá nhân"]) == table(sheets(autumn, week, "individual_prizes.xlsx")["Giải cá nhân"])
    for sheet in ("Theo ngày", "Theo giờ"):
        assert sum(row["Số lượt thi"] for row in table(book[sheet])) == told["attempts"]
        assert sum(row["Người thi lần đầu"] for row in table(book[sheet])) == told["people"]
    lowest = [row["Mã đơn vị"] for row in table(book["Tỷ lệ thấp"])]
    rates = {
        row["unit_code"]: float(row["rate"]) for row in units if int(row["headcount"]) > int(row["exempt"])
    }
    assert [rates[code] for code in lowest] == sorted(rate for rate in rates.values() if rate < 1)
    questions = {row["Mã câu"]: row for row in table(book["Câu hỏi"])}
    for row in rows(autumn, week, "question_statistics.csv"):
        cells = questions[row["id"]]
        assert (cells["Số người được hỏi"], cells["Số người đúng"]) == (
            int(row["times_asked"]),
            int(row["right"]),
        )
        assert str(cells["Chọn A"]) == row["option_a"]
        assert cells["Độ phân biệt"] == pytest.approx(float(row["discrimination"]), abs=1e-9)


def test_the_anomalies_found_are_those_that_were_put_in(autumn: Autumn) -> None:
    first = rows(autumn, "week-1", "anomalies.csv")
    found = {(row["reason"], row["unit_code"]) for row in first}
    assert found == {
        ("alike_wrong", "BUU-DIEN"),
        ("night", "BV-DK"),
        ("not_on_roster", "SO-TP"),
        ("one_phone", "H-QUYCHAU"),
        ("too_fast", "TP-VINH"),
        ("below_min_duration", "TP-VINH"),
        ("faster_than_reading", "TP-VINH"),
    }
    (script,) = {row["participant_id"] for row in first if row["reason"] == "too_fast"}
    assert {row["score"] for row in first if row["participant_id"] == script} == {"70"}
    assert {(row["points"], row["score"]) for row in first if row["reason"] == "one_phone"} == {("15", "15")}
    assert [row["question_id"] for row in first if row["reason"] == "alike_wrong"] == ["Q007"]
    assert sum(row["reason"] == "one_phone" for row in first) == 5
    assert "alike_wrong" not in {row["reason"] for row in rows(autumn, "week-2", "anomalies.csv")}


@pytest.mark.parametrize("what", [*WEEKS, "final"])
@pytest.mark.parametrize("code", ["SO-TP", "H-ANHSON"])
def test_a_units_workbook_has_its_whole_roster_and_all_its_people(autumn: Autumn, what: str, code: str) -> None:
    book = {name: table(cells) for name, cells in sheets(autumn, what, f"units/{code}.xlsx").items()}
    roster = [row for row in autumn.roster_rows if row.unit_code == code]
    listed = [row for name in ("Đã dự thi", "Chưa dự thi", "Được miễn") for row in book[name]]
    assert Counter(row["Số căn cước"] for row in listed) == Counter(row.citizen_id for row in roster)
    exempt = {row.citizen_id for row in roster if row.exempt}
    assert {row["Số căn cước"] for row in book["Được miễn"]} == exempt
    others = book.get("Ngoài danh sách", [])
    took_part = [row for row in (*book["Đã dự thi"], *book["Được miễn"], *others) if row["Số lượt thi"]]
    (unit,) = [row for row in rows(autumn, what, "unit_ranking.csv") if row["unit_code"] == code]
    if what != "final":  # in the final, somebody who played in two weeks is one row
        assert len(took_part) == int(unit["people"])
    assert sum(row["Số lượt thi"] for row in took_part) == int(unit["attempts"])
    assert len(others) == (code == "SO-TP")


@pytest.mark.parametrize("what", [*WEEKS, "final"])
def test_the_zip_holds_the_units_workbooks(autumn: Autumn, what: str) -> None:
    with zipfile.ZipFile(io.BytesIO(autumn.file(what, "units.zip"))) as packed:
        names = packed.namelist()
        assert names == ["H-ANHSON.xlsx", "SO-TP.xlsx"]
        for name in names:
            assert packed.read(name) == autumn.file(what, f"units/{name}")


@pytest.mark.parametrize("what", [*WEEKS, "final"])
def test_the_bulletin_needs_no_network_and_shows_no_more_than_may_be_published(
    autumn: Autumn, what: str
) -> None:
    text = autumn.file(what, "bulletin.html").decode()
    assert not re.search(r"src=|href=|@import|url\(|<script", text)
    for row in rows(autumn, what, "individual_prizes.csv"):
        person = autumn.people.people[row["participant_id"]]
        assert masked_name(person.full_name) in text
        assert person.full_name not in text
        assert person.phone not in text
        assert row["participant_id"] not in text
    assert not re.search(
        r"\d{12}|0[35789]\d{8}", re.sub(r"<svg.*?</svg>|[0-9a-f]{64}", "", text, flags=re.DOTALL)
    )
    for shown in WEEKS if what == "final" else [what]:
        for winner in json.loads(autumn.file(shown, "page.json"))["winners"]:
            assert f"{winner['name']}<br><small>{winner['code']}</small>" in text
    if what != "final":
        told = counts(autumn, what)
        for number in (told["people"], told["attempts"]):
            assert f"<b>{whole(number)}</b>" in text
        assert f"{whole(told['perfect_people'])} (" in text
        assert json.loads(autumn.file(what, "merkle.json"))["root"] in text


def test_the_final_adds_up_the_weeks(autumn: Autumn) -> None:
    weekly = [rows(autumn, week, "unit_ranking.csv") for week in WEEKS]
    final = {row["unit_code"]: row for row in rows(autumn, "final", "unit_ranking.csv")}
    home = {row["Tên đơn vị"]: row for row in table(sheets(autumn, "final", "home_affairs.xlsx")["Theo khối"])}
    for code, row in final.items():
        parts = [unit for week in weekly for unit in week if unit["unit_code"] == code]
        for column in ("people", "attempts", "headcount", "exempt"):
            assert int(row[column]) == total(parts, column)
        cells = home[row["unit_name"]]
        by_week = [cells[f"Đối tượng bắt buộc thi tuần {week}"] for week in (1, 2)]
        assert by_week == [int(part["obliged_people"]) for part in parts]
        told = (cells["Cộng lượt người bắt buộc"], cells["Số lượt thi"])
        assert told == (int(row["obliged_people"]), int(row["attempts"]))
        once = [{one.participant_id: one for one in played(autumn, week)} for week in WEEKS]
        members = [one for one in {**once[0], **once[1]}.values() if one.unit == row["unit_code"]]
        obliged = [one for one in members if is_obliged(autumn, one)]
        assert cells["Đối tượng bắt buộc thi ít nhất một lần"] == len(obliged)
        assert cells["Tổng số người từng dự thi"] == len(members)
        assert (int(row["distinct_obliged"]), int(row["distinct_people"])) == (len(obliged), len(members))
        to_come = cells[OBLIGED] - cells["Được miễn"]
        at_least_once = cells["Tỷ lệ thi ít nhất một lần"]
        assert at_least_once == (pytest.approx(len(obliged) / to_come, abs=1e-6) if to_come else None)
        assert cells["Tỷ lệ bình quân các tuần"] == pytest.approx(float(row["rate"]), abs=1e-6)
        assert cells["Hạng chung"] == int(row["rank"])
        assert cells[OBLIGED] * len(WEEKS) == int(row["headcount"])


def test_the_final_has_the_prizes_and_questions_of_all_weeks(autumn: Autumn) -> None:
    for name in ("individual_prizes.csv", "question_statistics.csv"):
        weekly = [{"week": week[-1], **row} for week in WEEKS for row in rows(autumn, week, name)]
        assert rows(autumn, "final", name) == weekly
    prizes = rows(autumn, "final", "individual_prizes.csv")
    shown = table(sheets(autumn, "final", "individual_prizes.xlsx")["Giải cá nhân"])
    assert [row["full_name"] for row in prizes] == [cells["Họ và tên"] for cells in shown]


def test_the_summary_of_the_final_adds_up_the_weeks(autumn: Autumn) -> None:
    book = sheets(autumn, "final", "summary.xlsx")
    *weeks, everything, once = table(book["Tóm tắt"])
    people = {one.participant_id: one for week in WEEKS for one in played(autumn, week)}
    obliged = sum(is_obliged(autumn, one) for one in people.values())
    told = once["Số người dự thi"], once["Đối tượng bắt buộc"], once["Đối tượng khác"]
    assert told == (len(people), obliged, len(people) - obliged)
    assert once["Số người dự thi"] < everything["Số người dự thi"]
    bulletin = autumn.file("final", "bulletin.html").decode()
    assert f"ít nhất một lần: <b>{whole(len(people))}</b> người" in bulletin
    assert "Tổng số người dự thi ít nhất một lần</th>" in bulletin
    page = json.loads(autumn.site.objects["data/results/final.json"])
    assert page["once"] == {
        "people": len(people),
        "obliged_people": obliged,
        "other_people": len(people) - obliged,
    }
    for cells, week in zip(weeks, WEEKS, strict=True):
        told = counts(autumn, week)
        each = [told[name] for name in ("people", "obliged_people", "other_people", "attempts")]
        assert '</td><td class="n">'.join(map(whole, each)) in bulletin
        assert (cells["Số người dự thi"], cells["Số lượt thi"]) == (told["people"], told["attempts"])
    assert everything["Số lượt thi"] == sum(counts(autumn, week)["attempts"] for week in WEEKS)
    assert sum(row["Số lượt thi"] for row in table(book["Theo ngày"])) == everything["Số lượt thi"]


def test_commendations_are_the_same_in_both_forms(autumn: Autumn) -> None:
    proposals = rows(autumn, "final", "commendations.csv")
    book = sheets(autumn, "final", "commendations.xlsx")
    for kind, sheet, title in (("unit", "Tập thể", "Đơn vị"), ("person", "Cá nhân", "Họ và tên")):
        assert [(row["name"], row["reason"]) for row in proposals if row["kind"] == kind] == [
            (cells[title], cells["Lý do"]) for cells in table(book[sheet])
        ]


def workbooks(autumn: Autumn) -> Iterator[tuple[str, bytes]]:
    return ((key, data) for key, data in autumn.desk.objects.items() if key.endswith(".xlsx"))


def test_no_cell_is_a_formula_and_every_page_is_set_up_for_printing(autumn: Autumn) -> None:
    seen = 0
    for key, data in workbooks(autumn):
        for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
            seen += 1
            assert not [
                cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
            ], key
            if key.endswith("winner-checks.xlsx"):  # for working with, as the inbox reads it
                continue
            assert sheet.page_setup.paperSize == 9, key
            assert sheet.print_title_rows, key
            assert sheet.freeze_panes, key
            assert "Trang &P/&N" in sheet.oddFooter.center.text, key
    assert seen > 50


def test_identity_numbers_and_phones_are_texts(autumn: Autumn) -> None:
    contacts = table(sheets(autumn, "week-1", "individual_prizes.xlsx")["Liên hệ trao giải"])
    assert all(re.fullmatch(r"09\d{8}", row["Điện thoại"]) for row in contacts)
    roster = table(sheets(autumn, "week-1", "units/SO-TP.xlsx")["Đã dự thi"])
    assert all(re.fullmatch(r"\d{12}", row["Số căn cước"]) for row in roster)


def test_full_names_are_only_on_the_desk_and_there_in_few_files(autumn: Autumn) -> None:
    names = {person.full_name for person in autumn.people.people.values()}
    allowed = re.compile(
        r"prizes|winner-checks|commendations|summary\.xlsx|units[./]|^reference/rosters/|^results/.*/units/"
    )
    for key, data in (*autumn.desk.objects.items(), *autumn.site.objects.items()):
        text = data
        if key.endswith(".gz"):
            text = gzip.decompress(data)
        elif key.endswith((".xlsx", ".zip")):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                text = b"".join(packed.read(name) for name in packed.namelist())
        if not allowed.search(key):
            found = text.decode(errors="replace")
            assert not [name for name in names if name in found], key


def test_the_same_contest_gives_the_same_bytes(autumn: Autumn) -> None:
    again = Autumn()
    again.close(AFTERWARDS)
    assert again.desk.objects == autumn.desk.objects
    assert again.site.objects == autumn.site.objects


def test_every_file_is_in_the_manifest_with_its_digest(autumn: Autumn) -> None:
    for what in (*WEEKS, "final"):
        folder = f"results/{what}/rev-1/"
        stored = {
            key.removeprefix(folder): sha256(data).hexdigest()
            for key, data in autumn.desk.objects.items()
            if key.startswith(folder) and not key.endswith("manifest.json")
        }
        assert json.loads(autumn.file(what, "manifest.json"))["files"] == stored


def test_an_annulled_person_leaves_the_ranking_and_the_facts_stay() -> None:
    autumn = Autumn()
    autumn.close(AFTERWARDS)
    loser = rows(autumn, "week-1", "individual_prizes.csv")[0]["participant_id"]
    autumn.close(AFTERWARDS, autumn.with_barred([loser]))
    before, after = (rows(autumn, "week-1", "individual_ranking.csv.gz", revision) for revision in (1, 2))
    assert [row["participant_id"] for row in after] == [
        row["participant_id"] for row in before if row["participant_id"] != loser
    ]
    manifests = [json.loads(autumn.file("week-1", "manifest.json", revision)) for revision in (1, 2)]
    assert manifests[0]["counts"] == manifests[1]["counts"]
    changes = rows(autumn, "week-1", "changes.csv", 2)
    assert [row["reason"] for row in changes if row["id"] == loser] == ["annulled"]
    assert autumn.file("week-1", "unit_ranking.csv", 1) == autumn.file("week-1", "unit_ranking.csv", 2)


def test_every_file_for_people_says_that_a_result_is_provisional_until_a_decision_recognises_it() -> None:
    autumn = Autumn()
    autumn.close(AFTERWARDS)
    decided = [Recognition(what, "12/QĐ-BTC", "2022-09-09", False, "") for what in (*WEEKS, "final")]
    autumn.close(AFTERWARDS, autumn.under(Decisions(recognitions=tuple(decided))))
    states = {1: "Kết quả tạm thời", 2: "Kết quả đã được công nhận theo Quyết định số 12/QĐ-BTC ngày 09/9/2022"}
    books = ("individual_prizes.xlsx", "unit_ranking.xlsx", "summary.xlsx")
    for what in (*WEEKS, "final"):
        for revision, told in states.items():
            texts = [autumn.file(what, "bulletin.html", revision).decode()]
            for name in (*books, "home_affairs.xlsx") if what == "final" else books:
                file = openpyxl.load_workbook(io.BytesIO(autumn.file(what, name, revision)))
                cells = [str(cell.value) for sheet in file for row in sheet.iter_rows() for cell in row]
                texts.append("\n".join(cells))
            assert all(told in text for text in texts), what
            assert not any(states[3 - revision] in text for text in texts), what
        page = json.loads(autumn.site.objects[f"data/results/{what}.json"])
        assert page["recognised"] == {"decision": "12/QĐ-BTC", "decided_on": "2022-09-09"}
    told_before = autumn.file("week-1", "bulletin.html").decode()
    assert "khiếu nại xin gửi Ban Tổ chức trong thời hạn 03 ngày kể từ khi công bố" in told_before


def test_a_corrected_announcement_says_what_it_replaces_and_why_and_its_figures_agree() -> None:
    autumn = Autumn()
    autumn.close(AFTERWARDS)
    winner = rows(autumn, "week-1", "individual_prizes.csv")[0]
    out = Annulment(winner["participant_id"], (1,), "not_counted", "2022-08-30", "thi hộ")
    why = Confirmation("0123456789", "Biên bản số 3", "2022-08-30T09:00:00+07:00", "annulment", ("week-1",))
    autumn.close(AFTERWARDS, autumn.under(Decisions(annulments=(out,), confirmations=(why,))))
    text = autumn.file("week-1", "bulletin.html", 2).decode()
    assert "Thông báo này điều chỉnh và thay thế thông báo đã công bố lúc" in text
    assert "(bản số 1)" in text
    assert "Lý do: Biên bản số 3 (hủy kết quả; xác nhận lúc 09:00 ngày 30/8/2022, mã 0123456789)" in text
    before, after = (json.loads(autumn.file("week-1", "manifest.json", k))["counts"] for k in (1, 2))
    assert before["people"] == after["people"] + 1
    for name, title in (("people", "Số người dự thi"), ("attempts", "Số lượt thi")):
        assert f"<li>{title}: {whole(before[name])} → {whole(after[name])}</li>" in text
        assert f"<b>{whole(after[name])}</b>" in text
        assert f"<b>{whole(before[name])}</b>" not in text


def test_the_lowest_units_are_named_in_public_only_if_the_contest_says_so(autumn: Autumn, week: str) -> None:
    assert "tỷ lệ dự thi thấp nhất" not in autumn.file(week, "bulletin.html").decode()
    named = CONTEST.model_copy(update={"publication": Publication(lowest_units=True)})
    units = unit_facts(rank_over(UNITS, {}, CONTEST), [])
    assert "tỷ lệ dự thi thấp nhất" in final_bulletin(named, units, [], Distinct(0, 0), [], Standing()).decode()
