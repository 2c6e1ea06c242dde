"""The exam's routes, from raw body and header to answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import (
    AlreadyFinished,
    Busy,
    InvalidInput,
    NotJson,
    NotLoaded,
    Stale,
)
from chalicelib.services.exam.receipts import Receipts
from chalicelib.web import problems
from tests.fakes import MINUTE, START_MS, WEEK, MemoryEntries, definition
from tests.web.counter import Counter, body

EMPTY = b"{}"


class Full(MemoryEntries):
    """Every write is pushed back."""

    def start(self, *_: Any) -> int:
        raise Busy

    def save(self, *_: Any) -> None:
        raise Busy

    def submit(self, *_: Any) -> None:
        raise Busy


def keys(value: Any) -> set[str]:
    """All keys at any depth."""
    if isinstance(value, dict):
        return set(value).union(*(keys(child) for child in value.values()))
    return set().union(*(keys(child) for child in value)) if isinstance(value, list) else set()


def test_health_names_the_contest_and_the_bank(counter: Counter) -> None:
    health = counter.exam.health()
    assert (health["status"], health["version"], health["contest"]) == ("ok", "test", "trial")
    assert health["bank_digest"] == counter.exam.library.current().bank.digest


def test_every_route_says_not_loaded_without_a_contest() -> None:
    empty = Counter(loaded=False)
    for route in (empty.exam.health, empty.exam.contest):
        with pytest.raises(NotLoaded):
            route()


def test_the_contest_gives_the_time_and_the_week(counter: Counter) -> None:
    counter.clock.now += 5
    contest = counter.exam.contest()
    assert contest["now"] == "2022-08-22T08:00:00.005+07:00"
    assert contest["week"] == contest["weeks"][0]
    assert contest["next_change_at"] == contest["week"]["closes_at"] == "2022-08-29T08:00:00+07:00"


def test_there_is_no_week_before_the_first_and_after_the_last(counter: Counter) -> None:
    counter.clock.now = START_MS - 1
    assert (counter.exam.contest()["week"], counter.exam.contest()["next_change_at"]) == (
        None, "2022-08-22T08:00:00+07:00",
    )  # fmt: skip
    counter.clock.now = START_MS + 4 * WEEK
    assert (counter.exam.contest()["week"], counter.exam.contest()["next_change_at"]) == (None, None)


def test_the_public_contest_holds_no_question_and_no_person(counter: Counter) -> None:
    assert not keys(counter.exam.contest()) & {"answer", "questions_list", "excluded", "disqualified", "barred"}
    assert "Câu hỏi" not in json.dumps(counter.exam.contest(), ensure_ascii=False)


def test_a_start_answers_201_and_a_second_one_200_with_the_same_attempt(counter: Counter, token: str) -> None:
    status, first = counter.exam.start(token, EMPTY)
    again_status, again = counter.exam.start(token, EMPTY)
    assert (status, again_status) == (201, 200)
    assert first == again


def test_a_start_needs_no_body_and_accepts_only_an_empty_one(counter: Counter, token: str) -> None:
    assert counter.exam.start(token, b"")[0] == 201
    for raw, refusal in ((b"{", NotJson), (b"[]", InvalidInput), (b'{"week": 2}', InvalidInput)):
        with pytest.raises(refusal):
            counter.exam.start(token, raw)


def test_an_attempt_has_the_members_designed_for_it(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    assert {
        "attempt_id", "week", "number", "started_at", "deadline", "saved_answers", "saved_prediction",
        "revision", "questions", "prediction_question",
    } <= set(attempt)  # fmt: skip
    assert (attempt["week"], attempt["number"]) == (1, 1)
    assert (attempt["saved_answers"], attempt["saved_prediction"], attempt["revision"]) == ({}, None, 0)
    assert attempt["started_at"] == "2022-08-22T08:00:00+07:00"
    assert attempt["deadline"] == "2022-08-22T08:10:00+07:00"
    assert attempt["prediction_question"] == "Bao nhiêu người đúng hết?"
    assert [question["number"] for question in attempt["questions"]] == [1, 2, 3, 4, 5]
    for question in attempt["questions"]:
        assert set(question) == {"number", "id", "text", "options", "multiple"}
        assert [option["key"] for option in question["options"]] == list("ABCDEF")[: len(question["options"])]


def test_no_prediction_is_asked_for_without_a_prediction_question() -> None:
    plain = Counter(definition().model_copy(update={"prediction": None}))
    assert plain.start(plain.arrive())["prediction_question"] is None


def test_no_answer_of_the_exam_reveals_a_right_option(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    told = [attempt, counter.exam.read(token, attempt["attempt_id"])]
    told += [counter.submit(token, attempt), counter.exam.read(token, attempt["attempt_id"])]
    told += [counter.account.me(token), counter.exam.contest()]
    for receipt in (told[2]["receipt"], told[3]["result"]["receipt"]):
        own = receipt.pop("openings")  # the options that the person has chosen, not the right ones
        assert own["grading"].keys() == {"answers", "attempt_id"}
    for answer in told:
        assert not keys(answer) & {"answer", "answers", "right", "correct", "reference", "nonce", "mask"}


def test_a_submission_has_the_members_designed_for_it(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    counter.clock.now += 3 * MINUTE + 7
    answer = counter.submit(token, attempt, wrong=1, prediction=4)
    assert answer.pop("receipt")["told"] == {"score": 4}
    assert answer == {
        "counted": True,
        "score": 4,
        "ruled_score": None,
        "total": 5,
        "duration_ms": 3 * MINUTE + 7,
        "submitted_at": "2022-08-22T08:03:00.007+07:00",
        "late": False,
    }


def secret(**paper: Any) -> Counter:
    """A contest whose bank is not published."""
    return Counter(definition(paper={"publish_bank": False, **paper}))


def everything_told(counter: Counter, wrong: int) -> tuple[str, list[Any]]:
    """All answers about a paper with ``wrong`` wrong ones, but for what depends on its answers alone."""
    token = counter.arrive()
    attempt = counter.start(token)
    named = attempt["attempt_id"]
    told: list[Any] = [counter.submit(token, attempt, wrong), counter.submit(token, attempt, wrong)]
    with pytest.raises(AlreadyFinished) as refused:
        counter.submit(token, attempt, wrong, prediction=1)
    told += [refused.value.result, counter.exam.read(token, named)["result"], counter.account.me(token)]
    for answer in told:
        receipt = answer.get("receipt")
        if receipt:
            receipt["openings"]["grading"].pop("answers")
            # Commitments to the score under a salt that nobody has, and to the answers.
            hashed = [receipt["record"].pop(name) for name in ("score", "grading")]
            assert all([*hashed, receipt.pop("leaf_hash"), receipt.pop("signature")])
    return named, told


def test_where_scores_are_told_after_the_close_nothing_told_before_depends_on_them() -> None:
    _, perfect = everything_told(secret(), 0)
    _, poor = everything_told(secret(), 3)
    assert perfect == poor
    submitted, _, refused, read, me = perfect
    assert [submitted["counted"], submitted["score"], submitted["receipt"]["told"]["score"]] == [
        True,
        None,
        None,
    ]
    assert (refused["score"], read["score"], me["attempts"][0]["score"]) == (None, None, None)
    assert "score" not in {*submitted["receipt"]["openings"], *read["receipt"]["salts"]}
    assert me["week"]["best_score"] is None
    assert everything_told(Counter(), 0)[1] != everything_told(Counter(), 3)[1]


def test_scores_are_told_once_the_week_may_be_closed() -> None:
    counter = secret()
    named, told = everything_told(counter, 1)
    closes = START_MS + WEEK
    for moment, score in ((closes + 69_999, None), (closes + 70_000, 4)):
        counter.clock.now = moment
        token = counter.sign_in()
        read: Any = counter.exam.read(token, named)
        assert read["result"]["score"] == counter.account.me(token)["attempts"][0]["score"] == score
        receipt = read["result"]["receipt"]
        assert receipt["told"] == {"score": score}
        assert ("score" in receipt["openings"]) == (score is not None)
        assert receipt["salts"]["time"] == told[0]["receipt"]["salts"]["time"]


@pytest.mark.parametrize(
    ("paper", "score"),
    [
        ({"publish_bank": True}, 5),
        ({"publish_bank": False}, None),
        ({"publish_bank": True, "show_score": "after_close"}, None),
        ({"publish_bank": False, "show_score": "at_once"}, 5),
    ],
)
def test_scores_are_told_at_once_where_the_bank_is_published_or_the_contest_says_so(
    paper: dict[str, Any], score: int | None
) -> None:
    counter = Counter(definition(paper=paper))
    token = counter.arrive()
    assert counter.submit(token, counter.start(token))["score"] == score
    shown = counter.exam.contest()["paper"]["show_score"]
    assert shown == ("after_close" if score is None else "at_once")


def test_a_repeated_submission_gets_the_answer_of_the_first(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    first = counter.submit(token, attempt, wrong=1)
    counter.clock.now += 20 * MINUTE
    assert counter.submit(token, attempt, wrong=1) == first


def test_a_submission_in_the_grace_is_late(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    counter.clock.now += 10 * MINUTE + 10_000
    answer = counter.submit(token, attempt)
    assert (answer["late"], answer["duration_ms"]) == (True, 10 * MINUTE + 10_000)


def test_reading_gives_the_paper_while_open_and_the_result_when_finished(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    counter.clock.now += MINUTE
    sent = body({"answers": {"1": ["A"]}, "prediction": 9, "revision": 0})
    assert counter.exam.save(token, attempt["attempt_id"], sent) == {
        "revision": MINUTE,
        "save_after_s": 30,
        "deadline": attempt["deadline"],
    }
    opened: Any = counter.exam.read(token, attempt["attempt_id"])
    assert opened["status"] == "open"
    stored = opened["attempt"]
    assert (stored["saved_answers"], stored["saved_prediction"], stored["revision"]) == (
        {"1": ["A"]},
        9,
        MINUTE,
    )
    assert stored["questions"] == attempt["questions"]
    counter.submit(token, stored)
    finished: Any = counter.exam.read(token, attempt["attempt_id"])
    assert (finished["status"], finished["result"]["score"]) == ("submitted", 5)


def test_a_lost_receipt_is_issued_again_with_the_result(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    submitted = counter.submit(token, attempt, wrong=1)
    counter.clock.now += WEEK
    token = counter.sign_in()
    read: Any = counter.exam.read(token, attempt["attempt_id"])
    named = {"attempt_id": attempt["attempt_id"], "week": 1, "number": 1}
    assert read["result"] == {**submitted, **named, "rulings": [], "questions": []}


@pytest.mark.parametrize("saved", [True, False])
def test_an_attempt_that_was_never_submitted_has_no_receipt(
    counter: Counter, token: str, *, saved: bool
) -> None:
    attempt = counter.start(token)
    if saved:
        counter.save(token, attempt, wrong=1)
    counter.clock.now += 11 * MINUTE
    read: Any = counter.exam.read(token, attempt["attempt_id"])
    assert read["status"] == "overdue"
    assert (read["result"]["score"], read["result"]["receipt"]) == (4 if saved else None, None)


def test_receipt_keys_are_read_only_when_a_receipt_is_issued(counter: Counter, token: str) -> None:
    asked = []

    def receipts() -> Receipts:
        asked.append(counter.clock())
        return given()

    given, counter.exam = counter.exam.receipts, replace(counter.exam, receipts=receipts)
    attempt = counter.start(token)
    counter.save(token, attempt)
    counter.exam.read(token, attempt["attempt_id"])
    with pytest.raises(Stale):
        counter.submit(token, attempt, wrong=1)
    assert asked == []
    counter.submit(token, attempt)
    counter.exam.read(token, attempt["attempt_id"])
    assert len(asked) == 2


def test_a_stale_request_is_told_the_saved_answers_in_the_form_of_the_attempt(
    counter: Counter, token: str
) -> None:
    attempt = counter.start(token)
    counter.clock.now += MINUTE
    counter.save(token, attempt, wrong=2, prediction=9)
    for use in (counter.save, counter.submit):
        with pytest.raises(Stale) as refused:
            use(token, attempt, wrong=3)
        problem = problems.of(refused.value, "id")
        assert (problem["status"], problem["code"]) == (409, "stale")
        now: Any = counter.exam.read(token, attempt["attempt_id"])
        stored = now["attempt"]
        assert (problem["saved_answers"], problem["prediction"], problem["revision"]) == (
            stored["saved_answers"], stored["saved_prediction"], stored["revision"],
        )  # fmt: skip
        assert (problem["saved_answers"], problem["prediction"]) == (counter.answers(attempt, wrong=2), 9)


def test_a_request_after_the_submission_is_told_its_result(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    counter.submit(token, attempt, wrong=1, prediction=4)
    read: Any = counter.exam.read(token, attempt["attempt_id"])
    for use in (counter.save, counter.submit):
        with pytest.raises(AlreadyFinished) as refused:
            use(token, attempt)
        problem = problems.of(refused.value, "id")
        assert (problem["status"], problem["code"], problem["result"]) == (409, "finished", read["result"])


@pytest.mark.parametrize("route", ["start", "save", "submit"])
def test_pages_wait_longer_while_the_database_pushes_back(counter: Counter, token: str, route: str) -> None:
    attempt = counter.start(token)
    good, counter.exam = counter.exam, replace(counter.exam, entries=Full())
    routes: dict[str, Callable[[], Any]] = {
        "start": lambda: counter.start(token),
        "save": lambda: counter.save(token, attempt),
        "submit": lambda: counter.submit(token, attempt),
    }
    with pytest.raises(Busy):
        routes[route]()
    counter.exam = good
    assert counter.save(token, attempt)["save_after_s"] == 60
    counter.clock.now += MINUTE
    assert counter.save(token, attempt)["save_after_s"] == 30


def test_a_contest_that_is_not_loaded_makes_no_page_wait(counter: Counter, token: str) -> None:
    attempt, loaded = counter.start(token), counter.exam.library
    counter.exam = replace(counter.exam, library=Counter(loaded=False).exam.library)
    with pytest.raises(NotLoaded):
        counter.exam.save(token, attempt["attempt_id"], body({"answers": {}, "revision": 0}))
    counter.exam = replace(counter.exam, library=loaded)
    assert counter.save(token, attempt)["save_after_s"] == 30


def test_a_blank_paper_has_a_receipt_and_no_score(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    path = attempt["attempt_id"]
    sent = counter.exam.submit(token, path, b'{"answers": {}, "revision": 0}')
    assert (sent["score"], sent["receipt"]["record"]["status"]) == (None, "blank")
    read: Any = counter.exam.read(token, path)
    assert (read["status"], read["result"]["receipt"]) == ("submitted", sent["receipt"])
