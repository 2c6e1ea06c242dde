"""Reads the tables of a contest folder strictly, with the file, row and column of every fault.

CSV: csv_files.py. XLSX: spreadsheets.py.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.pasted import composed, number_in
from chalicelib.readers.budget import spend
from chalicelib.readers.letters import broken_letters

# Special spaces that Word and Excel insert: nobody can see or search for them.
_SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u3000]")
_BREAKS = re.compile(r"\r\n|[\r\u2028\u2029]")  # of Windows, of old Macs, of Word
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
# Accents in a row are sorted when text is composed, in quadratic time; no letter has more than 30 (UAX #15).
_MOST_ACCENTS = 30
_NO_LETTERS = re.compile(rf"[^\w\x00-\x7f]{{{_MOST_ACCENTS},}}")
ACCENTS = "có một chữ mang quá nhiều dấu chồng lên nhau: hãy gõ lại chữ này"
# Five times the largest roster; a sheet that is formatted to its end has a million rows.
MOST_ROWS = 100_000
# A whole column in the wrong form gives one fault per row; nobody reads further than this.
MOST_FAULTS = 5_000
TOO_LONG = (
    "đọc tệp này quá lâu nên hệ thống đã dừng, không nhận phần nào: hãy sao chép riêng bảng cần gửi sang một "
    "tệp mới, lưu dạng “CSV UTF-8”, hoặc chia thành nhiều tệp nhỏ hơn, rồi gửi lại"
)
# In characters. The longest question of a real contest has 600.
LONGEST_CELL = 10_000
_CELL = 10  # of the budget, as ten characters
# Columns of numbers that people and Excel write in many ways: '0402…, ="0402…", 040 2….
_NUMBERS = frozenset({"citizen_id"})
# Columns of names, in which no question mark stands.
_NAMES = frozenset({"name", "full_name", "bloc", "topic"})
# Columns in which a cell may be a date.
_MOMENTS = frozenset({"opens", "closes", "decided_on", "written_on", "appraised_on"})
DATE_CELL = "ô đang ở dạng ngày tháng: hãy định dạng ô là Text rồi gõ lại đúng nội dung"
_FORMULA = "ô bắt đầu bằng dấu =, bị coi là công thức: hãy dán lại thành giá trị (Paste Values), dạng Text"
_WEEK = re.compile(r"[1-9]\d?", re.ASCII)
_WEEKS = re.compile(r"([1-9]\d?)(?:-([1-9]\d?))?", re.ASCII)
_ENCODING = (
    "tệp không phải UTF-8 hay UTF-16 (có thể là Windows-1258 hoặc phông chữ cũ): "
    "trong Excel hãy lưu lại dạng “CSV UTF-8” hoặc .xlsx"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. ``row`` is the line in the file (1 is the first), or 0 if no line applies."""

    file: str
    row: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row:
            where.append(f"dòng {self.row}")
        if self.column:
            word = "mục" if self.file.endswith(".toml") and not self.column.isdigit() else "cột"
            where.append(f"{word} {self.column}" if self.row else self.column)
        value = f" “{self.value}”" if self.value else ""
        return f"{', '.join(where)}:{value} {self.message}"


class ContestFaults(Exception):
    """A folder, archive or file is not taken over; ``faults`` says where and how to mend it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class Faults(list[Fault]):
    """The faults found so far. With one more than anybody reads, reading ends: raises ``ContestFaults``."""

    def append(self, fault: Fault) -> None:
        super().append(fault)
        if len(self) > MOST_FAULTS:
            raise ContestFaults(self)

    def extend(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.append(fault)

    def __iadd__(self, faults: Iterable[Fault]) -> Faults:  # type: ignore[override,misc]
        self.extend(faults)
        return self


class Notices(list[Fault]):
    """What was read otherwise than it stands there: as much of it as anybody reads."""

    def append(self, fault: Fault) -> None:
        if len(self) < MOST_FAULTS:
            super().append(fault)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its number in the file and its cells by column name, tidied."""

    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, column: str, message: str) -> Fault:
        return Fault(self.file, self.line, column, self.cells.get(column, "")[:60], message)


class Record(NamedTuple):
    """A line as a reader finds it. ``faulty``: the faults of its cells, by their position from 0."""

    line: int
    cells: list[str]
    faulty: dict[int, str]


def decode(file: str, data: bytes, faults: list[Fault]) -> str:
    """UTF-8 with or without byte order mark, UTF-16 with one, as NFC; anything else is a fault, and ``""``."""
    spend(len(data))
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    line = 0
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
        if overloaded(text):
            faults.append(Fault(file, 0, "", "", ACCENTS))
            return ""
        if text.count("\0") * 4 <= len(text):  # else it is UTF-16 without its mark, or not text at all
            return unicodedata.normalize("NFC", text)
    except UnicodeDecodeError as error:
        line = 0 if wide else data.count(b"\n", 0, error.start) + 1
    faults.append(Fault(file, line, "", "", _ENCODING))
    return ""


def overloaded(text: str) -> bool:
    """Whether a letter bears more accents than any does."""
    return any(
        "1" * _MOST_ACCENTS in "".join("1" if unicodedata.combining(sign) else "0" for sign in found[0])
        for found in _NO_LETTERS.finditer(text)
    )


