"""What a person is told of the own paper after the close: each question as shown, its key and source."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.decisions import Decisions, Ruling
from tests.fakes import START_MS, WEEK, definition
from tests.web.counter import Counter
from tests.web.test_rulings import AT, OVER, REASON, sat, told

AT_THE_END = START_MS + 4 * WEEK + 70_000  # the contest has four weeks


def review(counter: Counter, now: int, attempt: dict[str, Any]) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = told(counter, now, attempt["attempt_id"])[0]["questions"]
    return questions


def test_the_own_paper_is_told_with_its_keys_once_the_week_is_over(counter: Counter) -> None:
    attempt = sat(counter, wrong=2)
    assert review(counter, OVER - 1, attempt) == []
    shown = review(counter, OVER, attempt)
    bank = {question.id: question for question in counter.exam.library.current().bank.questions}
    for asked, one in zip(attempt["questions"], shown, strict=True):
        assert {name: one[name] for name in ("number", "id", "text", "options")} == {
            name: asked[name] for name in ("number", "id", "text", "options")
        }
        question = bank[one["id"]]
        assert (one["topic"], one["reference"]) == (question.topic, question.reference)
        ((*letters,),) = one["keys"]
        texts = {option["key"]: option["text"] for option in one["options"]}
        right = {text for k, text in enumerate(question.options) if question.answer >> k & 1}
        assert {texts[letter] for letter in letters} == right
        assert one["right"] == (one["chosen"] == letters) == (one["number"] > 2)


def test_a_secret_bank_stays_secret_until_the_last_week_is_over() -> None:
    counter = Counter(definition(paper={"publish_bank": False}))
    assert len(counter.exam.library.current().definition.weeks) == 4
    attempt = sat(counter, wrong=1)
    assert [review(counter, now, attempt) for now in (OVER, AT_THE_END - 1)] == [[], []]
    assert [one["right"] for one in review(counter, AT_THE_END, attempt)] == [False, True, True, True, True]


@pytest.mark.parametrize("kind", ["all_right", "key"])
def test_what_counts_is_what_was_ruled(counter: Counter, kind: str) -> None:
    attempt = sat(counter, wrong=0)
    asked = attempt["questions"][4]
    bank = {question.id: question for question in counter.exam.library.current().bank.questions}
    other = next(k for k in range(len(asked["options"])) if not bank[asked["id"]].answer >> k & 1)
    answers = (1 << other,) if kind == "key" else ()
    decisions = Decisions(rulings=(Ruling(asked["id"], (1,), answers, REASON, AT),))
    counter.load(counter.exam.library.current().definition, decisions=decisions)
    one = review(counter, OVER, attempt)[4]
    assert (one["right"], len(one["keys"])) == (kind == "all_right", len(answers))


def test_a_blank_paper_has_nothing_to_review(counter: Counter) -> None:
    attempt = sat(counter, wrong=5)
    assert review(counter, OVER, attempt) == []
