"""Instants are whole milliseconds since 1970 in UTC; people see RFC 3339 with the contest's offset."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE_MS = 60_000
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """The milliseconds of an aware datetime; smaller parts are cut off."""
    return (moment - EPOCH) // _MS


def span_ms(span: timedelta) -> int:
    return span // _MS


def rfc3339(instant: int, zone: tzinfo) -> str:
    """``1661130000000`` → ``2022-08-22T08:00:00+07:00``; milliseconds only if there are any."""
    moment = (EPOCH + timedelta(milliseconds=instant)).astimezone(zone)
    return moment.isoformat(timespec="milliseconds" if instant % 1000 else "seconds")


class LocalHours:
    """Instants as hours since 1970 in the local time of a zone: ``// 24`` is the day, ``% 24`` the hour.

    Zones change their offset only at quarters of an hour, so each quarter is computed once.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._known: dict[int, int] = {}

    def __call__(self, instant: int) -> int:
        quarter = instant // 900_000
        hour = self._known.get(quarter)
        if hour is None:
            local = (EPOCH + timedelta(minutes=15 * quarter)).astimezone(self._zone).replace(tzinfo=UTC)
            hour = self._known[quarter] = (local - EPOCH) // timedelta(hours=1)
        return hour


class Stamps:
    """``rfc3339`` in a fifth of its time, and always with milliseconds: for columns of a million instants.

    Zones change their offset only at quarters of an hour, so each quarter is computed once.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._known: dict[int, tuple[str, int, str]] = {}

    def __call__(self, instant: int) -> str:
        """``1661130000000`` → ``2022-08-22T08:00:00.000+07:00``."""
        quarter, rest = divmod(instant, 900_000)
        known = self._known.get(quarter)
        if known is None:
            told = (EPOCH + timedelta(minutes=15 * quarter)).astimezone(self._zone).isoformat()
            known = self._known[quarter] = told[:14], int(told[14:16]), told[19:]
        minute, ms = divmod(rest, MINUTE_MS)
        return f"{known[0]}{known[1] + minute:02}:{ms // 1000:02}.{ms % 1000:03}{known[2]}"


def local_time(instant: int, zone: tzinfo) -> datetime:
    """The local time in the zone, as spreadsheets keep it: without the zone."""
    return (EPOCH + timedelta(milliseconds=instant)).astimezone(zone).replace(tzinfo=None)


def day(moment: date) -> str:
    """``05/9/2022``: a nought before days below 10 and the months 1 and 2 (Decree 30/2020)."""
    month = f"{moment.month:02}" if moment.month < 3 else str(moment.month)
    return f"{moment.day:02}/{month}/{moment.year}"
