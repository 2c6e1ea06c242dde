"""Reads XLSX as a stream of elements. Anything but plain values is refused, never guessed.

Texts of questions are what their cells show (number_formats.py): 50%, 1.500.000, 05/9/2022. Elsewhere a number
is a number, but for noughts that its format puts in front (001).

A part is read by expat alone: without namespaces, DTDs and trees each element costs the same, and only what
the table needs is kept. The cost is taken from the file's budget (budget.py): a few kilobytes may unpack to a
million elements, and a million cells share one long text.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from xml.parsers import expat

from chalicelib.readers.budget import BudgetSpent, spend
from chalicelib.readers.headings import MOST_ABOVE, Headings
from chalicelib.readers.number_formats import code_of, date_shown, pads, shown
from chalicelib.readers.tables import (
    ACCENTS,
    DATE_CELL,
    LONGEST_CELL,
    MOST_ROWS,
    Fault,
    Record,
    is_comment,
    overloaded,
    tidied,
)

# 100,000 rows of a roster unpack to about 40 MB, 12:1.
_LARGEST = 100_000_000
_LARGEST_PART = 60_000_000
_LARGEST_STYLES = 5_000_000
_HIGHEST_RATIO = 100
_MOST_PARTS = 1_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_WIDEST = 32
_PIECE = 1 << 16
# Expat reads an unfinished tag or comment again with each piece.
_LONGEST_TAG = 1 << 20
_ELEMENT = 10  # of the budget, as ten characters
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = re.compile(r"vbaProject|macrosheets/|activeX/", re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::[A-Z0-9]{1,10})?")
_NUMBER = re.compile(r"[+-]?[0-9.]{1,40}(?:[Ee][+-]?[0-9]{1,3})?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Of a number's format: what is no placeholder for a part of a date.
_NO_PART = re.compile(r'"[^"]{0,255}"|\[[^\]]{0,255}\]|[\\_*].')
_DATES = frozenset(
    {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
)  # the formats with a number
_KNOWN = ("officeDocument", "worksheet", "sharedStrings", "styles")

_BROKEN = "không đọc được tệp Excel này: hãy mở và lưu lại dạng .xlsx"
_TOO_LARGE = "nội dung giải nén quá lớn: hãy sao chép riêng bảng cần gửi sang một tệp mới"
_FORMULA = "ô chứa công thức: hãy sao chép rồi dán lại thành giá trị (Paste Values)"
_ERROR = "ô báo lỗi của Excel: hãy sửa công thức gốc rồi dán lại thành giá trị"
_MERGED = "các ô bị gộp (Merge Cells): hãy bỏ gộp và điền từng ô"
_AS_SHOWN = "ô là số có định dạng: đọc như Excel hiển thị"
_NOT_SHOWN = "ô là số có định dạng đặc biệt: hãy định dạng ô là Text rồi gõ lại đúng nội dung"
# Columns whose cells mean what they show.
SHOWN = frozenset({"text", "reference", *(f"option_{letter}" for letter in "abcdef")})

Attributes = dict[str, str]


class _TooLarge(Exception):
    """A row or a tag without end."""


def xlsx_records(
    file: str, data: bytes, known: Headings, faults: list[Fault], notices: list[Fault]
) -> Iterator[Record]:
    """The rows of the sheet that has the ``known`` header; a single sheet is read whatever its header.

    ``Record.line`` is the row's number in the sheet; empty rows are left out. A row is as wide as the header,
    or wider where something stands beside the table. Reading ends after the first row that is one too many.
    ``notices``: cells that are read as they are shown.
    """
    problem = container_problem(data)
    if problem:
        faults.append(Fault(file, 0, "", "", problem))
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            book = _Book(packed)
            sheet = _the_sheet(file, book, known, faults)
            rows = _rows(file, book.sheet(sheet), known, faults, notices) if sheet else []
    except BudgetSpent:
        raise
    except _TooLarge:
        faults.append(Fault(file, 0, "", "", _TOO_LARGE))
    except Exception as error:  # noqa: BLE001  zipfile, zlib, expat and the numbers in a file raise many kinds
        faults.append(Fault(file, 0, "", type(error).__name__, _BROKEN))
    else:
        yield from rows


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


class _Format(NamedTuple):
    """How numbers are shown; ``is_date``: by a format that comes with Excel and has no code here, perhaps."""

    code: str = "General"
    is_date: bool = False


class _Book:
    """The parts of a workbook, found by their relationships. Every method may raise any error."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        (main,) = (path for _, kind, path in self._related("") if kind == "officeDocument")
        related = {name: (kind, path) for name, kind, path in self._related(main)}
        parts = dict(related.values())  # one part of each kind but worksheets
        self.sheets = dict[str, str]()  # the titles, by part
        self._from_1904 = False
        for tag, attributes in self._elements(main):
            if tag == "workbookPr":
                self._from_1904 = attributes.get("date1904") in {"1", "true"}
            elif tag == "sheet":
                name = next(value for key, value in attributes.items() if key.endswith(":id"))
                kind, path = related.get(name, ("", ""))
                if kind == "worksheet":
                    if path in self.sheets:
                        raise ValueError("two sheets of one part")
                    self.sheets[path] = attributes["name"]
        self._formats = list(self._styles(parts["styles"])) if "styles" in parts else []
        self._shared = list(self._texts(parts["sharedStrings"])) if "sharedStrings" in parts else []

    def sheet(self, path: str) -> Iterator[_Sheet]:
        """The sheet again and again, each time with the rows of one more piece of it."""
        sheet = _Sheet(self._shared, self._formats, from_1904=self._from_1904)
        for _ in self._pieces(path, sheet.start, sheet.end, sheet.text):
            yield sheet

    def _related(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Name, kind and path of what ``part`` refers to."""
        folder, name = posixpath.split(part)
        for tag, attributes in self._elements(posixpath.join(folder, "_rels", f"{name}.rels")):
            kind = attributes.get("Type", "").rpartition("/")[2]
            if tag == "Relationship" and kind in _KNOWN:
                path = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                yield attributes["Id"], kind, path.lstrip("/")

    def _styles(self, path: str) -> Iterator[_Format]:
        """The number format of each style of cells."""
        codes, inside = dict[str, str](), ""
        for tag, attributes in self._elements(path):
            if tag == "numFmt":
                codes.setdefault(attributes["numFmtId"], attributes["formatCode"])
            elif tag in {"cellXfs", "cellStyleXfs"}:
                inside = tag
            elif tag == "xf" and inside == "cellXfs":
                number = attributes.get("numFmtId", "0")
                yield _Format(codes.get(number, code_of(number)), number not in codes and int(number) in _DATES)

    def _texts(self, path: str) -> Iterator[str]:
        texts = _Texts()
        for _ in self._pieces(path, texts.start, texts.end, texts.text):
            yield from texts.found
            texts.found.clear()

    def _elements(self, path: str) -> Iterator[tuple[str, Attributes]]:
        found = list[tuple[str, Attributes]]()
        for _ in self._pieces(path, lambda tag, attributes: found.append((tag, attributes))):
            yield from found
            found.clear()

    def _pieces(
        self,
        path: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] = lambda _: None,
        text: Callable[[str], None] = lambda _: None,
    ) -> Iterator[None]:
        """Parses a part piece by piece."""
        parser, quiet = expat.ParserCreate(), 0

        def started(tag: str, attributes: Attributes) -> None:
            nonlocal quiet
            quiet = 0
            spend(_ELEMENT)
            start(tag[tag.find(":") + 1 :], attributes)

        def told(characters: str) -> None:
            nonlocal quiet
            quiet = 0
            spend(len(characters))
            text(characters)

        def refuse(*_: object) -> None:
            raise ValueError("a DTD")

        parser.buffer_text = True
        parser.StartElementHandler, parser.CharacterDataHandler = started, told
        parser.EndElementHandler = lambda tag: end(tag[tag.find(":") + 1 :])
        parser.StartDoctypeDeclHandler = refuse
        with self._packed.open(path) as part:
            while piece := part.read(_PIECE):
                quiet += len(piece)
                if quiet > _LONGEST_TAG:
                    raise _TooLarge
                parser.Parse(piece)
                yield
            parser.Parse(b"", True)
            yield


class _Texts:
    """The shared texts, each of all its runs, without the readings that Japanese Excel adds (``rPh``)."""

    def __init__(self) -> None:
        self.found, self._runs = list[str](), list[str]()
        self._taken = self._reading = False

    def start(self, tag: str, _: Attributes) -> None:
        self._reading = self._reading or tag == "rPh"
        self._taken = tag == "t" and not self._reading
        if tag == "si":
            self._runs.clear()

    def text(self, characters: str) -> None:
        if self._taken:
            self._runs.append(characters)

    def end(self, tag: str) -> None:
        self._taken = False
        if tag == "rPh":
            self._reading = False
        elif tag == "si":
            self.found.append(_unescaped("".join(self._runs)))


class _Sheet:
    """A sheet as far as it is read: ``rows`` and, if there are any, the lowest merged cells.

    ``formatted``: numbers that show something else than their digits, by row and place, with their format.
    """

    def __init__(self, shared: Sequence[str], formats: Sequence[_Format], *, from_1904: bool) -> None:
        self.rows = list[Record]()
        self.merged, self.merged_to = "", 0
        self.formatted = dict[tuple[int, int], tuple[str, str]]()
        self._shared, self._formats, self._from_1904 = shared, formats, from_1904
        self._line = self._column = 0
        self._cells, self._faulty = list[str](), dict[int, str]()
        self._cell: Attributes = {}
        self._formula, self._reading = "", False
        self._value, self._taken = list[str](), False

    def start(self, tag: str, attributes: Attributes) -> None:
        self._taken = tag in {"v", "t", "f"} and not self._reading
        if tag == "c":
            self._cell, self._formula = attributes, ""
            self._value.clear()
            self._column = self._next_column(attributes.get("r"))
        elif tag == "row":
            line = int(attributes.get("r", self._line + 1))
            if not self._line < line <= _LAST_ROW:
                raise ValueError(line)
            self._line, self._column = line, 0
        elif tag == "mergeCell":
            ref = attributes["ref"]
            lowest = _last_row(ref)
            if lowest > self.merged_to:
                self.merged, self.merged_to = ref, lowest
        elif tag == "rPh":
            self._reading = True

    def text(self, characters: str) -> None:
        if self._taken:
            self._value.append(characters)

    def end(self, tag: str) -> None:
        self._taken = False
        if tag == "c" and self._column <= _WIDEST:
            text, wrong = self._content()
            text = text[: LONGEST_CELL + 1]  # many cells may share it
            spend(len(text))
            if overloaded(text):
                text, wrong = text[:60], ACCENTS
            if text or wrong:
                self._cells += [""] * (self._column - 1 - len(self._cells)) + [text]
            if wrong:
                self._faulty[self._column - 1] = wrong
        elif tag == "row" and self._cells:
            self.rows.append(Record(self._line, self._cells, self._faulty))
            self._cells, self._faulty = [], {}
        elif tag == "f":
            self._formula = "=" + "".join(self._value)
            self._value.clear()
        elif tag == "rPh":
            self._reading = False

    def _next_column(self, place: str | None) -> int:
        column = self._column + 1
        if place is not None:
            found = _PLACE.fullmatch(place)
            if not found or int(found[2]) != self._line:
                raise ValueError(place)
            told = 0
            for letter in found[1]:
                told = told * 26 + ord(letter) - ord("A") + 1
            if told < column:
                raise ValueError(place)
            column = told
        if column > _LAST_COLUMN:
            raise _TooLarge
        return column

    def _content(self) -> tuple[str, str | None]:
        """The cell as text, and its fault or None."""
        value, kind = "".join(self._value), self._cell.get("t", "n")
        if self._formula or kind == "e":
            return self._formula or value, _FORMULA if self._formula else _ERROR
        if not value:
            return "", None
        if kind == "n":
            return self._number(value)
        if kind == "d":
            return value.removesuffix("T00:00:00"), DATE_CELL
        read = {"s": self._shared_text, "b": _yes_or_no, "str": _unescaped, "inlineStr": _unescaped}
        return read[kind](value), None

    def text_shown(self, value: str, code: str, *, is_date: bool) -> str | None:
        return date_shown(value, code, from_1904=self._from_1904) if is_date else shown(value, code)

    def _shared_text(self, value: str) -> str:
        return self._shared[_whole(value)]

    def _number(self, value: str) -> tuple[str, str | None]:
        if not _NUMBER.fullmatch(value):
            raise ValueError(value[:60])
        number = float(value)
        style = _whole(self._cell.get("s", "0"))
        code, is_date = self._formats[style] if self._formats else _Format()
        place = self._line, self._column - 1
        if is_date or _is_date(code):
            self.formatted[place] = value, code
            try:
                return _moment(number, code, from_1904=self._from_1904), DATE_CELL
            except (OverflowError, ValueError):  # a phone number, say; Excel shows ####
                return value, DATE_CELL
        if value.lstrip("+-").isdecimal():
            text = str(int(value))
        else:
            text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(number)
        if pads(code) and text.isdecimal():
            text = text.rjust(len(code), "0")
        elif code != "General" or not text.isdecimal():
            self.formatted[place] = value, code
        return text, None


def _show(file: str, row: Record, at: int, column: str, text: str | None, notices: list[Fault]) -> None:
    if text is None:
        row.faulty[at] = _NOT_SHOWN
    elif text != row.cells[at]:
        notices.append(Fault(file, row.line, column, text[:60], _AS_SHOWN))
        row.cells[at] = text


def _whole(value: str) -> int:
    if not (len(value) < 10 and value.isascii() and value.isdecimal()):
        raise ValueError(value[:60])
    return int(value)


def _yes_or_no(value: str) -> str:
    return ("FALSE", "TRUE")[_whole(value)]


def _unescaped(text: str) -> str:
    """``_x000D_`` is a carriage return (ECMA-376, part 1, 22.9.2.19); halves of pairs stay as they are."""

    def sign(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return found[0] if 0xD800 <= code < 0xE000 else chr(code)

    return _ESCAPED.sub(sign, text) if "_x" in text else text


def _is_date(code: str) -> bool:
    """Whether a number format of a workbook's own shows a date or a time: ``dd/mm/yyyy``, not ``#,##0 "đ"``."""
    if len(code) > 1_000:
        raise ValueError(code[:60])
    return bool(set("dmyhs") & set(_NO_PART.sub("", code.partition(";")[0]).lower()))


def _moment(number: float, code: str, *, from_1904: bool) -> str:
    """As ISO 8601: a date alone at midnight, a time alone on day 0; a span of time (``[h]:mm``) in words."""
    since = timedelta(days=number)
    since = timedelta(days=since.days, seconds=round(since.seconds + since.microseconds / 1e6, 3))
    if "[h" in code.lower():
        return str(since)
    if not from_1904 and 1 <= number < 60:  # Excel has a 29 February 1900
        since += timedelta(days=1)
    moment = (datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)) + since  # noqa: DTZ001  as shown
    if 0 <= number < 1:
        return moment.time().isoformat()
    return moment.isoformat().removesuffix("T00:00:00")


