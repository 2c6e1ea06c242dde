"""What organisers decide while the contest runs: dates of weeks, what is stopped, the notice on the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from chalicelib.domain.calendar import refused_moves, with_changes
from chalicelib.domain.decisions import Decisions
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.times import local_time, to_ms
from chalicelib.domain.validation import message_of
from chalicelib.readers.calendar_files import CalendarLine, read_calendar, read_notice, read_switches
from chalicelib.readers.contest_files import ContestFaults
from chalicelib.readers.contest_tables import File
from chalicelib.readers.tables import Fault
from chalicelib.services.contest.reference import Current
from chalicelib.services.contest.under_way import LEAD_MS, recognised


def decide(before: Current, file: File, now: datetime) -> Decisions:
    """The decisions in force with those of ``file``. Raises ``ContestFaults``."""
    faults: list[Fault] = []
    decisions, at = before.decisions, now.isoformat(timespec="seconds")
    kind = file.name.partition(".")[0]
    if kind == "calendar":
        definition = before.definition
        lines = read_calendar(file, definition.zone, definition.contest.weeks, at, faults)
        if not faults:
            faults += _refused(before, file.name, lines, to_ms(now))
        decisions = decisions._replace(calendar=(*decisions.calendar, *(line.change for line in lines)))
    elif kind == "switches":
        decisions = decisions._replace(switches=(*decisions.switches, *read_switches(file, at, faults)))
    else:
        decisions = decisions._replace(notices=(*decisions.notices, read_notice(file, at, faults)))
    if faults:
        raise ContestFaults(faults)
    return decisions


def _refused(before: Current, file: str, lines: list[CalendarLine], now: int) -> list[Fault]:
    line_of = {line.change.week: line.line for line in lines}
    try:
        after = with_changes(before.definition, (line.change for line in lines))
    except ValidationError as refused:
        return contradictions(file, refused)
    return [
        Fault(file, line_of.get(number, 0), "week", str(number), why)
        for number, why in refused_moves(before.definition, after, now, LEAD_MS, recognised(before))
    ]


def contradictions(file: str, refused: ValidationError) -> list[Fault]:
    """The faults of dates that contradict each other."""
    return [Fault(file, 0, "", "", message_of(error)) for error in refused.errors(include_url=False)]


def in_words(definition: Definition, decisions: Decisions, file: str) -> dict[str, Any]:
    """What the answer to ``file`` says is in force now."""
    names = {"starts": "bắt đầu lượt thi", "registration": "đăng ký", "sign_in": "đăng nhập"}
    if file.startswith("switches"):
        return {"stopped": [names[switch] for switch in decisions.stopped]}
    if file.startswith("notice"):
        return {"notice": decisions.notice}
    return {"dates": [_dates(definition, week) for week in definition.weeks]}


def _dates(definition: Definition, week: Week) -> str:
    opens, closes = (local_time(moment, definition.zone) for moment in (week.opens, week.closes))
    span = " – ".join(f"{at.day}/{at.month}/{at.year} {at:%H:%M}" for at in (opens, closes))
    return f"{definition.title_of(week.number)}: {span}"
