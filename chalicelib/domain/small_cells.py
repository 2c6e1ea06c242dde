"""Which units a week's public files must not name, because too few people would stand behind a figure.

The bundle shows everybody's score, and beside it where they count. A cell is all that it says of that: unit,
category, and whether obliged. Whoever knows that a person is alone in a cell would know the score. So small
cells are hidden, and with them what would give them away by a difference. In official statistics these steps
are called primary and secondary suppression.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.units import Unit, added_up, parents


class Cell(NamedTuple):
    """``unit`` is empty for people outside all units."""

    unit: str
    category: str
    obliged: bool


class Told(NamedTuple):
    """Whether a unit's sum of best scores may be public: of everybody, and of the obliged."""

    everybody: bool
    obliged: bool


ALL_TOLD = Told(everybody=True, obliged=True)


@dataclass(frozen=True, slots=True)
class SmallCells:
    """``shown``: the cells whose lines name the unit; all where it is None. ``told``: by unit code."""

    shown: frozenset[Cell] | None
    told: Mapping[str, Told]

    def hides(self, cell: Cell) -> bool:
        return self.shown is not None and cell not in self.shown


NOTHING_HIDDEN = SmallCells(None, {})


def small_cells(people: Mapping[Cell, int], units: Sequence[Unit], least: int) -> SmallCells:
    """``people``: how many took part in each cell; ``least``: how many must stand behind a figure.

    A cell of fewer is hidden, and a sum of fewer people's scores is kept back. Of each unit that is the sum
    which ``quality`` needs (``unit_score``); its other sum is told only if nothing of it is hidden. Then, until
    nothing changes or nobody is left to hide:

    - of a told sum ``least`` people or more are hidden, or nobody, less what is told of units below;
    - of each category and obligation ``least`` people or more are hidden, or nobody;
    - no sum of a small cell follows from told sums and from what is public of the hidden people.
    """
    if least <= 1:
        return NOTHING_HIDDEN
    search = _Search(people, units, least)
    search.run()
    return SmallCells(frozenset(search.shown), {unit.code: search.told(unit) for unit in search.units})


# What is public of hidden people beside their scores: category and obligation.
_Kind = tuple[str, bool]


