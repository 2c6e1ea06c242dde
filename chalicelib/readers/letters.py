"""Letters that were lost on the way: of old fonts (TCVN3, VNI), of a wrong encoding, or turned into “?”.

None of it can be mended for certain, so it is refused; what is rare in foreign names (“Muñoz”, “Noël”) is not.
"""

from __future__ import annotations

import re

_FONT = "chữ gõ bằng phông cũ ({}): hãy chuyển sang Unicode (trong Unikey: Công cụ → Chuyển mã) rồi gửi lại"
_LETTER = "A-Za-zÀ-ÖØ-öø-ỹ"
# Signs between letters, an ending “ơ”, a beginning “đ”, capitals amid small letters.
_TCVN3 = re.compile(
    rf"[{_LETTER}][¨ª«®µ¶¸¹»¼½¾][a-z]|[A-Za-z]¬|[®§][a-zà-öø-þÀ-ÖØ-Þ¬©ª«¨µ¸]|[a-z][À-ÖØ-Þ](?![A-ZÀ-Þ])"
)
# Vowels followed by what stands for their accent, a beginning “đ”.
_VNI = re.compile(
    r"[aeouyAEOUY][øØ]|[aA][äÄåÅûÛïÏáÁàÀãÃâÂ]|[oO][äÄåÅûÛ]|[eE][äÄåÅûÛïÏãÃ]|\b[ñÑ][aeiouyöôùøûïäåêâ]"
)
# What a reader that takes UTF-8 for an older encoding makes of Vietnamese letters.
_MIXED = re.compile(
    r"á[º»][\x80-\xbf\u0152-\u0178\u02c6\u02dc\u2013-\u2122]|Ä[\x90\u2018]"
    r"|[ÃÂ][\xa1-\xaa\xac-\xba\xbc-\xbf]|Æ[°¡]"
)
_QUESTION = re.compile(r"[^\W\d_]\?(?=([^\W\d_]))")
_LOST = "chữ có dấu đã thành “{}”: hãy lưu lại từ tệp gốc dạng “CSV UTF-8” hoặc .xlsx rồi gửi lại"


def broken_letters(text: str, *, name: bool = False) -> str | None:
    """What to do about a text whose letters are broken; None if they are not.

    ``name``: of a person or a unit, in which no question mark stands.
    """
    if "\ufffd" in text:
        return _LOST.format("\ufffd")
    if "?" in text and (name or _lost(text)):
        return _LOST.format("?")
    return None if text.isascii() else _old(text)


def _old(text: str) -> str | None:
    if _MIXED.search(text):
        return "chữ bị đọc sai bảng mã: hãy lưu lại từ tệp gốc dạng “CSV UTF-8” hoặc .xlsx rồi gửi lại"
    if _TCVN3.search(text):
        return _FONT.format("TCVN3")
    return _FONT.format("VNI") if _VNI.search(text) else None


def _lost(text: str) -> bool:
    """Whether a “?” stands in a word; “thế nào?Chọn một” only lacks a space."""
    return any(
        found[1].islower()
        for word in text.split()
        if "?" in word and "/" not in word  # an address may have one
        for found in _QUESTION.finditer(word)
    )
