"""Week k is [opens_k, closes_k): closes_k = start + k·length; a pause stands before each but the first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.definition import Definition
from chalicelib.domain.times import rfc3339, to_ms
from tests.fakes import MINUTE, START_MS, WEEK, definition

SECOND = 1_000
DAY = timedelta(days=1)


PAUSE = 120 * MINUTE


def with_pause() -> Definition:
    return definition(contest={"weeks": 2, "week_length": "P7D", "pause": "PT2H"})


def test_four_weeks_of_seven_days_follow_each_other() -> None:
    weeks = definition().weeks
    assert [week.number for week in weeks] == [1, 2, 3, 4]
    assert [week.opens for week in weeks] == [START_MS + k * WEEK for k in range(4)]
    assert [week.closes for week in weeks] == [START_MS + k * WEEK for k in range(1, 5)]


def test_every_week_but_the_first_opens_a_pause_later_and_closes_on_time() -> None:
    first, second = with_pause().weeks
    assert (first.opens, first.closes) == (START_MS, START_MS + WEEK)
    assert (second.opens, second.closes) == (START_MS + WEEK + PAUSE, START_MS + 2 * WEEK)


def test_the_pause_is_a_quarter_of_an_hour_unless_a_contest_says_so() -> None:
    tables = definition().model_dump()
    del tables["contest"]["pause"]
    first, second = Definition.model_validate(tables).weeks[:2]
    assert second.opens - first.closes == 15 * MINUTE


@pytest.mark.parametrize(
    ("moment", "open_week"),
    [
        pytest.param(START_MS - 1, None, id="a millisecond before the first opening"),
        pytest.param(START_MS, 1, id="opening counts"),
        pytest.param(START_MS + WEEK - 1, 1, id="the last millisecond"),
        pytest.param(START_MS + WEEK, None, id="closing does not count"),
        pytest.param(START_MS + WEEK + PAUSE - 1, None, id="the end of the pause"),
        pytest.param(START_MS + WEEK + PAUSE, 2, id="the next opening"),
        pytest.param(START_MS + 2 * WEEK, None, id="after the last week"),
    ],
)
def test_a_week_is_open_from_its_opening_until_its_closing(moment: int, open_week: int | None) -> None:
    week = with_pause().week_at(moment)
    assert (week and week.number) == open_week


def test_without_a_pause_one_week_closes_when_the_next_opens() -> None:
    contest = definition()
    before, after = contest.week_at(START_MS + WEEK - 1), contest.week_at(START_MS + WEEK)
    assert before is not None
    assert after is not None
    assert (before.number, after.number) == (1, 2)


@pytest.mark.parametrize("number", [-1, 0, 5, 99])
def test_there_is_no_week_outside_the_contest(number: int) -> None:
    assert definition().week(number) is None


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        pytest.param(START_MS - 5, START_MS, id="before the contest: the first opening"),
        pytest.param(START_MS, START_MS + WEEK, id="at an opening: the closing"),
        pytest.param(START_MS + WEEK, START_MS + WEEK + PAUSE, id="at a closing: the next opening"),
        pytest.param(START_MS + 2 * WEEK - 1, START_MS + 2 * WEEK, id="the last"),
        pytest.param(START_MS + 2 * WEEK, None, id="after the last closing: none"),
    ],
)
def test_the_next_change_is_strictly_later(moment: int, change: int | None) -> None:
    assert with_pause().next_change(moment) == change


def test_a_week_is_ready_when_grace_and_settling_time_are_over() -> None:
    contest = definition(contest={"grace": "PT10S", "settle": "PT60S"})
    ready_at = START_MS + WEEK + 70 * SECOND
    assert contest.ready_to_close(ready_at - 1) == []
    assert [week.number for week in contest.ready_to_close(ready_at)] == [1]


def test_missed_weeks_are_all_ready_in_order() -> None:
    contest = definition()
    assert [week.number for week in contest.ready_to_close(START_MS + 3 * WEEK + 10 * MINUTE)] == [1, 2, 3]


def test_an_open_week_is_never_ready() -> None:
    contest = definition(contest={"pause": "PT2H"})
    for week in contest.weeks:
        assert week not in contest.ready_to_close(week.closes - 1)


def test_now_becomes_the_moment_of_loading_truncated_to_the_second() -> None:
    trial = definition(contest={"start": "now"})
    loaded = trial.resolved(datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC))
    assert loaded.weeks[0].opens == to_ms(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert loaded.rfc3339(loaded.weeks[0].opens) == "2026-01-02T10:04:05+07:00"


def test_loading_does_not_move_a_date_in_the_definition() -> None:
    contest = definition()
    assert contest.resolved(datetime(2026, 1, 2, tzinfo=UTC)) == contest


def test_a_contest_that_starts_now_has_no_calendar_before_loading() -> None:
    with pytest.raises(ValueError, match="not resolved"):
        _ = definition(contest={"start": "now"}).weeks


def test_weeks_keep_their_length_across_a_change_to_winter_time() -> None:
    start = datetime.fromisoformat("2022-10-24T08:00:00+02:00")
    contest = definition(contest={"start": start, "timezone": "Europe/Berlin", "weeks": 1})
    (week,) = contest.weeks
    assert week.closes - week.opens == 7 * DAY // timedelta(milliseconds=1)
    assert contest.rfc3339(week.closes) == "2022-10-31T07:00:00+01:00"


def test_milliseconds_are_written_only_where_there_are_any() -> None:
    zone = definition().zone
    assert rfc3339(START_MS, zone) == "2022-08-22T08:00:00+07:00"
    assert rfc3339(START_MS + 5, zone) == "2022-08-22T08:00:00.005+07:00"


def test_the_week_in_view_is_the_open_one_else_the_next_else_the_last() -> None:
    contest = definition(contest={"weeks": 2, "pause": "PT1H"})
    first, second = contest.weeks
    moments = [
        first.opens - WEEK,
        first.opens,
        first.closes - 1,
        first.closes,
        second.opens,
        second.closes + WEEK,
    ]
    assert [contest.week_in_view(now).number for now in moments] == [1, 1, 1, 2, 2, 2]
