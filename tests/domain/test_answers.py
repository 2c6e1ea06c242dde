"""Answers by question number and shown letter, their short code, and the score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.bank import LETTERS, Bank, Question
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.paper import Paper, PaperQuestion, decode_answers, draw, encode_answers, score
from tests.fakes import questions

BANK = Bank("d" * 64, questions(12))
WHOLE = PaperRules(questions=12)

seeds = st.text("0123456789abcdef", min_size=16, max_size=16)


def one_question(answer: int, options: int = 4, order: tuple[int, ...] = (2, 0, 3, 1)) -> Paper:
    """A paper of one question: bank options 0, 1, 2, 3 are shown as B, D, A, C."""
    question = Question("Q1", "law", "?", tuple("abcd"[:options]), answer, "Điều 1")
    return (PaperQuestion(question, order),)


def right_letters(paper: Paper) -> dict[str, list[str]]:
    return {
        str(number): [LETTERS[i] for i, index in enumerate(order) if question.answer >> index & 1]
        for number, (question, order) in enumerate(paper, 1)
    }


@given(seeds, st.data())
def test_chosen_letters_come_back_as_shown(seed: str, data: st.DataObject) -> None:
    paper = draw(BANK, WHOLE, seed)
    chosen = {}
    for number, (question, order) in enumerate(paper, 1):
        most = len(order) if question.multiple else 1
        letters = st.lists(st.sampled_from(LETTERS[: len(order)]), max_size=most, unique=True)
        if picked := data.draw(letters):
            chosen[str(number)] = sorted(picked)
    assert decode_answers(paper, encode_answers(paper, chosen)) == chosen


@given(seeds)
def test_a_perfect_paper_has_the_full_score_whatever_the_order_shown(seed: str) -> None:
    paper = draw(BANK, WHOLE, seed)
    assert score(paper, encode_answers(paper, right_letters(paper))) == 12


@given(seeds, st.sets(st.integers(1, 12)))
def test_the_score_is_the_number_of_right_answers(seed: str, left_out: set[int]) -> None:
    paper = draw(BANK, WHOLE, seed)
    answers = {n: letters for n, letters in right_letters(paper).items() if int(n) not in left_out}
    assert score(paper, encode_answers(paper, answers)) == 12 - len(left_out)


def test_a_paper_without_answers_has_no_points() -> None:
    paper = draw(BANK, WHOLE, "0" * 16)
    assert score(paper, encode_answers(paper, {})) == 0


def test_an_empty_list_is_not_an_answer() -> None:
    paper = one_question(0b0001)
    assert encode_answers(paper, {"1": []}) == encode_answers(paper, {})


def test_the_code_is_one_character_a_question() -> None:
    paper = draw(BANK, WHOLE, "0" * 16)
    assert len(encode_answers(paper, right_letters(paper))) == 12


def test_the_code_follows_the_bank_not_the_order_shown() -> None:
    shown_first = encode_answers(one_question(0b0001, order=(0, 1, 2, 3)), {"1": ["A"]})
    shown_last = encode_answers(one_question(0b0001, order=(3, 2, 1, 0)), {"1": ["D"]})
    assert shown_first == shown_last == "B"


@pytest.mark.parametrize(
    ("chosen", "points"),
    [
        pytest.param(["B", "A"], 1, id="all of them, in any order"),
        pytest.param(["A", "B"], 1, id="all of them"),
        pytest.param(["A", "A", "B"], 1, id="one of them named twice"),
        pytest.param(["B"], 0, id="only one of them"),
        pytest.param(["A", "B", "C"], 0, id="one too many"),
        pytest.param(["C", "D"], 0, id="the others"),
        pytest.param([], 0, id="none"),
    ],
)
def test_with_several_right_options_only_the_exact_set_counts(chosen: list[str], points: int) -> None:
    paper = one_question(0b0101)  # bank options 0 and 2, shown as B and A
    assert score(paper, encode_answers(paper, {"1": chosen})) == points


@pytest.mark.parametrize(
    "number", ["0", "2", "01", "+1", "-1", " 1", "1.0", "1e0", "", "x", "١", "²", "1" * 400]
)
def test_a_question_that_is_not_on_the_paper_is_refused(number: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        encode_answers(one_question(0b0001), {number: ["A"]})
    assert [fault.field for fault in refused.value.errors] == [f"answers.{number[:20]}"]


@pytest.mark.parametrize("letter", ["E", "F", "G", "a", "", "AB", "1", "Ａ", "Á"])
def test_an_option_that_is_not_on_the_paper_is_refused(letter: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        encode_answers(one_question(0b0011), {"1": [letter]})
    assert [fault.field for fault in refused.value.errors] == ["answers.1"]


def test_every_fault_is_named_in_one_go() -> None:
    paper = draw(BANK, WHOLE, "0" * 16)
    with pytest.raises(InvalidInput) as refused:
        encode_answers(paper, {"1": ["Z"], "13": ["A"], "2": [], "x": []})
    assert [fault.field for fault in refused.value.errors] == ["answers.1", "answers.13", "answers.x"]


def test_two_options_are_refused_where_one_is_right() -> None:
    with pytest.raises(InvalidInput) as refused:
        encode_answers(one_question(0b0001), {"1": ["A", "B"]})
    assert "một phương án" in refused.value.errors[0].message
