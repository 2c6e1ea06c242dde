"""Refusals of the exam's routes: bad bodies, bad tokens, attempts of others, and late requests."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import (
    AlreadyFinished,
    AttemptNotFound,
    ContestError,
    InvalidInput,
    NoAttemptsLeft,
    NoOpenWeek,
    NotJson,
    Overdue,
    TooLarge,
    Unauthorized,
)
from chalicelib.web import problems
from chalicelib.web.tokens import LIFETIME_MS, Tokens
from tests.fakes import MINUTE, START_MS, WEEK, definition
from tests.web.counter import BINH, KEY, Counter

EMPTY = b"{}"


def refusal(counter: Counter, token: str | None, attempt_id: str, raw: bytes) -> set[type[ContestError]]:
    """The refusals that saving and submitting meet."""
    kinds = set()
    for use in (counter.exam.save, counter.exam.submit):
        with pytest.raises(ContestError) as refused:
            use(token, attempt_id, raw)
        kinds.add(refused.type)
    return kinds


GOOD = b'{"answers": {}, "revision": 0}'


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", NotJson),
        (b"not json", NotJson),
        (b"[" * 10_000, NotJson),
        (b'{"answers": {"1": ["\xff"]}}', NotJson),
        (b" " * 17_408, TooLarge),
        (b"[]", InvalidInput),
        (b"NaN", InvalidInput),
        (b"{}", InvalidInput),
        (b'{"answers": {}}', InvalidInput),
        (b'{"answers": {}, "revision": 0, "score": 5}', InvalidInput),
        (b'{"answers": {}, "revision": 0, "prediction": NaN}', InvalidInput),
        (b'{"answers": {"6": ["A"]}, "revision": 0}', InvalidInput),
        (b'{"answers": {"1": ["Z"]}, "revision": 0}', InvalidInput),
    ],
)
def test_bad_answers_are_refused_and_the_attempt_goes_on(
    counter: Counter, token: str, raw: bytes, expected: type[ContestError]
) -> None:
    attempt = counter.start(token)
    assert refusal(counter, token, attempt["attempt_id"], raw) == {expected}
    assert counter.submit(token, attempt)["score"] == 5


@pytest.mark.parametrize(
    "attempt_id", ["", "1", "../me", "1-1-1661130000000-", "1-1-1661130000000-" + "f" * 16]
)
def test_an_attempt_that_never_existed_is_not_found(counter: Counter, token: str, attempt_id: str) -> None:
    counter.start(token)
    assert refusal(counter, token, attempt_id, GOOD) == {AttemptNotFound}
    with pytest.raises(AttemptNotFound):
        counter.exam.read(token, attempt_id)


def test_another_persons_attempt_is_not_found(counter: Counter, token: str) -> None:
    attempt = counter.start(token)
    binh = counter.arrive(BINH)
    assert refusal(counter, binh, attempt["attempt_id"], GOOD) == {AttemptNotFound}


def test_an_attempt_is_overdue_after_the_grace_and_finished_after_the_submission(
    counter: Counter, token: str
) -> None:
    attempt = counter.start(token)
    counter.clock.now += 10 * MINUTE + 10_001
    assert refusal(counter, token, attempt["attempt_id"], GOOD) == {Overdue}
    second = counter.start(token)
    counter.submit(token, second)
    with pytest.raises(AlreadyFinished):
        counter.exam.save(token, second["attempt_id"], GOOD)


def test_nobody_can_start_without_attempts_left_or_without_an_open_week(counter: Counter, token: str) -> None:
    for _ in range(3):
        counter.submit(token, counter.start(token))
    with pytest.raises(NoAttemptsLeft):
        counter.exam.start(token, EMPTY)
    for moment in (START_MS - 1, START_MS + 4 * WEEK):
        counter.clock.now = moment
        token = counter.sign_in()
        with pytest.raises(NoOpenWeek):
            counter.exam.start(token, EMPTY)


def test_every_route_needs_a_valid_token(counter: Counter, token: str) -> None:
    attempt = counter.start(token)["attempt_id"]
    foreign, _ = Tokens([b"f" * 32]).issue(Tokens([KEY]).check(token, START_MS), START_MS)
    for bad in (None, "", "Bearer x", token[:-1], f"Bearer {foreign}"):
        with pytest.raises(Unauthorized):
            counter.exam.start(bad, EMPTY)
        with pytest.raises(Unauthorized):
            counter.exam.read(bad, attempt)
        with pytest.raises(Unauthorized):
            counter.account.me(bad)
        assert refusal(counter, bad, attempt, GOOD) == {Unauthorized}


def test_an_expired_token_is_refused(counter: Counter, token: str) -> None:
    counter.clock.now += LIFETIME_MS
    with pytest.raises(Unauthorized):
        counter.exam.start(token, EMPTY)


def test_somebody_who_is_not_signed_in_learns_nothing_about_an_attempt(counter: Counter) -> None:
    assert refusal(counter, None, "nonsense", b"nonsense") == {Unauthorized}


@pytest.mark.parametrize("word", ["tuần", "đợt", "kỳ"])
def test_refusals_say_the_contests_word_for_a_week(word: str) -> None:
    counter = Counter(definition(contest={"period": word}, paper={"attempts_per_week": 1}))
    token = counter.arrive(BINH)
    counter.submit(token, counter.start(token), 0)
    with pytest.raises(NoAttemptsLeft) as used_up:
        counter.exam.start(token, EMPTY)
    assert problems.of(used_up.value, "id")["detail"] == f"Bạn đã dùng hết số lượt thi của {word} này."
    counter.clock.now = START_MS - MINUTE
    with pytest.raises(NoOpenWeek) as closed:
        counter.exam.start(token, EMPTY)
    assert problems.of(closed.value, "id")["detail"].startswith(f"Hiện không có {word} thi nào đang mở.")
