"""``corrections`` and ``mergers`` in the inbox: checked as a registration, at once in force, and counted."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.domain.decisions import Decisions
from chalicelib.domain.identity import participant_id
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.close_weeks import CloseWeeks
from chalicelib.services.closing.shares import Shares
from chalicelib.services.ports import Participant
from tests.closer import closer
from tests.csv_rows import csv_rows
from tests.fakes import collectors
from tests.readers.contest_files import UNITS
from tests.services.intake.inbox import PEPPER
from tests.services.intake.test_consequences import (
    AFTER_WEEK_2,
    CITIZENS,
    IDS,
    RECOGNITION,
    TUESDAY,
    UNIT_OF,
    Province,
)

HEADER = "citizen_id,field,value,from_week,reason\n"
MERGERS = "unit_code,into,from_week,reason\n"
STRANGER = "040080000999"
NAMES = {"an": "Nguyễn Văn Án", "binh": "Lê Văn Bình", "chi": "Trần Văn Chi", "dung": "Hồ Văn Dũng"}

MINUTE = timedelta(minutes=1)
WHOLE_OFFICE = (("unit", "SO-B"), ("phone", "0987654321"))


class Hotline(Province):
    """The contest of ``test_consequences``, with its people registered and all reports written."""

    def __init__(self) -> None:
        super().__init__()
        for name, full_name in NAMES.items():
            self.people[IDS[name]] = Participant(
                *(IDS[name], full_name, "1980-05-06", "male", CITIZENS[name], "0912345678"),
                *(UNIT_OF[name], "mandatory", "hash", 5),
            )

    @property
    def people(self) -> dict[str, Participant]:
        return self.desk.people.people

    def closer(self) -> CloseWeeks:
        shares = Shares(self.entries.read_week, self.desk.desk, "test", collectors)
        reports = Reports(self.desk.desk, list)
        return closer(shares, self.desk.people, self.revisions, self.desk.desk, self.desk.site, reports)

    def correct(self, *rows: str, now: Any = TUESDAY) -> dict[str, Any]:
        return self.send("corrections.csv", HEADER + "".join(f"{row}\n" for row in rows), now)

    def file(self, what: str, name: str) -> str:
        revision = self.revisions.pointers[what].revision
        return self.objects[f"results/{what}/rev-{revision}/{name}"].decode()

    def people_in(self, what: str) -> dict[str, str]:
        """How many people took part, by unit."""
        return {code: people for code, (_, _, people) in self.units(what).items()}

    def units(self, what: str) -> dict[str, tuple[str, str, str]]:
        """Headcount, exempt people, people who took part."""
        rows = csv_rows(self.file(what, "unit_ranking.csv").encode())
        return {row["unit_code"]: (row["headcount"], row["exempt"], row["people"]) for row in rows}


@pytest.fixture
def hotline() -> Hotline:
    """On Tuesday of week 2, with week 1 closed."""
    made = Hotline()
    made.close()
    return made


def row(name: str, field: str, value: str, week: str = "", reason: str = "gọi đường dây nóng") -> str:
    return f"{CITIZENS[name]},{field},{value},{week},{reason}"


def test_personal_data_are_corrected_at_once_and_move_nothing_else(hotline: Hotline) -> None:
    pointer = hotline.objects[CURRENT]
    answer = hotline.correct(
        row("dung", "full_name", "hồ  văn Dùng".title()),
        row("dung", "phone", "+84 987 654 321"),
        row("chi", "ngày sinh", "7/8/1980"),
    )
    assert (answer["accepted"], answer["taken"]["corrected"], answer["taken"]["unchanged"]) == (True, 3, 0)
    dung, chi = hotline.people[IDS["dung"]], hotline.people[IDS["chi"]]
    assert (dung.full_name, dung.phone, chi.date_of_birth) == ("Hồ Văn Dùng", "0987654321", "1980-08-07")
    assert hotline.objects[CURRENT] == pointer
    assert hotline.close() == []


def test_the_same_file_again_changes_nothing(hotline: Hotline) -> None:
    rows = (
        row("dung", "phone", "0987654321"),
        row("dung", "unit", "SO-B"),
        row("chi", "category", "encouraged", "2"),
    )
    hotline.correct(*rows)
    people, decisions = dict(hotline.people), hotline.contest().decisions
    answer = hotline.correct(*rows, now=AFTER_WEEK_2)
    assert (answer["taken"]["corrected"], answer["taken"]["unchanged"]) == (0, 3)
    assert (hotline.people, hotline.contest().decisions) == (people, decisions)


def test_every_correction_is_logged_with_the_person_and_for_a_month_on_the_desk(hotline: Hotline) -> None:
    answer = hotline.correct(row("dung", "phone", "0987654321"), row("dung", "unit", "SO-B"))
    (line,) = hotline.people[IDS["dung"]].corrected
    assert line == (
        "2022-08-30T09:00:00+07:00",
        "account",
        "phone",
        "0912345678",
        "0987654321",
        "gọi đường dây nóng",
    )
    book = openpyxl.load_workbook(io.BytesIO(hotline.objects[f"{answer['taken']['answers']}corrections.xlsx"]))
    header, *lines = book.worksheets[0].iter_rows(values_only=True)
    told = [dict(zip(header, values, strict=True)) for values in lines]
    assert [(one["field"], one["before"], one["after"], one["from_week"]) for one in told] == [
        ("phone", "0912345678", "0987654321", None),
        ("unit", "SO-A", "SO-B", "2"),
    ]
    for key, data in hotline.objects.items():
        if key.startswith(("intake/month/account/corrections.csv.v1.json", "reference/")):
            assert b"0987654321" not in data
            assert CITIZENS["dung"].encode() not in data


@pytest.mark.parametrize(
    ("rows", "column", "remedy"),
    [
        ([f"{STRANGER},phone,0987654321,,x"], "citizen_id", "chưa đăng ký"),
        (["4008000010,phone,0987654321,,x"], "citizen_id", "12 chữ số"),
        ([row("an", "age", "9")], "field", "full_name (họ và tên)"),
        ([row("an", "full_name", "An 2")], "value", "họ và tên đầy đủ"),
        ([row("an", "phone", "0212345678")], "value", "10 chữ số"),
        ([row("an", "gender", "female")], "value", "không khớp"),
        ([row("an", "gender", "khác")], "value", "ghi male (nam)"),
        ([row("an", "date_of_birth", "1981-05-06")], "value", "không khớp"),
        ([row("an", "date_of_birth", "30/2/1980")], "value", "ghi ngày sinh dạng"),
        ([row("an", "unit", "SO-X")], "value", "Không có đơn vị này"),
        ([row("an", "unit", "")], "value", "phải chọn đơn vị"),
        ([row("an", "category", "pupil", "2")], "value", "Không có đối tượng"),
        ([row("an", "phone", "0987654321", "2")], "from_week", "hãy để trống"),
        ([row("an", "unit", "SO-B", "9")], "from_week", "một trong: 1, 2"),
        ([row("an", "phone", "0987654321", reason="")], "reason", "cần nêu lý do"),
        ([row("an", "phone", "0987654321"), row("an", "điện thoại", "0987654322")], "field", "đã có ở dòng 3"),
    ],
)
def test_a_file_with_a_fault_is_refused_whole_with_row_column_and_remedy(
    hotline: Hotline, rows: list[str], column: str, remedy: str
) -> None:
    people, before = dict(hotline.people), hotline.contest().decisions
    faults = hotline.correct(row("dung", "phone", "0987654321"), *rows)["faults"]
    fault = faults[-1]
    assert (fault["row"], fault["column"]) == (len(rows) + 2, column)
    assert remedy in fault["message"]
    assert (hotline.people, hotline.contest().decisions) == (people, before)


def test_rows_of_one_person_are_checked_together(hotline: Hotline) -> None:
    answer = hotline.correct(row("dung", "category", "encouraged", "2"), row("dung", "unit", ""))
    assert answer["accepted"]
    alone = hotline.correct(row("chi", "unit", ""))
    assert not alone["accepted"]


def test_thousands_of_rows_are_one_file_and_one_decision(hotline: Hotline) -> None:
    citizens = [f"0400801{number:05}" for number in range(3_000)]
    for citizen_id in citizens:
        identity = participant_id(PEPPER, citizen_id)
        known = {"participant_id": identity, "citizen_id": citizen_id}
        hotline.people[identity] = hotline.people[IDS["an"]]._replace(**known)
    rows = [f"{one},{field},{value},,chuyển cả phòng" for one in citizens for field, value in WHOLE_OFFICE]
    assert hotline.correct(*rows)["taken"]["corrected"] == 6_000
    (correction,) = hotline.contest().decisions.corrections
    assert (len(correction.people), correction.value) == (3_000, "SO-B")
    assert hotline.people[participant_id(PEPPER, citizens[-1])].phone == "0987654321"


def test_a_corrected_unit_counts_from_the_open_week_on_and_earlier_weeks_stay(hotline: Hotline) -> None:
    assert hotline.correct(row("dung", "unit", "so-b"))["accepted"]
    (correction,) = hotline.contest().decisions.corrections
    assert (correction.from_week, correction.held_from, correction.value) == (2, 3, "SO-B")
    assert hotline.close() == [], "week 1 stays"
    hotline.close(AFTER_WEEK_2)
    assert hotline.people_in("week-2") == {
        "SO-A": "0",
        "SO-B": "2",
    }
    bundle = csv_rows(hotline.file("week-2", "individual_prizes.csv").encode())
    assert {one["participant_id"]: one["unit_code"] for one in bundle}[IDS["dung"]] == "SO-B"


def test_a_corrected_category_counts_from_the_next_week_unless_another_is_named(hotline: Hotline) -> None:
    (fault,) = hotline.correct(row("dung", "category", "encouraged"))["faults"]
    assert (fault["column"], "ghi tuần bắt đầu" in fault["message"]) == ("from_week", True), (
        "week 2 is the last"
    )
    assert hotline.correct(row("dung", "category", "encouraged", "2"))["accepted"]
    hotline.close(AFTER_WEEK_2)
    counts = hotline.file("week-2", "closed_week.json")
    assert '"obliged_people":1,"other_people":1' in counts


def test_an_earlier_week_that_is_published_changes_only_by_confirmation(hotline: Hotline) -> None:
    answer = hotline.correct(row("binh", "unit", "SO-A", "1"))
    assert (answer["accepted"], answer["consequences"]["cause"]) == (False, "correction")
    (person,) = answer["consequences"]["closes"][0]["people"]
    assert (person["field"], person["before"], person["after"]) == ("unit", "Sở B", "Sở A")
    assert hotline.contest().decisions == Decisions()
    code = answer["taken"]["code"]
    assert hotline.confirm(code, "nhầm đơn vị khi đăng ký")["accepted"]
    assert [one.what for one in hotline.close()] == ["week-1"]
    assert hotline.people_in("week-1") == {
        "SO-A": "2",
        "SO-B": "1",
    }
    assert {one["cause"] for one in hotline.changes("week-1")} == {"correction"}
    assert "L. V. Bình: đơn vị Sở B → Sở A" in hotline.file("week-1", "bulletin.html")


def test_a_winners_misspelt_name_is_corrected_on_the_announcement_by_confirmation(hotline: Hotline) -> None:
    answer = hotline.correct(row("an", "full_name", "Nguyễn Văn An"), row("dung", "phone", "0987654321"))
    assert not answer["accepted"]
    (close,) = answer["consequences"]["closes"]
    assert [(one["participant_id"], one["field"]) for one in close["people"]] == [(IDS["an"], "full_name")]
    assert hotline.people[IDS["an"]].full_name == NAMES["an"], "nothing is half taken"
    assert hotline.people[IDS["dung"]].phone == "0912345678"
    assert hotline.confirm(answer["taken"]["code"], "ghi sai dấu")["accepted"]
    assert hotline.people[IDS["an"]].full_name == "Nguyễn Văn An"
    assert [(one.what, one.revision) for one in hotline.close(TUESDAY + MINUTE)] == [("week-1", 2)]
    bulletin = hotline.file("week-1", "bulletin.html")
    assert "Họ và tên người đạt giải được sửa lại: N. V. An" in bulletin
    assert "sửa thông tin người dự thi" in bulletin
    assert csv_rows(hotline.file("week-1", "individual_prizes.csv").encode())[0]["full_name"] == "Nguyễn Văn An"
    page = hotline.desk.site.objects["data/results/week-1.json"].decode()
    assert ("N. V. An" in page, "ghi sai dấu" in page) == (True, True)
    for key, data in hotline.objects.items():
        if key.startswith("reference/"):
            assert "Nguyễn Văn An".encode() not in data
    assert hotline.correct(row("an", "full_name", "Nguyễn Văn An"))["taken"]["unchanged"] == 1
    assert hotline.close(TUESDAY + MINUTE) == []


def test_a_name_whose_run_died_between_row_and_decision_is_published_all_the_same(hotline: Hotline) -> None:
    code = hotline.correct(row("an", "full_name", "Nguyễn Văn An"))["taken"]["code"]
    replace = hotline.desk.desk.replace

    def dies(key: str, *told: Any) -> bool:
        if key == CURRENT:
            raise TimeoutError
        return replace(key, *told)

    hotline.desk.desk.replace = dies  # type: ignore[method-assign]
    with pytest.raises(TimeoutError):
        hotline.confirm(code)
    assert hotline.people[IDS["an"]].full_name == "Nguyễn Văn An"
    hotline.desk.desk.replace = replace  # type: ignore[method-assign]
    assert hotline.confirm(code)["accepted"]
    assert [one.what for one in hotline.close()] == ["week-1"]
    assert len(hotline.people[IDS["an"]].corrected) == 1


def test_a_name_in_a_recognised_result_waits_until_the_recognition_is_withdrawn(hotline: Hotline) -> None:
    assert hotline.send("recognitions.csv", RECOGNITION + "1,12/QĐ-BTC,2022-08-30,,họp sớm\n")["accepted"]
    hotline.close()
    for wanted in (row("an", "full_name", "Nguyễn Văn An"), row("binh", "unit", "SO-A", "1")):
        (fault,) = hotline.correct(wanted)["faults"]
        assert "thu hồi quyết định công nhận trước" in fault["message"]
    assert hotline.correct(row("dung", "full_name", "Hồ Văn Dùng"))["accepted"], (
        "who won nothing is not published"
    )


def merge(hotline: Hotline, *rows: str, now: Any = TUESDAY) -> dict[str, Any]:
    return hotline.send("mergers.csv", MERGERS + "".join(f"{one}\n" for one in rows), now)


def test_a_merged_units_people_count_in_the_new_one_from_a_week_on(hotline: Hotline) -> None:
    answer = merge(hotline, "SO-B,SO-A,2,theo Nghị quyết 12")
    assert answer["accepted"]
    assert answer["taken"]["merged"] == ["SO-B → SO-A từ tuần 2: số người 14, được miễn 2"]
    assert hotline.close() == [], "results of closed weeks stay"
    hotline.close(AFTER_WEEK_2)
    assert hotline.units("week-1") == {"SO-A": ("10", "2", "1"), "SO-B": ("4", "0", "2")}
    assert hotline.units("week-2") == {"SO-A": ("14", "2", "2"), "SO-B": ("0", "0", "0")}
    assert "Sở B (đã sáp nhập vào Sở A)" in hotline.file("week-2", "unit_ranking.csv")
    assert hotline.units("final") == {"SO-A": ("24", "4", "3"), "SO-B": ("4", "0", "2")}
    site = hotline.desk.site.objects
    assert b"SO-B" not in site["data/units.json"]


def test_a_merged_units_headcounts_follow_units_csv(hotline: Hotline) -> None:
    assert merge(hotline, "SO-B,SO-A,2,theo Nghị quyết 12")["accepted"]
    assert hotline.send("units.csv", UNITS.replace(",4,0", ",0,0").replace(",10,2", ",20,3"))["accepted"]
    hotline.close(AFTER_WEEK_2)
    assert hotline.units("week-1")["SO-A"][:2] == ("10", "2")
    assert hotline.units("week-2")["SO-A"][:2] == ("20", "3")


def test_a_merger_of_a_published_week_needs_a_confirmation(hotline: Hotline) -> None:
    answer = merge(hotline, "SO-B,SO-A,1,theo Nghị quyết 12")
    assert (answer["accepted"], answer["consequences"]["cause"]) == (False, "correction")
    assert hotline.confirm(answer["taken"]["code"])["accepted"]
    hotline.close()
    assert hotline.units("week-1") == {"SO-A": ("14", "2", "3"), "SO-B": ("0", "0", "0")}


@pytest.mark.parametrize(
    ("rows", "column", "remedy"),
    [
        (["SO-X,SO-A,2,x"], "unit_code", "không có mã đơn vị"),
        (["SO-B,SO-X,2,x"], "into", "không có mã đơn vị"),
        (["SO-B,SO-A,7,x"], "from_week", "một trong: 1, 2"),
        (["SO-B,SO-A,,x"], "from_week", "ghi tuần bắt đầu"),
        (["SO-B,SO-A,2,"], "reason", "cần nêu lý do"),
        (["SO-B,SO-A,2,x", "SO-A,SO-B,2,x"], "into", "cũng được sáp nhập"),
        (["SO-B,SO-A,2,x", "SO-B,SO-A,2,x"], "unit_code", "đã có ở dòng 2"),
    ],
)
def test_a_merger_with_a_fault_is_refused(hotline: Hotline, rows: list[str], column: str, remedy: str) -> None:
    before = hotline.contest().decisions
    fault = merge(hotline, *rows)["faults"][-1]
    assert fault["column"] == column
    assert remedy in fault["message"]
    assert hotline.contest().decisions == before


def test_a_merger_by_mistake_is_lifted(hotline: Hotline) -> None:
    merge(hotline, "SO-B,SO-A,2,nhầm")
    assert merge(hotline, "SO-B,SO-B,2,bỏ sáp nhập nhầm")["accepted"]
    hotline.close(AFTER_WEEK_2)
    assert hotline.units("week-2")["SO-B"] == ("4", "0", "1")
