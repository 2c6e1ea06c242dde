"""The checked kinds of values in ``contest.toml``; each error says what to write instead."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

_WEB_ADDRESS = re.compile(
    r"https://[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,8}(:\d{2,5})?(/[^\s\"'<>\\@]*)?"  # without a user's name
)


def _iso_duration(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(
        r"P(?=.)(\d{1,9}W)?(\d{1,9}D)?(T(?=\d)(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}(\.\d{1,3})?S)?)?", value
    ):
        raise ValueError('cần khoảng thời gian ISO 8601, ví dụ "PT20M" (20 phút) hoặc "P7D" (7 ngày)')
    if not isinstance(value, str | timedelta):
        raise ValueError('cần chuỗi ISO 8601 trong dấu ngoặc kép, ví dụ "PT20M"')
    return value


def _iso_text(value: timedelta) -> str:
    """Durations in ISO 8601: pydantic would write 365 days as ``P1Y``, which a contest may not use."""
    return f"PT{value.days * 86_400 + value.seconds}.{value.microseconds // 1000:03}S"


def _within_a_year(value: timedelta) -> timedelta:
    if not timedelta(0) <= value <= timedelta(days=366):
        raise ValueError("khoảng thời gian phải từ 0 đến 366 ngày")
    return value


def positive(value: timedelta) -> timedelta:
    """For durations that may not be zero."""
    if not value:
        raise ValueError("khoảng thời gian phải lớn hơn 0")
    return value


def start_of_contest(value: Any) -> Any:
    """An aware date and time, or ``"now"``."""
    return value if value == "now" else _moment(value, ', hoặc "now"')


def _moment(value: Any, also: str = "") -> Any:
    if isinstance(value, str):
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"cần ngày giờ có múi giờ, ví dụ 2022-08-22T08:00:00+07:00{also}")
    if not 2002 <= value.year <= 2199:
        raise ValueError("năm phải từ 2002 đến 2199")
    return value


def known_zone(value: str) -> str:
    """A name of the IANA time zone database."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError('múi giờ không có trong danh mục IANA, ví dụ đúng: "Asia/Ho_Chi_Minh"') from error
    return value


def web_address(value: str) -> str:
    """The ``https`` address of a site, or nothing."""
    if value and not _WEB_ADDRESS.fullmatch(value):
        raise ValueError('cần địa chỉ https đầy đủ của cổng thông tin, ví dụ "https://nghean.gov.vn"')
    return value


Duration = Annotated[
    timedelta,
    BeforeValidator(_iso_duration),
    PlainSerializer(_iso_text, when_used="json"),
    AfterValidator(_within_a_year),
]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Switch = Annotated[bool, Field(strict=True)]
Share = Annotated[Decimal, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
