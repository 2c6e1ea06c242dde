"""A contest folder, read whole: definition, questions, units, exclusions, disqualifications, guide.

Nothing is taken over in part: ``read_files`` gives a whole ``ContestSource`` or raises ``ContestFaults``.
"""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from chalicelib.domain.bank import LETTERS, Question, shortage
from chalicelib.domain.definition import Definition
from chalicelib.domain.person import is_citizen_id
from chalicelib.domain.units import Unit
from chalicelib.services.tables import Fault, Row, decode, read_table
from chalicelib.services.validation import message_of

REQUIRED = ("contest.toml", "questions.csv", "units.csv")
FILES = (*REQUIRED, "exclusions.csv", "disqualifications.csv", "guide.md")
# Far above any real contest (400 questions and 1,500 units are below 1 MB), far below what hurts.
LARGEST = 20_000_000

_OPTIONS = tuple(f"option_{letter.lower()}" for letter in LETTERS)
_QUESTION_COLUMNS = ("id", "topic", "text", *_OPTIONS, "answer", "reference", "status")
_UNIT_COLUMNS = ("code", "name", "bloc", "kind", "headcount", "exempt")


class ContestFaults(Exception):
    """The folder or archive is not taken over; ``faults`` says where and what to do."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class Exclusion(NamedTuple):
    """A person who may not take part, with the role that bars them (R3)."""

    citizen_id: str
    role: str
    note: str


class Disqualification(NamedTuple):
    citizen_id: str
    decided_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class ContestSource:
    """A checked contest as its files say it; ``questions`` are the approved ones, ``drafts`` are counted."""

    definition: Definition
    questions: tuple[Question, ...]
    drafts: int
    units: tuple[Unit, ...]
    exclusions: tuple[Exclusion, ...]
    disqualifications: tuple[Disqualification, ...]
    guide: str


def read_files(files: Mapping[str, bytes]) -> ContestSource:
    """Raises ``ContestFaults`` with every fault that can be found in one go."""
    faults = [
        Fault(name, 0, "", "", "thiếu tệp này trong thư mục cuộc thi") for name in REQUIRED if name not in files
    ]
    if faults:
        raise ContestFaults(faults)
    definition = _definition(files["contest.toml"], faults)
    everything = _questions(files["questions.csv"], faults)
    approved = tuple(question for question, status in everything if status == "approved")
    units = tuple(_units(files["units.csv"], faults))
    exclusions = tuple(_exclusions(files.get("exclusions.csv"), definition, faults))
    disqualifications = tuple(_disqualifications(files.get("disqualifications.csv"), faults))
    guide = decode("guide.md", files.get("guide.md", b""), faults)
    if definition is not None and not faults:
        missing = shortage(approved, definition.paper.questions, definition.paper.topics)
        if missing:
            faults.append(Fault("questions.csv", 0, "", "", missing))
    if faults or definition is None:
        raise ContestFaults(faults)
    drafts = len(everything) - len(approved)
    return ContestSource(definition, approved, drafts, units, exclusions, disqualifications, guide)


def read_folder(path: Path) -> ContestSource:
    """Raises ``ContestFaults``, also for a folder that is not there."""
    return read_files(_folder_files(path))


def archive(path: Path) -> bytes:
    """The folder's files as one zip with fixed dates: the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted(_folder_files(path).items()):
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def read_archive(file: str, data: bytes) -> ContestSource:
    """Raises ``ContestFaults``, also for what is no zip, too large or holds strange names."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(info.file_size for info in packed.infolist()) > LARGEST:
                raise ContestFaults([Fault(file, 0, "", "", "nội dung giải nén quá lớn (trên 20 MB)")])
            return read_files({name: packed.read(name) for name in packed.namelist() if name in FILES})
    except ContestFaults:
        raise
    except Exception as error:  # zipfile lets a dozen kinds of error out, zlib's and struct's among them
        message = "không đọc được tệp zip: hãy nén lại thư mục cuộc thi, không đặt mật khẩu"
        raise ContestFaults([Fault(file, 0, "", "", message)]) from error


def _folder_files(path: Path) -> dict[str, bytes]:
    if not path.is_dir():
        raise ContestFaults([Fault(str(path), 0, "", "", "không có thư mục này")])
    found = {name: path / name for name in FILES if (path / name).is_file()}
    if sum(file.stat().st_size for file in found.values()) > LARGEST:
        raise ContestFaults([Fault(str(path), 0, "", "", "các tệp quá lớn (trên 20 MB)")])
    return {name: file.read_bytes() for name, file in found.items()}


def _definition(data: bytes, faults: list[Fault]) -> Definition | None:
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


def _unique(rows: list[Row], column: str, faults: list[Fault]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        value = row[column]
        if value and value in first:
            faults.append(row.fault(column, f"trùng với dòng {first[value]}: mỗi {column} chỉ có một lần"))
        first.setdefault(value, row.line)


def _questions(data: bytes, faults: list[Fault]) -> list[tuple[Question, str]]:
    rows = list(read_table("questions.csv", data, _QUESTION_COLUMNS, faults))
    _unique(rows, "id", faults)
    return [(question, row["status"]) for row in rows if (question := _question(row, faults))]


def _question(row: Row, faults: list[Fault]) -> Question | None:
    before = len(faults)
    options = [row[column] for column in _OPTIONS]
    while options and not options[-1]:
        options.pop()
    for column in ("id", "topic", "text", "reference"):
        if not row[column]:
            faults.append(row.fault(column, "không được để trống"))
    if len(options) < 2:
        faults.append(row.fault("option_b", "mỗi câu cần từ 2 đến 6 phương án"))
    for column, option in zip(_OPTIONS, options, strict=False):
        if not option:
            faults.append(
                row.fault(column, "phương án trống nằm giữa các phương án: hãy dồn các phương án lại")
            )
        elif options.index(option) != _OPTIONS.index(column):
            faults.append(row.fault(column, "hai phương án giống nhau"))
    letters = row["answer"]
    if not letters or len(set(letters)) != len(letters) or not set(letters) <= set(LETTERS):
        faults.append(row.fault("answer", "ghi các chữ cái của phương án đúng viết liền, ví dụ B hoặc AC"))
    elif not set(letters) <= set(LETTERS[: len(options)]):
        faults.append(row.fault("answer", f"câu này chỉ có các phương án {LETTERS[: len(options)]}"))
    if row["status"] not in {"approved", "draft", "rejected"}:
        faults.append(row.fault("status", "ghi approved (đã thẩm định), draft hoặc rejected"))
    if len(faults) > before:
        return None
    answer = sum(1 << LETTERS.index(letter) for letter in letters)
    return Question(row["id"], row["topic"], row["text"], tuple(options), answer, row["reference"])


def _units(data: bytes, faults: list[Fault]) -> list[Unit]:
    rows = list(read_table("units.csv", data, _UNIT_COLUMNS, faults))
    _unique(rows, "code", faults)
    units = []
    for row in rows:
        before = len(faults)
        if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,19}", row["code"]):
            faults.append(row.fault("code", "mã gồm 1–20 chữ cái in hoa không dấu, chữ số hoặc dấu gạch nối"))
        for column in ("name", "bloc", "kind"):
            if not row[column]:
                faults.append(row.fault(column, "không được để trống"))
        for column in ("headcount", "exempt"):
            if not re.fullmatch(r"\d{1,7}", row[column], re.ASCII):
                faults.append(row.fault(column, "cần số nguyên không âm, không có dấu chấm hay dấu phẩy"))
        if len(faults) == before:
            headcount, exempt = int(row["headcount"]), int(row["exempt"])
            if exempt > headcount:
                faults.append(row.fault("exempt", "số người được miễn lớn hơn quân số (headcount)"))
            units.append(Unit(row["code"], row["name"], row["bloc"], row["kind"], headcount, exempt))
    if not rows and not any(fault.file == "units.csv" for fault in faults):
        faults.append(Fault("units.csv", 0, "", "", "cần ít nhất một đơn vị"))
    return units


def _check_citizen_id(row: Row, faults: list[Fault]) -> None:
    if not is_citizen_id(row["citizen_id"]):
        hint = "cần số căn cước đủ 12 chữ số, kể cả số 0 ở đầu (định dạng cột là Text trong Excel)"
        faults.append(row.fault("citizen_id", hint))


def _exclusions(data: bytes | None, definition: Definition | None, faults: list[Fault]) -> list[Exclusion]:
    if data is None:
        return []
    rows = list(read_table("exclusions.csv", data, ("citizen_id", "role", "note"), faults))
    _unique(rows, "citizen_id", faults)
    roles = definition.eligibility.excluded_roles if definition else ()
    for row in rows:
        _check_citizen_id(row, faults)
        if roles and row["role"] not in roles:
            faults.append(
                row.fault("role", "vai trò không có trong eligibility.excluded_roles của contest.toml")
            )
    return [Exclusion(row["citizen_id"], row["role"], row["note"]) for row in rows]


def _disqualifications(data: bytes | None, faults: list[Fault]) -> list[Disqualification]:
    if data is None:
        return []
    decided = []
    rows = list(read_table("disqualifications.csv", data, ("citizen_id", "date", "reason"), faults))
    _unique(rows, "citizen_id", faults)
    for row in rows:
        _check_citizen_id(row, faults)
        if not row["reason"]:
            faults.append(row.fault("reason", "cần nêu lý do hủy kết quả"))
        try:
            decided.append(Disqualification(row["citizen_id"], date.fromisoformat(row["date"]), row["reason"]))
        except ValueError:
            faults.append(row.fault("date", "ghi ngày dạng 2022-08-29"))
    return decided
