"""Units: departments, districts, agencies, schools (R14), and the units below them (design)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple


class Unit(NamedTuple):
    """``headcount`` counts the people obliged to take part, before ``exempt`` people are subtracted (R1).

    ``parent``: the code of the unit above, which has none itself; empty where there is none.
    """

    code: str
    name: str
    bloc: str
    kind: str
    headcount: int
    exempt: int
    parent: str = ""

    @property
    def obliged(self) -> int:
        return max(self.headcount - self.exempt, 0)


# ``top``: units without a parent; ``leaf``: units without children. A unit may be both.
Level = Literal["top", "leaf"]
LEVELS: tuple[Level, ...] = ("top", "leaf")


def parents(units: Iterable[Unit]) -> dict[str, str]:
    """The code of the unit above, by code, of the units that have one."""
    return {unit.code: unit.parent for unit in units if unit.parent}


def counting_in(code: str, above: Mapping[str, str]) -> Iterator[str]:
    """The units whose figures a person of this unit is in: the unit and its parent; ``above``: ``parents``."""
    yield code
    if code in above:
        yield above[code]


def of_level(units: Iterable[Unit], level: Level) -> list[Unit]:
    """The units of a level; all, where no unit has a parent."""
    told = list(units)
    if level == "top":
        return [unit for unit in told if not unit.parent]
    above = set(parents(told).values())
    return [unit for unit in told if unit.code not in above]


def added_up(units: Iterable[Unit]) -> list[Unit]:
    """The units, each parent with its children's headcount and exempt people beside its own."""
    told = list(units)
    above = parents(told)
    sums: dict[str, tuple[int, int]] = {}
    for unit in told:
        for code in counting_in(unit.code, above):
            headcount, exempt = sums.get(code, (0, 0))
            sums[code] = headcount + unit.headcount, exempt + unit.exempt
    return [unit._replace(headcount=sums[unit.code][0], exempt=sums[unit.code][1]) for unit in told]


def merged_units(units: Iterable[Unit], became: Mapping[str, str]) -> list[Unit]:
    """The units with the people of each merged one in the one that it has ``become`` (``decisions.merged``).

    The merged one stays in the list, with nobody left to take part, and its name says so: what it has done in
    earlier weeks stays its own.
    """
    told = {unit.code: unit for unit in units}
    for code, into in became.items():
        if code in told and into in told:
            gone, grown = told[code], told[into]
            told[into] = grown._replace(
                headcount=grown.headcount + gone.headcount, exempt=grown.exempt + gone.exempt
            )
            name = f"{gone.name} (đã sáp nhập vào {grown.name})"
            told[code] = gone._replace(name=name, headcount=0, exempt=0)
    return list(told.values())
