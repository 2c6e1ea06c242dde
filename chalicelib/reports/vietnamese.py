"""Numbers, dates and lists of names as Vietnamese official documents write them."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from fractions import Fraction
from functools import lru_cache

from chalicelib.domain.times import day
from chalicelib.reports.numbers import decimal

# The Vietnamese alphabet; a letter of another language follows its base letter.
_LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
# Level, falling, asking, tumbling, rising, heavy: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
# Circumflex, breve, horn: parts of letters.
_SHAPES = {"\u0302", "\u0306", "\u031b"}

NameKey = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


@lru_cache(maxsize=4096)
def _word_key(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Letters first, tones second."""
    letters, tones = [], []
    for char in unicodedata.normalize("NFC", word.lower()):
        tone, base = 0, ""
        for part in unicodedata.normalize("NFD", char):
            if part in _TONES:
                tone = _TONES[part]
            elif not unicodedata.combining(part) or part in _SHAPES:
                base += part
        letters.append(_LETTERS.get(unicodedata.normalize("NFC", base), 100 + ord(base[:1] or " ")))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def name_key(name: str) -> NameKey:
    """The order of people in Vietnamese lists: by given name, then middle names, then family name."""
    family, *others = name.split() or [""]
    return tuple(_word_key(word) for word in (*others[-1:], *others[:-1], family))


def text_key(text: str) -> NameKey:
    """The order of other Vietnamese texts: word by word from the left."""
    return tuple(map(_word_key, text.split()))


def whole(number: int) -> str:
    """``427277`` → ``427.277``."""
    return f"{number:,}".replace(",", ".")


def comma(value: Fraction, places: int) -> str:
    """``Fraction(2, 3)`` → ``0,67``; not for negative values."""
    before, _, after = decimal(value, places).partition(".")
    return f"{whole(int(before))},{after}"


def percent(value: Fraction, places: int = 1) -> str:
    """``Fraction(297, 1000)`` → ``29,7%``."""
    return f"{comma(100 * value, places)}%"


def span(milliseconds: int) -> str:
    """``725005`` → ``12:05,005``, minutes and seconds."""
    minutes, rest = divmod(milliseconds, 60_000)
    seconds, thousandths = divmod(rest, 1000)
    return f"{minutes:02}:{seconds:02},{thousandths:03}"


def moment(at: datetime) -> str:
    """``08:00 ngày 22/8/2022``."""
    return f"{at:%H:%M} ngày {day(at)}"
