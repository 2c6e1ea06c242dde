"""The outcome of a check, in Vietnamese and English."""

from __future__ import annotations

from typing import NamedTuple


class Passed(NamedTuple):
    """A step that holds."""

    vi: str
    en: str


class Failed(Exception):
    """Something published, or the receipt, is not as it must be; ``files``: paths of what shows it."""

    def __init__(self, vi: str, en: str, *files: str) -> None:
        super().__init__(en)
        self.vi, self.en, self.files = vi, en, files


class CannotCheck(Failed):
    """Nothing is wrong so far, but something needed is not there (yet)."""


def plain(text: str) -> str:
    """Without what moves the cursor or cannot be written: a site's words stand in what is said of it."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[:1000])
