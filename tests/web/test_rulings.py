"""What a person is told of the organisers' rulings on the own paper, and when."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.decisions import Decisions, Ruling
from tests.fakes import MINUTE, START_MS, WEEK, definition, questions
from tests.web.counter import Counter

REASON = "câu hỏi có hai cách hiểu"
AT = "2022-08-24T09:00:00+07:00"
OVER = START_MS + WEEK + 70_000


def rule(counter: Counter, question: str, *answers: int, weeks: tuple[int, ...] = (1,)) -> None:
    """Other keys for ``question``; without any, the point for everybody."""
    decisions = Decisions(rulings=(Ruling(question, weeks, answers, REASON, AT),))
    counter.load(counter.exam.library.current().definition, decisions=decisions)


def told(counter: Counter, now: int, attempt_id: str) -> tuple[Any, Any]:
    """The attempt as its route gives it, and as the list of attempts does."""
    counter.clock.now = now
    token = counter.sign_in()
    read: Any = counter.exam.read(token, attempt_id)
    me: Any = counter.account.me(token)
    return read["result"], me["attempts"][0]


def sat(counter: Counter, wrong: int) -> dict[str, Any]:
    """A paper whose first questions were left out."""
    token = counter.arrive()
    attempt = counter.start(token)
    counter.clock.now += MINUTE
    counter.submit(token, attempt, wrong)
    return attempt


def test_a_ruling_is_told_at_its_question_once_the_week_is_over(counter: Counter) -> None:
    attempt = sat(counter, wrong=2)
    blank = attempt["questions"][1]
    rule(counter, blank["id"])
    for now in (START_MS + WEEK // 2, OVER - 1):
        result, listed = told(counter, now, attempt["attempt_id"])
        assert (result["score"], result["ruled_score"], result["rulings"]) == (3, None, [])
        assert (listed["score"], listed["ruled_score"]) == (3, None)
    result, listed = told(counter, OVER, attempt["attempt_id"])
    assert (result["score"], result["ruled_score"]) == (listed["score"], listed["ruled_score"]) == (3, 4)
    assert result["receipt"]["told"] == {"score": 3}
    assert result["rulings"] == [
        {
            "number": 2,
            "id": blank["id"],
            "text": blank["text"],
            "ruling": "all_right",
            "keys": [],
            "chosen": [],
            "reason": REASON,
            "at": AT,
        }
    ]


def test_accepted_keys_and_the_own_choice_have_the_letters_of_the_paper(counter: Counter) -> None:
    attempt = sat(counter, wrong=0)
    asked = attempt["questions"][4]
    bank = {question.id: question for question in counter.exam.library.current().bank.questions}
    other = next(k for k in range(len(asked["options"])) if not bank[asked["id"]].answer >> k & 1)
    rule(counter, asked["id"], 1 << other)
    result, _ = told(counter, OVER, attempt["attempt_id"])
    assert (result["score"], result["ruled_score"]) == (5, 4)
    (ruling,) = result["rulings"]
    ((letter,),) = ruling["keys"]
    shown = {option["key"]: option["text"] for option in asked["options"]}
    assert shown[letter] == bank[asked["id"]].options[other]
    right = {text for k, text in enumerate(bank[asked["id"]].options) if bank[asked["id"]].answer >> k & 1}
    assert {shown[letter] for letter in ruling["chosen"]} == right


def test_a_ruling_that_changes_no_score_is_told_all_the_same(counter: Counter) -> None:
    attempt = sat(counter, wrong=0)
    rule(counter, attempt["questions"][0]["id"])
    result, _ = told(counter, OVER, attempt["attempt_id"])
    assert (result["ruled_score"], [one["number"] for one in result["rulings"]]) == (None, [1])


@pytest.mark.parametrize(("wrong", "weeks"), [(0, (2,)), (5, (1,))])
def test_a_ruling_on_another_week_or_on_a_blank_paper_tells_nothing(
    counter: Counter, wrong: int, weeks: tuple[int, ...]
) -> None:
    attempt = sat(counter, wrong)
    rule(counter, attempt["questions"][0]["id"], weeks=weeks)
    result, _ = told(counter, OVER, attempt["attempt_id"])
    assert (result["ruled_score"], result["rulings"]) == (None, [])


def test_where_scores_are_told_after_the_close_both_come_at_once() -> None:
    counter = Counter(definition(paper={"publish_bank": False}))
    attempt = sat(counter, wrong=1)
    rule(counter, attempt["questions"][0]["id"])
    results = [told(counter, now, attempt["attempt_id"])[0] for now in (OVER - 1, OVER)]
    assert [(one["score"], one["ruled_score"]) for one in results] == [(None, None), (4, 5)]


def test_the_ruling_is_told_at_its_question_where_papers_differ_by_category() -> None:
    counter = Counter()
    bank = [
        question._replace(categories=("encouraged",) if number % 2 else ())
        for number, question in enumerate(questions(16))
    ]
    counter.load(definition(), bank=bank)
    attempt = sat(counter, wrong=1)
    blank = attempt["questions"][0]
    ruling = Ruling(blank["id"], (1,), (), REASON, AT)
    counter.load(definition(), bank=bank, decisions=Decisions(rulings=(ruling,)))
    result, _ = told(counter, OVER, attempt["attempt_id"])
    assert [(one["number"], one["text"], one["chosen"]) for one in result["rulings"]] == [
        (1, blank["text"], [])
    ]
    assert (result["score"], result["ruled_score"]) == (4, 5)
