"""A bank with its authors and appraisers on the desk: what was approved is what was appraised."""

from __future__ import annotations

from typing import Any

from tests.readers.contest_files import UNITS
from tests.readers.test_appraisals import BY_TWO, bank
from tests.services.intake.inbox import LATER, Desk

EDITED = bank().replace("Ba?", "Ba nào?")


def approved(desk: Desk) -> list[str]:
    return [question.id for question in desk.library().current().bank.questions]


def loaded() -> Desk:
    desk = Desk()
    assert desk.put(questions=bank())["accepted"]
    return desk


def told(report: Any) -> list[tuple[str, int, str]]:
    return [(one["file"], one["row"], one["value"]) for one in report["warnings"]]


def test_an_edited_question_is_told_by_its_id_and_nothing_else_is_lost() -> None:
    desk = loaded()
    report = desk.send("questions.csv", EDITED, LATER)
    assert report["accepted"]
    assert report["taken"]["questions_lapsed"] == ["Q3"]
    assert told(report) == [("questions.csv", 4, "Q3")]
    assert approved(desk) == ["Q1", "Q2", "Q4"]


def test_neither_sending_it_again_nor_another_file_nor_the_whole_folder_approves_it() -> None:
    desk = loaded()
    for _ in range(2):
        desk.send("questions.csv", EDITED, LATER)
    desk.send("units.csv", UNITS.replace("Sở B", "Sở Bê"), LATER)
    assert approved(desk) == ["Q1", "Q2", "Q4"]
    desk.put(LATER, questions=EDITED)
    assert approved(desk) == ["Q1", "Q2", "Q4"]


def test_the_text_that_was_appraised_and_a_new_appraisal_are_approved() -> None:
    desk = loaded()
    desk.send("questions.csv", EDITED, LATER)
    desk.send("questions.csv", bank(), LATER)
    assert approved(desk) == ["Q1", "Q2", "Q3", "Q4"]
    again = bank(BY_TWO.replace("07-09", "07-20"), BY_TWO).replace("Ba?", "Ba nào?")
    assert desk.send("questions.csv", again, LATER)["warnings"] == []
    assert approved(desk) == ["Q1", "Q2", "Q3", "Q4"]


def test_a_question_left_out_for_a_while_does_not_come_back_in_another_text() -> None:
    desk = loaded()
    without = "".join(line for line in bank().splitlines(keepends=True) if not line.startswith("Q3"))
    desk.send("questions.csv", without, LATER)
    desk.send("questions.csv", EDITED, LATER)
    assert approved(desk) == ["Q1", "Q2", "Q4"]


def test_too_few_appraised_questions_refuse_the_bank_as_ever() -> None:
    desk = loaded()
    before = desk.everything_but_reports()
    report = desk.send("questions.csv", EDITED.replace("Hai?", "Hai nào?"), LATER)
    assert not report["accepted"]
    assert "chỉ có 2 câu đã thẩm định" in report["faults"][-1]["message"]
    assert desk.everything_but_reports() == before


def test_an_appraisal_of_a_day_to_come_is_to_be_looked_at() -> None:
    desk = Desk()
    report = desk.put(questions=bank("Trần An,2022-07-01,Lê Bình,2022-08-02"))
    assert report["accepted"]
    assert told(report) == [("questions.csv", 5, "02/8/2022")]


def test_the_people_are_nowhere_on_the_site() -> None:
    desk = loaded()
    assert approved(desk)
    for key, content in desk.site.objects.items():
        assert "Lê Bình".encode() not in content, key
        assert b"appraised" not in content, key
