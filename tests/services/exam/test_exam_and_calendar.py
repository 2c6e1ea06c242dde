"""Deadlines follow the end of the week that is in force; what is stopped stops nobody who has an open paper."""

from __future__ import annotations

import pytest

from chalicelib.domain.decisions import Decisions, SwitchChange
from chalicelib.domain.definition import Definition
from chalicelib.domain.errors import NoOpenWeek, Overdue, Stopped
from chalicelib.services.contest.reference import Current, assemble, compile_parts
from chalicelib.services.exam.exam import Exam, OpenPaper
from tests.fakes import MINUTE, START_MS, UNITS, WEEK, definition, questions, reference
from tests.services.exam.exam_room import AN, BINH, SECOND, ExamRoom, right

ENDS = START_MS + WEEK
LIMIT = {"time_limit": "PT20M"}
CONTEST = definition(contest={"pause": "PT15M"}, paper=LIMIT)


def until(closes: int, *more: dict[str, str | int]) -> Definition:
    """Week 1 closes ``closes`` milliseconds after its first end; ``more``: rows of other weeks."""
    row = {"week": 1, "closes": CONTEST.rfc3339(ENDS + closes)}
    return definition(contest={"pause": "PT15M"}, paper=LIMIT, calendar=[row, *more])


REOPENED = until(60 * MINUTE, {"week": 2, "opens": CONTEST.rfc3339(ENDS + 75 * MINUTE)})


def decided(decisions: Decisions) -> Current:
    return assemble(compile_parts(CONTEST, questions(), UNITS, {}, {}, decisions=decisions))


class Hall(ExamRoom):
    """An exam whose contest the organisers change."""

    def now_by(self, contest: Definition | Current) -> None:
        changed = contest if isinstance(contest, Current) else reference(contest)
        self.exam = Exam(changed, self.entries, self.exam._nonce)

    def start_at(self, moment: int) -> OpenPaper:
        self.clock.now = ENDS + moment
        return self.start()


def test_a_deadline_follows_the_end_that_is_put_off_up_to_the_time_limit() -> None:
    """Started 07:50, limit 20 min, week extended at 07:58 to 08:10: deadline 08:10."""
    hall = Hall(CONTEST)
    opened = hall.start_at(-10 * MINUTE)
    hall.clock.now = ENDS + 5 * MINUTE
    with pytest.raises(Overdue):
        hall.save(opened)
    hall.now_by(until(10 * MINUTE))
    assert hall.save(opened)
    hall.clock.now = ENDS + 10 * MINUTE
    assert hall.save(opened, wrong=1)
    hall.clock.now += 1
    with pytest.raises(Overdue):
        hall.save(opened)
    hall.clock.now += 10 * SECOND - 1
    assert hall.submit(opened).received == ENDS + 10 * MINUTE + 10 * SECOND


def test_the_deadline_of_a_paper_that_the_old_end_would_have_cut_short_is_its_time_limit() -> None:
    """Started 07:50, limit 20 min, the week's end put off at 07:59 from 08:05 to 08:30: deadline 08:10."""
    hall = Hall(until(5 * MINUTE))
    opened = hall.start_at(-10 * MINUTE)
    hall.clock.now = ENDS - MINUTE
    hall.now_by(until(30 * MINUTE, {"week": 2, "opens": CONTEST.rfc3339(ENDS + 45 * MINUTE)}))
    hall.clock.now = ENDS + 10 * MINUTE
    assert hall.save(opened)
    hall.clock.now += 1
    with pytest.raises(Overdue):
        hall.save(opened, wrong=1)


def test_an_end_put_off_beyond_the_time_limit_leaves_the_time_limit() -> None:
    hall = Hall(CONTEST)
    opened = hall.start_at(-10 * MINUTE)
    hall.now_by(REOPENED)
    hall.clock.now = ENDS + 10 * MINUTE
    assert hall.submit(opened).duration == 20 * MINUTE


def test_a_hand_in_under_the_reopened_deadline_replaces_the_settled_paper() -> None:
    """Started 07:50, the week ended 08:00 and is reopened at 08:05: handed in at 08:09 it counts in full."""
    hall = Hall(CONTEST)
    opened = hall.start_at(-10 * MINUTE)
    hall.save(opened, wrong=2, guess=5)
    hall.clock.now = ENDS + 4 * MINUTE
    (settled,) = hall.exam.history(AN, hall.clock())
    assert (settled.open, settled.finished[0].status, settled.finished[0].score) == (None, "overdue", 3)
    hall.now_by(REOPENED)
    (open_again,) = hall.exam.history(AN, hall.clock())
    assert (open_again.open is not None, open_again.finished) == (True, ())
    hall.clock.now = ENDS + 9 * MINUTE
    record = hall.submit(opened, guess=5)
    assert (record.status, record.score, record.duration) == ("submitted", 5, 19 * MINUTE)
    (entry,) = hall.exam.history(AN, hall.clock())
    assert entry.finished == (record,)


def test_new_papers_are_handed_out_in_a_reopened_week_and_belong_to_it() -> None:
    hall = Hall(CONTEST)
    with pytest.raises(NoOpenWeek):
        hall.start_at(5 * MINUTE)
    hall.now_by(REOPENED)
    assert hall.start_at(20 * MINUTE).attempt.week == 1
    with pytest.raises(NoOpenWeek):
        hall.start_at(60 * MINUTE)
    assert hall.start_at(75 * MINUTE).attempt.week == 2


def stopped(*switches: str) -> Current:
    changes = (SwitchChange(switch, False, "sửa câu 12", "") for switch in switches)  # type: ignore[arg-type]
    return decided(Decisions(switches=tuple(changes)))


def test_nobody_starts_while_starts_are_stopped_and_open_papers_are_saved_and_finished() -> None:
    hall = Hall(CONTEST)
    opened = hall.start_at(-60 * MINUTE)
    hall.now_by(stopped("starts"))
    with pytest.raises(Stopped):
        hall.exam.start(BINH, hall.clock())
    again = hall.start()
    assert again.attempt == opened.attempt, "who has an open paper gets it back"
    assert hall.save(opened)
    assert hall.submit(opened).score == 5
    with pytest.raises(Stopped):
        hall.start()
    hall.now_by(CONTEST)
    assert hall.start().attempt.number == 2


def test_an_overdue_paper_is_not_handed_out_again_while_starts_are_stopped() -> None:
    hall = Hall(CONTEST)
    hall.start_at(-60 * MINUTE)
    hall.now_by(stopped("starts"))
    hall.clock.now += 20 * MINUTE + 11 * SECOND
    with pytest.raises(Stopped):
        hall.start()
    assert hall.entries.get(1, AN.participant_id).used == 1  # type: ignore[union-attr]


def test_what_else_is_stopped_does_not_stop_starts() -> None:
    hall = Hall(CONTEST)
    hall.now_by(stopped("registration", "sign_in"))
    paper = hall.start_at(-60 * MINUTE).paper
    assert right(paper)
