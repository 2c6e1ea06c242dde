"""A question's difficulty and its power to tell people apart, measured on first attempts.

- Facility index (độ khó): the share of right answers among the people asked; no answer counts as wrong
  (Crocker & Algina, *Introduction to Classical and Modern Test Theory*, 1986, ch. 5).
- Discrimination index (độ phân biệt): the correlation of the question, right or not, with the score on the
  other questions of the same paper. The question itself is left out of the score, which would otherwise partly
  correlate with itself (S. Henrysson, "Correction of item-total correlations in item analysis",
  *Psychometrika* 28, 1963). With x = 1 for right and y = score − x, over n people,
  ``r = (n Σxy − Σx Σy) / √((n Σx² − (Σx)²) (n Σy² − (Σy)²))``. There is none if all or no answers were right.

Both follow from the count of each answer at each score, so the parts of a week simply add up. Right is what
has the point under the rulings of the week (``grading``); where everybody has it, there is nothing to flag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import isqrt
from operator import or_
from typing import Literal, NamedTuple

from chalicelib.domain.bank import LETTERS, Bank, Question
from chalicelib.domain.grading import Rulings, accepted_options
from chalicelib.domain.paper import MASKS
from chalicelib.domain.statistics.first_answers import Answer

# With fewer people than this a question's figures say little, and no flag is raised.
FEWEST = 30
Flag = Literal["negative_discrimination", "too_hard", "too_easy", "distractor_above_key"]


class Correlation(NamedTuple):
    """``numerator / √square``, kept exact."""

    numerator: int
    square: int

    def thousandths(self) -> int:
        """1000 r, rounded half away from zero, with integers only."""
        twice = isqrt(4_000_000 * self.numerator**2 // self.square)
        return (twice + 1) // 2 * (1 if self.numerator >= 0 else -1)


class QuestionLine(NamedTuple):
    """A question of the bank. ``chosen[i]`` counts the people who chose option i; with several right options
    people choose several. ``blank`` counts the people who chose none.
    """

    question: Question
    asked: int
    right: int
    discrimination: Correlation | None
    chosen: tuple[int, ...]
    blank: int
    flags: tuple[Flag, ...]

    @property
    def facility(self) -> Fraction | None:
        return Fraction(self.right, self.asked) if self.asked else None


def question_lines(
    by_score: Mapping[int, Mapping[Answer, int]], bank: Bank, rulings: Rulings
) -> list[QuestionLine]:
    """Every question of the bank, in its order, whether asked or not."""
    given: dict[str, list[tuple[int, int, int]]] = {}
    for score, counts in by_score.items():
        for (question, char), count in counts.items():
            given.setdefault(question, []).append((score, MASKS.index(char), count))
    return [
        _line(question, accepted_options(question, rulings.get(question.id)), given.get(question.id, []))
        for question in bank.questions
    ]


def _line(question: Question, keys: Sequence[int], given: Sequence[tuple[int, int, int]]) -> QuestionLine:
    """``given``: score, chosen options as bits, and number of people. Without ``keys`` everything is right."""
    n = right = rest = squares = rest_of_right = blank = 0
    chosen = [0] * len(question.options)
    for score, mask, count in given:
        x = not keys or mask in keys
        y = score - x
        n += count
        rest += y * count
        squares += y * y * count
        blank += count * (mask == 0)
        if x:
            right += count
            rest_of_right += y * count
        for option in range(len(chosen)):
            chosen[option] += count * (mask >> option & 1)
    square = (n * right - right * right) * (n * squares - rest * rest)
    correlation = Correlation(n * rest_of_right - right * rest, square) if square else None
    flags = _flags(keys, n, right, correlation, chosen) if keys and n >= FEWEST else ()
    return QuestionLine(question, n, right, correlation, tuple(chosen), blank, flags)


def _flags(
    keys: Sequence[int], asked: int, right: int, correlation: Correlation | None, chosen: Sequence[int]
) -> tuple[Flag, ...]:
    def counts(key: int) -> list[int]:
        return [count for option, count in enumerate(chosen) if key >> option & 1]

    others = counts(~reduce(or_, keys))
    raised: list[tuple[Flag, bool]] = [
        ("negative_discrimination", correlation is not None and correlation.numerator < 0),
        ("too_hard", 5 * right < asked),
        ("too_easy", 50 * right > 49 * asked),
        ("distractor_above_key", max(others, default=0) > max(min(counts(key)) for key in keys)),
    ]
    return tuple(flag for flag, wrong in raised if wrong)


def letters(question: Question) -> str:
    """The letters of the question's options."""
    return LETTERS[: len(question.options)]
