"""``question_statistics.csv``, and the sheet with the same content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from chalicelib.documents.closed_week import QuestionFigures
from chalicelib.domain.bank import LETTERS
from chalicelib.domain.statistics.question_statistics import Flag, QuestionLine
from chalicelib.reports.csv_files import Cell
from chalicelib.reports.numbers import decimal
from chalicelib.reports.xlsx import Column, Value

# fmt: off
STATISTICS = [
    "id", "topic", "times_asked", "right", "facility", "discrimination", "answer",
    "option_a", "option_b", "option_c", "option_d", "option_e", "option_f", "blank", "flags",
]
# fmt: on
FLAGS: dict[Flag, str] = {
    "negative_discrimination": "Người giỏi sai nhiều hơn người kém",
    "too_hard": "Quá khó (dưới 20 % đúng)",
    "too_easy": "Quá dễ (trên 98 % đúng)",
    "distractor_above_key": "Phương án sai được chọn nhiều hơn đáp án",
}
QUESTIONS = [
    Column("Mã câu", 12),
    Column("Câu hỏi", 52),
    Column("Số người được hỏi", 9, "whole"),
    Column("Số người đúng", 9, "whole"),
    Column("Độ khó", 9, "percent"),
    Column("Độ phân biệt", 9, "score"),
    Column("Đáp án", 7, "center"),
    *(Column(f"Chọn {letter}", 8, "whole") for letter in LETTERS),
    Column("Bỏ trống", 8, "whole"),
    Column("Cần xem lại", 30),
]


def statistics_rows(questions: Iterable[QuestionFigures]) -> Iterator[list[Cell]]:
    """Every question of the bank; one that nobody was asked has empty cells. Indices have three decimals."""
    for one in questions:
        facility = decimal(Fraction(one.right, one.asked), 3) if one.asked else ""
        yield [
            one.id,
            one.topic,
            one.asked,
            one.right,
            facility,
            "" if one.discrimination is None else Decimal(one.discrimination).scaleb(-3),
            one.answer,
            *_chosen(one),
            one.blank,
            " ".join(one.flags),
        ]


def question_rows(lines: Iterable[QuestionLine]) -> Iterator[Sequence[Value]]:
    """Flagged questions first, then in the bank's order."""
    for line in sorted(lines, key=lambda line: not line.flags):
        r = line.discrimination
        yield [
            line.question.id,
            line.question.text,
            line.asked,
            line.right,
            line.facility,
            None if r is None else Fraction(r.thousandths(), 1000),
            line.question.answer_letters,
            *_chosen(line),
            line.blank,
            "; ".join(FLAGS[flag] for flag in line.flags),
        ]


def _chosen(line: QuestionLine | QuestionFigures) -> list[int | None]:
    return [*line.chosen, *[None] * (len(LETTERS) - len(line.chosen))]
