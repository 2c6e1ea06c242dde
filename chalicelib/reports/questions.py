"""``question_statistics.csv``, and the sheet with the same content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from chalicelib.documents.closed_week import QuestionFigures
from chalicelib.domain.bank import LETTERS
from chalicelib.domain.statistics.question_statistics import Flag
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
        facility = one.facility
        yield [
            one.id,
            one.topic,
            one.asked,
            one.right,
            "" if facility is None else decimal(facility, 3),
            "" if one.discrimination is None else Decimal(one.discrimination).scaleb(-3),
            one.answer,
            *_chosen(one),
            one.blank,
            " ".join(one.flags),
        ]


def question_rows(questions: Iterable[QuestionFigures], texts: Mapping[str, str]) -> Iterator[Sequence[Value]]:
    """Flagged questions first, then in the bank's order. ``texts``: by question id."""
    for one in sorted(questions, key=lambda one: not one.flags):
        yield [
            one.id,
            texts[one.id],
            one.asked,
            one.right,
            one.facility,
            None if one.discrimination is None else Fraction(one.discrimination, 1000),
            one.answer,
            *_chosen(one),
            one.blank,
            "; ".join(FLAGS[flag] for flag in one.flags),
        ]


def _chosen(one: QuestionFigures) -> list[int | None]:
    return [*one.chosen, *[None] * (len(LETTERS) - len(one.chosen))]