def _last_row(ref: str) -> int:
    """Of a range: ``A1:D3`` → 3."""
    found = _PLACE.fullmatch(ref[-10:].rpartition(":")[2])
    if not found:
        raise ValueError(ref[:60])
    return int(found[2])


def _the_sheet(file: str, book: _Book, known: Headings, faults: list[Fault]) -> str | None:
    """The part with the one sheet that fits."""
    if len(book.sheets) == 1:
        return next(iter(book.sheets))
    needed = set(known.needed)
    fitting = [part for part in book.sheets if known.found(_header(book.sheet(part), known)) == len(needed)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"“{book.sheets[part][:60]}”" for part in (fitting or list(book.sheets))[:10])
    if fitting:
        message = f"nhiều trang tính có cùng dòng tiêu đề ({names}): hãy giữ lại một trang"
    else:
        message = f"không trang tính nào ({names}) có dòng tiêu đề: {', '.join(known.needed)}"
    faults.append(Fault(file, 0, "", "", message))
    return None


def _header(pieces: Iterator[_Sheet], known: Headings) -> list[str]:
    rows = list[list[str]]()
    for sheet in pieces:
        rows += [tidied(cells) for _, cells, _ in sheet.rows]
        sheet.rows.clear()
        if sum(not is_comment(row) for row in rows) > MOST_ABOVE:
            break
    place = known.place(rows)
    return rows[place] if place is not None else []


