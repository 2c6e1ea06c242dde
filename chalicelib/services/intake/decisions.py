"""What organisers decide while the contest runs: dates, stops, the notice, rulings, bars, recognitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from chalicelib.domain.calendar import refused_moves, with_changes
from chalicelib.domain.decisions import Decisions, Recognition
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.times import EPOCH, day, local_time, span_ms, to_ms
from chalicelib.domain.units import Unit
from chalicelib.domain.validation import message_of
from chalicelib.readers.calendar_files import CalendarLine, read_calendar, read_notice, read_switches
from chalicelib.readers.contest_files import DECISION_FILES
from chalicelib.readers.contest_tables import File
from chalicelib.readers.decision_files import InForce, read_annulments, read_recognitions, read_winner_checks
from chalicelib.readers.rulings import read_rulings
from chalicelib.readers.tables import ContestFaults, Fault, Faults
from chalicelib.services.contest.reference import Current
from chalicelib.services.contest.under_way import LEAD_MS, recognised
from chalicelib.services.intake.corrections import plan_mergers, sizes

# When the result of a close that stands came into force, in milliseconds; None if there is none.
PublishedAt = Callable[[str], int | None]


def read_decisions(
    table: File, contest: Current, in_force: InForce, published_at: PublishedAt, now: datetime
) -> Decisions:
    """The new decisions in a file that ``DECISION_FILES`` names. Raises ``ContestFaults``."""
    faults = Faults()
    file, definition = table.name, contest.definition
    weeks = {week.number for week in definition.weeks}
    made = Decisions()
    at = now.astimezone(definition.zone).isoformat(timespec="seconds")
    match DECISION_FILES[file]:
        case "calendar":
            lines = read_calendar(table, definition.zone, definition.contest.weeks, at, faults)
            if not faults:
                faults += _refused(contest, file, lines, to_ms(now))
            made = Decisions(calendar=tuple(line.change for line in lines))
        case "switches":
            made = Decisions(switches=tuple(read_switches(table, at, faults)))
        case "notice":
            made = Decisions(notices=(read_notice(table, at, faults),))
        case "rulings":
            banks = {
                week: {question.id: question for question in contest.of_week(week).bank.questions}
                for week in weeks
            }
            made = Decisions(rulings=tuple(read_rulings(table, banks, at, faults)))
        case "annulments":
            made = Decisions(annulments=tuple(read_annulments(table, in_force, weeks, faults)))
        case "winner-checks":
            on = now.astimezone(definition.zone).date()
            made = Decisions(annulments=tuple(read_winner_checks(table, weeks, on, faults)))
        case "mergers":
            made = Decisions(mergers=plan_mergers(table, contest, now, faults))
        case "recognitions":
            wanted = read_recognitions(table, weeks, faults)
            if not faults:
                made = Decisions(
                    recognitions=tuple(_recognise(file, wanted, contest, published_at, to_ms(now), faults))
                )
    if faults:
        raise ContestFaults(faults)
    return made


def _recognise(
    file: str,
    wanted: Sequence[Recognition],
    contest: Current,
    published_at: PublishedAt,
    now: int,
    faults: list[Fault],
) -> list[Recognition]:
    """``wanted`` where nothing forbids it; with a week the final loses its recognition too."""
    decided, made = contest.decisions, list[Recognition]()
    for one in wanted:
        in_force = decided.plus(Decisions(recognitions=tuple(made))).recognition
        if one.withdrawn:
            message = _not_to_withdraw(one, in_force)
        else:
            message = _not_yet(one, contest, in_force, published_at, now)
        if message:
            faults.append(Fault(file, 0, "what", one.what, message))
            continue
        made.append(one)
        final = in_force("final")
        if one.withdrawn and one.what != "final" and final:
            made.append(final._replace(withdrawn=True, reason=one.reason))
    return made


Recognised = Callable[[str], Recognition | None]


def _not_to_withdraw(one: Recognition, in_force: Recognised) -> str:
    return "" if in_force(one.what) else "kết quả này chưa được công nhận nên không có gì để thu hồi"


def _not_yet(
    one: Recognition, contest: Current, in_force: Recognised, published_at: PublishedAt, now: int
) -> str:
    """Why the result cannot be recognised, with the remedy; empty if it can."""
    definition, at = contest.definition, published_at(one.what)
    if in_force(one.what):
        return "kết quả này đã được công nhận: muốn thay quyết định thì thu hồi trước (withdraw = 1)"
    if at is None:
        return "chưa có kết quả: hãy gửi lại sau khi hệ thống tổng hợp xong"
    if one.what == "final":
        missing = [week.number for week in definition.weeks if not in_force(f"week-{week.number}")]
        if missing:
            weeks = ", ".join(map(str, missing))
            return f"kết quả chung cuộc được công nhận sau cùng: chưa công nhận tuần {weeks}"
    until = at + span_ms(definition.contest.complaints)
    if now < until and not one.reason:
        end = (EPOCH + timedelta(milliseconds=until)).astimezone(definition.zone)
        told = f"{end:%H:%M} ngày {day(end)}"
        return f"còn trong thời hạn khiếu nại (đến {told}): chờ hết hạn, hoặc nêu lý do ở cột reason"
    return ""


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


def in_words(
    definition: Definition, decisions: Decisions, file: str, units: Sequence[Unit] = ()
) -> dict[str, Any]:
    """What the answer to ``file`` says is in force now."""
    names = {"starts": "bắt đầu lượt thi", "registration": "đăng ký", "sign_in": "đăng nhập"}
    if file.startswith("switches"):
        return {"stopped": [names[switch] for switch in decisions.stopped]}
    if file.startswith("notice"):
        return {"notice": decisions.notice}
    if file.startswith("calendar"):
        return {"dates": [_dates(definition, week) for week in definition.weeks]}
    if file.startswith("mergers"):
        return {"merged": sizes(units, decisions.mergers, decisions)}
    return {}


def _dates(definition: Definition, week: Week) -> str:
    opens, closes = (local_time(moment, definition.zone) for moment in (week.opens, week.closes))
    span = " – ".join(f"{at.day}/{at.month}/{at.year} {at:%H:%M}" for at in (opens, closes))
    return f"{definition.title_of(week.number)}: {span}"
