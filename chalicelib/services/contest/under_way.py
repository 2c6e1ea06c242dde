"""Decides which changes are still allowed once weeks have begun, and from which week they apply.

Questions, paper, prediction question, ranking, prizes and unit prizes may change for the weeks to come; a week
that has begun keeps those with which it opened for ever. ``domain/calendar.py`` says what of its dates may
change. Titles and the like may change at any time. Everything else is frozen when the first week opens:
``domain/definition.py`` has the lists. Unit codes, blocs and parents are frozen too. Headcounts and rosters
hold for the weeks that are not yet closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.domain.calendar import refused_moves
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.units import Unit
from chalicelib.readers.tables import Fault
from chalicelib.services.contest.reference import RECHECK_MS, Current, Reference, same_rules, same_units

# Environments see a new contest up to ten seconds after the pointer moves; the move itself gets twenty.
LEAD_MS = RECHECK_MS + 20_000
# What ``RULES_OF_A_WEEK`` are called.
_NAMES = {
    "paper": "đề thi",
    "prediction": "câu hỏi dự đoán",
    "ranking": "cách xếp hạng",
    "prizes": "các giải cá nhân",
    "unit_prizes": "các giải đơn vị",
}


class Plan(NamedTuple):
    """How a contest replaces the one before.

    ``papers``: begun week → digest of the contest that it keeps; ``units``: the same of closed weeks;
    ``from_week``: the first week of new questions or rules, None if they are as before or no week has begun.
    """

    papers: dict[str, str]
    units: dict[str, str]
    from_week: int | None


def begun(definition: Definition, now: int) -> list[Week]:
    """The weeks that will have opened by the time everybody sees a contest taken over at ``now``."""
    return [week for week in definition.weeks if week.opens <= now + LEAD_MS]


def plan(told: ContestInForce, before: Current, after: Current, now: int) -> Plan:
    """The plan for a change that ``too_late`` allows; ``told`` is the pointer of ``before``."""
    weeks = begun(before.definition, now)
    closed = after.definition.ready_to_close(now + LEAD_MS)  # not one that is opened again

    def kept(
        by: Mapping[str, str], weeks: Iterable[Week], same: Callable[[Reference, Reference], bool]
    ) -> dict[str, str]:
        return {
            str(week.number): by.get(str(week.number), told.reference)
            for week in weeks
            if not same(before.of_week(week.number), after.of_week(week.number))
        }

    coming = _coming(before, after, now)
    changed = bool(weeks and coming) and not same_rules(before, after)
    return Plan(
        papers=kept(told.papers, weeks, same_rules),
        units=kept(told.units, closed, same_units),
        from_week=coming[0].number if changed else None,
    )


def too_late(before: Current, after: Reference, questions_file: str, now: int) -> list[Fault]:
    """A fault, with its reason, for each change that comes too late."""
    if not begun(before.definition, now):
        return []
    moves = (
        Fault("contest.toml", 0, "calendar", "", f"tuần {number}: {why}")
        for number, why in refused_moves(before.definition, after.definition, now, LEAD_MS, recognised(before))
    )
    return [*moves, *_fixed(before, after), *_no_week_left(before, after, questions_file, now)]


def opened_again(before: Reference, after: Reference, now: int) -> set[int]:
    """The weeks that were over at ``now``, and are no longer."""
    over = {week.number for week in before.definition.weeks if week.closes <= now}
    return {week.number for week in after.definition.weeks if week.number in over and now < week.closes}


def recognised(reference: Current) -> set[int]:
    """The weeks whose result is recognised."""
    decisions, weeks = reference.decisions, reference.definition.weeks
    return {week.number for week in weeks if decisions.recognition(f"week-{week.number}")}


def _coming(before: Reference, after: Reference, now: int) -> list[Week]:
    opened = {week.number for week in begun(before.definition, now)}
    return [week for week in after.definition.weeks if week.number not in opened]


def _fixed(before: Reference, after: Reference) -> Iterator[Fault]:
    stays = before.definition.frozen()
    for path, value in after.definition.frozen().items():
        if value != stays[path]:
            message = "cuộc thi đã mở thì không thể đổi mục này vì kết quả phụ thuộc vào đó: hãy giữ như cũ"
            yield Fault("contest.toml", 0, path, "", message)
    blocs = {unit.code: unit.bloc for unit in before.units}
    for unit in after.units:
        if unit.bloc != blocs.get(unit.code, unit.bloc):
            message = f"cuộc thi đã mở thì không thể đổi khối của đơn vị: hãy giữ “{blocs[unit.code]}”"
            yield Fault("units", 0, "bloc", unit.bloc, message)
    yield from _parents_fixed(before.units, after.units)
    for code in sorted(before.unit_codes - after.unit_codes):
        message = "cuộc thi đã mở thì không thể bỏ mã đơn vị: người của đơn vị này sẽ không còn đơn vị"
        yield Fault("units", 0, "code", code, message)


def _parents_fixed(before: Iterable[Unit], after: Iterable[Unit]) -> Iterator[Fault]:
    """Who is below whom stays, and who has nobody below: a unit's level must not change."""
    above = {unit.code: unit.parent for unit in before}
    have_children = set(above.values())
    for unit in after:
        if unit.code in above and unit.parent != above[unit.code]:
            stays = f"hãy giữ “{above[unit.code]}”" if above[unit.code] else "hãy để trống"
            message = f"cuộc thi đã mở thì không thể đổi đơn vị cấp trên: {stays}"
            yield Fault("units", 0, "parent", unit.parent, f"{unit.code}: {message}")
        elif unit.code not in above and unit.parent in above and unit.parent not in have_children:
            message = (
                "cuộc thi đã mở mà đơn vị này chưa có đơn vị trực thuộc thì không thể thêm: "
                f"hãy để trống parent của {unit.code}"
            )
            yield Fault("units", 0, "parent", unit.parent, message)


def _no_week_left(before: Current, after: Reference, questions_file: str, now: int) -> Iterator[Fault]:
    """Changes for weeks to come where there are none. What was changed for one that is cancelled now stays."""
    if _coming(before, after, now):
        return
    last_week = begun(before.definition, now)[-1].number
    last = before.of_week(last_week)
    why = (
        f"chỉ đổi được cho những tuần chưa mở, mà tuần cuối (tuần {last_week}) "
        "đã mở hoặc sắp mở: hãy giữ như khi tuần đó mở"
    )
    for table, name in _NAMES.items():
        if getattr(after.definition, table) not in [getattr(one.definition, table) for one in (before, last)]:
            yield Fault("contest.toml", 0, table, "", f"{name} {why}")
    if after.bank.digest not in (before.bank.digest, last.bank.digest):
        yield Fault(questions_file, 0, "", "", f"các câu hỏi đã thẩm định {why}")
