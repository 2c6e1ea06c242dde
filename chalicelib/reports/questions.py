"""``question_statistics.csv``, and the sheet with the same content: figures under the rulings of the week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from chalicelib.documents.closed_week import ClosedWeek, QuestionFigures
from chalicelib.documents.shown_rulings import ShownRuling
from chalicelib.domain.bank import LETTERS
from chalicelib.domain.statistics.question_statistics import Flag
from chalicelib.reports.csv_files import Cell
from chalicelib.reports.numbers import decimal
from chalicelib.reports.xlsx import Column, Value

# fmt: off
STATISTICS = [
    "id", "topic", "times_asked", "right", "facility", "discrimination", "answer",
    "option_a", "option_b", "option_c", "option_d", "option_e", "option_f", "blank", "flags",
    "ruling", "answer_before", "reason",
]
# fmt: on
FLAGS: dict[Flag, str] = {
    "negative_discrimination": "Người giỏi sai nhiều hơn người kém",
    "too_hard": "Quá khó (dưới 20% đúng)",
    "too_easy": "Quá dễ (trên 98% đúng)",
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
    Column("Kết luận của Ban Tổ chức", 40),
]


def statistics_rows(closed: ClosedWeek) -> Iterator[list[Cell]]:
    """Every question of the bank; one that nobody was asked has empty cells. Indices have three decimals.

    ``answer``: the key in force; the accepted ones are separated by semicolons.
    """
    for one, ruling in _ruled(closed):
        facility = one.facility
        yield [
            one.id,
            one.topic,
            one.asked,
            one.right,
            "" if facility is None else decimal(facility, 3),
            "" if one.discrimination is None else Decimal(one.discrimination).scaleb(-3),
            _key(one, ruling),
            *_chosen(one),
            one.blank,
            " ".join(one.flags),
            *((ruling.ruling, one.answer, ruling.reason) if ruling else ("", "", "")),
        ]


def question_rows(closed: ClosedWeek, texts: Mapping[str, str]) -> Iterator[Sequence[Value]]:
    """Questions that are flagged or ruled on first, then in the bank's order. ``texts``: by question id."""
    for one, ruling in sorted(_ruled(closed), key=lambda line: not (line[0].flags or line[1])):
        yield [
            one.id,
            texts[one.id],
            one.asked,
            one.right,
            one.facility,
            None if one.discrimination is None else Fraction(one.discrimination, 1000),
            _key(one, ruling),
            *_chosen(one),
            one.blank,
            "; ".join(FLAGS[flag] for flag in one.flags),
            _said(one, ruling),
        ]


def _ruled(closed: ClosedWeek) -> Iterator[tuple[QuestionFigures, ShownRuling | None]]:
    """Each question with the ruling on it."""
    rulings = {ruling.question: ruling for ruling in closed.rulings}
    return ((one, rulings.get(one.id)) for one in closed.questions)


def _key(one: QuestionFigures, ruling: ShownRuling | None) -> str:
    return ";".join(ruling.keys) if ruling else one.answer


def _said(one: QuestionFigures, ruling: ShownRuling | None) -> str:
    if ruling is None:
        return ""
    what = f"Đáp án trước: {one.answer}" if ruling.keys else "Ai có câu này trong đề đều được điểm"
    return f"{what}. Lý do: {ruling.reason}"


def _chosen(one: QuestionFigures) -> list[int | None]:
    return [*one.chosen, *[None] * (len(LETTERS) - len(one.chosen))]
