"""The verifier's draw, written from the document, gives the contest's papers."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.documents.compiled_contest import encode_bank
from chalicelib.domain.bank import Bank, paired
from chalicelib.domain.paper import draw
from chalicelib.domain.shortages import shortage
from tests.fakes import definition, questions
from verify.grading import _pool, paper


@given(
    st.integers(1, 5),
    st.sampled_from([{}, {"topic-0": 1}, {"topic-1": 2, "topic-0": 1}]),
    st.sampled_from(["mandatory", "encouraged"]),
    st.text("0123456789abcdef", min_size=16, max_size=16),
)
def test_a_paper_drawn_by_the_document_is_the_contests(
    size: int, topics: dict[str, int], category: str, nonce: str
) -> None:
    contest = definition(paper={"questions": max(size, sum(topics.values())), "topics": topics})
    for_whom: list[dict[str, Any]] = [{}, {"weeks": (1,)}, {"weeks": (2,)}, {"categories": ("mandatory",)}]
    asked = [question._replace(**for_whom[k % 4]) for k, question in enumerate(questions(40))]
    bank = Bank("d" * 64, tuple(sorted(asked, key=lambda question: question.id)))
    real = [question.id for question, _ in draw(bank.of(1, category), contest.paper, nonce)]
    published = _pool(json.loads(encode_bank(asked)), 1, category)
    rules = json.loads(contest.paper.model_dump_json())
    assert [question["id"] for question in paper(bank.digest, published, rules, nonce)] == real


@given(
    st.integers(1, 8),
    st.dictionaries(st.sampled_from(["topic-0", "topic-1", "topic-2"]), st.integers(1, 3)),
    st.lists(st.lists(st.integers(0, 39), min_size=2, max_size=4, unique=True), min_size=1, max_size=8),
    st.sampled_from(["mandatory", "encouraged"]),
    st.text("0123456789abcdef", min_size=16, max_size=16),
)
def test_a_paper_with_groups_drawn_by_the_document_is_the_contests(
    size: int, topics: dict[str, int], groups: list[list[int]], category: str, nonce: str
) -> None:
    contest = definition(paper={"questions": max(size, sum(topics.values())), "topics": topics})
    asked = list(questions(40))
    for first, *others in groups:
        asked[first] = asked[first]._replace(excludes=tuple(asked[other].id for other in others))
    for_whom: list[dict[str, Any]] = [{}, {}, {"categories": ("mandatory",)}]
    asked = [one._replace(topic=f"topic-{k % 4}", **for_whom[k % 3]) for k, one in enumerate(asked)]
    bank = Bank("d" * 64, paired(sorted(asked, key=lambda question: question.id)))
    part = bank.of(1, category)
    assume(shortage(part, contest.paper) is None)
    real = [question.id for question, _ in draw(part, contest.paper, nonce)]
    published = _pool(json.loads(encode_bank(bank.questions)), 1, category)
    rules = json.loads(contest.paper.model_dump_json())
    assert [question["id"] for question in paper(bank.digest, published, rules, nonce)] == real
