"""The contest on which a close-out is measured: 1,500 units, twenty questions, a week that is over."""

from __future__ import annotations

from pathlib import Path

from chalicelib.domain.definition import Definition
from chalicelib.domain.units import Unit
from chalicelib.services.contest_folder import read_folder
from chalicelib.services.reference import Reference, assemble, compile_parts

UNITS = 1_500
PREDICTIONS = 200_000
OPENS = 1_661_130_000_000  # 08:00 on Monday 22/8/2022, UTC+7


def contest(contests: Path) -> Reference:
    source = read_folder(contests / "nghe-an-2022")
    definition: Definition = source.definition
    units = [
        Unit(f"U-{number:04}", f"Đơn vị số {number}", f"Khối {number % 6}", "department", 300, number % 5)
        for number in range(UNITS)
    ]
    return assemble(compile_parts(definition, source.questions, units, {}, {}))
