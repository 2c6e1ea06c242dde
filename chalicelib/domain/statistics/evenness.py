"""Are numbers too even, or too well ordered, to have been chosen independently? Exact tests, one-sided.

People who do not agree with each other leave gaps of all sizes between their numbers. A program that spreads
its accounts over an interval leaves none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb, e, factorial, gcd, sqrt

# More values than these make the tests slow, and no better.
MOST_EVEN, MOST_ORDERED = 200, 60
# Where a value is one of few, 1½ to 3 times as many as there are values, gaps are as even at most so much more
# often than in a continuum (simulated).
_FEW_CHOICES = 5


def too_even(values: Sequence[int]) -> Fraction:
    """The probability of gaps as even as these, if each value was chosen by itself.

    Given the lowest and the highest of values chosen evenly, the others are a random sample between them. The
    statistic is Sherman's, ½·Σ|gap − mean gap| (P. K. Sherman, *A random variable related to the spacing of
    sample values*, 1950). Preferences make gaps less even, with one exception: where all are multiples of the
    same step, as round numbers are, and that leaves little choice, the number of different values is tested
    instead (``_too_different``). 1 if there are fewer than four values, or no two different ones.
    """
    ordered = sorted(values)
    gaps = [above - below for below, above in pairwise(ordered)]
    whole = sum(gaps)
    if len(gaps) < 3 or not whole:
        return Fraction(1)
    between = whole // gcd(*gaps) - 1
    if 2 * between < 3 * len(values):
        return _too_different(len(set(ordered)) - 2, len(values) - 2, between)
    surplus = sum([len(gaps) * gap - whole for gap in gaps if len(gaps) * gap > whole])
    if _is_usual(surplus, len(gaps), whole):
        return Fraction(1)
    return _sherman(surplus, len(gaps), whole) * (_FEW_CHOICES if between < 3 * len(values) else 1)


def _is_usual(surplus: int, count: int, whole: int) -> bool:
    """Whether the statistic is less than two or, of many gaps, three standard deviations below its mean, 1/e.

    It spares the exact sum, whose time grows with the cube of ``count``.
    """
    return surplus / (count * whole) > 1 / e - (2 if count < 40 else 3) * sqrt((2 / e - 5 / e**2) / count)


def _sherman(surplus: int, count: int, whole: int) -> Fraction:
    """The distribution function at ``surplus / (count * whole)``: the integral over the gaps above average."""
    total = 0
    for j in range(surplus // whole + 1):
        below, above = j * whole, surplus - j * whole
        last = count - j if j else 1
        inner = sum(
            comb(count - 1, s) * comb(2 * count - 2 - j - s, count - 1) * below**s * above ** (count - 1 - s)
            for s in range(last)
        )
        total += (-1) ** j * comb(count, j) * inner
    return Fraction(total, (count * whole) ** (count - 1))


def _too_different(seen: int, chosen: int, choices: int) -> Fraction:
    """The probability of ``seen`` or more different values among ``chosen``, each one of ``choices`` at most.

    Whatever people prefer makes fewer of them different: equal preferences are the upper bound (C. K. Wong and
    P. C. Yue, *A majorization theorem for the number of distinct outcomes in N independent trials*, 1973).
    """
    if not seen:
        return Fraction(1)
    ways = [1] + [0] * chosen
    for _ in range(chosen):
        ways = [
            ways[k] * k + (ways[k - 1] * (choices - k + 1) if k else 0) if k <= choices else 0
            for k in range(chosen + 1)
        ]
    return Fraction(sum(ways[seen:]), choices**chosen)


def too_ordered(values: Sequence[int]) -> Fraction:
    """The probability of an order as near to rising, or to falling, if it were random: Kendall's test.

    It counts the pairs that stand the wrong way; equal values count against it. All orders are equally likely.
    1 also where more than a fifth of the pairs stand the wrong way: who comes later may know more, which makes
    a trend, but no order.
    """
    pairs = list(combinations(values, 2))
    wrong = len(pairs) - max(sum([a < b for a, b in pairs]), sum([a > b for a, b in pairs]))
    n = len(values)
    if 5 * wrong > len(pairs):
        return Fraction(1)
    ways = [1] + [0] * wrong
    for size in range(2, n + 1):
        sums = [0]
        for way in ways:
            sums.append(sums[-1] + way)
        ways = [sums[k + 1] - sums[max(0, k + 1 - size)] for k in range(wrong + 1)]
    return min(Fraction(2 * sum(ways), factorial(n)), Fraction(1))


def in_order(values: Sequence[int]) -> list[int]:
    """The places of a longest part that rises, or falls, throughout."""
    rising, falling = _rising(values), _rising([-value for value in values])
    return rising if len(rising) >= len(falling) else falling


def _rising(values: Sequence[int]) -> list[int]:
    ends: list[int] = []  # the place of the least value that ends a rising part of each length
    before: list[int | None] = []
    for place, value in enumerate(values):
        length = bisect_left(ends, value, key=values.__getitem__)
        before.append(ends[length - 1] if length else None)
        ends[length : length + 1] = [place]
    part: list[int] = []
    last = ends[-1] if ends else None
    while last is not None:
        part.append(last)
        last = before[last]
    return part[::-1]
