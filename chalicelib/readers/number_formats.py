"""What a number's cell shows, as Excel in Vietnamese shows it: ``1.500.000``, ``29,7%``, ``05/9/2022``.

ECMA-376, part 1, 18.8.30 and 18.8.31. Only what shows the same on every Vietnamese computer: names of months,
fractions and the like are None, and whoever reads the cell refuses it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

# The formats without a code of their own.
_BUILT_IN = {
    "0": "General",
    "1": "0",
    "2": "0.00",
    "3": "#,##0",
    "4": "#,##0.00",
    "9": "0%",
    "10": "0.00%",
    "14": "dd/mm/yyyy",
    "20": "h:mm",
    "21": "h:mm:ss",
    "22": "dd/mm/yyyy h:mm",
    "37": "#,##0",
    "38": "#,##0",
    "39": "#,##0.00",
    "40": "#,##0.00",
    "49": "@",
}
_LONGEST = 200
_PLACEHOLDERS = re.compile(r"[#0,]{1,40}(?:\.[#0]{0,30},{0,3})?|\.[#0]{1,30}")
_LITERAL = re.compile(r'"([^"]{0,100})"|\\(.)|\[\$([^\]-]{0,20})(?:-[^\]]{0,20})?\]|([-+ ()/%₫đ€:])')
_DROPPED = re.compile(
    r"\[(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color ?\d{1,2})\]|_.|\*.", re.IGNORECASE
)
_DATE = re.compile(
    r"yyyy|yy|mm|m|dd|d|hh|h|ss|s|\"[^\"]{0,100}\"|\\.|[-/.:, ]|\[\$-[^\]]{0,20}\]", re.IGNORECASE
)
# Fifteen digits are all that a workbook keeps.
_CONTEXT = Context(prec=15)


def code_of(number: str) -> str:
    """Of a format that comes with Excel; empty where it is none of those that show the same everywhere."""
    return _BUILT_IN.get(number, "")


def pads(code: str) -> bool:
    """Whether numbers get noughts in front: ``000``."""
    return 1 < len(code) <= 40 and not code.strip("0")


def shown(value: str, code: str) -> str | None:
    """The number ``value`` (as XML has it) under a format; None if that is not certain."""
    number = Decimal(value)
    if code in {"General", "@"}:
        return _general(number)
    sections = code[: _LONGEST + 1].split(";")
    if len(code) > _LONGEST or any(sign in code for sign in "<>=?@"):
        return None
    section = sections[0]
    if number == 0 and len(sections) > 2:
        section = sections[2]
    elif number < 0 and len(sections) > 1:
        section, number = sections[1], -number
    return _filled(number, _DROPPED.sub("", section))


def _general(number: Decimal) -> str:
    told = f"{float(number):.15g}"
    if "e" not in told:
        return told.replace(".", ",")
    digits, _, power = told.partition("e")
    return f"{digits.replace('.', ',')}E{power}"


def _filled(number: Decimal, section: str) -> str | None:
    """The placeholders filled, and the signs around them."""
    parts, places, at, percent = list[str | None](), "", 0, 0
    while at < len(section):
        if literal := _LITERAL.match(section, at):
            parts.append(next(one for one in literal.groups() if one is not None))
            percent += literal[4] == "%"
            at = literal.end()
        elif (found := _PLACEHOLDERS.match(section, at)) and not places:
            places, at = found[0], found.end()
            parts.append(None)
        else:
            return None
    if percent > 1 or not parts or number.adjusted() > 30:
        return None
    number = _CONTEXT.plus(number).scaleb(2 * percent)
    return ("-" if number < 0 else "") + "".join(
        _digits(abs(number), places) if one is None else one for one in parts
    )


def _digits(number: Decimal, places: str) -> str:
    whole, _, fraction = places.partition(".")
    scaled, fraction = whole.rstrip(","), fraction.rstrip(",")
    thousands = places.count(",") - scaled.count(",")
    number = number.scaleb(-3 * thousands)
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP, Context(prec=80))
    told, _, behind = f"{rounded:f}".partition(".")
    told = told.lstrip("0").rjust(scaled.count("0"), "0")
    if "," in scaled:
        told = "".join(
            ("." if place and place % 3 == 0 else "") + digit for place, digit in enumerate(reversed(told))
        )[::-1]
    least = len(fraction.rstrip("#"))
    behind = behind[:least] + behind[least:].rstrip("0")
    return f"{told},{behind}" if "." in places and (behind or least) else told


def date_shown(value: str, code: str, *, from_1904: bool) -> str | None:
    """The day and time ``value`` (days since the beginning of Excel's time) under a format."""
    code = code[: _LONGEST + 1].partition(";")[0]
    days = float(value)
    if not 0 < len(code) <= _LONGEST or not (60 < days < 2_900_000 or (from_1904 and 0 <= days < 2_900_000)):
        return None
    since = timedelta(days=int(days), seconds=round((days - int(days)) * 86_400))
    moment = (datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)) + since  # noqa: DTZ001  as shown
    told, at, minutes = "", 0, False
    while at < len(code):
        found = _DATE.match(code, at)
        if not found or code[found.end() - 1 : found.end() + 2].lower() in {"mmm", "ddd"}:
            return None
        part, at = found[0].lower(), found.end()
        if part[0] in "mdyhs" and code[at : at + 1].lower() == part[0]:
            return None  # mmm, dddd: names, which differ
        if part in {"m", "mm"} and (minutes or code[at : at + 2].lower() == ":s"):
            told += f"{moment.minute:02}" if part == "mm" else str(moment.minute)
        elif part[0] in "mdyhs":
            told += _part(moment, part)
        elif not part.startswith("[$"):
            told += found[0].strip('"') if part[0] == '"' else found[0].lstrip("\\")
        minutes = part in {"h", "hh"} or (minutes and part[0] in ": ")
    return told


def _part(moment: datetime, part: str) -> str:
    values = {"y": moment.year, "m": moment.month, "d": moment.day, "h": moment.hour, "s": moment.second}
    value = values[part[0]] % 100 if part == "yy" else values[part[0]]
    return f"{value:02}" if len(part) == 2 else f"{value:0{len(part)}}"
