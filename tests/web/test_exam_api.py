"""The exam's routes, from raw body and header to answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain.errors import (
    InvalidInput,
    NotJson,
    NotLoaded,
)
from tests.fakes import MINUTE, START_MS, WEEK, definition
from tests.web.counter import Counter, body

EMPTY = b"{}"


def keys(value: Any) -> set[str]:
    """Every key at any depth."""
    if isinstance(value, dict):
        return set(value).union(*(keys(child) for child in value.values()))
    return set().union(*(keys(child) for child in value)) if isinstance(value, list) else set()


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def token(counter: Counter) -> str:
    return counter.arrive()


def test_health_names_the_contest_and_the_bank(counter: Counter) -> None:
    health = counter.exam.health()
    assert (health["status"], health["version"], health["contest"]) == ("ok", "test", "trial")
    assert health["bank_digest"] == counter.exam.library.current().bank.digest


def test_without_a_contest_everything_is_not_loaded() -> None:
    empty = Counter(loaded=False)
    for route in (empty.exam.health, empty.exam.contest):
        with pytest.raises(NotLoaded):
            route()


def test_the_contest_says_what_time_it_is_and_which_week(counter: Counter) -> None:
    counter.clock.now += 5
    contest = counter.exam.contest()
    assert contest["now"] == "2022-08-22T08:00:00.005+07:00"
    assert contest["week"] == contest["weeks"][0]
    assert contest["next_change_at"] == contest["week"]["closes_at"] == "2022-08-29T08:00:00+07:00"


def test_before_and_after_the_weeks_there_is_none(counter: Counter) -> None:
    counter.clock.now = START_MS - 1
    assert (counter.exam.contest()["week"], counter.exam.contest()["next_change_at"]) == (
        None, "2022-08-22T08:00:00+07:00",
    )  # fmt: skip
    counter.clock.now = START_MS + 4 * WEEK
    assert (counter.exam.contest()["week"], counter.exam.contest()["next_change_at"]) == (None, None)


def test_the_public_contest_holds_no_question_and_no_person(counter: Counter) -> None:
    assert not keys(counter.exam.contest()) & {"answer", "questions_list", "excluded", "disqualified", "barred"}
    assert "Câu hỏi" not in json.dumps(counter.exam.contest(), ensure_ascii=False)


def test_a_start_answers_201_and_again_200_with_the_same_attempt(counter: Counter, token: str) -> None:
    status, first = counter.exam.start(token, EMPTY)
    again_status, again = counter.exam.start(token, EMPTY)
    assert (status, again_status) == (201, 200)
    assert first == again


def test_a_start_needs_no_body_but_takes_no_other_than_an_empty_one(counter: Counter, token: str) -> None:
    assert counter.exam.start(token, b"")[0] == 201
    for raw, refusal in ((b"{", NotJson), (b"[]", InvalidInput), (b'{"week": 2}', InvalidInput)):
        with pytest.raises(refusal):
            counter.exam.start(token, raw)


def test_an_attempt_has_the_members_of_the_design(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    assert {
        "attempt_id", "week", "number", "started_at", "deadline", "saved_answers", "questions",
        "prediction_question",
    } <= set(attempt)  # fmt: skip
    assert (attempt["week"], attempt["number"], attempt["saved_answers"]) == (1, 1, {})
    assert attempt["started_at"] == "2022-08-22T08:00:00+07:00"
    assert attempt["deadline"] == "2022-08-22T08:10:00+07:00"
    assert attempt["prediction_question"] == "Bao nhiêu người đúng hết?"
    assert [question["number"] for question in attempt["questions"]] == [1, 2, 3, 4, 5]
    for question in attempt["questions"]:
        assert set(question) == {"number", "id", "text", "options", "multiple"}
        assert [option["key"] for option in question["options"]] == list("ABCDEF")[: len(question["options"])]


def test_without_a_prediction_question_none_is_asked() -> None:
    plain = Counter(definition().model_copy(update={"prediction": None}))
    assert plain.start(plain.arrive())["prediction_question"] is None


def test_no_answer_of_the_exam_tells_what_is_right(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    told = [attempt, counter.exam.read(token, attempt["attempt_id"])]
    told += [counter.submit(token, attempt), counter.exam.read(token, attempt["attempt_id"])]
    told += [counter.account.me(token), counter.exam.contest()]
    own = told[2]["receipt"].pop("opening")  # what the person has chosen, not what is right
    assert own.keys() == {"answers", "attempt_id", "participant_id"}
    for answer in told:
        assert not keys(answer) & {"answer", "answers", "right", "correct", "reference", "nonce", "mask"}


def test_a_submission_has_the_members_of_the_design(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    counter.clock.now += 3 * MINUTE + 7
    answer = counter.submit(token, attempt, wrong=1, prediction=4)
    assert answer.pop("receipt")["record"]["score"] == 4
    assert answer == {
        "score": 4,
        "total": 5,
        "duration_ms": 3 * MINUTE + 7,
        "submitted_at": "2022-08-22T08:03:00.007+07:00",
        "late": False,
    }


def test_a_repeated_submission_is_answered_with_the_first(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    first = counter.submit(token, attempt, wrong=1)
    counter.clock.now += 20 * MINUTE
    assert counter.submit(token, attempt) == first


def test_a_submission_in_the_grace_is_late(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    counter.clock.now += 10 * MINUTE + 10_000
    answer = counter.submit(token, attempt)
    assert (answer["late"], answer["duration_ms"]) == (True, 10 * MINUTE)


def test_reading_gives_the_paper_while_open_and_the_result_when_finished(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    sent = body({"answers": {"1": ["A"]}, "prediction": 9})
    counter.exam.save(token, attempt["attempt_id"], sent)
    opened = counter.exam.read(token, attempt["attempt_id"])
    assert opened["status"] == "open"
    assert opened["attempt"]["saved_answers"] == {"1": ["A"]}
    assert opened["attempt"]["questions"] == attempt["questions"]
    counter.submit(token, attempt)
    finished = counter.exam.read(token, attempt["attempt_id"])
    assert (finished["status"], finished["result"]["score"]) == ("submitted", 5)
