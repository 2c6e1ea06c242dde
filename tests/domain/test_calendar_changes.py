"""Rows of ``[[calendar]]``, and which changes of dates are allowed at which moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.domain.calendar import clock_changes, refused_moves, with_changes
from chalicelib.domain.decisions import CalendarChange
from chalicelib.domain.definition import Definition
from chalicelib.domain.times import to_ms
from tests.fakes import HOUR, MINUTE, START, START_MS, WEEK, definition

LEAD = 30_000
DAY = 24 * HOUR
# Weeks of the shape of Nghệ An's: Monday 08:00 to Monday 08:00, a quarter of an hour apart.
SPACED = definition(contest={"pause": "PT15M"})


def at(milliseconds: int) -> str:
    """A moment after the start, in RFC 3339."""
    return SPACED.rfc3339(START_MS + milliseconds)


def change(week: int, **told: Any) -> CalendarChange:
    fields = {
        "opens": None,
        "closes": None,
        "title": None,
        "cancelled": None,
        "reason": "mất điện",
        "at": at(0),
    }
    return CalendarChange(week=week, **{**fields, **told})


def rows(*calendar: dict[str, Any], **contest: Any) -> Definition:
    return definition(contest={"pause": "PT15M", **contest}, calendar=list(calendar))


def refusals(
    before: Definition, now: int, *changes: CalendarChange, recognised: tuple[int, ...] = ()
) -> list[int]:
    """The weeks that are refused; ``now`` after the start."""
    moves = refused_moves(before, with_changes(before, changes), START_MS + now, LEAD, recognised)
    return [number for number, _ in moves]


def test_a_row_replaces_the_dates_of_one_week() -> None:
    moved = rows({"week": 2, "opens": at(WEEK + DAY), "closes": at(2 * WEEK - HOUR)})
    assert [week for week in moved.weeks if week.number != 2] == [
        week for week in SPACED.weeks if week.number != 2
    ]
    assert moved.week(2) == (2, START_MS + WEEK + DAY, START_MS + 2 * WEEK - HOUR)


def test_a_cancelled_week_belongs_to_no_set_of_weeks() -> None:
    contest = rows({"week": 2, "cancelled": True}, {"week": 4, "cancelled": True})
    assert [week.number for week in contest.weeks] == [1, 3]
    assert contest.week(2) is None
    assert contest.week_at(START_MS + WEEK + DAY) is None
    assert contest.week_in_view(START_MS + WEEK + DAY) == contest.week(3)
    assert contest.week_after(1) == contest.week(3)
    assert contest.week_after(3) is None
    assert [week.number for week in contest.ready_to_close(START_MS + 9 * WEEK)] == [1, 3]


def test_weeks_are_called_by_their_own_title_else_by_the_contests_word_and_their_number() -> None:
    contest = rows({"week": 2, "title": "Tuần lễ pháp luật"}, period="đợt")
    assert [contest.title_of(week) for week in (1, 2, 3)] == ["Đợt 1", "Tuần lễ pháp luật", "Đợt 3"]
    assert SPACED.title_of(1) == "Tuần 1"


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ([{"week": 1}, {"week": 1}], "mỗi tuần chỉ một dòng"),
        ([{"week": 5}], "cuộc thi chỉ có 4 tuần"),
        ([{"week": week, "cancelled": True} for week in (1, 2, 3, 4)], "cần ít nhất một tuần"),
        ([{"week": 1, "closes": at(WEEK + HOUR)}], "hãy lùi cả giờ mở của tuần 2"),
        ([{"week": 2, "opens": at(2 * WEEK - MINUTE)}], "ngắn hơn thời gian làm một bài"),
        ([{"week": 2, "opens": at(3 * WEEK)}], "ngắn hơn thời gian làm một bài"),
        ([{"week": 1, "opens": "2022-08-22T08:00:00"}], "cần ngày giờ có múi giờ"),
        ([{"week": 1, "closes": "2022-08-29T08:00:00+08:00"}], r"hãy ghi 2022-08-29T07:00:00\+07:00"),
    ],
)
def test_rows_that_contradict_the_weeks_are_refused_with_what_to_do(
    calendar: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        rows(*calendar)


def test_rows_of_a_contest_that_starts_when_it_is_loaded_are_checked_then() -> None:
    trial = definition(contest={"start": "now"}, calendar=[{"week": 1, "closes": at(WEEK + HOUR)}])
    with pytest.raises(ValidationError, match="giờ mở của tuần 2"):
        trial.resolved(START)
    assert trial.resolved(START + timedelta(hours=1)).week(1) == (1, START_MS + HOUR, START_MS + WEEK + HOUR)


def test_what_a_change_leaves_blank_stays_as_it_was() -> None:
    contest = rows({"week": 2, "title": "Chung kết", "opens": at(WEEK + DAY)})
    twice = with_changes(contest, [change(2, closes=at(2 * WEEK - HOUR)), change(2, reason="lụt")])
    assert twice.week(2) == (2, START_MS + WEEK + DAY, START_MS + 2 * WEEK - HOUR)
    assert (twice.title_of(2), twice.calendar[0].reason) == ("Chung kết", "lụt")
    held = with_changes(with_changes(contest, [change(3, cancelled=True)]), [change(3, cancelled=False)])
    assert held.weeks == contest.weeks


@pytest.mark.parametrize("left", [2 * MINUTE, 3 * DAY])
def test_an_open_week_may_be_extended_until_the_next_opens(left: int) -> None:
    now = WEEK - left
    assert refusals(SPACED, now, change(1, closes=at(WEEK + 15 * MINUTE))) == []
    with pytest.raises(ValidationError, match="tuần 2"):
        with_changes(SPACED, [change(1, closes=at(WEEK + 15 * MINUTE + 1))])
    both = [change(1, closes=at(WEEK + DAY)), change(2, opens=at(WEEK + DAY + 15 * MINUTE))]
    assert refusals(SPACED, now, *both) == []


@pytest.mark.parametrize(
    ("now", "told"),
    [
        pytest.param(3 * DAY, {"closes": at(WEEK - 1)}, id="an earlier end"),
        pytest.param(3 * DAY, {"opens": at(HOUR)}, id="another opening"),
        pytest.param(3 * DAY, {"opens": at(-HOUR)}, id="an earlier opening"),
        pytest.param(3 * DAY, {"cancelled": True}, id="no week at all"),
        pytest.param(-LEAD, {"opens": at(HOUR)}, id="another opening when some would hear of it too late"),
        pytest.param(WEEK - 2 * MINUTE + 1, {"closes": at(WEEK + MINUTE)}, id="within its last two minutes"),
    ],
)
def test_anything_else_of_an_open_week_stays(now: int, told: dict[str, Any]) -> None:
    assert refusals(SPACED, now, change(1, **told)) == [1]


def test_a_week_to_come_may_move_or_be_cancelled() -> None:
    for now in (0, WEEK - LEAD - 1):
        assert refusals(SPACED, now, change(2, opens=at(WEEK + DAY))) == []
        assert refusals(SPACED, now, change(2, cancelled=True), change(3, opens=at(WEEK + DAY))) == []
        assert refusals(SPACED, now, change(2, closes=at(WEEK + DAY))) == []
    near = change(2, opens=at(WEEK + MINUTE))
    assert refusals(SPACED, WEEK + MINUTE - LEAD - 1, near) == []
    assert refusals(SPACED, WEEK + MINUTE - LEAD, near) == [2]
    assert refusals(SPACED, WEEK + 15 * MINUTE - LEAD, change(2, cancelled=True)) == [2]


def test_a_cancelled_week_may_be_held_after_all_if_its_opening_is_to_come() -> None:
    without = with_changes(SPACED, [change(2, cancelled=True)])
    assert refusals(without, WEEK, change(2, cancelled=False)) == []
    assert refusals(without, WEEK + DAY, change(2, cancelled=False)) == [2]
    assert refusals(without, WEEK + DAY, change(2, cancelled=False, opens=at(WEEK + 2 * DAY))) == []


def test_a_week_that_has_just_ended_is_reopened_only_together_with_the_next_ones_new_opening() -> None:
    """Week ended 08:00, next opens 08:15; at 08:05 a file reopens it to 09:00."""
    assert SPACED.rfc3339(SPACED.weeks[1].opens) == "2022-08-29T08:15:00+07:00"
    now, reopened = WEEK + 5 * MINUTE, change(1, closes=at(WEEK + HOUR))
    with pytest.raises(ValidationError, match="lùi cả giờ mở của tuần 2"):
        with_changes(SPACED, [reopened])
    assert refusals(SPACED, now, reopened, change(2, opens=at(WEEK + HOUR + 15 * MINUTE))) == []


def test_a_week_is_reopened_only_within_a_day_unrecognised_and_with_no_later_one_open() -> None:
    last, spaced = 4 * WEEK, change(4, closes=at(4 * WEEK + 2 * DAY))
    assert refusals(SPACED, last + DAY - 1, spaced) == []
    assert refusals(SPACED, last + DAY, spaced) == [4]
    assert refusals(SPACED, last + HOUR, spaced, recognised=(4,)) == [4]
    assert refusals(SPACED, last + HOUR, spaced, recognised=(3,)) == []
    assert refusals(SPACED, last + HOUR, change(4, closes=at(last + HOUR + LEAD))) == [4], "already over again"
    early = [change(1, closes=at(WEEK + HOUR)), change(2, opens=at(WEEK + 2 * HOUR))]
    assert 1 in refusals(SPACED, WEEK + 15 * MINUTE - LEAD, *early)


def test_dates_of_the_whole_contest_move_by_the_same_rules() -> None:
    longer = definition(contest={"pause": "PT15M", "week_length": "P8D"})
    assert list(refused_moves(SPACED, longer, START_MS - HOUR, LEAD)) == []
    assert [number for number, _ in refused_moves(SPACED, longer, START_MS + DAY, LEAD)] == []
    shorter = definition(contest={"pause": "PT15M", "week_length": "P6D"})
    assert [number for number, _ in refused_moves(SPACED, shorter, START_MS + DAY, LEAD)] == [1]
    assert to_ms(datetime.fromisoformat(at(0))) == START_MS


def test_no_week_is_added_when_the_contest_is_over() -> None:
    further = definition(contest={"pause": "PT15M", "weeks": 5})
    assert list(refused_moves(SPACED, further, START_MS + 4 * WEEK - 1, LEAD)) == []
    assert [number for number, _ in refused_moves(SPACED, further, START_MS + 4 * WEEK, LEAD)] == [5]


def test_weeks_across_a_change_of_clocks_are_warned_of_unless_the_calendar_gives_their_moments() -> None:
    berlin: dict[str, Any] = {"timezone": "Europe/Berlin", "start": "2022-10-17T08:00:00+02:00", "weeks": 4}
    warned = clock_changes(definition(contest=berlin))
    assert "tuần 2, 3, 4 không mở, đóng vào giờ thường lệ" in warned
    assert "tuần 2 mở 2022-10-24T08:00:00+02:00, đóng 2022-10-31T07:00:00+01:00" in warned
    given = [
        {"week": week, "opens": f"2022-{opens}T08:00:00{offset}", "closes": f"2022-{closes}T08:00:00+01:00"}
        for week, opens, closes, offset in ((2, "10-24", "10-31", "+02:00"), (3, "10-31", "11-07", "+01:00"))
    ]
    assert clock_changes(definition(contest={**berlin, "weeks": 3}, calendar=given)) == ""
    assert clock_changes(definition(contest={**berlin, "weeks": 1})) == ""
    assert clock_changes(SPACED) == ""
