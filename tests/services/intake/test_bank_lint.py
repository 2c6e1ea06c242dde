"""The answer to a bank says what an editor would see in it; nothing of that refuses a bank."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook

from chalicelib.services.intake.bank_lint import FIGURES, SHEET
from tests.domain.lint.banks import REFERENCE, clean
from tests.readers.contest_files import QUESTION_HEADER, TOML, UNITS
from tests.services.intake.inbox import Desk, sent


def bank(*, size: int = 24, reference: str = REFERENCE) -> str:
    """A clean bank but for the reference of Q01."""
    rows = [
        (one.id, one.topic, one.text, *one.options, "", "", one.answer_letters, REFERENCE, "approved")
        for one in clean(size)
    ]
    lines = [",".join(row) for row in rows]
    return QUESTION_HEADER + "\n".join([lines[0], lines[1].replace(REFERENCE, reference), *lines[2:]]) + "\n"


def sheets(desk: Desk, file: str) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(desk.desk.objects[f"{sent(file).answer}.xlsx"]))
    return {sheet.title: [*sheet.iter_rows(min_row=2, values_only=True)] for sheet in book.worksheets}


def test_a_finding_is_a_line_of_the_answer_and_stands_in_full_in_its_workbook() -> None:
    desk = Desk()
    report = desk.put(questions=bank(reference="Điều 5 Nghị định số 61/2018/NĐ-CP"))
    (warning,) = report["warnings"]
    assert (report["accepted"], report["taken"]["questions_approved"]) == (True, 24)
    assert (warning["file"], warning["value"]) == ("questions.csv", "Q01")
    assert "căn cứ ghi thiếu (1 câu)" in warning["message"]
    assert SHEET in warning["message"]
    told = sheets(desk, "c.zip")
    ((title, ids, reason),) = told[SHEET]
    assert (title, ids, "không nêu khoản" in reason) == ("Căn cứ ghi thiếu", "Q01", True)
    assert FIGURES in told


def test_a_bank_in_which_nothing_is_found_has_its_figures_alone() -> None:
    desk = Desk()
    assert desk.put(questions=bank())["warnings"] == []
    told = sheets(desk, "c.zip")
    assert SHEET not in told
    assert ("luôn chọn A", "25,0%", 20, "25,0%", "25,0%") in told[FIGURES]


def test_a_bank_alone_is_looked_through_and_units_are_not() -> None:
    desk = Desk()
    desk.put(questions=bank())
    report = desk.send("questions.csv", bank(reference="Khoản 1 Điều 5 Luật Cư trú năm 2006"))
    assert ["không có hiệu lực" in one["message"] for one in report["warnings"]] == [True]
    assert desk.send("units.csv", UNITS.replace("Sở A", "Sở Á"))["warnings"] == []


def test_a_contest_that_begins_now_is_looked_through_for_the_days_that_it_has() -> None:
    now = TOML.replace("start = 2022-08-22T08:00:00+07:00", 'start = "now"')
    (warning,) = Desk().put(toml=now, questions=bank(reference="Khoản 1 Điều 5 Nghị định số 42/2022/NĐ-CP"))[
        "warnings"
    ]
    assert "không có hiệu lực" in warning["message"]  # on 1 August


def test_a_trial_with_a_handful_of_questions_is_left_alone() -> None:
    desk = Desk()
    assert desk.put(questions=bank(size=19, reference="Điều 5"))["warnings"] == []
    assert FIGURES not in sheets(desk, "c.zip")
