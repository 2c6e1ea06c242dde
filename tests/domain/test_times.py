"""Instants as people and spreadsheets read them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.times import Stamps, to_ms

YEAR_2100 = 4_102_444_800_000


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "UTC", "Asia/Kathmandu", "America/New_York"])
@given(instants=st.lists(st.integers(0, YEAR_2100), min_size=1, max_size=20))
def test_a_stamp_is_the_instant_with_milliseconds_and_the_offset_in_force(
    zone: str, instants: list[int]
) -> None:
    stamp = Stamps(ZoneInfo(zone))
    for instant in instants:
        told = datetime.fromisoformat(stamp(instant))
        assert to_ms(told) == instant
        assert stamp(instant) == told.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")


def test_all_stamps_have_one_form() -> None:
    stamp = Stamps(ZoneInfo("Asia/Ho_Chi_Minh"))
    assert stamp(1_661_130_000_000) == "2022-08-22T08:00:00.000+07:00"
    assert stamp(1_661_130_912_005) == "2022-08-22T08:15:12.005+07:00"
