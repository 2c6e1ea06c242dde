"""Units: departments, districts, agencies, schools (R14)."""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """``headcount`` counts the people obliged to take part, before ``exempt`` people are subtracted (R1)."""

    code: str
    name: str
    bloc: str
    kind: str
    headcount: int
    exempt: int

    @property
    def obliged(self) -> int:
        return max(self.headcount - self.exempt, 0)
