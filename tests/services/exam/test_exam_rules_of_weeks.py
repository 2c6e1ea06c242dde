"""Questions and rules changed while a week is open: people who take part in that week notice nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.attempt import Finished
from chalicelib.domain.bank import Question
from chalicelib.domain.errors import InvalidInput, NoAttemptsLeft, Overdue
from chalicelib.services.contest.reference import Current, assemble, compile_parts
from chalicelib.services.exam.exam import Exam, OpenPaper
from tests.fakes import MINUTE, START_MS, UNITS, WEEK, definition, questions, reference
from tests.services.exam.exam_room import AN, SECOND, ExamRoom, right

LATER = START_MS + 2 * MINUTE
GRACE = 10 * SECOND


def another_bank() -> tuple[Question, ...]:
    """The same questions with other right answers."""
    return tuple(question._replace(answer=2 if question.answer == 1 else 1) for question in questions())


def changed(**paper: Any) -> Current:
    """A contest whose bank and paper were changed in the first week for the weeks to come."""
    contest = definition(paper=paper)
    after = assemble(compile_parts(contest, another_bank(), UNITS, {}, {}))
    return replace(after, earlier={1: reference})


class ChangingRoom(ExamRoom):
    def change(self, **paper: Any) -> None:
        self.exam = Exam(changed(**paper), self.entries, lambda: f"{self.entries.writes:016x}")


@pytest.fixture
def room() -> ChangingRoom:
    return ChangingRoom()


def test_an_open_paper_stays_as_handed_out(room: ChangingRoom) -> None:
    opened = room.start()
    room.save(opened, wrong=3, guess=4)
    saved = room.read(opened.attempt)
    room.change(questions=3, shuffle_options=False)
    room.clock.now = LATER
    assert room.read(opened.attempt) == room.start() == saved


def test_an_open_paper_is_graded_by_the_answers_that_were_right_when_its_week_opened(
    room: ChangingRoom,
) -> None:
    opened = room.start()
    room.change(questions=3)
    assert room.submit(opened).score == 5


def test_overdue_attempts_are_settled_under_the_old_rules_too(room: ChangingRoom) -> None:
    opened = room.start()
    room.save(opened, wrong=1)
    room.change(questions=3, time_limit="PT2M", overdue="discard")
    room.clock.now = START_MS + 10 * MINUTE + GRACE + 1
    read = room.read(opened.attempt)
    assert isinstance(read, Finished)
    assert (read.score, read.status, read.duration) == (4, "overdue", 10 * MINUTE + GRACE)
    room.start()
    assert room.entry().finished == (read,)


def test_a_new_attempt_in_the_open_week_is_drawn_from_the_old_bank(room: ChangingRoom) -> None:
    room.change(questions=3)
    opened = room.start()
    assert len(opened.paper) == 5
    assert room.submit(opened).score == 5


def test_the_open_week_keeps_its_time_limit_and_its_number_of_attempts(room: ChangingRoom) -> None:
    room.change(time_limit="PT20M", attempts_per_week=9)
    opened = room.start()
    room.clock.now += 10 * MINUTE + GRACE + 1
    with pytest.raises(Overdue):
        room.submit(opened)
    for _ in range(2):
        room.submit(room.start())
    with pytest.raises(NoAttemptsLeft):
        room.start()


def test_a_prediction_is_taken_where_the_week_asks_for_one(room: ChangingRoom) -> None:
    room.exam = Exam(
        replace(reference(definition().model_copy(update={"prediction": None})), earlier={1: reference}),
        room.entries,
        lambda: "a" * 16,
    )
    assert room.submit(room.start(), guess=7).prediction == 7
    room.clock.now += WEEK
    opened = room.start()
    with pytest.raises(InvalidInput):
        room.submit(opened, guess=7)


def test_the_next_week_is_drawn_from_the_new_bank(room: ChangingRoom) -> None:
    room.change(questions=3, attempts_per_week=1)
    room.clock.now += WEEK
    opened = room.start()
    assert isinstance(opened, OpenPaper)
    assert [question for question, _ in opened.paper] != [
        next(old for old in questions() if old.id == question.id) for question, _ in opened.paper
    ]
    assert room.submit(opened).score == 3
    with pytest.raises(NoAttemptsLeft):
        room.start()


def test_attempts_of_earlier_weeks_keep_their_grades(room: ChangingRoom) -> None:
    opened = room.start()
    room.save(opened, wrong=2)
    room.change(questions=3)
    room.clock.now += 3 * WEEK
    (entry,) = room.exam.history(AN, room.clock())
    assert [record.score for record in entry.finished] == [3]
    assert right(opened.paper, 2) == right(opened.paper, 2)
