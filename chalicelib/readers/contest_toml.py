"""contest.toml: the definition of a contest, with the place of every fault."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal

from pydantic import ValidationError

from chalicelib.domain.definition import Definition
from chalicelib.domain.validation import message_of
from chalicelib.readers.tables import Fault, decode

_MOST_FAULTS = 100  # finding the line of each searches the whole text
_LONGEST_NUMBER = 30
_COMMA = re.compile(r"= {0,9}([0-9]{1,9}),([0-9]{1,9})(?![0-9])")


def read_definition(data: bytes, faults: list[Fault]) -> Definition | None:
    """None if there is a fault."""
    name = "contest.toml"
    before = len(faults)
    text = decode(name, data, faults)
    if len(faults) > before:
        return None
    try:
        return Definition.model_validate(tomllib.loads(text, parse_float=_decimal))
    except RecursionError:
        faults.append(Fault(name, 0, "", "", "các dấu ngoặc lồng nhau quá sâu"))
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d{1,9}), column (\d{1,9})", str(error))
        line, column = (int(match[1]), match[2]) if match else (text.count("\n") + 1, "")
        comma = _COMMA.search(text.split("\n")[line - 1][:1_000].partition("#")[0])
        if comma:
            wrong, right = f"{comma[1]},{comma[2]}", f"{comma[1]}.{comma[2]}"
            message = f"số thập phân ghi bằng dấu chấm, không phải dấu phẩy: hãy sửa {wrong} thành {right}"
            faults.append(Fault(name, line, "", wrong, message))
        else:
            faults.append(Fault(name, line, column, "", f"sai cú pháp TOML ({error})"))
    except ValidationError as error:  # before ValueError, its base class
        for detail in error.errors(include_url=False)[:_MOST_FAULTS]:
            path = ".".join(str(part) for part in detail["loc"])
            shown = detail["input"] if isinstance(detail["input"], str | int | Decimal) else ""
            line = line_of(text, detail["loc"])
            faults.append(Fault(name, line, path, str(shown)[:60], message_of(detail)))
    except ValueError as error:  # a number of thousands of digits
        faults.append(Fault(name, 0, "", "", f"có giá trị không đọc được ({error})"))
    return None


def _decimal(text: str) -> Decimal:
    """A short number without exponent: as a fraction, 1e-99999999 is a number of 100 million digits."""
    if len(text) > _LONGEST_NUMBER or "e" in text.lower():
        raise ValueError(f"{text[:_LONGEST_NUMBER]}: hãy ghi số thập phân ngắn, không có số mũ, ví dụ 0.25")
    return Decimal(text)


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line where the value at ``path`` is set; if it is missing, the line of its table; else 0.

    tomllib keeps no line numbers. Works for typical contest folders: tables under headers, one key a line.
    """
    table: tuple[str | int, ...] = ()
    seen: dict[str, int] = {}
    best = depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        here: tuple[str | int, ...]
        if header := re.match(r"(\[\[?) ?([\w.-]{1,200}) ?\]", line.strip()):
            table = tuple(header[2].split("."))
            if header[1] == "[[":  # an array of tables: prizes.0, prizes.1, …
                seen[header[2]] = seen.get(header[2], -1) + 1
                table = (*table, seen[header[2]])
            here = table
        elif key := re.match(r"([\w-]{1,200}) {0,20}=", line.strip()):
            here = (*table, key[1])
        else:
            continue
        if len(here) > depth and here == tuple(path[: len(here)]):
            best, depth = number, len(here)
    return best
