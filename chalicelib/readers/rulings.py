"""``rulings.csv`` or ``.xlsx``: what the organisers rule on questions whose key was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

from chalicelib.domain.bank import LETTERS, Question
from chalicelib.domain.decisions import Ruling
from chalicelib.readers.contest_tables import File, check_reason
from chalicelib.readers.tables import Fault, Row, read_weeks

RULINGS = ("question_id", "weeks", "ruling", "answer", "reason")
_SEVERAL = "nếu chấp nhận nhiều đáp án thì ghi cách nhau bằng dấu chấm phẩy, ví dụ A;C"
_BIT_OF = {letter: 1 << place for place, letter in enumerate(LETTERS)}


def read_rulings(
    file: File, banks: Mapping[int, Mapping[str, Question]], at: str, faults: list[Fault]
) -> list[Ruling]:
    """The rulings in the file's order. ``banks``: the questions of each week of the contest, by their ids.

    ``at`` becomes that of each ruling. Returns nothing that can be used if there are faults.
    """
    rulings: list[Ruling] = []
    ruled: dict[tuple[str, int], int] = {}
    for row in file.some_rows(RULINGS, faults):
        before = len(faults)
        weeks = read_weeks(row, banks, faults)
        questions = _questions(row, weeks, banks, faults)
        answers = _answers(row, questions, faults)
        check_reason(row, faults, "lý do được công bố bên cạnh câu hỏi")
        for week in weeks:
            first = ruled.setdefault((row["question_id"], week), row.line)
            if first != row.line:
                message = (
                    f"câu này ở tuần {week} đã có ở dòng {first}: mỗi câu trong một tuần chỉ có một kết luận"
                )
                faults.append(row.fault("question_id", message))
        if len(faults) == before:
            rulings.append(Ruling(row["question_id"], weeks, answers, row["reason"], at))
    return rulings


def _questions(
    row: Row, weeks: tuple[int, ...], banks: Mapping[int, Mapping[str, Question]], faults: list[Fault]
) -> list[Question]:
    """The question as each week asks it: a week keeps the bank with which it opened."""
    missing = [week for week in weeks if row["question_id"] not in banks[week]]
    if missing:
        where = ", ".join(map(str, missing))
        message = f"không có câu này trong bộ câu hỏi (đã thẩm định) của tuần {where}: hãy kiểm tra mã câu hỏi"
        faults.append(row.fault("question_id", message))
    return [banks[week][row["question_id"]] for week in weeks if week not in missing]


def _answers(row: Row, questions: list[Question], faults: list[Fault]) -> tuple[int, ...]:
    """The accepted keys as sets of options, ascending; none for ``all_right``."""
    if row["ruling"] == "all_right":
        if row["answer"]:
            message = "để trống: với all_right, ai có câu này trong đề đều được điểm"
            faults.append(row.fault("answer", message))
        return ()
    if row["ruling"] != "key":
        message = "ghi key (đáp án đúng ghi ở cột answer) hoặc all_right (ai có câu này đều được điểm)"
        faults.append(row.fault("ruling", message))
        return ()
    keys = [key.strip() for key in row["answer"].split(";")]
    if not all(key and set(key) <= set(LETTERS) and len(set(key)) == len(key) for key in keys):
        message = f"ghi chữ cái của đáp án, ví dụ B, hoặc AC nếu phải chọn cả hai; {_SEVERAL}"
        faults.append(row.fault("answer", message))
        return ()
    for question in questions:
        letters = LETTERS[: len(question.options)]
        if not {letter for key in keys for letter in key} <= set(letters):
            faults.append(row.fault("answer", f"câu này chỉ có các phương án {letters}"))
            break
        if not question.multiple and any(len(key) > 1 for key in keys):
            faults.append(row.fault("answer", f"câu này chỉ cho chọn một phương án: {_SEVERAL}"))
            break
    return tuple(sorted({reduce(or_, map(_BIT_OF.__getitem__, key)) for key in keys}))
