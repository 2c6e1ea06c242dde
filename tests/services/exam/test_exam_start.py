"""Starting: one write opens an attempt; starting again hands out the same paper."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.attempt import Entry
from chalicelib.domain.errors import NoAttemptsLeft, NoOpenWeek
from chalicelib.services.exam.exam import OpenPaper
from chalicelib.services.ports import NotMet
from tests.fakes import MINUTE, START_MS, WEEK, MemoryEntries, definition
from tests.services.exam.exam_room import AN, BINH, SECOND, ExamRoom, right, room


def test_a_start_opens_the_first_attempt_with_one_write_and_no_read() -> None:
    exam = ExamRoom()
    opened, new = exam.exam.start(AN, exam.clock())
    assert new
    assert (opened.attempt.week, opened.attempt.number, opened.attempt.started) == (1, 1, START_MS)
    assert (len(opened.paper), opened.saved, opened.guess) == (5, {}, None)
    assert (exam.entries.writes, exam.entries.reads) == (1, 0)


def test_the_entry_knows_the_unit_and_the_category() -> None:
    exam = ExamRoom()
    exam.start(BINH)
    entry = exam.entry(BINH)
    assert (entry.unit, entry.category, entry.used) == ("SO-B", "encouraged", 1)


def test_starting_again_hands_out_the_same_paper_and_uses_up_no_attempt() -> None:
    exam = ExamRoom()
    first = exam.start()
    exam.clock.now += MINUTE
    again, new = exam.exam.start(AN, exam.clock())
    assert not new
    assert again == first
    assert exam.entry().used == 1


def test_starting_again_returns_the_saved_answers() -> None:
    exam = ExamRoom()
    first = exam.start()
    exam.save(first, wrong=2, guess=7)
    again = exam.start()
    assert (again.saved, again.guess) == (right(first.paper, wrong=2), 7)


def test_two_starts_at_once_give_one_attempt() -> None:
    class Crowded(MemoryEntries):
        """The same person's second browser starts just before the first start is written."""

        second: tuple[OpenPaper, bool] | None = None

        def start(self, *args: Any) -> int:
            if self.second is None:
                self.second = (OpenPaper, False)  # type: ignore[assignment]
                self.second = exam.exam.start(AN, exam.clock())
            return super().start(*args)

    entries = Crowded()
    exam = ExamRoom(entries=entries)
    mine, new = exam.exam.start(AN, exam.clock())
    assert entries.second is not None
    theirs, theirs_new = entries.second
    assert mine == theirs
    assert {new, theirs_new} == {True, False}
    assert entries.items[1, AN.participant_id].used == 1


def test_after_a_submission_the_next_start_is_another_paper() -> None:
    exam = ExamRoom()
    first = exam.start()
    exam.submit(first)
    second = exam.start()
    assert second.attempt.number == 2
    assert second.attempt.nonce != first.attempt.nonce
    assert second.paper != first.paper


def test_the_attempts_of_a_week_are_limited() -> None:
    exam = ExamRoom()
    for _ in range(3):
        exam.submit(exam.start())
    with pytest.raises(NoAttemptsLeft):
        exam.start()
    assert exam.entry().used == 3


def test_the_last_attempt_is_handed_out_again_while_it_is_open() -> None:
    exam = ExamRoom()
    for _ in range(2):
        exam.submit(exam.start())
    last = exam.start()
    assert exam.start() == last


def test_a_new_week_brings_new_attempts() -> None:
    exam = ExamRoom()
    for _ in range(3):
        exam.submit(exam.start())
    exam.clock.now += WEEK
    assert exam.start().attempt[:2] == (2, 1)


