"""The contest on which a close-out is measured: 1,500 units, twenty questions, a week that is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from chalicelib.domain.definition import Definition
from chalicelib.domain.units import Unit
from chalicelib.readers.plain import read_folder
from chalicelib.services.contest.compiled_rosters import Member, Roster
from chalicelib.services.contest.reference import Reference, assemble, compile_parts

UNITS = 1_500
ROSTER_ROWS = 200_000
PREDICTIONS = 200_000
OPENS = 1_661_130_000_000  # 08:00 on Monday 22/8/2022, UTC+7


def person(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()[:20]


def in_share(number: int, share: int = 0) -> str:
    """The same person in one of the sixteen shares."""
    return f"{share:x}{person(number)[1:]}"


def rosters(name: Callable[[int], str] = person) -> bytes:
    """``ROSTER_ROWS`` people in half of the units, which listed everybody; the other units listed nobody."""

    def members(unit: int) -> Iterator[Member]:
        for number in range(unit, 2 * ROSTER_ROWS, UNITS):
            full_name = f"Nguyễn Văn {'An Bình Chi Dũng Giang Hà Lan Mai Sơn Thủy'.split()[number % 10]}"
            yield Member(name(number), full_name, f"040{number:09}", number % 50 == 0, "mandatory", "")

    lines = [Roster(f"U-{unit:04}", sorted(members(unit))) for unit in range(UNITS // 2)]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def contest(contests: Path, rosters: str = "") -> Reference:
    """``rosters``: their digest."""
    source = read_folder(contests / "nghe-an-2022")
    definition: Definition = source.definition
    units = [
        Unit(f"U-{number:04}", f"Đơn vị số {number}", f"Khối {number % 6}", "department", 300, number % 5)
        for number in range(UNITS)
    ]
    return assemble(compile_parts(definition, source.questions, units, {}, {}, rosters))
