"""Of questions that exclude each other a paper has one at most, and all questions are as likely as before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.bank import Bank, Question, paired
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.groups import plan_of
from chalicelib.domain.paper import _choose_apart, draw, drawn_questions
from chalicelib.domain.shortages import shortage
from chalicelib.readers.plain import read_folder
from tests.domain.exact_draw import law

NGHE_AN = Path(__file__).parents[2] / "contests" / "nghe-an-2022"
seeds = st.text("0123456789abcdef", min_size=16, max_size=16)


def bank_of(topics: str, *groups: str) -> Bank:
    """A question for each letter of ``topics``, named a, b, c, … in order; ``groups`` are strings of names."""
    excludes: dict[str, tuple[str, ...]] = {}
    for first, *others in groups:
        excludes[first] = (*excludes.get(first, ()), *others)
    names = [chr(ord("a") + place) for place in range(len(topics))]
    asked = (
        Question(name, topic, f"{name}?", ("x", "y"), 1, "Điều 1", excludes=excludes.get(name, ()))
        for name, topic in zip(names, topics, strict=True)
    )
    return Bank("d" * 64, paired(asked))


def rules(size: int, **topics: int) -> PaperRules:
    return PaperRules(questions=size, topics=topics)


@pytest.mark.parametrize(
    ("bank", "paper"),
    [
        pytest.param(bank_of("xxxxxx", "ab"), rules(3), id="a pair"),
        pytest.param(bank_of("xxxxxx", "abc"), rules(2), id="three of which one is always there"),
        pytest.param(bank_of("xxxxxxx", "ab", "cd", "ef"), rules(3), id="almost all in pairs"),
        pytest.param(bank_of("xxxx", "ab", "cd"), rules(2), id="all in pairs"),
        pytest.param(bank_of("xxxxxyyy", "ab", "fg"), rules(3, x=2, y=1), id="groups within topics"),
        pytest.param(bank_of("xxxyyy", "ad"), rules(2, x=1, y=1), id="a group of two topics"),
        pytest.param(bank_of("xxxxxyyyyy", "abf", "cg"), rules(2, x=1, y=1), id="two groups of two topics"),
        pytest.param(bank_of("xxxxyyzz", "ab", "eg"), rules(2, x=1), id="a rest that topics share"),
        pytest.param(bank_of("xxxyyzz", "ad"), rules(2, x=1), id="a rest, and a group of two topics"),
        pytest.param(bank_of("xxxx", "ab"), rules(2, x=1), id="all of one topic"),
    ],
)
def test_every_question_of_a_stratum_is_exactly_as_likely_as_the_others(bank: Bank, paper: PaperRules) -> None:
    assert shortage(bank, paper) is None
    papers = law(bank, paper)
    assert sum(papers.values()) == 1
    size, quota = len(bank.questions), paper.topics
    there = Counter(question.topic for question in bank.questions)
    rest = Fraction(paper.questions - sum(quota.values()), (size - sum(quota.values())) or 1)
    for place, question in enumerate(bank.questions):
        chance = sum((chance for asked, chance in papers.items() if place in asked), Fraction())
        by_quota = Fraction(quota.get(question.topic, 0), there[question.topic])
        assert chance == by_quota + (1 - by_quota) * rest, question.id


def test_every_question_is_exactly_as_likely_at_each_number() -> None:
    papers = law(bank_of("xxxxxx", "ab", "cd"), rules(3))
    for place in range(6):
        for number in range(3):
            chance = sum(chance for asked, chance in papers.items() if asked[number] == place)
            assert chance == Fraction(1, 6)


@st.composite
def banks(draw_from: st.DrawFn) -> tuple[Bank, PaperRules]:
    """Banks of up to three topics with groups of any form, and a paper that they suffice for."""
    topics = draw_from(st.text("xyz", min_size=2, max_size=26))
    names = [chr(ord("a") + place) for place in range(len(topics))]
    groups = draw_from(
        st.lists(st.lists(st.sampled_from(names), min_size=2, max_size=4, unique=True), max_size=5)
    )
    bank = bank_of(topics, *{group[0]: "".join(group) for group in groups}.values())
    quota = {
        topic: draw_from(st.integers(1, topics.count(topic)))
        for topic in draw_from(st.sets(st.sampled_from(topics)))
    }
    size = draw_from(st.integers(max(1, sum(quota.values())), len(topics)))
    paper = PaperRules(questions=size, topics=quota)
    assume(shortage(bank, paper) is None)
    return bank, paper


def excluding(questions: Sequence[Question]) -> list[tuple[str, str]]:
    asked = {question.id for question in questions}
    return [(one.id, other) for one in questions for other in one.excludes if other in asked]


@given(banks(), seeds)
def test_a_paper_is_whole_keeps_quotas_and_has_one_of_a_group_at_most(
    case: tuple[Bank, PaperRules], seed: str
) -> None:
    bank, paper = case
    asked = [question for question, _ in draw(bank, paper, seed)]
    assert len({question.id for question in asked}) == len(asked) == paper.questions
    topics = Counter(question.topic for question in asked)
    assert all(topics[topic] >= count for topic, count in paper.topics.items())
    assert excluding(asked) == []
    places = {bank.questions.index(question) for question in asked}
    assert all(len(places.intersection(group)) <= 1 for group in bank.groups)
    assert drawn_questions(bank, paper, seed) == asked == [one for one, _ in draw(bank, paper, seed)]


@given(banks())
def test_a_draw_has_enough_numbers_whatever_they_are(case: tuple[Bank, PaperRules]) -> None:
    bank, paper = case
    plan = plan_of(bank, paper)
    for number in (0, 1 << 63, (1 << 64) - 1):
        chosen = _choose_apart(plan, iter([number] * plan.numbers))
        assert len(set(chosen)) == paper.questions


def test_the_draw_of_a_seed_from_a_bank_with_groups_never_changes() -> None:
    bank = bank_of("xxxxxxyyyyyyzzzz", "abg", "cd", "hi", "mn")

    def shown(paper: PaperRules, seed: str) -> str:
        return "".join(question.id for question in drawn_questions(bank, paper, seed))

    assert shown(rules(5), "0123456789abcdef") == "cfipa"
    assert shown(rules(5, x=2, y=1), "0123456789abcdef") == "knacf"
    assert shown(rules(3, x=2, y=1), "fedcba9876543210") == "acl"


def test_a_bank_without_groups_draws_as_if_the_column_were_not_there() -> None:
    bank = bank_of("xxxxyyyy")
    unknown = Bank(bank.digest, tuple(one._replace(excludes=("elsewhere",)) for one in bank.questions))
    assert unknown.groups == ()
    assert drawn_questions(unknown, rules(4), "0" * 16) == [
        unknown.questions[bank.questions.index(one)] for one in drawn_questions(bank, rules(4), "0" * 16)
    ]


def test_said_on_one_side_an_exclusion_holds_on_both_and_through_others() -> None:
    bank = bank_of("xxxxxxx", "ca", "cb", "fg")
    assert [one.excludes for one in bank.questions] == [("c",), ("c",), ("a", "b"), (), (), ("g",), ("f",)]
    assert bank.groups == ((0, 1, 2), (5, 6))


def test_a_question_that_is_not_in_the_bank_links_no_others() -> None:
    bank = bank_of("xxxx", "ba", "bc")
    left = paired(question for question in bank.questions if question.id != "b")
    assert Bank("d" * 64, left).groups == ()


def test_a_bank_with_hundreds_of_groups_has_numbers_for_all() -> None:
    asked = [
        Question(f"Q{k:04}", "x", "?", ("x", "y"), 1, "", excludes=(f"Q{k ^ 1:04}",)) for k in range(2_000)
    ]
    bank = Bank("d" * 64, tuple(asked))
    paper = drawn_questions(bank, rules(100), "0" * 16)
    assert len({question.id for question in paper}) == 100
    assert excluding(paper) == []


@pytest.mark.parametrize(
    ("bank", "paper", "told"),
    [
        (bank_of("xxxxxx", "abcd"), rules(2), ["a, b, c, d", "nhóm 4 câu", "của bộ câu hỏi"]),
        (bank_of("xxxyyyyy", "ab"), rules(3, x=2), ["a, b", "chủ đề “x”"]),
        (bank_of("xxxyyyyyy", "de"), rules(6, x=1), ["d, e", "các chủ đề khác"]),
        (
            bank_of("xxxyyy", "ad", "be"),
            rules(2, x=1, y=1),
            ["loại trừ câu của chủ đề khác", "chủ đề “x”", "a, d, b, e"],
        ),
        (bank_of("xyyyyyyyyyy", "ab"), rules(2, x=1, y=1), ["a, b", "nhóm 2 câu", "chủ đề “x”, chủ đề “y”"]),
    ],
)
def test_intake_tells_which_group_stands_in_the_way_of_a_paper(
    bank: Bank, paper: PaperRules, told: list[str]
) -> None:
    missing = shortage(bank, paper) or ""
    assert [words for words in told if words not in missing] == []


@pytest.mark.parametrize("stream", range(3))
def test_each_group_of_the_shipped_bank_is_there_with_exactly_its_chance(stream: int) -> None:
    questions = sorted(read_folder(NGHE_AN).questions, key=lambda question: question.id)
    bank, paper = Bank("d" * 64, tuple(questions)), PaperRules(questions=20)
    plan, size = plan_of(bank, paper), len(questions)
    assert len(bank.groups) >= 15
    assert plan.unit == size
    order = [int.from_bytes(sha256(f"{stream}|{k}".encode()).digest()[:8]) for k in range(plan.numbers)]
    there = Counter[int]()
    for point in range(
        size
    ):  # where the first of the points at distance 1 may lie, in whatever order of groups
        first = (point << 64) // size + 1
        chosen = set(_choose_apart(plan, iter([first, *order])))
        there.update(k for k, group in enumerate(bank.groups) if chosen & {*group})
    assert [Fraction(there[k], size) for k in range(len(bank.groups))] == [
        Fraction(20 * len(group), size) for group in bank.groups
    ]
