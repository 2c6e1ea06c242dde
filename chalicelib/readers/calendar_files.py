"""``calendar``, ``switches`` (CSV or XLSX) and ``notice.txt``: what organisers change while a contest runs."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.domain.decisions import SWITCHES, CalendarChange, Notice, SwitchChange
from chalicelib.readers.contest_tables import File, check_reason
from chalicelib.readers.tables import Fault, Row, known_week

CALENDAR_COLUMNS = ("week", "opens", "closes", "title", "cancelled", "reason")
SWITCH_COLUMNS = ("switch", "value", "reason")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_PUBLIC = "lý do được công bố"
_LONGEST_NOTICE = 1_000
_YES_OR_NO = {"": None, "0": False, "1": True}


class CalendarLine(NamedTuple):
    """A change and the line that asks for it."""

    line: int
    change: CalendarChange


def read_calendar(file: File, zone: ZoneInfo, weeks: int, at: str, faults: list[Fault]) -> list[CalendarLine]:
    """The changes by line; moments without an offset are in ``zone``. ``weeks``: how many the contest has.

    Returns nothing that can be used if there are faults.
    """
    lines: list[CalendarLine] = []
    seen: dict[str, int] = {}
    for row in file.some_rows(CALENDAR_COLUMNS, faults):
        before = len(faults)
        week = known_week(row["week"], range(1, weeks + 1))
        if week is None:
            faults.append(row.fault("week", f"ghi số tuần, từ 1 đến {weeks}"))
        first = seen.setdefault(row["week"], row.line)
        if first != row.line:
            faults.append(row.fault("week", f"tuần này đã có ở dòng {first}: mỗi tuần một dòng"))
        opens, closes = _moment(row, "opens", zone, faults), _moment(row, "closes", zone, faults)
        if row["cancelled"] not in _YES_OR_NO:
            faults.append(row.fault("cancelled", "ghi 1 (hủy tuần), 0 (không hủy) hoặc để trống (giữ nguyên)"))
        cancelled = _YES_OR_NO.get(row["cancelled"])
        if not any((row["opens"], row["closes"], row["title"], row["cancelled"])):
            faults.append(row.fault("opens", "dòng không thay đổi gì: hãy ghi ô cần đổi, các ô khác để trống"))
        check_reason(row, faults, _PUBLIC)
        if len(row["title"]) > 200:
            faults.append(row.fault("title", "quá dài, tối đa 200 ký tự"))
        if week is not None and len(faults) == before:
            change = CalendarChange(week, opens, closes, row["title"] or None, cancelled, row["reason"], at)
            lines.append(CalendarLine(row.line, change))
    return lines


def read_switches(file: File, at: str, faults: list[Fault]) -> list[SwitchChange]:
    """The changes in the file's order. Returns nothing that can be used if there are faults."""
    changes: list[SwitchChange] = []
    seen: dict[str, int] = {}
    for row in file.some_rows(SWITCH_COLUMNS, faults):
        before = len(faults)
        first = seen.setdefault(row["switch"], row.line)
        if row["switch"] not in SWITCHES:
            message = "ghi starts (bắt đầu lượt thi), registration (đăng ký) hoặc sign_in (đăng nhập)"
            faults.append(row.fault("switch", message))
        elif first != row.line:
            faults.append(row.fault("switch", f"đã có ở dòng {first}: mỗi mục một dòng"))
        if row["value"] not in {"on", "off"}:
            faults.append(row.fault("value", "ghi off (tạm dừng) hoặc on (mở lại)"))
        check_reason(row, faults, _PUBLIC)
        if len(faults) == before:
            switch = next(name for name in SWITCHES if name == row["switch"])
            changes.append(SwitchChange(switch, row["value"] == "on", row["reason"], at))
    return changes


def read_notice(file: File, at: str, faults: list[Fault]) -> Notice:
    """The banner's text; an empty file removes the banner."""
    text = file.text(faults).strip()
    if len(text) > _LONGEST_NOTICE:
        message = f"thông báo dài quá {_LONGEST_NOTICE} ký tự: hãy viết ngắn lại, chi tiết ghi trong guide.md"
        faults.append(Fault(file.name, 0, "", "", message))
    lines = (line.strip() for line in text.split("\n"))
    return Notice("\n".join(line for line in lines if line), at)


def _moment(row: Row, column: str, zone: ZoneInfo, faults: list[Fault]) -> str | None:
    """The cell as RFC 3339; None if it is empty, or faulty."""
    value = row[column]
    if not value:
        return None
    try:
        if not _MOMENT.fullmatch(value):
            raise ValueError
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()
    except ValueError:
        faults.append(row.fault(column, "cần cả ngày và giờ, ví dụ 2022-08-29 08:30 (giờ của cuộc thi)"))
        return None
