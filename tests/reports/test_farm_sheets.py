"""What the organisers see of farms before they recognise a result, and how they annul from that sheet."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import openpyxl
import pytest

from chalicelib.domain.decisions import Annulment
from chalicelib.domain.statistics.anomaly import TO_LOOK_AT
from chalicelib.readers.decision_files import read_winner_checks
from chalicelib.readers.tables import Fault
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.close_weeks import Standing
from chalicelib.services.closing.closed import closed_week
from tests.crowd import REFERENCE, UNITS, Crowd
from tests.csv_rows import csv_rows
from tests.fakes import MemoryObjects
from tests.readers.contest_files import sent_file

FILES = ("individual_prizes.xlsx", "winner-checks.xlsx", "anomalies.csv")


def files_of(crowd: Crowd) -> dict[str, bytes]:
    result = crowd.rank()
    reports = Reports(MemoryObjects(), registrations=lambda: crowd.registrations)
    closed = closed_week(result, REFERENCE, {}, {})
    report = reports.write_week(result, closed, REFERENCE, crowd.people, "0" * 64, Standing())
    return {
        name: content if isinstance(content, bytes) else b"".join(content)
        for name, content in report.files
        if name in FILES
    }


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    made = Crowd(2)
    made.honest(300, UNITS[1:-3])
    made.hurried_farm("DV-19")
    made.patient_farm(step=1)
    return made


@pytest.fixture(scope="module")
def files(crowd: Crowd) -> dict[str, bytes]:
    return files_of(crowd)


def checks(data: bytes) -> list[dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def annulled(data: bytes) -> tuple[list[Annulment], list[Fault]]:
    faults: list[Fault] = []
    return read_winner_checks(sent_file("winner-checks.xlsx", data), {1}, date(2022, 8, 30), faults), faults


def filled(data: bytes, people: Iterable[str], word: str, reason: str = "") -> bytes:
    """The sheet with ``word`` in the column ``check`` of some people."""
    book, known = openpyxl.load_workbook(io.BytesIO(data)), set(people)
    sheet = book.active
    column = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, column["participant_id"]).value in known:
            sheet.cell(row, column["check"], word)
            sheet.cell(row, column["reason"], reason or None)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_every_account_of_both_farms_is_on_the_sheet_with_score_and_evidence(
    crowd: Crowd, files: dict[str, bytes]
) -> None:
    rows = checks(files["winner-checks.xlsx"])
    marked = {row["participant_id"] for row in rows if row["signs_score"] >= TO_LOOK_AT}
    assert crowd.farm <= marked
    assert len(marked - crowd.farm) <= 3
    prizes = [row["prize"] for row in rows]
    assert prizes[0] == "Giải Nhất"
    assert prizes[16] == "Dự phòng: Giải Nhất"
    assert set(prizes[32:]) == {"Ngoài danh sách giải"}
    assert all(row["full_name"] for row in rows[:32])
    assert not any(row["full_name"] or row["citizen_id"] for row in rows[32:])
    winner = next(row for row in rows if row["unit"] == UNITS[0].name)
    assert "even_predictions (43 điểm): 15 trong 15 người của đơn vị" in winner["signs"]


def test_the_winners_workbook_shows_the_same_signs_beside_the_names(files: dict[str, bytes]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(files["individual_prizes.xlsx"]))["Cần xem lại"]
    cells = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    told = [(row["prize"], row["full_name"], row["signs_score"], row["signs"]) for row in
            checks(files["winner-checks.xlsx"])[:32]]  # fmt: skip
    assert [(row[1], row[2], row[5], row[6]) for row in cells] == told


def test_each_sign_is_a_row_of_the_anomalies_and_the_scores_agree(files: dict[str, bytes]) -> None:
    rows = csv_rows(files["anomalies.csv"])
    for one in checks(files["winner-checks.xlsx"]):
        own = [row for row in rows if row["participant_id"] == one["participant_id"] and row["points"] != "0"]
        assert {row["score"] for row in own} <= {str(one["signs_score"])}
        assert min(99, sum(int(row["points"]) for row in own)) == one["signs_score"]
        for row in own:
            assert f"{row['reason']} ({row['points']} điểm): {row['evidence']}" in one["signs"]


def test_the_same_week_gives_the_same_bytes(crowd: Crowd, files: dict[str, bytes]) -> None:
    crowd.registrations.reverse()
    assert files_of(crowd) == files


def test_one_filled_column_annuls_a_farm_and_those_behind_move_up(
    crowd: Crowd, files: dict[str, bytes]
) -> None:
    decisions, faults = annulled(filled(files["winner-checks.xlsx"], crowd.farm, "Không tính"))
    assert not faults
    assert {(one.weeks, one.effect, one.decided_on) for one in decisions} == {
        ((1,), "not_counted", "2022-08-30")
    }
    assert {one.reason for one in decisions} == {
        "không phải người dự thi thật, theo kết luận kiểm tra của Ban Tổ chức"
    }
    assert {one.participant_id for one in decisions} == crowd.farm
    again = crowd.rank(not_counted=crowd.farm)
    assert not crowd.farm.intersection(again.winners)
    assert len(again.prizes) == 16
    assert not [unit for unit in again.units if unit.unit.code in {"DV-00", "DV-19"} and unit.sums.people]


def test_a_reason_that_is_given_replaces_the_usual_one(files: dict[str, bytes]) -> None:
    first = checks(files["winner-checks.xlsx"])[0]["participant_id"]
    for reason, told in (("", "không đạt khi kiểm tra căn cước"), ("thẻ của người khác", "thẻ của người khác")):
        decisions, faults = annulled(filled(files["winner-checks.xlsx"], [first], "không đạt", reason))
        assert (decisions, faults) == ([Annulment(first, (1,), "no_prize", "2022-08-30", told)], [])


def test_a_word_that_is_none_of_the_three_is_refused(files: dict[str, bytes]) -> None:
    first = checks(files["winner-checks.xlsx"])[0]["participant_id"]
    decisions, (fault,) = annulled(filled(files["winner-checks.xlsx"], [first], "hủy"))
    assert decisions == []
    assert (fault.column, fault.message) == ("check", "ghi “đạt”, “không đạt”, “không tính” hoặc để trống")
