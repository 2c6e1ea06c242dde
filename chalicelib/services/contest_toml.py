"""contest.toml: the definition of a contest, with the place of every fault."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal

from pydantic import ValidationError

from chalicelib.domain.definition import Definition
from chalicelib.services.tables import Fault, decode
from chalicelib.services.validation import message_of


def read_definition(data: bytes, faults: list[Fault]) -> Definition | None:
    """None if there is a fault."""
    name = "contest.toml"
    before = len(faults)
    text = decode(name, data, faults)
    if len(faults) > before:
        return None
    try:
        return Definition.model_validate(tomllib.loads(text, parse_float=Decimal))
    except RecursionError:
        faults.append(Fault(name, 0, "", "", "các dấu ngoặc lồng nhau quá sâu"))
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+), column (\d+)", str(error))
        line, column = (int(match[1]), match[2]) if match else (text.count("\n") + 1, "")
        faults.append(Fault(name, line, column, "", f"sai cú pháp TOML ({error})"))
    except ValidationError as error:  # before ValueError, of which it is one
        for detail in error.errors(include_url=False):
            path = ".".join(str(part) for part in detail["loc"])
            shown = detail["input"] if isinstance(detail["input"], str | int | Decimal) else ""
            faults.append(Fault(name, 0, path, str(shown)[:60], message_of(detail)))
    except ValueError as error:  # a number of thousands of digits
        faults.append(Fault(name, 0, "", "", f"có giá trị không đọc được ({error})"))
    return None
