"""One cleaning rule for what people type or paste; the page has the same (``frontend/site/js/pasted.js``).

It comes before any length is looked at, and does nothing the second time.
"""

from __future__ import annotations

import re
import unicodedata

# Soft hyphens, joiners, marks of direction, variation selectors, tags: nobody sees or types them.
_INVISIBLE = (
    "\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff"
)
_OF_FILES = re.compile(f"[{_INVISIBLE}]")
_OF_FORMS = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f{_INVISIBLE}]")
_SPACES = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_HYPHENS = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63]")
# What keyboards and word processors make of an apostrophe. Some fall apart into a space and an accent when
# they are composed, so these are looked for before and after.
_APOSTROPHES = re.compile(
    "[`\xb4\u02b9\u02bb-\u02bf\u02c8\u02ca\u02cb\u0384\u1fbd\u1fbf\u1fef\u1ffd\u2018-\u201b\u2032\u2035\ua78c]"
)
# Words may stand before and after a number, not grown together with it. One digit behind a point is a fraction.
_BEFORE, _AFTER = """[ :'"=(.-]""", """(?:[ '"),;.][^0-9]*)?"""
_NUMBER = re.compile(rf"(?:[^0-9]*{_BEFORE})?([0-9](?:[ -]*[0-9]|\.[0-9](?=[0-9]))*){_AFTER}")
_PHONE = re.compile(rf"(?:[^0-9+]*{_BEFORE})?(\+?[0-9](?:[ .()/-]*[0-9])*){_AFTER}")


def composed(text: str) -> str:
    """Text of a file: its letters composed, nothing invisible; spaces and controls stay."""
    return unicodedata.normalize("NFC", _OF_FILES.sub("", text))


def visible(text: str) -> str:
    """Composed letters in their usual width, one space where spaces are, none around, nothing invisible."""
    return _SPACES.sub(" ", _OF_FORMS.sub("", unicodedata.normalize("NFKC", text))).strip(" ")


def name_in(text: str) -> str:
    """A name as it is stored: ``visible``, and every kind of apostrophe and hyphen is ``'`` and ``-``."""
    return _APOSTROPHES.sub("'", _hyphens(visible(_APOSTROPHES.sub("'", text))))


def number_in(text: str) -> str:
    """The digits of the one number in ``text``: ``Số CCCD: 0401 6800 0777`` → ``040168000777``.

    Spaces, dots and hyphens may stand inside it; anything else is given back ``visible``.
    """
    plain = _hyphens(visible(text))
    found = _NUMBER.fullmatch(plain)
    return _digits(found[1]) if found else plain


def phone_in(text: str) -> str:
    """A mobile number in its national form: ``+84 (0) 912 345 678`` → ``0912345678``; else as ``number_in``."""
    plain = _hyphens(visible(text))
    found = _PHONE.fullmatch(plain)
    return re.sub(r"^\+?84(?:0(?=[0-9]{9}$)|(?=[0-9]{9}$))", "0", _digits(found[1])) if found else plain


def _hyphens(text: str) -> str:
    return _HYPHENS.sub("-", text)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
