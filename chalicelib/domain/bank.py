"""The question bank: the approved questions and their right answers (R5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from chalicelib.domain.groups import Plan

LETTERS = "ABCDEF"


def letters_of(options: int) -> str:
    """The letters of a set of options given as bits."""
    return "".join(letter for i, letter in enumerate(LETTERS) if options >> i & 1)


class Question(NamedTuple):
    """A question with 2–6 ``options`` in the bank's order.

    ``answer`` is the set of right options as bits: bit 0 is option A, bit 1 is B, …
    ``reference`` names the article, decree and year. ``weeks`` and ``categories``: for whom it is; for all, if
    empty. ``excludes``: the ids of questions that must not stand on a paper with it.
    """

    id: str
    topic: str
    text: str
    options: tuple[str, ...]
    answer: int
    reference: str
    weeks: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    @property
    def multiple(self) -> bool:
        return self.answer.bit_count() > 1

    @property
    def answer_letters(self) -> str:
        return letters_of(self.answer)


def paired(questions: Iterable[Question]) -> tuple[Question, ...]:
    """``questions`` with ``excludes`` said on both sides, and of these questions alone."""
    found = tuple(questions)
    others: dict[str, set[str]] = {question.id: set() for question in found}
    for question in found:
        for other in question.excludes:
            if other in others:
                others[question.id].add(other)
                others[other].add(question.id)
    return tuple(question._replace(excludes=tuple(sorted(others[question.id]))) for question in found)


@dataclass(frozen=True)
class Bank:
    """The approved questions, sorted by id. ``digest`` is the SHA-256 of the compiled bank, in hex."""

    digest: str
    questions: tuple[Question, ...]
    _parts: dict[tuple[int, str], Bank] = field(default_factory=dict, init=False, repr=False, compare=False)
    plans: dict[object, Plan] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def has_parts(self) -> bool:
        """Whether some question is for named weeks or categories only."""
        return any(question.weeks or question.categories for question in self.questions)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The places of the questions that exclude each other, directly or through others between them.

        A group has at least two questions, in the bank's order; the groups stand by their first ones.
        """
        at = {question.id: place for place, question in enumerate(self.questions)}
        left = {place for place, question in enumerate(self.questions) if question.excludes}
        groups = []
        for first in sorted(left):
            group, reached = [], [first] if first in left else []
            left.discard(first)
            while reached:
                place = reached.pop()
                group.append(place)
                beside = {at[other] for other in self.questions[place].excludes if other in at} & left
                left -= beside
                reached += beside
            if len(group) > 1:
                groups.append(tuple(sorted(group)))
        return tuple(groups)

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
