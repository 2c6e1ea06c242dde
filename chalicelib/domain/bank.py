"""The question bank: the approved questions and their right answers (R5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from chalicelib.domain.definition import Definition

LETTERS = "ABCDEF"


def letters_of(options: int) -> str:
    """The letters of a set of options given as bits."""
    return "".join(letter for i, letter in enumerate(LETTERS) if options >> i & 1)


class Question(NamedTuple):
    """A question with 2–6 ``options`` in the bank's order.

    ``answer`` is the set of right options as bits: bit 0 is option A, bit 1 is B, …
    ``reference`` names the article, decree and year. ``weeks`` and ``categories``: for whom it is; for all, if
    empty.
    """

    id: str
    topic: str
    text: str
    options: tuple[str, ...]
    answer: int
    reference: str
    weeks: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def multiple(self) -> bool:
        return self.answer.bit_count() > 1

    @property
    def answer_letters(self) -> str:
        return letters_of(self.answer)


@dataclass(frozen=True)
class Bank:
    """The approved questions, sorted by id. ``digest`` is the SHA-256 of the compiled bank, in hex."""

    digest: str
    questions: tuple[Question, ...]
    _parts: dict[tuple[int, str], Bank] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def has_parts(self) -> bool:
        """Whether some question is for named weeks or categories only."""
        return any(question.weeks or question.categories for question in self.questions)

    def of(self, week: int, category: str) -> Bank:
        """The questions for people of ``category`` in ``week``, under the digest of the whole bank."""
        if not self.has_parts:
            return self
        part = self._parts.get((week, category))
        if part is None:
            part = self._parts[week, category] = Bank(
                self.digest,
                tuple(
                    question
                    for question in self.questions
                    if (not question.weeks or week in question.weeks)
                    and (not question.categories or category in question.categories)
                ),
            )
        return part


def shortages(questions: tuple[Question, ...], definition: Definition) -> Iterator[str]:
    """Why no paper can be drawn, for each week and category of which that is so."""
    bank, rules = Bank("", questions), definition.paper
    weeks = range(1, definition.contest.weeks + 1) if bank.has_parts else ()
    if not weeks and (missing := shortage(questions, rules.questions, rules.topics)):
        yield missing
    for week in weeks:
        told = {
            category.name: shortage(bank.of(week, category.name).questions, rules.questions, rules.topics)
            for category in definition.categories
        }
        alike = len(set(told.values())) == 1
        for category, missing in list(told.items())[: 1 if alike else None]:
            if missing:
                yield f"tuần {week}: {missing}" if alike else f"tuần {week}, đối tượng {category}: {missing}"


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
