"""Reading the CSV files of a contest folder, strictly, with file, row and column of every fault."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Spaces that Word and Excel put in, which nobody sees and nobody can search for.
_SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u3000]|\r(?=\n)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. ``row`` is the line in the file (1 is the first), 0 where no line applies."""

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
            where.append(f"cột {self.column}" if self.row else self.column)
        value = f" “{self.value}”" if self.value else ""
        return f"{', '.join(where)}:{value} {self.message}"


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


def decode(file: str, data: bytes, faults: list[Fault]) -> str:
    """UTF-8 with or without byte order mark, as NFC; anything else is a fault and gives ``""``."""
    try:
        return unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(
            Fault(file, line, "", "", "tệp không phải UTF-8: trong Excel hãy lưu lại dạng “CSV UTF-8”")
        )
        return ""


def read_table(file: str, data: bytes, columns: Sequence[str], faults: list[Fault]) -> Iterator[Row]:
    """The rows below the header, which must name exactly ``columns`` in any order.

    Lines before the header that begin with ``#`` are comments; empty lines are passed over.
    """
    reader = csv.reader(io.StringIO(decode(file, data, faults), newline=""), strict=True)
    header: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            tidy = [_SPACES.sub(" ", cell).strip() for cell in cells]
            if not any(tidy) or (header is None and tidy[0].startswith("#")):
                continue
            if header is None:
                header = tidy
                if not _header_fits(file, line, header, columns, faults):
                    return
            elif len(tidy) != len(header):
                message = f"dòng có {len(tidy)} ô, cần {len(header)}: kiểm tra dấu phẩy và dấu ngoặc kép"
                faults.append(Fault(file, line, "", "", message))
            else:
                row = Row(file, line, dict(zip(header, tidy, strict=True)))
                hidden = [column for column in header if _CONTROL.search(row[column])]
                for column in hidden:
                    faults.append(row.fault(column, "có ký tự điều khiển không nhìn thấy: hãy gõ lại ô này"))
                if not hidden:
                    yield row
    except csv.Error as error:
        message = f"không đọc được dòng này, hãy kiểm tra dấu ngoặc kép ({error})"
        faults.append(Fault(file, begins, "", "", message))
    if header is None and not any(fault.file == file for fault in faults):
        faults.append(Fault(file, 1, "", "", f"tệp trống, cần dòng tiêu đề: {','.join(columns)}"))


def _header_fits(file: str, line: int, header: list[str], columns: Sequence[str], faults: list[Fault]) -> bool:
    before = len(faults)
    if len(header) == 1 and ";" in header[0]:
        faults.append(Fault(file, line, "", header[0][:60], "các cột phải cách nhau bằng dấu phẩy"))
        return False
    for column in columns:
        if header.count(column) != 1:
            message = "thiếu cột này" if column not in header else "cột này có hai lần"
            faults.append(Fault(file, line, column, "", message))
    for column in header:
        if column not in columns:
            faults.append(
                Fault(file, line, column, "", f"không có cột tên này; các cột là: {', '.join(columns)}")
            )
    return len(faults) == before
