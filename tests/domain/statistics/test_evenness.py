"""The tests of evenness and order equal what counting over all outcomes gives."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise, permutations, product
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.statistics.evenness import in_order, too_even, too_ordered


def unevenness(values: Sequence[int]) -> float:
    """Sherman's statistic: half of the sum of |gap − mean gap|, of the whole."""
    ordered = sorted(values)
    gaps = [b - a for a, b in pairwise(ordered)]
    whole = sum(gaps)
    return sum([abs(gap / whole - 1 / len(gaps)) for gap in gaps]) / 2


@pytest.mark.parametrize(
    ("values", "size"),
    [((0, 370, 640, 1000), 200), ((0, 300, 520, 740, 1000), 50), ((0, 30, 150, 180, 1000), 50)],
)
def test_too_even_is_the_share_of_all_ways_between_the_ends(values: tuple[int, ...], size: int) -> None:
    seen = unevenness(values)
    if seen > 0.25:
        assert too_even(values) == 1
        return
    ways = [unevenness((0, *inner, size)) <= seen for inner in product(range(1, size), repeat=len(values) - 2)]
    assert float(too_even(values)) == pytest.approx(sum(ways) / len(ways), rel=0.2)


@given(st.integers(2, 5), st.integers(1, 6), st.data())
def test_few_round_numbers_are_tested_by_how_many_differ(chosen: int, step: int, data: st.DataObject) -> None:
    choices = data.draw(st.integers(1, chosen + 2))
    inner = data.draw(st.lists(st.integers(1, choices), min_size=chosen, max_size=chosen))
    values = [0, 1, *inner, choices + 1]  # the one leaves no larger step
    ways = [len({*way}) >= len({1, *inner}) for way in product(range(choices), repeat=chosen + 1)]
    assert too_even([50 + step * value for value in values]) == Fraction(sum(ways), len(ways))


def test_predictions_in_equal_steps_are_too_even_and_a_step_more_is_worth_a_factor() -> None:
    for accounts in (10, 15, 30, 200):
        inner = accounts - 2
        assert too_even([1200 + 10 * k for k in range(accounts)]) == Fraction(factorial(inner), inner**inner)


@given(st.lists(st.integers(0, 20), max_size=30))
def test_a_probability_is_one_where_nothing_can_be_said(values: list[int]) -> None:
    if len(values) < 4 or len({*values}) < 2:
        assert too_even(values) == 1
    assert 0 < too_even(values) <= 5


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=25), st.integers(1, 50), st.randoms())
def test_neither_place_nor_scale_nor_order_of_values_matters(
    values: list[int], scale: int, dice: random.Random
) -> None:
    moved = [7 + scale * value for value in values]
    dice.shuffle(moved)
    assert too_even(moved) == too_even(values)


@pytest.mark.parametrize("rounded", [0.0, 0.4, 0.8, 1.0])
@pytest.mark.parametrize("centre", [60, 120, 1200, 12_000])
def test_people_who_choose_by_themselves_are_hardly_ever_too_even(rounded: float, centre: int) -> None:
    dice, marked = random.Random(centre), 0
    for group in range(600):
        values = []
        for _ in range((8, 15, 40)[group % 3]):
            value = max(1.0, dice.gauss(1, 0.4) * centre)
            step = dice.choice([10, 10, 50]) if dice.random() < rounded else 1
            values.append(round(value / step) * step)
        marked += too_even(values) <= Fraction(1, 1000)
    assert marked <= 4  # of 600: a chance of less than one in 250 for each of the sixteen kinds


@given(st.permutations(range(6)))
def test_too_ordered_equals_the_count_over_all_orders(order: list[int]) -> None:
    def wrong(values: Sequence[int]) -> int:
        rising = sum(a < b for a, b in combinations(values, 2))
        return min(rising, 15 - rising)

    share = Fraction(sum(wrong(way) <= wrong(order) for way in permutations(range(6))), factorial(6))
    assert too_ordered(order) == (1 if wrong(order) > 3 else share)


@given(st.lists(st.integers(0, 9), max_size=9))
def test_the_part_in_order_is_one_of_the_longest(values: list[int]) -> None:
    part = in_order(values)
    shown = [values[place] for place in part]
    assert part == sorted(part)
    assert all(a < b for a, b in pairwise(shown)) or all(a > b for a, b in pairwise(shown))
    longest = max(
        len(some)
        for size in range(len(values) + 1)
        for some in combinations(values, size)
        if all(a < b for a, b in pairwise(some)) or all(a > b for a, b in pairwise(some))
    )
    assert len(part) == longest
