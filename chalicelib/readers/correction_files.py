"""``corrections`` (what people told at registration) and ``mergers`` (of units), CSV or XLSX."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal, NamedTuple

from chalicelib.domain.pasted import name_in, number_in, phone_in, visible
from chalicelib.domain.person import is_citizen_id
from chalicelib.readers.contest_tables import File, check_citizen_id, check_reason
from chalicelib.readers.tables import Fault, Row, known_week

Field = Literal["citizen_id", "full_name", "date_of_birth", "gender", "phone", "unit", "category"]
# Each field by the names that a file may give it: the API's and the form's.
_FIELDS: dict[str, Field] = {
    "citizen_id": "citizen_id",
    "số căn cước": "citizen_id",
    "số căn cước công dân": "citizen_id",
    "full_name": "full_name",
    "họ và tên": "full_name",
    "họ tên": "full_name",
    "date_of_birth": "date_of_birth",
    "ngày sinh": "date_of_birth",
    "gender": "gender",
    "giới tính": "gender",
    "phone": "phone",
    "số điện thoại": "phone",
    "điện thoại": "phone",
    "unit": "unit",
    "đơn vị": "unit",
    "category": "category",
    "đối tượng": "category",
    "đối tượng dự thi": "category",
}
FIELD_NAMES = {
    "citizen_id": "số căn cước",
    "full_name": "họ và tên",
    "date_of_birth": "ngày sinh",
    "gender": "giới tính",
    "phone": "số điện thoại",
    "unit": "đơn vị",
    "category": "đối tượng",
}
# From a week on; the others hold at once, and for everything that is not yet published.
BY_WEEK: frozenset[Field] = frozenset({"unit", "category"})
_GENDERS = {"male": "male", "nam": "male", "female": "female", "nữ": "female"}
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
CORRECTIONS = ("citizen_id", "field", "value", "reason")
MERGERS = ("unit_code", "into", "reason")


class CorrectionRow(NamedTuple):
    """A row that is right by itself; ``value`` as it is stored, ``from_week`` if it says one."""

    row: Row
    citizen_id: str
    field: Field
    value: str
    from_week: int | None
    reason: str


class MergerRow(NamedTuple):
    row: Row
    unit: str
    into: str
    from_week: int | None
    reason: str


def read_corrections(file: File, weeks: Collection[int], faults: list[Fault]) -> list[CorrectionRow]:
    """``weeks`` of the contest. Whether the people exist and the values fit together is checked elsewhere."""
    corrections: list[CorrectionRow] = []
    first: dict[tuple[str, str], int] = {}
    for row in file.some_rows(CORRECTIONS, faults, ("from_week",)):
        before = len(faults)
        check_citizen_id(row, faults)
        field = _FIELDS.get(visible(row["field"]).casefold())
        if field is None:
            message = f"ghi một trong: {', '.join(f'{field} ({name})' for field, name in FIELD_NAMES.items())}"
            faults.append(row.fault("field", message))
            continue
        line = first.setdefault((row["citizen_id"], field), row.line)
        if line != row.line:
            message = f"mục này của người này đã có ở dòng {line}: mỗi mục của một người chỉ ghi một dòng"
            faults.append(row.fault("field", message))
        value = _value(row, field, faults)
        from_week = read_from_week(row, weeks, faults)
        if from_week is not None and field not in BY_WEEK:
            message = "hãy để trống: chỉ đơn vị và đối tượng được sửa từ một tuần, mục khác có hiệu lực ngay"
            faults.append(row.fault("from_week", message))
        reason = check_reason(row, faults)
        if len(faults) == before:
            corrections.append(CorrectionRow(row, row["citizen_id"], field, value, from_week, reason))
    return corrections


def read_mergers(file: File, weeks: Collection[int], faults: list[Fault]) -> list[MergerRow]:
    mergers: list[MergerRow] = []
    first: dict[str, int] = {}
    for row in file.some_rows(MERGERS, faults, ("from_week",)):
        before = len(faults)
        line = first.setdefault(row["unit_code"], row.line)
        if line != row.line:
            faults.append(row.fault("unit_code", f"đã có ở dòng {line}: mỗi đơn vị chỉ ghi một dòng"))
        from_week, reason = read_from_week(row, weeks, faults), check_reason(row, faults)
        if len(faults) == before:
            mergers.append(MergerRow(row, row["unit_code"], row["into"], from_week, reason))
    return mergers


def read_from_week(row: Row, weeks: Collection[int], faults: list[Fault]) -> int | None:
    week = known_week(row["from_week"], weeks)
    if row["from_week"] and week is None:
        known = ", ".join(map(str, sorted(weeks)))
        faults.append(row.fault("from_week", f"ghi số tuần bắt đầu áp dụng, một trong: {known}; hoặc để trống"))
    return week


def _value(row: Row, field: Field, faults: list[Fault]) -> str:
    """The value in the form in which it is stored."""
    value = row["value"]
    if field == "citizen_id":
        value = number_in(value)
        if not is_citizen_id(value):
            faults.append(row.fault("value", "cần số căn cước đủ 12 chữ số, kể cả số 0 ở đầu (ô dạng Text)"))
        return value
    if field == "full_name":
        return name_in(value)
    if field == "phone":
        return phone_in(value)
    if field == "gender":
        return _chosen(row, _GENDERS, "ghi male (nam) hoặc female (nữ)", faults)
    if field == "date_of_birth":
        return _day(row, faults)
    return value


def _chosen(row: Row, choices: Mapping[str, str], message: str, faults: list[Fault]) -> str:
    found = choices.get(row["value"].casefold())
    if found is None:
        faults.append(row.fault("value", message))
    return found or ""


def _day(row: Row, faults: list[Fault]) -> str:
    """As ISO 8601; day before month, as Vietnamese write it."""
    told = _DAY.fullmatch(row["value"])
    text = f"{told[3]}-{int(told[2]):02}-{int(told[1]):02}" if told else row["value"]
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        faults.append(row.fault("value", "ghi ngày sinh dạng 1990-12-31 hoặc 31/12/1990 (ô dạng Text)"))
        return ""
