"""A complaint is answered from one sheet: papers in words, keys where the week allows them, who stood ahead."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.closed_week import RankingRow
from chalicelib.domain.attempt import Entry
from chalicelib.domain.decisions import Correction, Decisions, NumberChange, Ruling
from chalicelib.domain.person import CorrectedLine
from chalicelib.readers.contest_tables import RosterRow
from chalicelib.services.people.lookup import HEADER, ahead_by
from tests.fakes import MINUTE, START_MS, WEEK, MemoryObjects, definition
from tests.pointers import show_week
from tests.services.intake.test_personal_files import AN_ID, BINH_ID, Office
from tests.web.counter import AN


def told(office: Office, key: str = AN["citizen_id"], column: str = "citizen_id") -> list[list[Any]]:
    report = office.send("lookups.csv", f"{column}\n{key}\n")
    assert report["taken"]["found"] == 1
    header, *rows = office.sheet(report, f"{AN_ID}.xlsx")
    assert header == list(HEADER)
    return [[cell or "" for cell in row] for row in rows]


def questions_of(rows: list[list[Any]]) -> list[list[Any]]:
    return [row for row in rows if row[0].startswith("Câu ")]


def test_before_the_week_is_over_a_sheet_shows_the_paper_and_no_key() -> None:
    office = Office()
    attempt = office.sit()
    rows = told(office)
    shown = questions_of(rows)
    assert len(shown) == len(attempt["questions"])
    for row, question in zip(shown, attempt["questions"], strict=True):
        options = [f"{option['key']}. {option['text']}" for option in question["options"]]
        assert row[1] == "\n".join([question["text"], *options])
        assert row[3:] == ["", "", ""]


def test_after_the_week_each_question_has_its_key_and_whether_it_was_right() -> None:
    office = Office()
    office.sit()
    office.counter.clock.now = START_MS + WEEK + 60 * MINUTE
    shown = questions_of(told(office))
    assert [row[4] for row in shown].count("sai") == 2
    assert all((row[2] == row[3]) == (row[4] == "đúng") for row in shown)


def test_a_ruling_is_said_beside_the_first_key() -> None:
    office = Office()
    attempt = office.sit()
    ruled = attempt["questions"][0]["id"]
    ruling = Ruling(ruled, (1,), (), "câu hỏi sai", "2022-08-30T09:00:00+07:00")
    office.counter.load(definition(), decisions=Decisions(rulings=(ruling,)))
    office.source()
    office.counter.clock.now = START_MS + WEEK + 60 * MINUTE
    (row,) = [row for row in questions_of(told(office)) if f"({ruled})" in row[0]]
    assert (row[3], row[4]) == ("ai có câu này cũng được điểm", "đúng")
    assert "câu hỏi sai (đáp án ban đầu: " in row[5]


def test_a_paper_is_found_by_its_id_and_a_wrong_id_is_refused() -> None:
    office = Office()
    attempt = office.sit()
    assert told(office, attempt["attempt_id"], "attempt_id") == told(office)
    wrong = "1-1-1661130000000-0000000000000000"
    for text in (
        f"attempt_id\n{wrong}\n",
        "attempt_id\nxyz\n",
        f"citizen_id,attempt_id\n{AN['citizen_id']},{wrong}\n",
    ):
        report = office.send("lookups.csv", text)
        assert [fault["column"] for fault in report["faults"]] == ["attempt_id"]


def test_a_semicolon_table_and_people_who_never_registered_are_answered() -> None:
    office = Office()
    office.sit()
    report = office.send("lookups.csv", f"citizen_id;attempt_id\n{AN['citizen_id']};\n040090000999;\n")
    assert (report["taken"]["found"], report["taken"]["not_registered"]) == (1, 1)


def test_corrections_of_the_desk_stand_in_the_sheet_with_their_reasons() -> None:
    office = Office()
    office.sit()
    lines = [
        CorrectedLine("2022-08-23T09:00:00+07:00", "desk", field, before, after, "gõ nhầm")
        for field, before, after in (
            ("full_name", "Nguyễn Văn Anh", "Nguyễn Văn An"),
            ("date_of_birth", "1990-12-31", "1990-02-05"),
            ("gender", "female", "male"),
        )
    ]
    an = office.counter.people.people[AN_ID]
    office.counter.people.people[AN_ID] = an._replace(corrected=tuple(lines))
    moved = Correction((AN_ID,), "unit", "SO-B", 1, 2, "chuyển công tác", "2022-08-24T09:00:00+07:00")
    office.counter.load(definition(), decisions=Decisions(corrections=(moved,)))
    office.source()
    office.counter.clock.now += MINUTE
    corrected = [row for row in told(office) if row[0] == "Sửa thông tin"]
    at = "09:00:00 ngày 23/8/2022"
    assert [(row[1], row[4], row[5]) for row in corrected] == [
        ("họ và tên: Nguyễn Văn Anh → Nguyễn Văn An", at, "gõ nhầm"),
        ("ngày sinh: 31/12/1990 → 05/02/1990", at, "gõ nhầm"),
        ("giới tính: nữ → nam", at, "gõ nhầm"),
        ("đơn vị từ Tuần 1: Sở B", "09:00:00 ngày 24/8/2022", "chuyển công tác"),
    ]


def listing(office: Office, *numbers: NumberChange) -> None:
    """Loads a roster with An's citizen ID."""
    listed = RosterRow("SO-B", "Nguyễn Văn An", AN["citizen_id"], exempt=False, category="mandatory", reason="")
    office.counter.load(definition(), rosters=[listed], decisions=Decisions(numbers=numbers))
    office.source()
    office.counter.clock.now += MINUTE


