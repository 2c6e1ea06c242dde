"""The organiser's colour: what is refused, what is offered instead, and that all made of it can be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.colours import DARK, LEAST, LIGHT, colour, contrast, darker, lighter, mixed, shades

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.478),  # the grey that misses by a hair
        ("#767676", "#ffffff", 4.542),
        ("#ff0000", "#ffffff", 3.998),
        ("#0000ff", "#ffff00", 8.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("value", ["9d2414", "#9d241", "#9d24144", "đỏ", "#9d241g", "", "red"])
def test_only_six_hexadecimal_digits_are_a_colour(value: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        colour(value)


def test_a_pale_colour_is_refused_by_name_with_a_darker_one_of_its_hue() -> None:
    with pytest.raises(ValueError, match=r"màu #ffcc00 quá nhạt.*1,4:1, cần ít nhất 4,5:1") as refused:
        colour("#FFCC00")
    offered = re.search('"(#[0-9a-f]{6})"', str(refused.value))
    assert offered
    assert colour(offered[1]) == offered[1]
    assert offered[1][5:] == "00"  # no blue came in


def test_the_pages_own_red_passes() -> None:
    assert colour("#9D2414") == "#9d2414"


@given(COLOURS)
def test_whatever_is_refused_comes_with_one_that_passes(value: str) -> None:
    try:
        assert colour(value) == value
    except ValueError as refused:
        offered = re.findall('"(#[0-9a-f]{6})"', str(refused))
        assert [colour(one) for one in offered] == offered
        assert len(offered) == 1


@given(COLOURS)
def test_everything_that_the_page_writes_with_a_colour_can_be_read(value: str) -> None:
    assume(min(contrast(value, ground) for ground in LIGHT) >= LEAST)
    made = shades(value)
    for text in (made.brand, made.brand_deep):
        for ground in (*LIGHT, made.tint):
            assert contrast(text, ground) >= LEAST
    for text in (made.dark_brand, made.dark_brand_deep):
        for ground in (*DARK, made.dark_tint, made.dark_brand_ink):
            assert contrast(text, ground) >= LEAST


def test_a_mixture_goes_from_one_colour_to_the_other() -> None:
    assert [mixed("#000000", "#ff8000", share) for share in (0, 0.5, 1)] == ["#000000", "#804000", "#ff8000"]


def test_a_shade_keeps_its_hue_down_to_black_and_up_to_white() -> None:
    assert [darker("#3366cc", share) for share in (0, 0.5, 1)] == ["#3366cc", "#193366", "#000000"]
    assert [lighter("#3366cc", share) for share in (0, 0.5, 1)] == ["#3366cc", "#99b2e6", "#ffffff"]
