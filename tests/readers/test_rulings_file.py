"""The rulings file: what it says, and the row, column and remedy of each fault."""

from __future__ import annotations

import pytest

from chalicelib.domain.bank import Question
from chalicelib.domain.decisions import Ruling
from chalicelib.readers.rulings import read_rulings
from chalicelib.readers.tables import Fault
from tests.readers.contest_files import sent_file
from tests.readers.workbooks import as_workbook

HEADER = "question_id,weeks,ruling,answer,reason\n"
AT = "2022-09-06T09:00:00+07:00"
ONE = Question("Q1", "luật", "Một?", ("a", "b", "c"), 0b010, "Điều 1")
SEVERAL = Question("Q2", "luật", "Hai?", ("a", "b", "c", "d"), 0b0101, "Điều 2")
NEW = Question("Q3", "luật", "Ba?", ("a", "b"), 0b01, "Điều 3")
# Week 4 asks another bank.
BANKS = {**{week: {"Q1": ONE, "Q2": SEVERAL} for week in (1, 2, 3)}, 4: {"Q1": ONE, "Q3": NEW}}


def read(rows: str, ending: str = "csv") -> tuple[list[Ruling], list[Fault]]:
    faults: list[Fault] = []
    text = HEADER + rows
    data = as_workbook(text) if ending == "xlsx" else text.encode()
    return read_rulings(sent_file(f"rulings.{ending}", data), BANKS, AT, faults), faults


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_ruling_gives_other_keys_or_the_point_to_everybody(ending: str) -> None:
    rows = "Q1,1,key,C,khóa nhầm\nQ2,1;3,key,AC; BD,hai cách hiểu\nQ1,2-4,all_right,,câu hỏi sai\n"
    assert read(rows, ending) == (
        [
            Ruling("Q1", (1,), (0b100,), "khóa nhầm", AT),
            Ruling("Q2", (1, 3), (0b0101, 0b1010), "hai cách hiểu", AT),
            Ruling("Q1", (2, 3, 4), (), "câu hỏi sai", AT),
        ],
        [],
    )


def test_several_keys_may_be_accepted_for_a_question_with_one_answer() -> None:
    rulings, faults = read("Q1,1,key,C;A;C,cả hai đều đúng\n")
    assert not faults
    assert rulings[0].answers == (0b001, 0b100)


@pytest.mark.parametrize(
    ("row", "column", "remedy"),
    [
        ("Q9,1,key,B,lý do", "question_id", "không có câu này trong bộ câu hỏi (đã thẩm định) của tuần 1"),
        ("Q2,3-4,key,B,lý do", "question_id", "của tuần 4"),
        (",1,key,B,lý do", "question_id", "kiểm tra mã câu hỏi"),
        ("Q1,,key,B,lý do", "weeks", "ví dụ 1 hoặc 1;3 hoặc 2-4"),
        ("Q1,tuần 1,key,B,lý do", "weeks", "ví dụ 1"),
        ("Q1,3-1,key,B,lý do", "weeks", "ví dụ 1"),
        ("Q1,1;;2,key,B,lý do", "weeks", "ví dụ 1"),
        ("Q1,4-6,key,B,lý do", "weeks", "không có tuần 5, 6"),
        ("Q1,1,sai,B,lý do", "ruling", "ghi key"),
        ("Q1,1,all_right,B,lý do", "answer", "để trống"),
        ("Q1,1,key,,lý do", "answer", "ghi chữ cái"),
        ("Q1,1,key,b,lý do", "answer", "ghi chữ cái"),
        ("Q1,1,key,A;,lý do", "answer", "ghi chữ cái"),
        ("Q2,1,key,AA,lý do", "answer", "ghi chữ cái"),
        ("Q1,1,key,D,lý do", "answer", "chỉ có các phương án ABC"),
        ("Q1,1,key,AC,lý do", "answer", "chỉ cho chọn một phương án"),
        ("Q1,1,key,B,", "reason", "cần nêu lý do"),
        ("Q2,1-2,key,B,trùng", "question_id", "tuần 2 đã có ở dòng 2"),
    ],
)
def test_a_faulty_ruling_is_reported_by_row_and_column(row: str, column: str, remedy: str) -> None:
    _, (fault,) = read("Q2,2,key,B,lý do\n" + row + "\n")
    assert (fault.file, fault.row, fault.column) == ("rulings.csv", 3, column)
    assert remedy in fault.message


def test_a_rulings_file_without_a_row_is_a_mistake() -> None:
    _, (fault,) = read("")
    assert "ít nhất một dòng" in fault.message
