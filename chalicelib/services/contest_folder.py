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
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from chalicelib.domain.bank import Question, shortage
from chalicelib.domain.definition import Definition
from chalicelib.domain.units import Unit
from chalicelib.services.contest_tables import (
    Disqualification,
    Exclusion,
    read_disqualifications,
    read_exclusions,
    read_questions,
    read_rosters,
    read_units,
)
from chalicelib.services.tables import Fault, decode
from chalicelib.services.validation import message_of

REQUIRED = ("contest.toml", "questions.csv", "units.csv")
FILES = (*REQUIRED, "rosters.csv", "exclusions.csv", "disqualifications.csv", "guide.md")
# A file of such a kind under another name is a mistake (exclusion.csv would exclude nobody), not an extra.
_KINDS = (".csv", ".toml", ".xlsx", ".xls", ".ods", ".gift", ".xml")
# Far above any real contest (400 questions and 1,500 units are below 1 MB), far below what hurts.
LARGEST = 20_000_000


class ContestFaults(Exception):
    """The folder or archive is not taken over; ``faults`` says where and what to do."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class ContestSource:
    """A checked contest as its files say it; ``questions`` are the approved ones, the others are counted."""

    definition: Definition
    questions: tuple[Question, ...]
    drafts: int
    units: tuple[Unit, ...]
    roster_rows: int
    exclusions: tuple[Exclusion, ...]
    disqualifications: tuple[Disqualification, ...]
    guide: str


def read_files(files: Mapping[str, bytes]) -> ContestSource:
    """Raises ``ContestFaults`` with every fault that can be found in one go."""
    faults = [
        Fault(name, 0, "", "", "thiếu tệp này trong thư mục cuộc thi") for name in REQUIRED if name not in files
    ]
    for name in sorted(files):
        if name not in FILES:
            faults.append(
                Fault(name, 0, "", "", f"không có tệp nào tên như vậy; các tệp là: {', '.join(FILES)}")
            )
    if faults:
        raise ContestFaults(faults)
    definition = _definition(files["contest.toml"], faults)
    everything = read_questions(files["questions.csv"], faults)
    approved = tuple(question for question, status in everything if status == "approved")
    units = tuple(read_units(files["units.csv"], faults))
    roster_rows = read_rosters(files.get("rosters.csv"), {unit.code for unit in units}, faults)
    exclusions = tuple(read_exclusions(files.get("exclusions.csv"), definition, faults))
    disqualifications = tuple(read_disqualifications(files.get("disqualifications.csv"), faults))
    guide = decode("guide.md", files.get("guide.md", b""), faults)
    if definition is not None and not faults:
        missing = shortage(approved, definition.paper.questions, definition.paper.topics)
        if missing:
            faults.append(Fault("questions.csv", 0, "", "", missing))
    if faults or definition is None:
        raise ContestFaults(faults)
    drafts = len(everything) - len(approved)
    return ContestSource(definition, approved, drafts, units, roster_rows, exclusions, disqualifications, guide)


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
    """A zip of the files, or of the folder with them. Raises ``ContestFaults``, also for what is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [info.filename for info in packed.infolist() if not info.is_dir()]
            folders = [name for name in names if re.fullmatch(r"[^/\\.][^/\\]*/contest\.toml", name)]
            root = folders[0].removesuffix("contest.toml") if folders and "contest.toml" not in names else ""
            inside = {name: name.removeprefix(root) for name in names if name.startswith(root)}
            wanted = {name: inner for name, inner in inside.items() if _belongs(inner)}
            too_large = sum(packed.getinfo(name).file_size for name in wanted) > LARGEST
            files = {} if too_large else {inner: packed.read(name) for name, inner in wanted.items()}
    except Exception as error:  # zipfile lets a dozen kinds of error out, zlib's and struct's among them
        message = "không đọc được tệp zip: hãy nén lại thư mục cuộc thi, không đặt mật khẩu"
        raise ContestFaults([Fault(file, 0, "", "", message)]) from error
    if too_large:
        raise ContestFaults([Fault(file, 0, "", "", "nội dung giải nén quá lớn (trên 20 MB)")])
    return read_files(files)


def _belongs(name: str) -> bool:
    """Files of a contest, and what may be one under a wrong name; not Excel's lock files and the like."""
    return name in FILES or ("/" not in name and name[0] not in ".~" and name.lower().endswith(_KINDS))


def _folder_files(path: Path) -> dict[str, bytes]:
    if not path.is_dir():
        raise ContestFaults([Fault(str(path), 0, "", "", "không có thư mục này")])
    found = [file for file in path.iterdir() if file.is_file() and _belongs(file.name)]
    if sum(file.stat().st_size for file in found) > LARGEST:
        raise ContestFaults([Fault(str(path), 0, "", "", "các tệp quá lớn (trên 20 MB)")])
    return {file.name: file.read_bytes() for file in found}


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