def _rows(
    file: str, pieces: Iterator[_Sheet], known: Headings, faults: list[Fault], notices: list[Fault]
) -> list[Record]:
    rows, sheet = list[Record](), None
    for sheet in pieces:
        rows += sheet.rows
        sheet.rows.clear()
        if len(rows) > MOST_ROWS + MOST_ABOVE + 1:
            break
    place = known.place(tidied(cells) for _, cells, _ in rows)
    if sheet is None or place is None:
        return rows
    header = rows[place]
    if sheet.merged_to >= header.line:
        found = _PLACE.fullmatch(sheet.merged)
        column, row = found.groups() if found else ("", "0")
        faults.append(Fault(file, int(row), column, sheet.merged[:60], _MERGED))
        return []
    if header.faulty:
        at, wrong = next(iter(header.faulty.items()))
        faults.append(Fault(file, header.line, header.cells[at][:60], "", wrong))
    names = known.meant(tidied(header.cells))
    as_shown = {at for at, name in enumerate(names) if name in SHOWN}
    for row in rows[place + 1 :]:
        for at in as_shown:
            if formatted := sheet.formatted.get((row.line, at)):
                text = sheet.text_shown(*formatted, is_date=row.faulty.pop(at, "") == DATE_CELL)
                _show(file, row, at, names[at], text, notices)
    width = len(header.cells)
    return [row._replace(cells=row.cells + [""] * (width - len(row.cells))) for row in rows]
