"""The files of a contest: the names they may have, and how they are packed together."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from chalicelib.readers.tables import ContestFaults, Fault

T = TypeVar("T")

# Each kind of file under the names it may have; a folder holds at most one of a kind.
KINDS = {
    "contest": ("contest.toml",),
    "questions": ("questions.csv", "questions.xlsx", "questions.gift", "questions.txt", "questions.xml"),
    "units": ("units.csv", "units.xlsx"),
    "rosters": ("rosters.csv", "rosters.xlsx"),
    "exclusions": ("exclusions.csv", "exclusions.xlsx"),
    "guide": ("guide.md",),
    "emblem": ("emblem.png", "emblem.jpg", "emblem.jpeg", "emblem.webp"),
    "banner": ("banner.png", "banner.jpg", "banner.jpeg", "banner.webp"),
}
REQUIRED = ("contest", "questions", "units")
# Files about single people: not part of a contest; each comes alone (services/intake/personal_files.py).
# The columns that each needs, and those that it may have.
PERSONAL: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "password-resets": (("citizen_id",), ()),
    "data-requests": (("citizen_id", "request"), ("participant_id",)),
    "claimants": (("unit_code",), ()),
    "lookups": ((), ("citizen_id", "participant_id", "attempt_id")),
}
PERSONAL_FILES = tuple(f"{kind}.{ending}" for kind in PERSONAL for ending in ("csv", "xlsx"))
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
# Kinds of files about single people, or whose answers are: the bucket deletes both after a month.
_ABOUT_PEOPLE = frozenset(
    {
        *("rosters", "corrections", "releases", "annulments", "winner-checks"),
        *("password-resets", "data-requests", "claimants", "lookups"),
    }
)
# One unit's roster: it replaces that unit's people in the contest's rosters, and no others.
UNIT_ROSTER = re.compile(r"rosters-([A-Z0-9][A-Z0-9-]{0,19})\.(?:csv|xlsx)")
# The confirmation of a change whose consequences were shown under a code.
CONFIRMATION = re.compile(r"confirm-([0-9a-f]{10})\.txt")
FILES = {name: kind for kind, names in KINDS.items() for name in names}
# A file with such an ending under another name is a mistake (exclusion.csv would exclude nobody), not an extra.
_ENDINGS = (".csv", ".toml", ".xlsx", ".xlsm", ".xls", ".ods", ".gift", ".xml")
_PICTURE = re.compile(r"(emblem|banner)\.\w{1,5}", re.IGNORECASE)
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


def folder_of(file: str) -> str:
    """The inbox's folder for a file of this name: ``month`` if it is about single people, else ``kept``."""
    about_people = UNIT_ROSTER.fullmatch(file) or file.rpartition(".")[0] in _ABOUT_PEOPLE
    return "month" if about_people else "kept"


def missing_kinds(files: Iterable[str]) -> list[str]:
    """The kinds that every contest needs and that ``files`` lacks."""
    there = {FILES.get(name) for name in files}
    return [kind for kind in REQUIRED if kind not in there]


def misnamed(name: str) -> Fault:
    """The remedy for a file that does not belong to a contest."""
    message = (
        f"không có tệp nào tên như vậy; các tệp là: {', '.join(FILES)}; danh sách của một đơn vị: "
        "rosters-<mã đơn vị>.xlsx; "
        f"đưa riêng từng tệp: {', '.join((*DECISION_FILES, *PERSONAL_FILES))}"
    )
    if name.lower().endswith((".xls", ".ods")):
        message = f"hãy lưu lại dạng .xlsx; {message}"
    elif name.lower().endswith((".xlsm", ".xltm", ".xlsb")):
        message = f"tệp có thể chứa macro: hãy lưu lại dạng .xlsx không có macro; {message}"
    elif _PICTURE.fullmatch(name):
        message = (
            "biểu trưng (emblem) và ảnh bìa (banner) cần là ảnh PNG, JPEG hoặc WebP, tên viết thường; ảnh vẽ "
            "SVG có thể chứa mã lệnh nên không được nhận: hãy xuất ra PNG, ví dụ emblem.png"
        )
    return Fault(name, 0, "", "", message)