def tidied(cells: Iterable[str]) -> list[str]:
    """Composed, nothing invisible, plain spaces; line breaks stay, without spaces before them."""
    return [_lines_of(_SPACES.sub(" ", _BREAKS.sub("\n", composed(cell))).strip()) for cell in cells]


def _lines_of(cell: str) -> str:
    return "\n".join(line.rstrip() for line in cell.split("\n")) if "\n" in cell else cell


def is_comment(tidy: list[str]) -> bool:
    """True for lines before the header that are empty, begin with ``#`` or are Excel's ``sep=;``."""
    return not any(tidy) or tidy[0].startswith("#") or tidy[0].lower() in {"sep=", "sep=,", "sep=;"}


def read_table(
    file: str,
    records: Iterable[Record],
    columns: Sequence[str],
    faults: list[Fault],
    optional: Sequence[str] = (),
) -> Iterator[Row]:
    """The rows below the header, which must name ``columns`` and may name ``optional`` ones, in any order.

    Comments may stand before the header; empty lines are skipped. Optional cells that are not there are empty.
    """
    before = len(faults)
    header: list[str] | None = None
    count = width = 0
    for line, cells, faulty in records:
        spend(sum(map(len, cells)) + _CELL * len(cells))
        tidy = tidied(cells)
        if header is None:
            if not is_comment(tidy):
                header, width = tidy, len(tidy)
                while header and not header[-1]:  # columns that were used once and emptied
                    header = header[:-1]
                if not _header_fits(file, line, header, columns, optional, faults):
                    return
        elif any(tidy) or faulty:
            count += 1
            if count > MOST_ROWS:
                message = f"bảng có hơn {MOST_ROWS:,} dòng: hãy xóa các dòng thừa hoặc kiểm tra lại tệp"
                faults.append(Fault(file, line, "", "", message.replace(",", ".")))
                return
            named = dict(zip(header, tidy, strict=False))
            named |= {column: number_in(named[column]) for column in _NUMBERS & named.keys()}
            row = _row(Row(file, line, named), tidy, width, faulty, faults)
            if row:
                yield Row(file, line, {**dict.fromkeys(optional, ""), **row.cells}) if optional else row
    if header is None and len(faults) == before:
        faults.append(Fault(file, 1, "", "", f"tệp trống, cần dòng tiêu đề: {','.join(columns)}"))


def _row(row: Row, tidy: list[str], width: int, faulty: dict[int, str], faults: list[Fault]) -> Row | None:
    """``row`` if every cell can be taken as it is, else None."""
    before = len(faults)
    names = list(row.cells)
    if len(tidy) != width or any(tidy[len(names) :]):
        message = (
            f"dòng có {len(tidy)} ô, cần {width}: kiểm tra dấu phân cách, dấu ngoặc kép và ô nằm ngoài bảng"
        )
        faults.append(Fault(row.file, row.line, "", "", message))
        return None
    for place, column in enumerate(names):
        value, wrong = row[column], faulty.get(place)
        if wrong and not (wrong == DATE_CELL and column in _MOMENTS):
            faults.append(row.fault(column, wrong))
        elif len(value) > LONGEST_CELL:
            faults.append(row.fault(column, f"ô dài quá {LONGEST_CELL} ký tự: hãy viết ngắn lại"))
        elif value.startswith("="):
            faults.append(row.fault(column, _FORMULA))
        elif _CONTROL.search(value):
            faults.append(row.fault(column, "có ký tự điều khiển không nhìn thấy: hãy gõ lại ô này"))
        elif broken := broken_letters(value, name=column in _NAMES):
            faults.append(row.fault(column, broken))
    return row if len(faults) == before else None


def _header_fits(
    file: str,
    line: int,
    header: list[str],
    columns: Sequence[str],
    optional: Sequence[str],
    faults: list[Fault],
) -> bool:
    before = len(faults)
    everything = (*columns, *optional)
    for column in everything:
        if header.count(column) > 1:
            faults.append(Fault(file, line, column, "", "cột này có hai lần"))
        elif column not in header and column in columns:
            faults.append(Fault(file, line, column, "", "thiếu cột này"))
    for column in header:
        if column not in everything:
            message = f"không có cột tên này; các cột là: {', '.join(everything)}"
            faults.append(Fault(file, line, column[:60], "", message))
    return len(faults) == before


def known_week(text: str, known: Container[int]) -> int | None:
    """The number of a week of the contest; None if ``text`` is not one."""
    return int(text) if _WEEK.fullmatch(text) and int(text) in known else None


def read_weeks(row: Row, known: Container[int], faults: list[Fault]) -> tuple[int, ...]:
    """The weeks that the column ``weeks`` names (``1``, ``1;3``, ``2-4``), ascending; none if it is faulty."""
    weeks: set[int] = set()
    for part in row["weeks"].split(";"):
        span = _WEEKS.fullmatch(part.strip())
        if span is None or (span[2] and int(span[2]) < int(span[1])):
            faults.append(row.fault("weeks", "ghi số tuần, ví dụ 1 hoặc 1;3 hoặc 2-4"))
            return ()
        weeks.update(range(int(span[1]), int(span[2] or span[1]) + 1))
    unknown = [week for week in sorted(weeks) if week not in known]
    if unknown:
        faults.append(row.fault("weeks", f"cuộc thi không có tuần {', '.join(map(str, unknown))}"))
        return ()
    return tuple(sorted(weeks))
