"""A paper is a pure function of (bank digest, seed), and is the same in every version of Python."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.bank import Bank, Question
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.paper import Paper, draw, drawn_questions
from chalicelib.domain.shortages import shortage
from tests.fakes import questions

BANK = Bank("d" * 64, questions(12))
FIVE = PaperRules(questions=5)
QUOTA = PaperRules(questions=5, topics={"topic-1": 2, "topic-0": 1})
SEED = "0123456789abcdef"

seeds = st.text("0123456789abcdef", min_size=16, max_size=16)


def shown(paper: Paper) -> str:
    """``Q006:021`` is question Q006 with its first, third and second option from the top."""
    return " ".join(f"{question.id}:{''.join(map(str, order))}" for question, order in paper)


@pytest.mark.parametrize(
    ("rules", "seed", "paper"),
    [
        pytest.param(FIVE, SEED, "Q006:021 Q001:102 Q002:3012 Q008:04231 Q010:10", id="a seed"),
        pytest.param(
            FIVE, "fedcba9876543210", "Q009:054231 Q002:1320 Q001:120 Q011:120 Q005:01", id="another seed"
        ),
        pytest.param(
            PaperRules(questions=5, shuffle_options=False),
            SEED,
            "Q006:012 Q001:012 Q002:0123 Q008:01234 Q010:01",
            id="options as in the bank",
        ),
        pytest.param(QUOTA, SEED, "Q001:201 Q003:10432 Q010:01 Q008:01423 Q006:021", id="topics with a quota"),
    ],
)
def test_the_draw_of_a_seed_never_changes(rules: PaperRules, seed: str, paper: str) -> None:
    assert shown(draw(BANK, rules, seed)) == paper


@given(seeds, st.integers(1, 12))
def test_no_question_is_asked_twice(seed: str, size: int) -> None:
    paper = draw(BANK, PaperRules(questions=size), seed)
    assert len({question.id for question, _ in paper}) == len(paper) == size


@given(seeds, st.integers(0, 6), st.integers(0, 6))
def test_a_quota_is_kept_and_the_rest_comes_from_any_topic(seed: str, zero: int, one: int) -> None:
    topics = {name: count for name, count in {"topic-0": zero, "topic-1": one}.items() if count}
    size = max(zero + one, 5)
    paper = draw(BANK, PaperRules(questions=size, topics=topics), seed)
    asked = Counter(question.topic for question, _ in paper)
    assert len({question.id for question, _ in paper}) == size
    assert all(asked[topic] >= count for topic, count in topics.items())
    if zero + one == size:
        assert asked == Counter(topics)


@given(seeds)
def test_the_same_seed_gives_the_same_paper(seed: str) -> None:
    assert draw(BANK, QUOTA, seed) == draw(BANK, QUOTA, seed)


@given(seeds, st.sampled_from([FIVE, QUOTA, PaperRules(questions=5, shuffle_options=False)]))
def test_drawing_only_the_questions_gives_those_of_the_paper(seed: str, rules: PaperRules) -> None:
    assert drawn_questions(BANK, rules, seed) == [question for question, _ in draw(BANK, rules, seed)]


@given(seeds, seeds)
def test_another_seed_gives_another_paper(seed: str, other: str) -> None:
    same = draw(BANK, PaperRules(questions=12), seed) == draw(BANK, PaperRules(questions=12), other)
    assert same == (seed == other)


def test_another_bank_gives_another_paper_for_the_same_seed() -> None:
    assert draw(BANK, FIVE, SEED) != draw(Bank("e" * 64, BANK.questions), FIVE, SEED)


@given(seeds)
def test_every_option_of_a_question_is_shown_once(seed: str) -> None:
    for question, order in draw(BANK, PaperRules(questions=12), seed):
        assert sorted(order) == list(range(len(question.options)))


@given(seeds)
def test_options_keep_the_order_of_the_bank_when_they_are_not_shuffled(seed: str) -> None:
    for _, order in draw(BANK, PaperRules(questions=5, shuffle_options=False), seed):
        assert list(order) == sorted(order)


def test_drawing_leaves_the_bank_as_it_is() -> None:
    before = BANK.questions
    draw(BANK, PaperRules(questions=12), SEED)
    assert BANK.questions == before == questions(12)


def test_all_questions_are_asked_roughly_equally_often() -> None:
    papers = [draw(BANK, FIVE, f"{k:016x}") for k in range(3_000)]
    asked = Counter(question.id for paper in papers for question, _ in paper)
    assert len(asked) == 12
    assert all(abs(count - 3_000 * 5 / 12) < 125 for count in asked.values()), asked


def test_every_question_appears_roughly_equally_often_at_each_number() -> None:
    papers = [draw(BANK, PaperRules(questions=12), f"{k:016x}") for k in range(3_000)]
    places = Counter((number, question.id) for paper in papers for number, (question, _) in enumerate(paper))
    assert len(places) == 144
    assert all(abs(count - 250) < 75 for count in places.values())


def test_a_right_answer_appears_roughly_equally_often_under_each_letter() -> None:
    single = Bank("d" * 64, (Question("Q1", "law", "?", ("a", "b", "c", "d"), 0b0001, "Điều 1"),))
    orders = [draw(single, PaperRules(questions=1), f"{k:016x}")[0].order for k in range(4_000)]
    letters = Counter(order.index(0) for order in orders)
    assert all(abs(letters[position] - 1_000) < 125 for position in range(4)), letters


@pytest.mark.parametrize(
    ("wanted", "quota", "enough"),
    [
        (12, {}, True),
        (13, {}, False),
        (12, {"topic-0": 6, "topic-1": 6}, True),
        (7, {"topic-0": 7}, False),
        (5, {"history": 1}, False),
    ],
)
def test_a_bank_that_is_too_small_is_noticed_before_the_draw(
    wanted: int, quota: dict[str, int], *, enough: bool
) -> None:
    assert (shortage(BANK, PaperRules(questions=wanted, topics=quota)) is None) == enough
