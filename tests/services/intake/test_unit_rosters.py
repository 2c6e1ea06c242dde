"""A unit sends its own roster; people who stand on another's are left out alone; claimants become a roster."""

from __future__ import annotations

from chalicelib.domain.identity import participant_id
from chalicelib.services.contest.compiled_rosters import load_rosters
from tests.readers.workbooks import as_workbook
from tests.services.intake.inbox import LATER, PEPPER, Desk

HEADER = "full_name,citizen_id,exempt\n"
AN, BINH, CUC = "040085000001", "040085000002", "040185000003"


def listed(desk: Desk) -> dict[str, list[str]]:
    rosters = load_rosters(desk.desk, desk.library().current(), 1)
    return {roster.unit: sorted(one.full_name for one in roster.members) for roster in rosters}


def test_a_units_own_list_replaces_its_people_and_no_others() -> None:
    desk = Desk()
    desk.put()
    assert desk.send("rosters-SO-A.csv", f"{HEADER}Lê An,{AN},\nHồ Bình,{BINH},1\n", LATER)["accepted"]
    assert desk.send("rosters-SO-B.xlsx", as_workbook(f"{HEADER}Vũ Cúc,{CUC},\n"), LATER)["accepted"]
    assert listed(desk) == {"SO-A": ["Hồ Bình", "Lê An"], "SO-B": ["Vũ Cúc"]}
    units = {unit.code: (unit.headcount, unit.exempt) for unit in desk.library().current().units}
    assert units == {"SO-A": (2, 1), "SO-B": (1, 0)}
    desk.send("rosters-SO-A.csv", f"{HEADER}Lê An,{AN},\n", LATER)
    assert listed(desk) == {"SO-A": ["Lê An"], "SO-B": ["Vũ Cúc"]}


def test_who_stands_on_another_roster_is_left_out_until_it_drops_them() -> None:
    desk = Desk()
    desk.put()
    desk.send("rosters-SO-B.csv", f"{HEADER}Lê An,{AN},\n", LATER)
    answer = desk.send("rosters-SO-A.csv", f"{HEADER}Lê An,{AN},\nHồ Bình,{BINH},\n", LATER)
    assert answer["accepted"]
    (warning,) = [one for one in answer["warnings"] if one["file"] == "rosters-SO-A.csv"]
    assert "đơn vị SO-B" in warning["message"]
    assert listed(desk) == {"SO-A": ["Hồ Bình"], "SO-B": ["Lê An"]}
    desk.send("rosters-SO-B.csv", f"{HEADER}Vũ Cúc,{CUC},\n", LATER)
    desk.send("rosters-SO-A.csv", f"{HEADER}Lê An,{AN},\nHồ Bình,{BINH},\n", LATER)
    assert listed(desk) == {"SO-A": ["Hồ Bình", "Lê An"], "SO-B": ["Vũ Cúc"]}


def test_a_list_that_cannot_be_its_units_is_refused_with_what_to_do() -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    refused = {
        "rosters-SO-C.csv": (f"{HEADER}Lê An,{AN},\n", "sửa tên tệp"),
        "rosters-SO-A.csv": (f"unit_code,{HEADER}SO-B,Lê An,{AN},\n", "danh sách của đơn vị SO-A"),
        "rosters-SO-B.csv": (f"{HEADER}Lê An,{AN[1:]},\n", "mất số 0 ở đầu"),
        "rosters-SO-B.xlsx": (b"not a workbook", "xlsx"),
    }
    for file, (content, remedy) in refused.items():
        answer = desk.send(file, content, LATER)
        assert not answer["accepted"]
        assert remedy in answer["faults"][0]["message"]
    assert desk.everything_but_reports() == before


def test_a_units_list_may_come_before_the_contest_is_complete_but_not_before_its_units() -> None:
    desk = Desk()
    assert (
        "gửi hai tệp này trước"
        in desk.send("rosters-SO-A.csv", f"{HEADER}Lê An,{AN},\n")["faults"][0]["message"]
    )


def test_a_person_named_by_participant_id_is_the_one_of_the_citizen_id() -> None:
    desk = Desk()
    desk.put()
    shown = participant_id(PEPPER, AN)
    desk.send("rosters-SO-A.csv", f"full_name,participant_id\nLê An,{shown}\n", LATER)
    (roster,) = load_rosters(desk.desk, desk.library().current(), 1)
    assert [(one.participant_id, one.citizen_id) for one in roster.members] == [(shown, "")]
    answer = desk.send("rosters-SO-B.csv", f"{HEADER}Lê An,{AN},\nHồ Bình,{BINH},\n", LATER)
    assert [one["value"] for one in answer["warnings"] if "mã hồ sơ" in one["message"]] == ["Lê An"]
    assert listed(desk) == {"SO-A": ["Lê An"], "SO-B": ["Hồ Bình"]}
    wrong = desk.send("rosters-SO-A.csv", "full_name,participant_id\nLê An,xyz\n", LATER)
    assert "giữ nguyên" in wrong["faults"][0]["message"]
