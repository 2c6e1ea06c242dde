"""What a check comes to, in Vietnamese and English."""

from __future__ import annotations

from typing import NamedTuple


class Passed(NamedTuple):
    """A step that holds."""

    vi: str
    en: str


class Failed(Exception):
    """Something that was published, or the receipt, is not what it has to be."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


class CannotCheck(Failed):
    """Nothing is wrong so far, but something that is needed is not there (yet)."""
