"""The exact law of a draw: every branch that its random numbers can take, with its probability."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from chalicelib.domain.bank import Bank
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.groups import plan_of
from chalicelib.domain.paper import _choose_apart

Law = dict[tuple[int, ...], Fraction]


class _Lot:
    """Stands for a random number x: ``x * n >> 64`` is each number below n, one branch after the other."""

    def __init__(self, walk: _Walk) -> None:
        self._walk = walk

    def __mul__(self, limit: int) -> _Limited:
        return _Limited(self._walk, limit)


class _Limited:
    def __init__(self, walk: _Walk, limit: int) -> None:
        self._walk, self._limit = walk, limit

    def __rshift__(self, bits: int) -> int:
        assert bits == 64
        return self._walk.next_of(self._limit)


class _Walk:
    """Goes through the tree of choices, depth first: ``path`` holds those of the present branch."""

    def __init__(self) -> None:
        self.path: list[list[int]] = []
        self.depth = 0

    def next_of(self, limit: int) -> int:
        if self.depth == len(self.path):
            self.path.append([0, max(limit, 1)])
        self.depth += 1
        return self.path[self.depth - 1][0]

    def numbers(self) -> Iterator[Any]:
        while True:
            yield _Lot(self)

    def forward(self) -> bool:
        """To the next branch; False if there is none."""
        self.depth = 0
        while self.path and self.path[-1][0] == self.path[-1][1] - 1:
            self.path.pop()
        if self.path:
            self.path[-1][0] += 1
        return bool(self.path)


def law(bank: Bank, rules: PaperRules) -> Law:
    """The probability of each paper, as the places of its questions in order."""
    plan, walk = plan_of(bank, rules), _Walk()
    found: Law = {}
    going = True
    while going:
        paper = tuple(_choose_apart(plan, walk.numbers()))
        chance = Fraction(1)
        for _, limit in walk.path:
            chance /= limit
        found[paper] = found.get(paper, Fraction()) + chance
        going = walk.forward()
    return found
