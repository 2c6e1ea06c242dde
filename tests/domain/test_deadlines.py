"""deadline = min(started + time_limit, closes); anything that arrives up to deadline + grace counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.attempt import (
    AttemptId,
    Finished,
    Opened,
    deadline,
    finish,
    is_overdue,
    is_past_saving,
    overdue_record,
    settled,
)
from chalicelib.domain.definition import Week
from tests.domain.builders import NONCE, done, entry
from tests.fakes import MINUTE, START_MS, definition

CONTEST = definition(paper={"time_limit": "PT10M"}, contest={"grace": "PT10S"})
FIRST = CONTEST.weeks[0]
LIMIT, GRACE = 10 * MINUTE, 10_000


def four_right(nonce: str, answers: str) -> int:
    """A grader that knows only one paper."""
    assert (nonce, answers) == (NONCE, "BBBBB")
    return 4


def handed_in(started: int, received: int) -> Finished:
    attempt = AttemptId(1, 1, started, NONCE)
    return finish(CONTEST, FIRST, attempt, received=received, score=5, answers="BBBBB", prediction=7)


@pytest.mark.parametrize(
    ("started", "due"),
    [
        pytest.param(START_MS, START_MS + LIMIT, id="at the opening"),
        pytest.param(FIRST.closes - LIMIT, FIRST.closes, id="just in time for the whole time limit"),
        pytest.param(FIRST.closes - LIMIT + 1, FIRST.closes, id="a millisecond too late for it"),
        pytest.param(FIRST.closes - 1, FIRST.closes, id="in the last millisecond of the week"),
    ],
)
def test_the_deadline_is_the_time_limit_or_the_end_of_the_week(started: int, due: int) -> None:
    assert deadline(CONTEST, FIRST, started) == due


@pytest.mark.parametrize("started", [START_MS, FIRST.closes - MINUTE])
def test_the_last_millisecond_of_the_grace_counts_and_the_next_does_not(started: int) -> None:
    last = deadline(CONTEST, FIRST, started) + GRACE
    assert not is_overdue(CONTEST, FIRST, started, last)
    assert is_overdue(CONTEST, FIRST, started, last + 1)


def test_the_duration_runs_from_the_start_to_the_receipt() -> None:
    record = handed_in(START_MS, START_MS + 123_456)
    assert record.duration == 123_456
    assert not record.late


def test_a_submission_at_the_deadline_is_in_time() -> None:
    record = handed_in(START_MS, START_MS + LIMIT)
    assert (record.duration, record.late) == (LIMIT, False)


@pytest.mark.parametrize("late", [1, 5_000, GRACE])
def test_what_is_received_in_the_grace_counts_as_received_at_its_end(late: int) -> None:
    record = handed_in(START_MS, START_MS + LIMIT + late)
    assert (record.duration, record.received) == (LIMIT + GRACE, START_MS + LIMIT + GRACE)
    assert (record.status, record.late) == ("submitted", True)


def test_the_grace_after_the_end_of_the_week_is_no_free_time() -> None:
    record = handed_in(FIRST.closes - 1_000, FIRST.closes + 3_000)
    assert (record.duration, record.received, record.late) == (11_000, FIRST.closes + GRACE, True)


def test_a_paper_without_an_answer_is_used_up_and_not_counted() -> None:
    attempt = AttemptId(1, 1, START_MS, NONCE)
    record = finish(CONTEST, FIRST, attempt, received=START_MS + 9, score=0, answers="AAAAA", prediction=7)
    assert (record.status, record.counted, record.handed_in) == ("blank", False, True)


@pytest.mark.parametrize(("after", "past"), [(LIMIT, False), (LIMIT + 1, True), (LIMIT + 5_000, True)])
def test_saves_count_until_the_deadline_and_not_in_the_grace(after: int, *, past: bool) -> None:
    assert is_past_saving(CONTEST, FIRST, START_MS, START_MS + after) is past


def test_a_submission_received_before_its_start_counts_as_received_at_its_start() -> None:
    record = handed_in(START_MS + 500, START_MS)
    assert (record.duration, record.received, record.late) == (0, START_MS + 500, False)


in_the_week = st.integers(FIRST.opens, FIRST.closes - 1)
# A clock may be years off.
apart = st.integers(-(10**11), 10**11) | st.sampled_from([-1, 0, 1, LIMIT, LIMIT + GRACE])


@given(in_the_week, apart)
@example(FIRST.closes - 1, -1)
@example(FIRST.opens, LIMIT + GRACE)
def test_no_ranking_field_is_negative_whatever_the_clocks_say(started: int, later: int) -> None:
    handed = handed_in(started, started + later)
    left: dict[str, Any] = {"number": 2, "nonce": NONCE, "guess": 0, "revision": 9}
    records = [
        handed,
        Finished.decode(handed.encode()),
        overdue_record(CONTEST, FIRST, Opened(started=started, saved="BBBBB", **left), four_right),
        overdue_record(CONTEST, FIRST, Opened(started=started, saved=None, **left), four_right),
    ]
    for record in records:
        assert 0 <= record.duration <= LIMIT + GRACE
        assert started <= record.received <= deadline(CONTEST, FIRST, started) + GRACE
        assert record.score >= 0
        assert (record.prediction or 0) >= 0
    due = deadline(CONTEST, FIRST, started)
    assert handed.received == (due + GRACE if started + later > due else max(started, started + later))


def opened(saved: str | None, guess: int | None = None) -> Opened:
    return Opened(2, START_MS, NONCE, saved, guess, 0 if saved is None else MINUTE)


def test_an_overdue_attempt_counts_with_its_saved_answers_and_the_longest_duration() -> None:
    record = overdue_record(CONTEST, FIRST, opened("BBBBB", 12), four_right)
    assert (record.number, record.score, record.prediction, record.answers) == (2, 4, None, "BBBBB")
    assert (record.received, record.duration) == (START_MS + LIMIT + GRACE, LIMIT + GRACE)
    assert (record.status, record.counted, record.late) == ("overdue", True, False)


def test_an_overdue_attempt_that_the_end_of_the_week_cut_short_counts_as_received_after_the_grace() -> None:
    cut_short = opened("BBBBB")._replace(started=FIRST.closes - 1_000)
    record = overdue_record(CONTEST, FIRST, cut_short, four_right)
    assert (record.received, record.duration) == (FIRST.closes + GRACE, LIMIT + GRACE)


def test_an_overdue_attempt_with_nothing_saved_is_discarded() -> None:
    for saved in (None, "AAAAA"):
        record = overdue_record(CONTEST, FIRST, opened(saved), four_right)
        assert (record.status, record.counted, record.score) == ("discarded", False, 0)


def test_a_contest_may_discard_every_overdue_attempt() -> None:
    strict = definition(paper={"overdue": "discard"})
    record = overdue_record(strict, FIRST, opened("BBBBB", 12), four_right)
    assert (record.status, record.score, record.answers, record.prediction) == ("discarded", 0, "", None)


@pytest.mark.parametrize("saved", ["BBBBB", None])
@pytest.mark.parametrize("overdue", ["submit_saved", "discard"])
def test_an_overdue_attempt_is_always_used_up(saved: str | None, overdue: str) -> None:
    contest = definition(paper={"overdue": overdue})
    week = entry("p", done(5), opened=opened(saved))
    after = settled(week, contest, FIRST.closes, four_right)
    assert (after.used, after.open, len(after.finished)) == (2, None, 2)


def test_an_attempt_stays_open_until_the_end_of_its_grace() -> None:
    week = entry("p", opened=opened("BBBBB"))
    last = START_MS + LIMIT + GRACE
    assert settled(week, CONTEST, last, four_right) is week
    assert settled(week, CONTEST, last + 1, four_right).open is None


def test_an_entry_without_an_open_attempt_is_already_settled() -> None:
    week = entry("p", done(5))
    assert settled(week, CONTEST, FIRST.closes + MINUTE, four_right) is week


def test_an_attempt_belongs_to_the_week_in_which_it_was_started() -> None:
    started = FIRST.closes - 1
    assert is_overdue(CONTEST, FIRST, started, FIRST.closes + GRACE + 1)
    assert CONTEST.week_at(started) == FIRST == Week(number=1, opens=FIRST.opens, closes=FIRST.closes)
