"""Who wrote a question and who else has appraised it: two people, or the question is not approved.

The columns are internal: they stay in the files as sent, and neither the compiled bank nor the site has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from chalicelib.documents.canonical import canonical_json
from chalicelib.domain.bank import Question
from chalicelib.domain.pasted import name_in
from chalicelib.readers.tables import Fault, Row

APPRAISAL_COLUMNS = ("written_by", "written_on", "appraised_by", "appraised_on")
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Appraised(NamedTuple):
    """The appraisal of an approved question, in ``line`` of its file.

    ``name``: SHA-256 of question, appraiser and day, in hex; ``text``: of what was appraised, which is text,
    options, key and reference. Under one name only one text is approved.
    """

    line: int
    on: date
    name: str
    text: str


def has_appraisals(rows: list[Row]) -> bool:
    """Whether the bank says who wrote and appraised it: any row that does obliges all."""
    return any(row.cells.get(column) for row in rows for column in APPRAISAL_COLUMNS)


def read_appraisal(row: Row, question: Question, faults: list[Fault]) -> Appraised | None:
    """Of an approved question; adds a fault for what is missing, a wrong day, and one person in both roles."""
    before = len(faults)
    for column in APPRAISAL_COLUMNS:
        if not row[column]:
            message = "câu đã thẩm định (approved) cần ghi người, ngày biên soạn và người, ngày thẩm định"
            faults.append(row.fault(column, f"{message}: hãy ghi đủ, hoặc đổi status thành draft"))
    written, appraised = _day(row, "written_on", faults), _day(row, "appraised_on", faults)
    if both := people_in(row["written_by"]) & people_in(row["appraised_by"]):
        message = f"“{min(both)}” không thể vừa biên soạn vừa thẩm định một câu: hãy nhờ người khác thẩm định"
        faults.append(row.fault("appraised_by", message))
    if written and appraised and appraised < written:
        message = f"ngày thẩm định trước ngày biên soạn ({row['written_on']}): hãy sửa một trong hai ngày"
        faults.append(row.fault("appraised_on", message))
    if len(faults) > before or appraised is None:
        return None
    name = [question.id, sorted(people_in(row["appraised_by"])), appraised.isoformat()]
    text = [question.text, question.options, question.answer, question.reference]
    return Appraised(row.line, appraised, _digest(name), _digest(text))


def has_lapsed(appraised: Appraised, known: Mapping[str, str]) -> bool:
    """Whether another text was approved by this very appraisal. ``known``: ``text`` by ``name``."""
    return known.get(appraised.name, appraised.text) != appraised.text


def people_in(cell: str) -> set[str]:
    """The people whom a cell names, between commas and semicolons; case, spaces and full stops are the same."""
    names = (" ".join(name_in(name).casefold().replace(".", " ").split()) for name in re.split("[,;]", cell))
    return {name for name in names if name}


def _day(row: Row, column: str, faults: list[Fault]) -> date | None:
    """Day before month, as Vietnamese write it, or ISO 8601."""
    value = row[column]
    told = _DAY.fullmatch(value)
    text = f"{told[3]}-{int(told[2]):02}-{int(told[1]):02}" if told else value
    try:
        if _ISO.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a 30 February
    if value:
        faults.append(row.fault(column, "ghi ngày có thật, dạng 2022-08-01 hoặc 01/8/2022"))
    return None


def _digest(value: object) -> str:
    return sha256(canonical_json(value)).hexdigest()
