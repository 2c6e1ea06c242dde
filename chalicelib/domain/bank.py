"""The question bank: the approved questions and their right answers (R5)."""

from __future__ import annotations

from typing import NamedTuple

LETTERS = "ABCDEF"


def letters_of(options: int) -> str:
    """The letters of a set of options given as bits."""
    return "".join(letter for i, letter in enumerate(LETTERS) if options >> i & 1)


class Question(NamedTuple):
    """A question with 2–6 ``options`` in the bank's order.

    ``answer`` is the set of right options as bits: bit 0 is option A, bit 1 is B, …
    ``reference`` names the article, decree and year.
    """

    id: str
    topic: str
    text: str
    options: tuple[str, ...]
    answer: int
    reference: str

    @property
    def multiple(self) -> bool:
        return self.answer.bit_count() > 1

    @property
    def answer_letters(self) -> str:
        return letters_of(self.answer)


class Bank(NamedTuple):
    """The approved questions, sorted by id. ``digest`` is the SHA-256 of the compiled bank, in hex."""

    digest: str
    questions: tuple[Question, ...]


def shortage(questions: tuple[Question, ...], wanted: int, quota: dict[str, int]) -> str | None:
    """Why no paper of ``wanted`` questions with this topic ``quota`` can be drawn, or None."""
    if len(questions) < wanted:
        return (
            f"bộ câu hỏi chỉ có {len(questions)} câu đã thẩm định (approved), đề thi cần {wanted} câu: "
            "hãy bổ sung câu hỏi đã thẩm định hoặc giảm paper.questions"
        )
    for topic, count in quota.items():
        there = sum(question.topic == topic for question in questions)
        if there < count:
            return (
                f"chủ đề “{topic}” chỉ có {there} câu đã thẩm định, đề thi cần {count} câu: "
                "hãy bổ sung câu hỏi hoặc sửa paper.topics"
            )
    return None
