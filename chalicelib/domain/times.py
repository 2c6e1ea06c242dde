"""Instants are whole milliseconds since 1970 in UTC; people see RFC 3339 with the contest's offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds of an aware datetime, cut off below the millisecond."""
    return (moment - EPOCH) // _MS


def span_ms(span: timedelta) -> int:
    return span // _MS


def rfc3339(instant: int, zone: tzinfo) -> str:
    """``1661130000000`` → ``2022-08-22T08:00:00+07:00``; milliseconds only where there are any."""
    moment = (EPOCH + timedelta(milliseconds=instant)).astimezone(zone)
    return moment.isoformat(timespec="milliseconds" if instant % 1000 else "seconds")
