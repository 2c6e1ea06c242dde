"""The organiser's pictures: which there are, and how large each may be."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

PictureKind: TypeAlias = Literal["emblem", "banner"]


class Bounds(NamedTuple):
    """Of a picture: ``bytes`` at most; width and height in pixels, both included; the widths per height."""

    bytes: int
    width: tuple[int, int]
    height: tuple[int, int]
    ratio: tuple[float, float]
    what: str


# Everybody's phone fetches the emblem after the first page, wide screens fetch the banner too.
BOUNDS: dict[PictureKind, Bounds] = {
    "emblem": Bounds(16_000, (96, 512), (96, 512), (0.5, 2), "biểu trưng"),
    "banner": Bounds(80_000, (960, 2400), (160, 1200), (2, 8), "ảnh bìa"),
}


class Picture(NamedTuple):
    """``file``: its name in the contest's folder and below ``data/`` of the site; sizes in pixels."""

    file: str
    width: int
    height: int