def identity_of(office: Office) -> set[str]:
    """As the lookup, the dossier and its sheet say it."""
    (looked_up,) = [row[1] for row in told(office, AN_ID, "participant_id") if row[0] == "Danh tính"]
    report = office.send("data-requests.csv", f"citizen_id,participant_id,request\n,{AN_ID},export\n")
    dossier = json.loads(office.desk.objects[f"{report['taken']['answers']}{AN_ID}.json"])
    (shown,) = [row[1] for row in office.sheet(report, f"{AN_ID}.xlsx") if row[0] == "Danh tính"]
    return {looked_up, dossier["person"]["verified"], shown}


def test_lookup_and_dossier_say_who_is_on_a_roster_and_who_was_proved() -> None:
    office = Office()
    assert identity_of(office) == {"tự khai"}
    listing(office)
    assert identity_of(office) == {"có tên trong danh sách của đơn vị"}
    office.counter.people.people[AN_ID] = office.counter.people.people[AN_ID]._replace(verified_at=START_MS)
    assert identity_of(office) == {"đã xác thực bằng tài khoản định danh"}


def test_a_roster_does_not_mean_somebody_whose_number_was_given_back_to_its_owner() -> None:
    office = Office()
    released = NumberChange(AN_ID, "0f" * 10, 1, "đăng ký nhầm", "2022-08-22T09:00:00+07:00")
    listing(office, released)
    assert identity_of(office) == {"tự khai"}


def row(person: str = AN_ID, **changed: Any) -> RankingRow:
    values = {
        "score": 18,
        "prediction": 100,
        "duration": 600_000,
        "received": START_MS,
        "attempts": 2,
        **changed,
    }
    return RankingRow(person, "SO-A", "mandatory", True, True, **values)


@pytest.mark.parametrize(
    ("ahead", "why"),
    [
        ({"score": 19}, "nhiều câu đúng hơn: 19 so với 18"),
        ({"prediction": 118}, "dự đoán gần hơn: lệch 2 so với 20"),
        ({"duration": 599_995}, "thời gian làm bài ngắn hơn: 599,995 giây so với 600,000 giây"),
        ({"received": START_MS - 1000}, "nộp sớm hơn: 07:59:59 ngày 22/8/2022 so với 08:00:00 ngày 22/8/2022"),
        ({}, "bằng nhau ở mọi tiêu chí: bài hết giờ xếp sau bài đã nộp, còn lại theo bốc thăm"),
    ],
)
def test_who_stood_ahead_is_told_by_the_first_criterion_that_differs(ahead: dict[str, int], why: str) -> None:
    assert ahead_by(row(), row(BINH_ID, **ahead), definition(), target=120) == why


def test_a_missing_prediction_ranks_last_and_is_said() -> None:
    why = ahead_by(row(prediction=None), row(BINH_ID), definition(), target=120)
    assert why == "dự đoán gần hơn: lệch 20 so với không có dự đoán"


def test_papers_are_found_by_reading_each_week_once() -> None:
    office = Office()
    attempt = office.sit()
    read: list[int] = []
    everybody = office.requests.lookup.everybody

    def counted(week: int) -> Iterator[Entry]:
        read.append(week)
        return everybody(week)

    office.requests = replace(office.requests, lookup=replace(office.requests.lookup, everybody=counted))
    unknown = [attempt["attempt_id"][:-1] + digit for digit in "0123456789"]
    report = office.send("lookups.csv", "\n".join(["attempt_id", attempt["attempt_id"], *unknown]) + "\n")
    assert not report["accepted"]
    assert read == [1]


class CountingDesk(MemoryObjects):
    def __init__(self, objects: dict[str, bytes]) -> None:
        super().__init__()
        self.objects, self.read = objects, Counter[str]()

    def get(self, key: str) -> bytes | None:
        self.read[key] += 1
        return super().get(key)


def test_the_places_of_several_people_are_found_by_reading_the_roster_and_each_ranking_once() -> None:
    office = Office()
    office.sit()
    office.counter.submit(office.binh, office.counter.start(office.binh), prediction=7)
    listing(office)
    show_week(office.desk, 2, [row(BINH_ID, score=20), row(AN_ID)])
    desk = CountingDesk(office.desk.objects)
    office.requests = replace(office.requests, lookup=replace(office.requests.lookup, desk=desk))
    report = office.send("lookups.csv", f"participant_id\n{AN_ID}\n{BINH_ID}\n")
    said = {
        person: {line[0]: line[1] for line in office.sheet(report, f"{person}.xlsx")}
        for person in (AN_ID, BINH_ID)
    }
    assert [(one["Hạng"][:6], one["Đứng ngay trước"]) for one in said.values()] == [
        ("2 tron", f"mã {BINH_ID}"),
        ("1 tron", "không có ai"),
    ]
    assert desk.read == dict.fromkeys(desk.read, 1)
    assert {key.split("/")[0] for key in desk.read} == {"pointers", "reference", "results"}
