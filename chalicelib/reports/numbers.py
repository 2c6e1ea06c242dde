"""Exact fractions as decimals."""

from __future__ import annotations

from fractions import Fraction


def decimal(value: Fraction, places: int) -> str:
    """Rounds half up, without floats: ``decimal(Fraction(2, 3), 4) == "0.6667"``. Not for negative values."""
    scaled = (2 * value.numerator * 10**places + value.denominator) // (2 * value.denominator)
    digits = f"{scaled:0{places + 1}}"
    return f"{digits[:-places]}.{digits[-places:]}"