def test_one_persons_attempts_do_not_count_for_another() -> None:
    exam = ExamRoom()
    exam.submit(exam.start())
    assert exam.start(BINH).attempt.number == 1


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(START_MS - 1, id="before the first week"),
        pytest.param(START_MS + WEEK, id="at the beginning of the pause"),
        pytest.param(START_MS + WEEK + 60 * MINUTE - 1, id="at the end of the pause"),
        pytest.param(START_MS + 4 * WEEK, id="after the last week"),
    ],
)
def test_nobody_can_start_outside_the_weeks(moment: int) -> None:
    exam = room(contest={"pause": "PT1H"})
    exam.clock.now = moment
    with pytest.raises(NoOpenWeek):
        exam.start()
    assert exam.entries.items == {}


def test_people_can_start_in_the_last_millisecond_of_a_week() -> None:
    exam = ExamRoom()
    exam.clock.now = START_MS + WEEK - 1
    assert exam.start().attempt.week == 1


def test_an_attempt_is_still_handed_out_in_its_grace() -> None:
    exam = ExamRoom()
    first = exam.start()
    exam.clock.now += 10 * MINUTE + 10 * SECOND
    assert exam.start() == first


def test_a_start_after_an_overdue_attempt_settles_it_and_opens_the_next_in_one_write() -> None:
    exam = ExamRoom()
    first = exam.start()
    exam.save(first, wrong=1, guess=3)
    writes = exam.entries.writes
    exam.clock.now += 10 * MINUTE + 10 * SECOND + 1
    second, new = exam.exam.start(AN, exam.clock())
    assert new
    assert second.attempt.number == 2
    (settled,) = exam.entry().finished
    assert (settled.number, settled.score, settled.prediction, settled.status) == (1, 4, None, "overdue")
    assert settled.received == START_MS + 10 * MINUTE + 10 * SECOND
    assert exam.entries.writes == writes + 2  # the refused start and the restart


def test_an_overdue_attempt_without_answers_is_discarded_but_still_counts_as_used() -> None:
    exam = ExamRoom()
    exam.start()
    exam.clock.now += 11 * MINUTE
    assert exam.start().attempt.number == 2
    assert [attempt.status for attempt in exam.entry().finished] == ["discarded"]


def test_no_attempt_is_left_when_the_last_is_overdue() -> None:
    exam = room(paper={"attempts_per_week": 1})
    exam.save(exam.start())
    exam.clock.now += 11 * MINUTE
    with pytest.raises(NoAttemptsLeft):
        exam.start()


def test_two_starts_at_once_after_an_overdue_attempt_give_one_new_attempt() -> None:
    class Crowded(MemoryEntries):
        """The second browser restarts just before the restart is written."""

        second: OpenPaper | None = None
        busy = False

        def restart(self, entry: Entry, *args: Any) -> int:
            if not self.busy:
                self.busy = True
                self.second = exam.start()
            return super().restart(entry, *args)

    entries = Crowded()
    exam = ExamRoom(entries=entries)
    exam.start()
    exam.clock.now += 11 * MINUTE
    mine, new = exam.exam.start(AN, exam.clock())
    assert (mine, new) == (entries.second, False)
    assert entries.items[1, AN.participant_id].used == 2


def test_a_store_that_refuses_without_an_entry_means_no_attempts_left() -> None:
    class Refusing(MemoryEntries):
        def start(self, *args: Any) -> int:
            raise NotMet(None)

    with pytest.raises(NoAttemptsLeft):
        ExamRoom(entries=Refusing()).start()


def test_the_prediction_of_the_week_is_told_once_an_attempt_has_fixed_it() -> None:
    exam = ExamRoom()
    first = exam.start()
    assert first.counted_prediction is None
    exam.submit(first)  # without a prediction
    second = exam.start()
    assert second.counted_prediction is None
    exam.submit(second, guess=7)
    third = exam.start()
    assert (third.counted_prediction, exam.start().counted_prediction) == (7, 7)
    read = exam.read(third.attempt)
    assert isinstance(read, OpenPaper)
    assert read.counted_prediction == 7


def test_where_each_attempt_has_a_prediction_of_its_own_none_is_fixed() -> None:
    exam = ExamRoom(definition(prediction={"counts": "each"}))
    exam.submit(exam.start(), guess=7)
    assert exam.start().counted_prediction is None
