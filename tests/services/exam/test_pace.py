"""The wait of pages between two saves while the database pushes back, and afterwards."""

from __future__ import annotations

import pytest

from chalicelib.services.exam.pace import LONGEST, Pace
from tests.fakes import MINUTE, START_MS


def test_the_wait_is_the_setting_without_a_push_back() -> None:
    pace = Pace(30)
    assert [pace.save_after(now) for now in (0, START_MS)] == [30, 30]


def test_each_push_back_doubles_the_wait_up_to_two_minutes() -> None:
    pace = Pace(25)
    told = []
    for _ in range(4):
        pace.pushed_back(START_MS)
        told.append(pace.save_after(START_MS))
    assert told == [50, 100, LONGEST, LONGEST]


def test_the_wait_halves_again_minute_by_minute() -> None:
    pace = Pace(30)
    for _ in range(9):
        pace.pushed_back(START_MS)
    moments = [MINUTE - 1, MINUTE, 2 * MINUTE - 1, 2 * MINUTE, 900 * MINUTE]
    assert [pace.save_after(START_MS + moment) for moment in moments] == [120, 60, 60, 30, 30]


def test_the_wait_never_falls_below_the_setting() -> None:
    pace = Pace(45)
    pace.pushed_back(START_MS)
    assert pace.save_after(START_MS + MINUTE) == 45


def test_a_push_back_on_the_way_down_doubles_the_current_wait() -> None:
    pace = Pace(30)
    for _ in range(9):
        pace.pushed_back(START_MS)
    pace.pushed_back(START_MS + 2 * MINUTE)
    assert pace.save_after(START_MS + 2 * MINUTE) == 60


@pytest.mark.parametrize("usual", [10, 120])
def test_a_clock_that_is_set_back_does_no_harm(usual: int) -> None:
    pace = Pace(usual)
    pace.pushed_back(START_MS)
    assert pace.save_after(START_MS - MINUTE) == min(2 * usual, LONGEST)
