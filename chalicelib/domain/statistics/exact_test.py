"""Fisher's exact test, one-sided: is something more frequent in a group than chance explains?

Of ``population`` people ``marked`` show a feature. If it were independent of a group of ``size`` people, the
number of marked people in the group would be hypergeometric, as in ``size`` draws without replacement
(R. A. Fisher, *Statistical Methods for Research Workers*, 1934, § 21.02). The test uses whole numbers: no
approximation, and no assumption on how frequent the feature is.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, lgamma, log


def tail(population: int, marked: int, size: int, seen: int) -> Fraction:
    """The probability of ``seen`` or more marked people in the group."""
    if seen <= max(0, size + marked - population):
        return Fraction(1)
    most = min(marked, size)
    if seen > most:
        return Fraction(0)
    term = comb(marked, seen) * comb(population - marked, size - seen)
    ways = 0
    for k in range(seen, most + 1):
        ways += term
        term = term * (marked - k) * (size - k) // ((k + 1) * (population - marked - size + k + 1))
    return Fraction(ways, comb(population, size))


def surely_above(population: int, marked: int, size: int, seen: int, limit: Fraction) -> bool:
    """A quick test whether ``tail`` is above ``limit``; also False if it cannot tell.

    The tail is at least its first term. Floats suffice: the margin is far wider than their error.
    """
    if seen * population <= size * marked:  # not more frequent than average
        return True
    first = _log_comb(marked, seen) + _log_comb(population - marked, size - seen) - _log_comb(population, size)
    return first > log(limit) + 1e-3


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
