"""The files of a contest: the names they may have, and how they are packed together."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from chalicelib.readers.tables import ContestFaults, Fault

# Each kind of file under the names it may have; a folder holds at most one of a kind.
KINDS = {
    "contest": ("contest.toml",),
    "questions": ("questions.csv", "questions.xlsx", "questions.gift", "questions.txt", "questions.xml"),
    "units": ("units.csv", "units.xlsx"),
    "rosters": ("rosters.csv", "rosters.xlsx"),
    "exclusions": ("exclusions.csv", "exclusions.xlsx"),
    "guide": ("guide.md",),
}
REQUIRED = ("contest", "questions", "units")
# Files about single people: not part of a contest; each comes alone (services/intake/personal_files.py).
PERSONAL_FILES = tuple(
    f"{kind}.{ending}"
    for kind in ("password-resets", "data-requests", "claimants", "lookups")
    for ending in ("csv", "xlsx")
)
# Decisions of the organisers, which come alone and are added to those made before
# (services/intake/decisions.py).
DECISION_FILES = {
    "notice.txt": "notice",
    **{
        f"{kind}.{ending}": kind
        for kind in (
            *("annulments", "releases", "winner-checks", "rulings", "recognitions", "calendar", "switches"),
            *("corrections", "mergers"),
        )
        for ending in ("csv", "xlsx")
    },
}
# One unit's roster: it replaces that unit's people in the contest's rosters, and no others.
UNIT_ROSTER = re.compile(r"rosters-([A-Z0-9][A-Z0-9-]{0,19})\.(?:csv|xlsx)")
# The confirmation of a change whose consequences were shown under a code.
CONFIRMATION = re.compile(r"confirm-([0-9a-f]{10})\.txt")
FILES = {name: kind for kind, names in KINDS.items() for name in names}
# A file with such an ending under another name is a mistake (exclusion.csv would exclude nobody), not an extra.
_ENDINGS = (".csv", ".toml", ".xlsx", ".xlsm", ".xls", ".ods", ".gift", ".xml")
# Far above any real contest (400 questions and 1,500 units are below 1 MB), far below any size that hurts.
LARGEST = 20_000_000
# Some cost more to read than their size suggests: deep TOML names, Markdown marks, questions all faulty.
_LARGEST_OF = {
    "contest.toml": 16_000,
    "guide.md": 200_000,
    "questions.gift": 5_000_000,
    "questions.txt": 5_000_000,
    "questions.xml": 5_000_000,
}
TOO_LARGE = "nội dung quá lớn (trên 20 MB): hãy kiểm tra lại, bỏ những phần không cần"


def missing_kinds(files: Iterable[str]) -> list[str]:
    """The kinds that every contest needs and that ``files`` lacks."""
    there = {FILES.get(name) for name in files}
    return [kind for kind in REQUIRED if kind not in there]


def misnamed(name: str) -> Fault:
    """The remedy for a file that does not belong to a contest."""
    message = (
        f"không có tệp nào tên như vậy; các tệp là: {', '.join(FILES)}; danh sách của một đơn vị: "
        "rosters-<mã đơn vị>.xlsx; "
        f"đưa riêng từng tệp vào inbox: {', '.join((*DECISION_FILES, *PERSONAL_FILES))}"
    )
    if name.lower().endswith((".xls", ".ods")):
        message = f"hãy lưu lại dạng .xlsx; {message}"
    elif name.lower().endswith((".xlsm", ".xltm", ".xlsb")):
        message = f"tệp có thể chứa macro: hãy lưu lại dạng .xlsx không có macro; {message}"
    return Fault(name, 0, "", "", message)


def oversized(name: str, data: bytes) -> Fault | None:
    """The remedy for a file that is far larger than any real one of its kind; None if it is not."""
    limit = _LARGEST_OF.get(name, LARGEST)
    if len(data) <= limit:
        return None
    message = f"tệp quá lớn (trên {limit // 1000} KB): chỉ giữ chữ cần thiết, bỏ hình ảnh và nội dung thừa"
    return Fault(name, 0, "", "", message)


def replaced(files: Mapping[str, bytes], file: str, data: bytes) -> dict[str, bytes]:
    """``files`` with ``file`` replacing the one of its kind."""
    kept = {name: old for name, old in files.items() if FILES.get(name) != FILES[file]}
    return {**kept, file: data}


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip with fixed dates: the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(file: str, data: bytes) -> dict[str, bytes]:
    """Unpacks a zip of the files, or of the folder with them. Raises ``ContestFaults`` if it is not a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [info.filename for info in packed.infolist() if not info.is_dir()]
            folders = [name for name in names if _is_definition(name)]
            root = folders[0].removesuffix("contest.toml") if folders and "contest.toml" not in names else ""
            inside = {name: name.removeprefix(root) for name in names if name.startswith(root)}
            wanted = {name: inner for name, inner in inside.items() if _belongs(inner)}
            too_large = sum(packed.getinfo(name).file_size for name in wanted) > LARGEST
            files = {} if too_large else {inner: packed.read(name) for name, inner in wanted.items()}
    except Exception as error:  # zipfile raises a dozen kinds of error, zlib's and struct's among them
        message = "không đọc được tệp zip: hãy nén lại thư mục cuộc thi, không đặt mật khẩu"
        raise ContestFaults([Fault(file, 0, "", "", message)]) from error
    if too_large:
        raise ContestFaults([Fault(file, 0, "", "", TOO_LARGE)])
    return files


def _is_definition(name: str) -> bool:
    """Whether it is ``contest.toml`` in a folder that is visible and in no other."""
    folder, _, file = name.partition("/")
    return file == "contest.toml" and folder[:1] not in {"", "."} and "\\" not in folder


def folder_files(path: Path) -> dict[str, bytes]:
    """The contest's files in the folder, and no others. Raises ``ContestFaults``."""
    if not path.is_dir():
        raise ContestFaults([Fault(str(path), 0, "", "", "không có thư mục này")])
    found = [file for file in path.iterdir() if file.is_file() and _belongs(file.name)]
    if sum(file.stat().st_size for file in found) > LARGEST:
        raise ContestFaults([Fault(str(path), 0, "", "", "các tệp quá lớn (trên 20 MB)")])
    return {file.name: file.read_bytes() for file in found}


def _belongs(name: str) -> bool:
    """True for a contest's files and likely misnamed ones, not for Excel's lock files and the like."""
    return name in FILES or ("/" not in name and name[0] not in ".~" and name.lower().endswith(_ENDINGS))
