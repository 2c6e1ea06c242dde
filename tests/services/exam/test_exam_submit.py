"""Saving and submitting: in time, in the grace, too late, twice, by others, and for attempts never made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.attempt import SUBMITTED, UNSAVED, AttemptId, Finished
from chalicelib.domain.errors import AlreadyFinished, AttemptNotFound, InvalidInput, Overdue, Stale
from chalicelib.services.exam.exam import OpenPaper
from tests.fakes import MINUTE, START_MS, WEEK, MemoryEntries, definition
from tests.services.exam.exam_room import AN, BINH, SECOND, ExamRoom, right

LIMIT = 10 * MINUTE
GRACE = 10 * SECOND


def started() -> tuple[ExamRoom, OpenPaper]:
    exam = ExamRoom()
    return exam, exam.start()


def test_a_submission_is_graded_with_one_write_and_no_read() -> None:
    exam, opened = started()
    writes, reads = exam.entries.writes, exam.entries.reads
    exam.clock.now += 3 * MINUTE
    record = exam.submit(opened, wrong=2, guess=9)
    assert (record.score, record.prediction, record.duration, record.late) == (3, 9, 3 * MINUTE, False)
    assert (exam.entries.writes, exam.entries.reads) == (writes + 1, reads)
    assert exam.entry().finished == (record,)
    assert exam.entry().open is None


def test_a_repeated_submission_returns_the_stored_result() -> None:
    exam, opened = started()
    first = exam.submit(opened, wrong=2, guess=9)
    exam.clock.now += MINUTE
    assert exam.submit(opened, wrong=2, guess=9) == first
    assert exam.entry().finished == (first,)


@pytest.mark.parametrize(("wrong", "guess"), [(0, 9), (2, 1), (2, None)])
@pytest.mark.parametrize("later", [MINUTE, LIMIT + GRACE + 1, WEEK])
def test_a_different_submission_after_the_first_is_told_what_counts(
    wrong: int, guess: int | None, later: int
) -> None:
    exam, opened = started()
    first = exam.submit(opened, wrong=2, guess=9)
    exam.clock.now += later
    with pytest.raises(AlreadyFinished) as refused:
        exam.submit(opened, wrong=wrong, guess=guess)
    assert refused.value.record == first
    assert exam.entry().finished == (first,)


def test_a_repeated_submission_returns_the_stored_result_even_after_deadline_and_week() -> None:
    exam, opened = started()
    first = exam.submit(opened, wrong=2)
    for later in (LIMIT + GRACE + 1, WEEK, 3 * WEEK):
        exam.clock.now = START_MS + later
        assert exam.submit(opened, wrong=2) == first


def test_a_repeated_submission_returns_the_stored_result_even_after_another_start() -> None:
    exam, opened = started()
    first = exam.submit(opened, wrong=2)
    exam.start()
    assert exam.submit(opened, wrong=2) == first


class Crowded(MemoryEntries):
    """``second`` happens just before the first submission is written."""

    second: Callable[[], Finished] | None = None
    told: Finished | None = None

    def submit(self, *args: Any) -> None:
        if self.second:
            second, self.second = self.second, None
            self.told = second()
        super().submit(*args)


def test_two_simultaneous_submissions_get_the_same_answer() -> None:
    entries = Crowded()
    exam = ExamRoom(entries=entries)
    opened = exam.start()

    def a_little_later() -> Finished:
        exam.clock.now += 5
        return exam.submit(opened, wrong=1)

    entries.second = a_little_later
    assert exam.submit(opened, wrong=1) == entries.told
    assert exam.entry().finished == (entries.told,)


def test_the_later_of_two_different_simultaneous_submissions_is_told_what_counts() -> None:
    entries = Crowded()
    exam = ExamRoom(entries=entries)
    opened = exam.start()
    entries.second = lambda: exam.submit(opened, wrong=1)
    with pytest.raises(AlreadyFinished) as refused:
        exam.submit(opened, wrong=2)
    assert exam.entry().finished == (entries.told,) == (refused.value.record,)


@pytest.mark.parametrize(
    ("after", "duration", "late"),
    [
        pytest.param(LIMIT, LIMIT, False, id="at the deadline"),
        pytest.param(LIMIT + 1, LIMIT + GRACE, True, id="in the grace"),
        pytest.param(LIMIT + GRACE, LIMIT + GRACE, True, id="in the last millisecond of the grace"),
    ],
)
def test_a_submission_counts_up_to_the_end_of_the_grace(after: int, duration: int, *, late: bool) -> None:
    exam, opened = started()
    exam.clock.now += after
    record = exam.submit(opened)
    assert (record.score, record.duration, record.late) == (5, duration, late)


def test_a_submission_after_the_grace_is_overdue_and_changes_nothing() -> None:
    exam, opened = started()
    exam.save(opened, wrong=3)
    before = exam.entry()
    exam.clock.now += LIMIT + GRACE + 1
    with pytest.raises(Overdue):
        exam.submit(opened)
    assert exam.entry() == before


def test_a_submission_is_overdue_even_when_the_next_start_has_settled_the_attempt() -> None:
    exam, opened = started()
    exam.save(opened, wrong=3)
    exam.clock.now += LIMIT + GRACE + 1
    exam.start()
    with pytest.raises(Overdue):
        exam.submit(opened)
    assert [attempt.score for attempt in exam.entry().finished] == [2]


def test_an_attempt_started_in_the_last_minute_may_be_submitted_in_the_grace_after_the_week() -> None:
    exam = ExamRoom()
    exam.clock.now = START_MS + WEEK - MINUTE
    opened = exam.start()
    exam.clock.now = START_MS + WEEK + GRACE
    record = exam.submit(opened)
    assert (opened.attempt.week, record.duration, record.late) == (1, MINUTE + GRACE, True)
    exam.clock.now += 1
    assert exam.submit(opened) == record


def test_saving_keeps_the_latest_answers_and_prediction() -> None:
    exam, opened = started()
    exam.save(opened, wrong=4, guess=9)
    exam.save(opened, wrong=1)
    again = exam.read(opened.attempt)
    assert isinstance(again, OpenPaper)
    assert (again.saved, again.guess) == (right(opened.paper, wrong=1), None)


def test_saving_is_one_write_and_no_read() -> None:
    exam, opened = started()
    writes = exam.entries.writes
    exam.save(opened)
    assert (exam.entries.writes, exam.entries.reads) == (writes + 1, 0)


def test_a_save_returns_its_revision_and_so_does_a_read() -> None:
    exam, opened = started()
    assert opened.revision == 0
    exam.clock.now += MINUTE
    assert exam.save(opened, wrong=4, on=0) == MINUTE
    exam.clock.now += SECOND
    assert exam.save(opened, wrong=3, on=MINUTE) == MINUTE + SECOND
    again = exam.read(opened.attempt)
    assert isinstance(again, OpenPaper)
    assert (again.revision, exam.start().revision) == (MINUTE + SECOND, MINUTE + SECOND)


def test_a_revision_grows_even_where_the_clocks_of_two_servers_disagree() -> None:
    exam, opened = started()
    exam.clock.now += MINUTE
    exam.save(opened, wrong=4)
    exam.clock.now -= 3 * SECOND
    assert exam.save(opened, wrong=3) == MINUTE + 1


def test_the_later_of_two_saves_on_one_revision_is_told_what_is_saved() -> None:
    exam, opened = started()
    exam.clock.now += MINUTE
    exam.save(opened, wrong=1, guess=9, on=0)
    writes, reads = exam.entries.writes, exam.entries.reads
    with pytest.raises(Stale) as refused:
        exam.save(opened, wrong=4, on=0)
    told = refused.value
    assert (told.answers, told.prediction, told.revision) == (right(opened.paper, wrong=1), 9, MINUTE)
    assert (exam.entries.writes, exam.entries.reads) == (writes + 1, reads)
    assert exam.read(opened.attempt) == replace(opened, saved=told.answers, guess=9, revision=MINUTE)


def test_an_older_save_that_arrives_late_overwrites_nothing() -> None:
    exam, opened = started()
    exam.clock.now += MINUTE
    first = exam.save(opened, wrong=4)
    exam.clock.now += MINUTE
    second = exam.save(opened, wrong=0, on=first)
    for late in (0, first):
        with pytest.raises(Stale):
            exam.save(opened, wrong=4, on=late)
    assert exam.revision(opened) == second


def test_a_made_up_revision_is_stale_even_where_nothing_is_saved() -> None:
    exam, opened = started()
    for use in (exam.save, exam.submit):
        with pytest.raises(Stale) as refused:
            use(opened, wrong=5, on=7)
        assert (refused.value.answers, refused.value.prediction, refused.value.revision) == ({}, None, 0)
    assert exam.entry().open is not None


def test_a_repeated_save_succeeds_with_the_stored_revision() -> None:
    exam, opened = started()
    exam.clock.now += MINUTE
    first = exam.save(opened, wrong=2, guess=9, on=0)
    exam.clock.now += MINUTE
    assert exam.save(opened, wrong=2, guess=9, on=0) == first
    assert exam.revision(opened) == first
    with pytest.raises(Stale):  # the prediction is part of what is saved
        exam.save(opened, wrong=2, guess=8, on=0)


def test_a_submission_on_an_old_revision_is_told_what_is_saved_and_changes_nothing() -> None:
    exam, opened = started()
    exam.clock.now += MINUTE
    exam.save(opened, wrong=1, guess=9)
    before = exam.entry()
    for answers, guess in ((5, None), (1, None), (0, 9)):
        with pytest.raises(Stale) as refused:
            exam.submit(opened, wrong=answers, guess=guess, on=0)
        assert (refused.value.answers, refused.value.prediction) == (right(opened.paper, wrong=1), 9)
    assert exam.entry() == before


def test_a_submission_on_the_saved_revision_may_differ_from_it() -> None:
    exam, opened = started()
    exam.save(opened, wrong=4, guess=9)
    assert exam.submit(opened, wrong=0, guess=None).score == 5


@pytest.mark.parametrize("guess", [9, None])
def test_submitting_the_saved_answers_needs_no_revision_and_one_write(guess: int | None) -> None:
    exam, opened = started()
    exam.clock.now += MINUTE
    exam.save(opened, wrong=1, guess=guess)
    writes, reads = exam.entries.writes, exam.entries.reads
    assert exam.submit(opened, wrong=1, guess=guess, on=0).score == 4
    assert (exam.entries.writes, exam.entries.reads) == (writes + 1, reads)


def test_a_save_to_a_finished_attempt_is_refused_and_told_what_counts() -> None:
    exam, opened = started()
    record = exam.submit(opened)
    for wrong in (0, 3):
        with pytest.raises(AlreadyFinished) as refused:
            exam.save(opened, wrong=wrong)
        assert refused.value.record == record


def test_an_attempt_settled_by_the_next_start_takes_no_more_answers() -> None:
    exam, opened = started()
    exam.save(opened, wrong=3)
    exam.clock.now += LIMIT + GRACE + 1
    exam.start()
    with pytest.raises(AlreadyFinished) as refused:
        exam.save(opened)
    assert (refused.value.record.status, refused.value.record.score) == ("overdue", 2)
    assert exam.start().revision == 0


def test_an_overdue_attempt_takes_no_more_answers() -> None:
    exam, opened = started()
    exam.clock.now += LIMIT + GRACE + 1
    with pytest.raises(Overdue):
        exam.save(opened)
    assert exam.entry().open is not None
    assert exam.entry().open.saved is None  # type: ignore[union-attr]


FORGED: list[dict[str, Any]] = [
    {"number": 2},
    {"started": START_MS + 1},
    {"nonce": "f" * 16},
    {"week": 2},
    {"week": 99},
    {"started": START_MS - 1},
    {"week": 2, "started": START_MS + WEEK},
]


@pytest.mark.parametrize("changed", FORGED)
def test_a_forged_attempt_is_not_found(changed: dict[str, Any]) -> None:
    exam, opened = started()
    before = exam.entry()
    forged = opened.attempt._replace(**changed)
    answers: dict[str, list[str]] = {}
    with pytest.raises(AttemptNotFound):
        exam.exam.submit(AN, forged, answers, None, 0, exam.clock())
    with pytest.raises(AttemptNotFound):
        exam.exam.save(AN, forged, answers, None, 0, exam.clock())
    with pytest.raises(AttemptNotFound):
        exam.exam.read(AN, forged, exam.clock())
    assert exam.entry() == before


def test_an_attempt_in_the_future_cannot_be_forged_to_gain_time() -> None:
    exam, opened = started()
    exam.clock.now += LIMIT + GRACE + 1
    younger = opened.attempt._replace(started=opened.attempt.started + LIMIT)
    with pytest.raises(AttemptNotFound):
        exam.exam.submit(AN, younger, {}, None, 0, exam.clock())


@pytest.mark.parametrize("with_an_attempt_of_their_own", [True, False])
def test_the_attempt_of_another_person_is_not_found(*, with_an_attempt_of_their_own: bool) -> None:
    exam, opened = started()
    if with_an_attempt_of_their_own:
        exam.start(BINH)
    for use in (exam.save, exam.submit):
        with pytest.raises(AttemptNotFound):
            use(opened, BINH)
    with pytest.raises(AttemptNotFound):
        exam.read(opened.attempt, BINH)
    assert exam.entry().finished == ()


@pytest.mark.parametrize("answers", [{"6": ["A"]}, {"0": ["A"]}, {"1": ["G"]}, {"1": ["a"]}, {"x": []}])
def test_answers_that_are_not_on_the_paper_are_refused_and_the_attempt_stays_open(answers: Any) -> None:
    exam, opened = started()
    for use in (exam.exam.save, exam.exam.submit):
        with pytest.raises(InvalidInput):
            use(AN, opened.attempt, answers, None, 0, exam.clock())
    assert exam.submit(opened).score == 5


def test_a_prediction_is_refused_where_none_is_asked_for() -> None:
    plain = ExamRoom(definition().model_copy(update={"prediction": None}))
    opened = plain.start()
    with pytest.raises(InvalidInput, match="prediction"):
        plain.submit(opened, guess=3)
    assert plain.submit(opened).prediction is None


def test_a_submission_without_answers_scores_no_points() -> None:
    exam, opened = started()
    assert exam.submit(opened, wrong=5).score == 0


def test_an_attempt_of_a_week_outside_the_contest_is_not_found() -> None:
    exam, _ = started()
    with pytest.raises(AttemptNotFound):
        exam.exam.submit(AN, AttemptId(5, 1, START_MS + 4 * WEEK, "0" * 16), {}, None, 0, exam.clock())


def test_a_save_in_the_grace_is_refused_and_the_paper_can_still_be_submitted() -> None:
    exam, opened = started()
    exam.clock.now += LIMIT + 5_000
    with pytest.raises(Overdue):
        exam.save(opened, wrong=3)
    assert exam.submit(opened).score == 5


def test_a_blank_paper_is_not_counted_and_submitting_it_again_says_the_same() -> None:
    exam, opened = started()
    record = exam.exam.submit(AN, opened.attempt, {}, 7, 0, exam.clock())
    assert (record.status, list(exam.entry().counted)) == ("blank", [])
    assert exam.exam.submit(AN, opened.attempt, {}, 7, 0, exam.clock()) == record


def test_a_paper_built_on_nothing_saved_says_so() -> None:
    exam, opened = started()
    assert exam.submit(opened).flag == UNSAVED
    exam.clock.now += MINUTE
    opened = exam.start()
    exam.save(opened, wrong=2)
    assert exam.submit(opened).flag == SUBMITTED
