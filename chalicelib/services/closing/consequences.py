"""Compares two results of a close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.documents.closed_week import ClosedFinal, ClosedWeek
from chalicelib.documents.consequences import CloseChange, Figure, PersonChange, PrizeChange, UnitChange

# What the figures of a change are called.
FIGURES = {
    "people": "Số người dự thi",
    "attempts": "Số lượt thi",
    "obliged_people": "Số người thuộc đối tượng bắt buộc dự thi",
    "other_people": "Số người khác dự thi",
    "perfect_people": "Số người trả lời đúng tất cả",
    "ranked": "Số người được xếp hạng",
    "target": "Đáp số câu dự đoán",
}
# What follows the word “đơn vị” where units have parents: those without one, and those without children.
LEVELS = {"": "", "top": " đầu mối", "leaf": " cơ sở"}
Document = ClosedWeek | ClosedFinal


def change(what: str, revision: int, before: Document, after: Document) -> CloseChange | None:
    """What ``after`` changes, which would replace ``revision``; None if nothing."""
    if _told(before) == _told(after):
        return None
    return CloseChange(
        what,
        revision,
        tuple(_figures(before, after)),
        tuple(_prizes(before, after)),
        tuple(_units(before, after)),
        tuple(_people(before, after)),
    )


def _told(closed: Document) -> Document:
    """The result without what it only follows from."""
    if isinstance(closed, ClosedFinal):
        return closed
    return msgspec.structs.replace(closed, reserves=(), earlier_winners={}, unit_prizes_elsewhere={})


def _figures(before: Document, after: Document) -> Iterator[Figure]:
    if isinstance(before, ClosedWeek) and isinstance(after, ClosedWeek):
        was, now = _counted(before), _counted(after)
        yield from (Figure(name, was[name], now[name]) for name in was if was[name] != now[name])


def _counted(closed: ClosedWeek) -> dict[str, int | None]:
    counts = msgspec.structs.asdict(closed.counts)
    return {**counts, "ranked": closed.ranked, "target": closed.prediction and closed.prediction.actual}


def _prizes(before: Document, after: Document) -> Iterator[PrizeChange]:
    was, now = _titles(before), _titles(after)
    for person in dict.fromkeys([*now, *was]):
        if was.get(person, "") != now.get(person, ""):
            yield PrizeChange(person, was.get(person, ""), now.get(person, ""))


def _people(before: Document, after: Document) -> Iterator[PersonChange]:
    for person in dict.fromkeys(after.renamed[len(before.renamed) :]):
        yield PersonChange(person, "full_name", "", "")
    was = {one.participant_id: one.unit_name for one in before.prizes}
    for one in after.prizes:
        unit = was.get(one.participant_id, one.unit_name)
        if unit != one.unit_name:
            yield PersonChange(one.participant_id, "unit", unit, one.unit_name)


def _titles(closed: Document) -> Mapping[str, str]:
    return {one.participant_id: one.title for one in closed.prizes}


def _units(before: Document, after: Document) -> Iterator[UnitChange]:
    was, now = ({(line.level, line.code): line for line in closed.units} for closed in (before, after))
    for key, line in {**was, **now}.items():
        old, new = was.get(key), now.get(key)
        ranks = old.rank if old else None, new.rank if new else None
        prizes = old.prize_title if old else "", new.prize_title if new else ""
        if ranks[0] != ranks[1] or prizes[0] != prizes[1]:
            yield UnitChange(*key, line.name, *ranks, *prizes)