def oversized(name: str, data: bytes) -> Fault | None:
    """The remedy for a file that is far larger than any real one of its kind; None if it is not."""
    limit = _LARGEST_OF.get(name, LARGEST)
    if len(data) <= limit:
        return None
    message = f"tệp quá lớn (trên {limit // 1000} KB): chỉ giữ chữ cần thiết, bỏ hình ảnh và nội dung thừa"
    return Fault(name, 0, "", "", message)


def replaced(files: Mapping[str, T], file: str, data: T) -> dict[str, T]:
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
    """Unpacks a zip of the files, or of the folder with them.

    Raises ``ContestFaults`` if it is not a zip, or if nobody can tell which files are the contest's.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            # Windows PowerShell 5.1 writes paths with backslashes.
            parts = [(part.filename.replace("\\", "/"), part) for part in packed.infolist()]
            parts = [(name, part) for name, part in parts if not name.endswith("/")]
            homes = {name.rpartition("/")[0] for name, _ in parts if name.rpartition("/")[2] in FILES}
            root = next((f"{home}/" for home in homes if _is_folder(home)), "")
            inside = [(name.removeprefix(root), part) for name, part in parts if name.startswith(root)]
            wanted = [(name, part) for name, part in inside if _belongs(name)]
            too_large = sum(part.file_size for _, part in wanted) > LARGEST
            ambiguous = len(homes) > 1 or len(wanted) > len({name for name, _ in wanted})
            files = {} if too_large or ambiguous else {name: packed.read(part) for name, part in wanted}
    except Exception as error:  # zipfile raises a dozen kinds of error, zlib's and struct's among them
        message = "không đọc được tệp zip: hãy nén lại thư mục cuộc thi, không đặt mật khẩu"
        raise ContestFaults([Fault(file, 0, "", "", message)]) from error
    if ambiguous:
        message = f"tệp zip có nhiều hơn một bộ tệp cuộc thi ({_listed(homes)}): chỉ nén một thư mục cuộc thi"
        raise ContestFaults([Fault(file, 0, "", "", message)])
    if too_large:
        raise ContestFaults([Fault(file, 0, "", "", TOO_LARGE)])
    return files


def _is_folder(home: str) -> bool:
    """Whether it is a folder that is visible and in no other."""
    return home[:1] not in {"", "."} and "/" not in home


def _listed(homes: Iterable[str]) -> str:
    """The first folders of a zip, for people."""
    named = [f"{home}/" if home else "ngay trong tệp zip" for home in sorted(homes)]
    return ", ".join([*named[:5], *(["…"] if len(named) > 5 else [])])


def folder_files(path: Path) -> dict[str, bytes]:
    """The contest's files in the folder, and no others. Raises ``ContestFaults``."""
    if not path.is_dir():
        raise ContestFaults([Fault(str(path), 0, "", "", "không có thư mục này")])
    found = [file for file in path.iterdir() if file.is_file() and _belongs(file.name)]
    if sum(file.stat().st_size for file in found) > LARGEST:
        raise ContestFaults([Fault(str(path), 0, "", "", "các tệp quá lớn (trên 20 MB)")])
    return {file.name: file.read_bytes() for file in found}


def archive(path: Path) -> bytes:
    """The folder's files as one zip."""
    return pack(folder_files(path))


def _belongs(name: str) -> bool:
    """True for a contest's files and likely misnamed ones, not for Excel's lock files and the like."""
    likely = name.lower().endswith(_ENDINGS) or _PICTURE.fullmatch(name)
    return name in FILES or ("/" not in name and name[0] not in ".~" and bool(likely))
