"""The rules for a person's data and the forms in which it is written (R2, R3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

Gender = Literal["male", "female"]


class CorrectedLine(NamedTuple):
    """A correction of a person's own data, for the record; it stands with the person and goes with them.

    ``by``: who put the file into the inbox, as its path says.
    """

    at: str
    by: str
    field: str
    before: str
    after: str
    reason: str


# The codes of provinces in citizen IDs (Circular 07/2016/TT-BCA, table 1): 001–096 with gaps.
PROVINCES = frozenset(
    f"{code:03}"
    for code in (
        *(1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38),
        *(40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79),
        *(80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96),
    )
)
# Latin letters with the marks of Vietnamese and of the minorities' languages (Ê Đê, Gia Rai, Ba Na, Chu Ru, …).
# Some letters exist only with a combining mark: “ơ̆”.
_LETTER = (
    "[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u024f\u1e00-\u1eff]"
    "[\u0300-\u0304\u0306\u0308\u0309\u030c\u031b\u0323\u0331]{0,2}"
)
_BETWEEN = "[ .'-]"
_NAME = re.compile(f"(?:{_LETTER})+(?:{_BETWEEN}{{1,3}}(?:{_LETTER})+)*[.']?")
_INITIAL = re.compile(_LETTER)
# The longest names of citizens have some 45 characters; a table of winners holds these without breaking.
LONGEST_NAME, LONGEST_WORD = 60, 25
_PHONE = re.compile(r"0[35789]\d{8}", re.ASCII)
_CITIZEN_ID = re.compile(r"\d{12}", re.ASCII)


def is_citizen_id(text: str) -> bool:
    """Whether it is twelve digits that begin with the code of a province or of a country (100 and above)."""
    return bool(_CITIZEN_ID.fullmatch(text)) and (text[:3] in PROVINCES or text[:3] >= "100")


def citizen_id_fits(citizen_id: str, born: date, gender: Gender) -> bool:
    """Digit 4 gives century and gender (0/1 for 19xx, 2/3 for 20xx, …), digits 5–6 the year of birth."""
    century = born.year // 100 - 19
    return (
        citizen_id[3] == str(2 * century + (gender == "female")) and citizen_id[4:6] == f"{born.year % 100:02}"
    )


def is_name(text: str) -> bool:
    """Whether it is a name in the form of ``name_in``: words of letters, 2 to ``LONGEST_NAME`` characters."""
    words = re.split(_BETWEEN, text)
    return (
        2 <= len(text) <= LONGEST_NAME and max(map(len, words)) <= LONGEST_WORD and bool(_NAME.fullmatch(text))
    )


def is_phone(text: str) -> bool:
    """Whether it is a Vietnamese mobile number in the form of ``phone_in``."""
    return bool(_PHONE.fullmatch(text))


_ROWS = ("01234567890", "09876543210", "qwertyuiop", "asdfghjkl", "abcdefghijklmnopqrstuvwxyz")
_COMMON = re.compile(
    r"(pass(word)?|mat\W?khau|iloveyou|anhyeuem|emyeuanh|admin|vietnam|nghean|cuocthi)\W?\d{0,4}\W?"
)


def is_obvious(password: str, known: Iterable[str] = ()) -> bool:
    """Whether a guesser tries it first: rows of keys, repetitions, common words with digits, ``known`` numbers.

    Separators between digits are ignored. NIST SP 800-63B (3.1.1.2) asks for such a list.
    """
    text = "".join(
        sign for sign in unicodedata.normalize("NFD", password.casefold()) if not unicodedata.combining(sign)
    ).replace("đ", "d")
    digits = re.sub(r"[\W_]", "", text)
    if digits in {re.sub(r"\D", "", number) for number in known} - {""}:
        return True
    if any(text in row * 2 for row in _ROWS) or len(set(text)) <= 2:
        return True
    return bool(_COMMON.fullmatch(text))


def age(born: date, today: date) -> int:
    """Completed years; people born on 29 February complete one on 1 March of a common year."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def masked_number(text: str) -> str:
    """Hides all but the first three and last three digits: ``040******123``."""
    return text[:3] + "*" * (len(text) - 6) + text[-3:] if len(text) > 6 else "*" * len(text)


def masked_name(name: str) -> str:
    """Keeps the given name and the first letter of each other word: ``N. V. An``. One word is hidden too."""
    *others, given = name.split() or [""]
    if not given:
        return ""
    initials = [f"{_initial(word)}." for word in (others or [given])]
    return " ".join([*initials, given] if others else initials)


def _initial(word: str) -> str:
    """With its marks: “Ơ̆” has two characters."""
    letter = _INITIAL.match(word)
    return letter[0] if letter else word[:1]
