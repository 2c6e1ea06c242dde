"""Reads which pseudonyms of the weeks are one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verify.bundle import fetch_checked
from verify.outcome import CannotCheck, Failed
from verify.site import Fetch, lines, parsed
from verify.week import Checked, Line

# A person's line of each week, None where they do not count in it.
Person = tuple[Line | None, ...]


def read(fetch: Fetch, page: dict[str, Any], weeks: Sequence[Checked]) -> list[Person]:
    """Everybody of all ``weeks``, whose ``people`` it uses up. Raises ``Failed`` unless each is there once."""
    told = page["links"]
    if told is None:
        raise CannotCheck(
            "Trang kết quả chưa nêu tệp nối mã.", "The results page names no file of links (yet)."
        )
    packed = fetch_checked(fetch, f"data/proof/final/{told['file']}", told["sha256"])
    people: list[Person] = []
    unpacked = (parsed(line, told["file"]) for line in lines(packed, told["file"]))
    first = next(unpacked, None)
    numbers = [week.published["week"] for week in weeks]
    if first != {"contest": page["contest"], "format": 1, "weeks": numbers}:
        raise Failed(
            "Tệp nối mã thuộc cuộc thi khác hoặc không gồm đúng các tuần.",
            "The links belong to another contest, or not to these weeks.",
        )
    for names in unpacked:
        person = tuple(
            None if name is None else _taken(name, week) for name, week in zip(names, weeks, strict=True)
        )
        if not any(person):
            raise Failed("Tệp nối mã có người không ở tuần nào.", "The links have somebody of no week.")
        people.append(person)
    for week in weeks:
        if week.people:
            raise Failed(
                f"Tệp nối mã thiếu {len(week.people)} người của tuần {week.published['week']}.",
                f"The links lack {len(week.people)} people of week {week.published['week']}.",
            )
    return people


def _taken(name: str, week: Checked) -> Line:
    line = week.people.pop(name, None)
    if line is None:
        raise Failed(
            f"Tệp nối mã nêu hai lần, hoặc nêu sai, một người của tuần {week.published['week']}: {name}.",
            f"The links name somebody of week {week.published['week']} twice, or nobody: {name}.",
        )
    return line
