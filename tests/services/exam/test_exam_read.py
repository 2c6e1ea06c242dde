"""Reading one attempt, and the history of all attempts."""

from __future__ import annotations

import pytest

from chalicelib.domain.attempt import Finished
from chalicelib.domain.errors import AttemptNotFound
from chalicelib.services.exam.exam import Exam, OpenPaper
from tests.fakes import MINUTE, WEEK, definition, reference
from tests.services.exam.exam_room import AN, BINH, SECOND, ExamRoom, right, room

LIMIT = 10 * MINUTE
GRACE = 10 * SECOND


def test_an_open_attempt_is_its_paper_with_what_was_saved() -> None:
    exam = ExamRoom()
    opened = exam.start()
    exam.save(opened, wrong=2, guess=4)
    again = exam.read(opened.attempt)
    assert isinstance(again, OpenPaper)
    assert (again.attempt, again.paper, again.guess) == (opened.attempt, opened.paper, 4)
    assert again.saved == right(opened.paper, wrong=2)


def test_a_finished_attempt_is_its_record() -> None:
    exam = ExamRoom()
    opened = exam.start()
    record = exam.submit(opened)
    assert exam.read(opened.attempt) == record


def test_an_attempt_is_open_up_to_the_end_of_its_grace() -> None:
    exam = ExamRoom()
    opened = exam.start()
    exam.save(opened)
    exam.clock.now += LIMIT + GRACE
    assert isinstance(exam.read(opened.attempt), OpenPaper)


def test_an_attempt_reads_as_it_will_count_after_its_grace() -> None:
    exam = ExamRoom()
    opened = exam.start()
    exam.save(opened, wrong=1)
    exam.clock.now += LIMIT + GRACE + 1
    read = exam.read(opened.attempt)
    assert isinstance(read, Finished)
    assert (read.score, read.status, read.duration) == (4, "overdue", LIMIT + GRACE)


def test_reading_an_overdue_attempt_and_settling_it_later_give_the_same_result() -> None:
    exam = ExamRoom()
    opened = exam.start()
    exam.save(opened, wrong=1, guess=2)
    exam.clock.now += LIMIT + GRACE + 1
    before = exam.read(opened.attempt)
    exam.start()
    assert exam.read(opened.attempt) == before


def test_an_attempt_that_was_never_started_is_not_found() -> None:
    exam = ExamRoom()
    opened = exam.start()
    with pytest.raises(AttemptNotFound):
        exam.read(opened.attempt, BINH)
    with pytest.raises(AttemptNotFound):
        exam.read(opened.attempt._replace(week=3))


def test_the_history_has_all_weeks_up_to_now_in_order() -> None:
    exam = ExamRoom()
    for _ in range(3):
        exam.submit(exam.start())
        exam.clock.now += WEEK
    assert [entry.week for entry in exam.exam.history(AN, exam.clock())] == [1, 2, 3]
    assert exam.exam.history(BINH, exam.clock()) == []


def test_the_history_settles_overdue_attempts() -> None:
    exam = ExamRoom()
    exam.save(exam.start(), wrong=3)
    exam.clock.now += WEEK
    (entry,) = exam.exam.history(AN, exam.clock())
    assert entry.open is None
    assert [attempt.score for attempt in entry.finished] == [2]


def test_the_history_reads_no_week_that_has_not_opened() -> None:
    exam = ExamRoom()
    exam.exam.history(AN, exam.clock.now - 1)
    assert exam.entries.reads == 0
    exam.exam.history(AN, exam.clock.now)
    assert exam.entries.reads == 1


def test_a_contest_may_discard_attempts_that_nobody_submitted() -> None:
    exam = room(paper={"overdue": "discard"})
    opened = exam.start()
    exam.save(opened)
    exam.clock.now += LIMIT + GRACE + 1
    read = exam.read(opened.attempt)
    assert isinstance(read, Finished)
    assert not read.counted


def test_an_open_paper_survives_a_new_definition_with_longer_papers() -> None:
    # Operators may load the contest again at any time; a person's open paper must not become an error.
    exam = ExamRoom()
    opened = exam.start()
    exam.save(opened)
    longer = Exam(reference(definition(paper={"questions": 6})), exam.entries, lambda: "f" * 16)
    assert longer.start(AN, exam.clock())[0].attempt == opened.attempt
