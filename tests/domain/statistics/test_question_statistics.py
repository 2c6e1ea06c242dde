"""Facility and discrimination, worked out by hand and by the textbook's formula."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.bank import Bank, Question
from chalicelib.domain.decisions import Ruling
from chalicelib.domain.paper import MASKS
from chalicelib.domain.statistics.first_answers import Answer
from chalicelib.domain.statistics.question_statistics import FEWEST, Correlation, QuestionLine, question_lines

# Option B is right; the second question needs A and C.
ONE = Question("Q1", "t", "?", ("a", "b", "c"), 0b010, "")
TWO = Question("Q2", "t", "?", ("a", "b", "c"), 0b101, "")
BANK = Bank("digest", (ONE, TWO))


def line(
    *given: tuple[int, str, int], question: Question = ONE, accepted: tuple[int, ...] | None = None
) -> QuestionLine:
    """``given``: score, chosen letters, people. ``accepted``: the keys of a ruling."""
    by_score: dict[int, dict[Answer, int]] = {}
    for score, chosen, people in given:
        mask = sum(1 << "ABC".index(letter) for letter in chosen)
        by_score.setdefault(score, {})[Answer(question.id, MASKS[mask])] = people
    ruled = {} if accepted is None else {question.id: Ruling(question.id, (1,), accepted, "", "")}
    return question_lines(by_score, BANK, ruled)[BANK.questions.index(question)]


def test_facility_is_the_share_of_right_answers_and_a_blank_counts_as_wrong() -> None:
    found = line((3, "B", 6), (2, "A", 3), (0, "", 3))
    assert (found.asked, found.right, found.facility) == (12, 6, Fraction(1, 2))
    assert (found.chosen, found.blank) == ((3, 6, 0), 3)


def test_with_several_right_options_each_chosen_one_is_counted() -> None:
    found = line((3, "AC", 5), (2, "A", 2), (2, "ABC", 1), question=TWO)
    assert (found.right, found.chosen) == (5, (8, 1, 6))


def test_a_question_that_nobody_was_asked_has_no_figures() -> None:
    untouched = question_lines({}, BANK, {})[0]
    assert (untouched.asked, untouched.facility, untouched.discrimination) == (0, None, None)


def test_right_is_what_a_ruling_accepts() -> None:
    by_the_key = line((3, "B", 20), (2, "A", 30), (2, "C", 10))
    assert (by_the_key.right, by_the_key.flags) == (20, ("distractor_above_key",))
    other = line((2, "B", 20), (3, "A", 30), (2, "C", 10), accepted=(0b001,))
    assert (other.right, other.flags) == (30, ())
    either = line((3, "B", 20), (3, "A", 30), (2, "C", 25), accepted=(0b001, 0b010))
    assert (either.right, either.flags) == (50, ())


def test_where_everybody_has_the_point_there_is_nothing_to_flag() -> None:
    found = line((3, "B", 20), (3, "", 40), accepted=())
    assert (found.right, found.blank, found.discrimination, found.flags) == (60, 40, None, ())


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 19)), min_size=2, max_size=40).filter(
        lambda people: len({x for x, _ in people}) == 2 and len({y for _, y in people}) > 1
    )
)
def test_discrimination_is_the_correlation_with_the_score_on_the_other_questions(
    people: list[tuple[bool, int]],
) -> None:
    by_score: dict[int, dict[Answer, int]] = {}
    for right, rest in people:
        answers = by_score.setdefault(rest + right, {})
        answer = Answer("Q1", MASKS[0b010 if right else 0b001])
        answers[answer] = answers.get(answer, 0) + 1
    found = question_lines(by_score, BANK, {})[0].discrimination
    assert found is not None
    textbook = statistics.correlation([float(x) for x, _ in people], [float(y) for _, y in people])
    assert found.thousandths() == pytest.approx(1000 * textbook, abs=0.5 + 1e-6)


@pytest.mark.parametrize(
    ("correlation", "thousandths"),
    [
        (Correlation(1, 4), 500),
        (Correlation(-1, 4), -500),
        (Correlation(1, 1), 1000),
        (Correlation(0, 9), 0),
        (Correlation(1, 4_000_000), 1),
        (Correlation(-1, 4_000_000), -1),
        (Correlation(1, 4_000_001), 0),
    ],
)
def test_a_correlation_is_rounded_in_integer_arithmetic(correlation: Correlation, thousandths: int) -> None:
    assert correlation.thousandths() == thousandths


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ([(5, "B", 20), (2, "A", 10)], ()),
        ([(3, "B", 20), (4, "A", 10)], ("negative_discrimination",)),
        ([(5, "B", 6), (2, "A", 12), (2, "C", 13)], ("too_hard", "distractor_above_key")),
        ([(5, "B", 99), (2, "A", 1)], ("too_easy",)),
        ([(5, "B", 98), (2, "A", 2)], ()),
        ([(5, "B", 6), (2, "", 24)], ()),
        ([(5, "B", 10), (2, "A", 11), (2, "C", 9)], ("distractor_above_key",)),
        ([(5, "A", FEWEST - 1)], ()),
    ],
)
def test_suspicious_questions_are_flagged(given: list[tuple[int, str, int]], flags: tuple[str, ...]) -> None:
    assert line(*given).flags == flags
