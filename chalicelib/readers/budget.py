"""What the reading of one file may cost: every reader takes its steps from one budget.

A step is a character; an element of XML and a cell of a table count as ten. Steps are counted, not seconds: the
same file gets the same answer everywhere, and every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# A contest whose tables are all as large as they may be takes less than a fifth of it.
STEPS = 500_000_000
_left: ContextVar[list[int] | None] = ContextVar("steps left", default=None)


class BudgetSpent(Exception):
    """A file takes more steps than it may."""


@contextmanager
def budget(steps: int = STEPS) -> Iterator[None]:
    """What is read inside may take ``steps`` in all; without a budget there is no end to them."""
    token = _left.set([steps])
    try:
        yield
    finally:
        _left.reset(token)


def spend(steps: int) -> None:
    """Raises ``BudgetSpent``."""
    left = _left.get()
    if left is not None:
        left[0] -= steps
        if left[0] < 0:
            raise BudgetSpent
