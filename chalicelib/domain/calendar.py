"""Changes of the weeks' dates once a contest is loaded (design, “Calendar”)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from chalicelib.domain.decisions import CalendarChange
from chalicelib.domain.definition import CalendarRow, Definition, Week

# An end that is put off later than this would reach some devices only after they have handed in.
LAST_CHANCE_MS = 2 * 60_000
REOPENED_WITHIN_MS = 24 * 3_600_000


def with_changes(definition: Definition, changes: Iterable[CalendarChange]) -> Definition:
    """``definition`` with the changes made to its calendar, oldest first.

    Raises ``ValidationError`` if the weeks then contradict each other.
    """
    rows = {row.week: row for row in definition.calendar}
    changed: dict[int, CalendarRow] = {}
    for change in changes:
        before = changed.get(change.week) or rows.get(change.week) or CalendarRow(week=change.week)
        told = {name: value for name, value in change._asdict().items() if name != "at" and value is not None}
        changed[change.week] = CalendarRow.model_validate({**before.model_dump(), **told})
    return definition.with_calendar(changed)


def clock_changes(definition: Definition) -> str:
    """A warning if clocks change during the contest, so that weeks do not open or close at the usual hour.

    Empty if they do not, or if ``calendar`` gives the moments of the weeks concerned.
    """
    rows = {row.week: row for row in definition.calendar}
    usual = definition.contest.start

    def differs(moment: int, given: object) -> bool:
        at = datetime.fromisoformat(definition.rfc3339(moment))
        return not given and isinstance(usual, datetime) and at.utcoffset() != usual.utcoffset()

    shifted = []
    for week in definition.weeks:
        row = rows.get(week.number, CalendarRow(week=week.number))
        if differs(week.opens, row.opens) or differs(week.closes, row.closes):
            shifted.append(week)
    if not shifted:
        return ""
    first, numbers = shifted[0], ", ".join(str(week.number) for week in shifted)
    return (
        f"đồng hồ ở {definition.contest.timezone} đổi giờ mùa trong thời gian thi, nên tuần {numbers} "
        f"không mở, đóng vào giờ thường lệ: tuần {first.number} mở {definition.rfc3339(first.opens)}, đóng "
        f"{definition.rfc3339(first.closes)}; muốn giữ giờ thì ghi opens và closes của các tuần đó ở "
        "[[calendar]]"
    )


def refused_moves(
    before: Definition, after: Definition, now: int, lead: int, recognised: Collection[int] = ()
) -> Iterator[tuple[int, str]]:
    """The weeks whose dates may not change like this at ``now``, each with what to do.

    ``lead``: milliseconds until everybody has heard of a change. ``recognised``: weeks whose result is.
    """
    for number in sorted({week.number for week in (*before.weeks, *after.weeks)}):
        old, new = before.week(number), after.week(number)
        if old == new:
            continue
        if old is None and now >= before.weeks[-1].closes:
            wrong = "cuộc thi đã kết thúc nên không thêm tuần thi được"
        elif old is None or old.opens > now + lead:
            wrong = _not_moved(before, new, now + lead)
        elif new is None:
            wrong = "tuần đã mở hoặc sắp mở thì không thể hủy"
        elif new.opens != old.opens:
            wrong = (
                f"tuần đã mở hoặc sắp mở thì không thể đổi giờ mở: hãy giữ {before.rfc3339(old.opens)}, "
                "chỉ lùi được giờ đóng"
            )
        elif new.closes <= old.closes:
            wrong = f"tuần đã mở chỉ có thể kéo dài: giờ đóng mới phải sau {before.rfc3339(old.closes)}"
        elif now < old.closes:
            wrong = _not_extended(old, now)
        else:
            wrong = _not_reopened(before, old, new, now, lead, recognised)
        if wrong:
            yield number, wrong


def _not_moved(before: Definition, new: Week | None, heard: int) -> str:
    """Why a week to come cannot be moved to ``new``."""
    begun = before.weeks[0].opens <= heard
    if new is None or new.opens > heard or not begun:
        return ""
    return f"giờ mở {before.rfc3339(new.opens)} đã qua hoặc quá gần: hãy chọn giờ mở muộn hơn"


def _not_extended(old: Week, now: int) -> str:
    if old.closes - now >= LAST_CHANCE_MS:
        return ""
    return (
        "chưa đầy hai phút nữa tuần đóng nên không kịp kéo dài cho mọi người: "
        "hãy chờ tuần đóng rồi gửi lại dòng này để mở lại tuần"
    )


def _not_reopened(
    before: Definition, old: Week, new: Week, now: int, lead: int, recognised: Collection[int]
) -> str:
    if old.number in recognised:
        return (
            "kết quả tuần này đã được công nhận nên không mở lại được: muốn mở lại, trước hết hãy hủy công nhận"
        )
    if now - old.closes >= REOPENED_WITHIN_MS:
        return "tuần đã đóng quá 24 giờ nên không mở lại được"
    next_week = before.week_after(old.number)
    if next_week is not None and next_week.opens <= now + lead:
        return f"tuần {next_week.number} đã mở hoặc sắp mở nên không mở lại tuần này được"
    if new.closes <= now + lead:
        return f"giờ đóng mới {before.rfc3339(new.closes)} đã qua hoặc quá gần: hãy chọn giờ muộn hơn"
    return ""
