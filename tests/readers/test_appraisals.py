"""Who wrote a question and who appraised it: two people, with days that can be right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from chalicelib.readers.contest_folder import ContestFolder, read_files
from chalicelib.readers.plain import plain_files
from tests.readers.contest_files import QUESTION_HEADER, QUESTIONS, contest_files, faults, read_sent
from tests.readers.workbooks import as_workbook, changed

HEADER = QUESTION_HEADER.strip() + ",written_by,written_on,appraised_by,appraised_on\n"
BY_TWO = "Trần An,2022-07-01,Lê Bình,2022-07-09"


def bank(*cells: str) -> str:
    """Four approved questions, of which the last ones have these cells on their people, and a draft without."""
    told = [BY_TWO] * (4 - len(cells)) + [*cells, ",,,"]
    rows = zip(QUESTIONS.strip().split("\n")[1:], told, strict=True)
    return HEADER + "".join(f"{row},{people}\n" for row, people in rows)


def read(questions: str, appraised: ContestFolder | None = None) -> ContestFolder:
    known = appraised.appraised if appraised else {}
    return read_files(plain_files(contest_files(questions=questions)), known)


def test_approved_questions_tell_their_two_people_and_drafts_need_not() -> None:
    folder = read(bank())
    assert (len(folder.questions), len(folder.appraised), folder.drafts, folder.warnings) == (4, 4, 1, ())


def test_a_bank_may_do_without_the_columns_or_leave_them_empty() -> None:
    assert read_sent(contest_files(questions=QUESTIONS)) == read(bank(",,,", ",,,", ",,,", ",,,"))
    assert read(QUESTIONS).appraised == {}


def test_the_people_stay_out_of_the_questions() -> None:
    assert read(bank()).questions == read(QUESTIONS).questions


@pytest.mark.parametrize(
    ("cells", "column", "remedy"),
    [
        (",2022-07-01,Lê Bình,2022-07-09", "written_by", "hãy ghi đủ"),
        ("Trần An,,Lê Bình,2022-07-09", "written_on", "hãy ghi đủ"),
        ("Trần An,2022-07-01,,2022-07-09", "appraised_by", "đổi status thành draft"),
        ("Trần An,2022-07-01,Lê Bình,", "appraised_on", "hãy ghi đủ"),
        ("Trần An,2022-02-30,Lê Bình,2022-07-09", "written_on", "ngày có thật"),
        ("Trần An,tháng 7,Lê Bình,2022-07-09", "written_on", "01/8/2022"),
        ("Trần An,2022-07-01,Lê Bình,2022-13-09", "appraised_on", "ngày có thật"),
        ("Trần An,2022-07-10,Lê Bình,09/7/2022", "appraised_on", "trước ngày biên soạn (2022-07-10)"),
        ("Trần An,2022-07-01,Trần An,2022-07-09", "appraised_by", "hãy nhờ người khác"),
        ("Trần An,2022-07-01,TRẦN  AN.,2022-07-09", "appraised_by", "không thể vừa biên soạn vừa thẩm định"),
        ("Lê Bình; Trần An,2022-07-01,Trần An,2022-07-09", "appraised_by", "“trần an”"),
    ],
)
def test_a_wrong_appraisal_is_told_by_row_and_column(cells: str, column: str, remedy: str) -> None:
    (fault,) = faults(questions=bank(cells))
    assert (fault.file, fault.row, fault.column) == ("questions.csv", 5, column)
    assert remedy in fault.message


def test_one_question_that_names_its_people_obliges_all_approved_ones() -> None:
    assert {fault.row for fault in faults(questions=bank(",,,", ",,,", ",,,", BY_TWO))} == {2, 3, 4}


@pytest.mark.parametrize(
    "people",
    [
        "Trần An,2022-07-09,Lê Bình,2022-07-09",
        "Trần An,01/7/2022,Lê Bình,9-7-2022",
        "An,2022-07-01,Ân,2022-07-09",
    ],
    ids=["both on one day", "days as people write them", "two names that differ by an accent"],
)
def test_two_people_may_be_told_in_many_ways(people: str) -> None:
    assert len(read(bank(people)).appraised) == 4


def test_a_workbook_may_have_dates_as_dates() -> None:
    def as_dates(sheet: Any) -> None:
        for row in sheet.iter_rows(min_row=2, max_row=5):
            for cell in (row[-3], row[-1]):
                cell.value = datetime.fromisoformat(cell.value)

    files = contest_files(questions=None) | {"questions.xlsx": changed(as_workbook(bank()), as_dates)}
    assert read_sent(files).appraised == read(bank()).appraised


@pytest.mark.parametrize(
    ("old", "new"),
    [("Ba?", "Ba nào?"), ("Ba?,a,b", "Ba?,a,c"), ("A,Điều 3", "B,Điều 3"), ("Điều 3", "Điều 33")],
    ids=["text", "option", "key", "reference"],
)
def test_an_edited_question_loses_its_approval_until_it_is_appraised_again(old: str, new: str) -> None:
    first = read(bank())
    edited = read(bank().replace(old, new), first)
    assert [question.id for question in edited.questions] == ["Q1", "Q2", "Q4"]
    assert edited.lapsed == ("Q3",)
    (warning,) = edited.warnings
    assert (warning.row, warning.value) == (4, "Q3")
    assert "hãy thẩm định lại" in warning.message
    for people in ("Trần An,2022-07-01,Lê Bình,2022-07-10", "Trần An,2022-07-01,Vi Chi,2022-07-09"):
        again = read(bank(people, BY_TWO).replace(old, new), first)
        assert (len(again.questions), again.lapsed, again.warnings) == (4, (), ())


def test_a_question_that_goes_to_another_topic_keeps_its_approval() -> None:
    assert read(bank().replace("Q3,phí", "Q3,luật"), read(bank())).lapsed == ()


def test_a_bank_that_names_nobody_any_more_is_taken_with_a_warning() -> None:
    folder = read(QUESTIONS, read(bank()))
    assert len(folder.questions) == 4
    assert [warning.column for warning in folder.warnings] == ["appraised_by"]
