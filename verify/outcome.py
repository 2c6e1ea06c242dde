"""The outcome of a check, in Vietnamese and English."""

from __future__ import annotations

from typing import NamedTuple


class Passed(NamedTuple):
    """A step that holds."""

    vi: str
    en: str


class Failed(Exception):
    """Something published, or the receipt, is not as it must be."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


class CannotCheck(Failed):
    """Nothing is wrong so far, but something needed is not there (yet)."""
