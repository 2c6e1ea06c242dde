"""The organiser's colour: whether it can be read on the page, and the shades of it that the page is made of.

Contrast is that of WCAG 2.2: relative luminances, 1:1 to 21:1; text needs 4.5:1 (success criterion 1.4.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from colorsys import hls_to_rgb, rgb_to_hls
from typing import NamedTuple

LEAST = 4.5
# The page's grounds (frontend/site/style.css): cards and paper, light and dark.
LIGHT = ("#ffffff", "#fbf8f3")
DARK = ("#221d1a", "#171412")
# Of a shade on dark grounds: enough that a tint of it under the same text still leaves ``LEAST``.
_LEAST_ON_DARK = 6.0
_STEPS = 50


class Shades(NamedTuple):
    """What the page needs of one colour, by the names of its style sheet; ``dark_…`` on dark grounds."""

    brand: str
    brand_deep: str
    tint: str
    dark_brand: str
    dark_brand_deep: str
    dark_brand_ink: str
    dark_tint: str


def colour(value: str) -> str:
    """``#rrggbb`` in small letters, dark enough for text. Raises ``ValueError``, which names one that is."""
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise ValueError('cần màu ở dạng "#rrggbb", ví dụ "#9d2414"')
    value = value.lower()
    worst = _worst(value, LIGHT)
    if worst < LEAST:
        told = f"{int(worst * 10) / 10:.1f}".replace(".", ",")
        raise ValueError(
            f"màu {value} quá nhạt, chữ màu này trên nền trang và chữ trắng trên nền màu này khó đọc (độ tương "
            f'phản {told}:1, cần ít nhất 4,5:1); hãy dùng "{_until(value, darker, LIGHT, LEAST)}", cùng sắc '
            "mà đậm hơn"
        )
    return value


def contrast(one: str, other: str) -> float:
    """Of two colours ``#rrggbb``."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shades(brand: str) -> Shades:
    """Of a colour that ``colour`` allows; whatever the page writes with them has a contrast of ``LEAST``."""
    deep = darker(brand, 0.2)
    dark = _until(brand, lighter, DARK, _LEAST_ON_DARK)
    return Shades(
        brand=brand,
        brand_deep=deep,
        tint=_tint(LIGHT[0], brand),
        dark_brand=dark,
        dark_brand_deep=lighter(dark, 0.3),
        dark_brand_ink=DARK[-1],
        dark_tint=_tint(DARK[0], dark),
    )


def mixed(one: str, other: str, share: float) -> str:
    """``one`` with a ``share`` of ``other`` in each of red, green and blue."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def darker(value: str, share: float) -> str:
    """Of the same hue, nearer to black."""
    return _of_lightness(value, lambda lightness: lightness * (1 - share))


def lighter(value: str, share: float) -> str:
    """Of the same hue, nearer to white."""
    return _of_lightness(value, lambda lightness: lightness + (1 - lightness) * share)


def _of_lightness(value: str, change: Callable[[float], float]) -> str:
    hue, lightness, saturation = rgb_to_hls(*(channel / 255 for channel in _channels(value)))
    return "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, change(lightness), saturation))


def _until(value: str, shift: Callable[[str, float], str], grounds: tuple[str, ...], least: float) -> str:
    """The first shade that stands out from all ``grounds``, shifting step by step."""
    steps = (shift(value, step / _STEPS) for step in range(_STEPS + 1))
    return next(shade for shade in steps if _worst(shade, grounds) >= least)


def _tint(ground: str, text: str) -> str:
    """The ``ground`` with as much of ``text``, up to a tenth, as leaves it readable there."""
    tints = (mixed(ground, text, share / 100) for share in range(10, -1, -1))
    return next(tint for tint in tints if contrast(tint, text) >= LEAST)


def _worst(value: str, grounds: tuple[str, ...]) -> float:
    return min(contrast(value, ground) for ground in grounds)


def _channels(value: str) -> tuple[int, int, int]:
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def _luminance(value: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(value))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
