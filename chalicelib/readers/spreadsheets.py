"""Reads XLSX by openpyxl, cell by cell. Anything but plain values is refused, never guessed.

The container is checked before anything in it is parsed. defusedxml refuses entities and DTDs; openpyxl uses it
if it is installed.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl

from chalicelib.readers.tables import DATE_CELL, Fault, Record, is_comment, tidied

# 100,000 rows of a roster unpack to about 40 MB, 12:1.
_LARGEST = 100_000_000
_LARGEST_PART = 60_000_000
_LARGEST_STYLES = _LARGEST_ROW = 5_000_000  # openpyxl keeps all styles and one row in memory, as objects
_HIGHEST_RATIO = 100
_MOST_PARTS = 1_000
_LAST_ROW = 1_048_576
_WIDEST = 32
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = re.compile(r"vbaProject|macrosheets/|activeX/", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d{1,7})(:\w{1,10})?")

_BROKEN = "không đọc được tệp Excel này: hãy mở và lưu lại dạng .xlsx"
_TOO_LARGE = "nội dung giải nén quá lớn: hãy sao chép riêng bảng cần gửi sang một tệp mới"
_FORMULA = "ô chứa công thức: hãy sao chép rồi dán lại thành giá trị (Paste Values)"
_ERROR = "ô báo lỗi của Excel: hãy sửa công thức gốc rồi dán lại thành giá trị"


def xlsx_records(file: str, data: bytes, columns: Sequence[str], faults: list[Fault]) -> Iterator[Record]:
    """The rows of the sheet that has the header ``columns``; a single sheet is read whatever its header.

    ``Record.line`` is the row's number in the sheet. All rows are as wide as the header.
    """
    problem = container_problem(data)
    if problem:
        faults.append(Fault(file, 0, "", "", problem))
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it skips
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            sheet = _the_sheet(file, book.worksheets, columns, faults)
            if sheet is not None and not _unreadable(file, data, sheet, faults):
                yield from _rows(file, sheet, faults)
    except Exception as error:  # noqa: BLE001  openpyxl passes on every kind of error that its parsers raise
        faults.append(Fault(file, 0, "", type(error).__name__, _BROKEN))


def container_problem(data: bytes) -> str | None:
    """Why this cannot be opened as a workbook, judged by the zip's table of contents alone; None if it can."""
    if data.startswith(_OLD):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        what = "tệp có mật khẩu: hãy bỏ mật khẩu" if locked else "tệp là dạng Excel cũ (.xls): hãy mở ra"
        return f"{what} rồi lưu lại dạng .xlsx"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = {part.filename: part for part in packed.infolist()}
    except Exception:  # noqa: BLE001  zipfile raises a dozen kinds of error
        return _BROKEN
    unpacked = sum(part.file_size for part in parts.values())
    ratio = unpacked / max(sum(part.compress_size for part in parts.values()), 1)
    swollen = any(
        part.file_size > (_LARGEST_STYLES if "styles" in name else _LARGEST_PART)
        for name, part in parts.items()
    )
    if (
        unpacked > _LARGEST
        or swollen
        or len(parts) > _MOST_PARTS
        or (unpacked > 5e6 and ratio > _HIGHEST_RATIO)
    ):
        return _TOO_LARGE
    if any(_MACROS.search(name) for name in parts):
        return "tệp chứa macro: hãy lưu lại dạng .xlsx không có macro"
    return None if "[Content_Types].xml" in parts else _BROKEN


def _the_sheet(file: str, sheets: Sequence[Any], columns: Sequence[str], faults: list[Fault]) -> Any:
    if len(sheets) == 1:
        return sheets[0]
    fitting = [sheet for sheet in sheets if set(columns) <= set(_header(sheet))]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"“{sheet.title}”" for sheet in (fitting or sheets)[:10])
    if fitting:
        message = f"nhiều trang tính có cùng dòng tiêu đề ({names}): hãy giữ lại một trang"
    else:
        message = f"không trang tính nào ({names}) có dòng tiêu đề: {', '.join(columns)}"
    faults.append(Fault(file, 0, "", "", message))
    return None


def _header(sheet: Any) -> list[str]:
    for cells in islice(_cells(sheet), _MOST_PARTS):
        tidy = tidied("" if cell.value is None else str(cell.value) for cell in cells)
        if not is_comment(tidy):
            return tidy
    return []


def _cells(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # the size stated in the file may be wrong
    rows: Iterable[Sequence[Any]] = sheet.iter_rows(max_col=_WIDEST)
    yield from rows


def _rows(file: str, sheet: Any, faults: list[Fault]) -> Iterator[Record]:
    width, gap = 0, None
    for line, cells in enumerate(_cells(sheet), 1):
        if line > _LAST_ROW:
            raise ValueError(line)
        if cells is gap:  # openpyxl fills a gap between rows with the same empty row object
            continue
        gap = cells
        texts, faulty = [], {}
        for place, cell in enumerate(cells):
            text, wrong = ("", None) if cell.value is None else _text(cell.value, cell.data_type)
            texts.append(text)
            if wrong:
                faulty[place] = wrong
        while len(texts) > width and not texts[-1] and len(texts) - 1 not in faulty:
            texts.pop()
        if not width and not is_comment(tidied(texts)):
            width = len(texts)
            if faulty:
                place, wrong = next(iter(faulty.items()))
                faults.append(Fault(file, line, texts[place][:60], "", wrong))
        yield Record(line, texts, faulty)


def _text(value: Any, kind: str) -> tuple[str, str | None]:
    """A cell as text, and its fault or None."""
    if kind in {"f", "e"}:
        return str(getattr(value, "text", value) or "="), _FORMULA if kind == "f" else _ERROR
    if isinstance(value, bool):
        return str(value).upper(), None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value)), None
    if isinstance(value, str | int | float):
        return str(value), None
    if isinstance(value, datetime) and value.time() == time(0):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value), DATE_CELL


def _unreadable(file: str, data: bytes, sheet: Any, faults: list[Fault]) -> bool:
    """Finds merged cells, which read-only openpyxl ignores (all but the first are empty), and endless rows."""
    path = sheet._worksheet_path  # noqa: SLF001  no public name for the part of the container
    rest, row_so_far = b"", 0
    with zipfile.ZipFile(io.BytesIO(data)) as packed, packed.open(path) as part:
        while chunk := part.read(1 << 20):
            if b"row" in chunk:
                row_so_far = len(chunk) - chunk.rindex(b"row")
            else:
                row_so_far += len(chunk)
            if row_so_far > _LARGEST_ROW:
                faults.append(Fault(file, 0, "", sheet.title[:60], _TOO_LARGE))
                return True
            if found := _MERGED.search(rest + chunk):
                column, row, end = (group.decode() if group else "" for group in found.groups())
                message = "các ô bị gộp (Merge Cells): hãy bỏ gộp và điền từng ô"
                faults.append(Fault(file, int(row), column, column + row + end, message))
                return True
            rest = (rest + chunk)[-100:]
    return False