class _Search:
    """Hides more and more. What is hidden stays hidden, so it ends."""

    def __init__(self, people: Mapping[Cell, int], units: Sequence[Unit], least: int) -> None:
        self._people, self._least = dict(sorted(people.items())), least
        self.units = added_up(units)
        self._unit = {unit.code: unit for unit in self.units}
        self._above = parents(self.units)
        self._below: dict[str, list[Unit]] = {}
        for unit in self.units:
            self._below.setdefault(unit.parent, []).append(unit)
        self._of_unit: dict[str, list[Cell]] = {}
        self._kinds: dict[_Kind, list[Cell]] = {}
        for cell in sorted(people):
            self._of_unit.setdefault(cell.unit, []).append(cell)
            self._kinds.setdefault(cell[1:], []).append(cell)
        self._summed = {unit.code: frozenset(self._of_quality(unit)) for unit in self.units}
        self.shown = {cell for cell, count in people.items() if count >= least}
        self._kept_back = {code for code, cells in self._summed.items() if 0 < self._count(cells) < least}

    def run(self) -> None:
        while any([self._few_of_a_sum(), self._few_of_a_kind(), self._given_away()]):
            pass

    def told(self, unit: Unit) -> Told:
        members = self._members(unit)
        everybody = all(cell in self.shown for cell in members)
        obliged = all(cell in self.shown for cell in members if cell.obliged)
        if self._counts_otherwise(unit):
            return Told(everybody, obliged)
        main = unit.code not in self._kept_back
        return Told(everybody, main) if unit.obliged else Told(main, obliged)

    def _few_of_a_sum(self) -> bool:
        """Hides the smallest of what is left of a sum; where all is hidden, keeps back one below, or itself."""
        changed = False
        for unit in self.units:
            while unit.code not in self._kept_back:
                left = self._left(unit)
                hidden = [cell for cell in left if cell not in self.shown]
                if not 0 < self._count(hidden) < self._least:
                    break
                shown = [cell for cell in left if cell in self.shown]
                if shown:
                    self.shown.remove(self._smallest(shown))
                else:
                    below = [one for one in self._told_below(unit) if self._summed[one.code]]
                    size = {one.code: self._count(self._summed[one.code]) for one in below}
                    self._keep_back(min(size, key=lambda code: (size[code], code), default=unit.code))
                changed = True
        return changed

    def _few_of_a_kind(self) -> bool:
        changed = False
        for cells in self._kinds.values():
            while 0 < self._count(cell for cell in cells if cell not in self.shown) < self._least:
                if not self._hide_one_more(cells):
                    break
                changed = True
        return changed

    def _given_away(self) -> bool:
        """Whether it had to hide something because a small cell could be worked out.

        Each hidden cell is in one sum at most, and in one kind, whose total is public. So the cell is the edge
        from a sum to a kind, and can be worked out just where the edge is a bridge: what is on a cycle can be
        raised and lowered in turn, with all totals as they are. Cells of no told sum share one more node: its
        total follows from the others, if it is known at all.
        """
        hidden = [cell for cell in self._people if cell not in self.shown]
        sums = [self._sum_of(cell) for cell in hidden]
        for number in bridges([(told, cell[1:]) for told, cell in zip(sums, hidden, strict=True)]):
            cell = hidden[number]
            if self._people[cell] >= self._least:
                continue
            told = sums[number]
            if told is not None:
                self._keep_back(told)
                return True
            if self._hide_one_more(self._kinds[cell[1:]]):
                return True
        return False

    def _hide_one_more(self, kind: Sequence[Cell]) -> bool:
        """Hides the smallest that is still known of a kind: what is shown, or follows from a told sum."""
        known = [cell for cell in kind if cell in self.shown or self._sum_of(cell) is not None]
        if not known:
            return False
        cell = self._smallest(known)
        told = self._sum_of(cell)
        if told is None:
            self.shown.remove(cell)
        else:
            self._keep_back(told)
            self.shown.discard(cell)
        return True

    def _keep_back(self, code: str) -> None:
        self._kept_back.add(code)
        self.shown.difference_update(self._summed[code])

    def _sum_of(self, cell: Cell) -> str | None:
        """The unit in whose told sum the cell is, less what is told of units below; None if in none."""
        for code in (cell.unit, self._above.get(cell.unit)):
            if code in self._unit and code not in self._kept_back and cell in self._summed[code]:
                return code
        return None

    def _left(self, unit: Unit) -> list[Cell]:
        return [cell for cell in self._summed[unit.code] if self._sum_of(cell) == unit.code]

    def _told_below(self, unit: Unit) -> Iterator[Unit]:
        return (one for one in self._below.get(unit.code, []) if one.code not in self._kept_back)

    def _of_quality(self, unit: Unit) -> Iterator[Cell]:
        if not self._counts_otherwise(unit):
            yield from (cell for cell in self._members(unit) if cell.obliged or not unit.obliged)

    def _counts_otherwise(self, unit: Unit) -> bool:
        """Whether its quality is of everybody, and its parent's of the obliged: so both sums would cut across.

        Then its sums are told only where nothing of them is hidden.
        """
        return bool(unit.parent and not unit.obliged and self._unit[unit.parent].obliged)

    def _members(self, unit: Unit) -> list[Cell]:
        codes = [unit.code, *(one.code for one in self._below.get(unit.code, []))]
        return [cell for code in codes for cell in self._of_unit.get(code, [])]

    def _smallest(self, cells: Iterable[Cell]) -> Cell:
        return min(cells, key=lambda cell: (self._people[cell], cell))

    def _count(self, cells: Iterable[Cell]) -> int:
        return sum(self._people[cell] for cell in cells)


def bridges(edges: Sequence[tuple[object, object]]) -> list[int]:
    """The numbers of the edges that are on no cycle, ascending. From nodes of one kind to nodes of another.

    Tarjan's algorithm, without recursion: an edge is a bridge if nothing behind it leads back before it.
    """
    at: dict[tuple[int, object], list[tuple[int, tuple[int, object]]]] = {}
    for number, (left, right) in enumerate(edges):
        one, other = (0, left), (1, right)
        at.setdefault(one, []).append((number, other))
        at.setdefault(other, []).append((number, one))
    seen: dict[tuple[int, object], int] = {}
    low: dict[tuple[int, object], int] = {}
    found = []
    for root, own in at.items():
        if root in seen:
            continue
        seen[root] = low[root] = len(seen)
        path = [(root, -1, iter(own))]
        while path:
            node, came_by, rest = path[-1]
            step = next(rest, None)
            if step is None:
                path.pop()
                if path:
                    before = path[-1][0]
                    low[before] = min(low[before], low[node])
                    if low[node] > seen[before]:
                        found.append(came_by)
                continue
            number, there = step
            if number == came_by:
                continue
            if there in seen:
                low[node] = min(low[node], seen[there])
            else:
                seen[there] = low[there] = len(seen)
                path.append((there, number, iter(at[there])))
    return sorted(found)
