"""Many workbooks of one form: XlsxWriter makes the first, and the others are made after it.

Half the units get a workbook each, and XlsxWriter, which can do anything, spent a quarter of a close on them.
Two of these differ in nothing but the title, the rows and what counts the rows. So the first one is taken
apart, once for each form, and the others are put together from its parts, in a fifth of the time. They are the
bytes that XlsxWriter would have written (tests compare them).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from struct import pack
from typing import NamedTuple
from zipfile import ZipFile

from chalicelib.reports.xlsx import (
    ILLEGAL,
    LONGEST,
    Book,
    Column,
    line_count,
    lines_of_heading,
    row_height,
    widened,
)

# What a cell of such a workbook can hold.
Simple = str | int | None

_STRINGS, _WORKBOOK, _CORE = "xl/sharedStrings.xml", "xl/workbook.xml", "docProps/core.xml"
_FILTER = re.compile(r'_FilterDatabase" localSheetId="(\d+)" hidden="1">[^<]*\$(\d+)</definedName>')
_TEXT_CELL = re.compile(r'<c r="[A-Z]+(\d+)"[^>]* t="s"><v>(\d+)</v></c>')
_TITLE_ROW, _SUBTITLE_ROW = 4, 5


class Tab(NamedTuple):
    """A sheet: heading, and a table under it; each row has a cell in each column."""

    name: str
    title: str
    subtitle: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Simple]]


def by_xlsxwriter(organiser: str, created: datetime, title: str, tabs: Sequence[Tab]) -> bytes:
    """The workbook as XlsxWriter writes it."""
    book = Book(organiser, created, title)
    for tab in tabs:
        book.sheet(tab.name, tab.title, tab.subtitle, tab.columns).rows(tab.rows)
    return book.close()


def book_writer(organiser: str, created: datetime) -> Callable[[str, Sequence[Tab]], bytes]:
    """Returns a function that writes one workbook after the other: title, sheets → bytes."""
    known: dict[tuple[object, ...], _Stencil] = {}

    def write(title: str, tabs: Sequence[Tab]) -> bytes:
        if _unusual([organiser, title, *_texts(tabs)]):
            return by_xlsxwriter(organiser, created, title, tabs)
        # What else may differ: a table without rows has no filter, a longer heading needs a higher row.
        form = tuple(
            (tab.name, *tab.columns, not tab.rows, lines_of_heading(tab.columns, tab.title, tab.subtitle))
            for tab in tabs
        )
        if form in known:
            return known[form].fill(title, tabs)
        data = by_xlsxwriter(organiser, created, title, tabs)
        known[form] = _Stencil(data, tabs)
        return data

    return write


def _texts(tabs: Sequence[Tab]) -> Iterator[str]:
    for tab in tabs:
        yield from (tab.title, tab.subtitle)
        for row in tab.rows:
            yield from (value for value in row if isinstance(value, str))


def _unusual(texts: Sequence[str]) -> bool:
    """Whether one has what XlsxWriter writes in a way of its own, or what a cell cannot hold."""
    whole = "\t".join(texts)
    return (
        whole.count("\t") != len(texts) - 1
        or "_x" in whole
        or "\r" in whole
        or "<r>" in whole
        or ILLEGAL.search(whole) is not None
        or any(text != text.strip() for text in texts)
        or max(map(len, texts)) > LONGEST
    )


class _Sheet:
    """One sheet's XML, cut where something differs."""

    def __init__(self, xml: str, strings: Sequence[str], tab: Tab) -> None:
        top, body = xml.split("<sheetData>")
        body, bottom = body.split("</sheetData>")
        self._top, self._bottom = _cut(top, r'<dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"/>'), [bottom]
        heading, self._styles = body, list[str]()
        if tab.rows:
            self._bottom = _cut(bottom, r'<autoFilter ref="[A-Z]+\d+:[A-Z]+(\d+)"/>')
            first = int(self._top[1]) - len(tab.rows) + 1
            heading, rows = body.split(f'<row r="{first}"')
            self._styles = re.findall(rf'<c r="[A-Z]+{first}" s="(\d+)"', rows)
        # Literal text, then a row and the text of one of its cells, and so on.
        self._heading: list[tuple[str, int, str]] = []
        at = 0
        for cell in _TEXT_CELL.finditer(heading):
            self._heading.append((heading[at : cell.start(2)], int(cell[1]), strings[int(cell[2])]))
            at = cell.end(2)
        self._rest = heading[at:]
        self._last = int(self._top[1]) - len(tab.rows)

    def fill(self, tab: Tab, strings: dict[str, int]) -> tuple[str, int]:
        """The XML, and the number of the last row; ``strings``: the place of each text, which it adds to."""
        last = self._last + len(tab.rows)
        made = [self._top[0], str(last), self._top[2], "<sheetData>"]
        for before, row, text in self._heading:
            told = {_TITLE_ROW: tab.title.upper(), _SUBTITLE_ROW: tab.subtitle}.get(row, text)
            made += [before, str(strings.setdefault(told, len(strings)))]
        made.append(self._rest)
        made += self._rows(tab, strings)
        made += ["</sheetData>", self._bottom[0]]
        if tab.rows:
            made += [str(last), self._bottom[2]]
        return "".join(made), last

    def _rows(self, tab: Tab, strings: dict[str, int]) -> list[str]:
        columns = (
            [
                (chr(ord("A") + place), style, column.width - 2, column.width)
                for place, (style, column) in enumerate(zip(self._styles, widened(tab.columns), strict=True))
            ]
            if tab.rows
            else []
        )
        heights: dict[int, str] = {}
        made = []
        for at, row in enumerate(tab.rows, self._last + 1):
            cells, lines = [], 1
            for value, (letter, style, room, width) in zip(row, columns, strict=True):
                if value is None or value == "":
                    cells.append(f'<c r="{letter}{at}" s="{style}"/>')
                elif isinstance(value, str):
                    place = strings.setdefault(value, len(strings))
                    cells.append(f'<c r="{letter}{at}" s="{style}" t="s"><v>{place}</v></c>')
                    if len(value) > room or "\n" in value:
                        lines = max(lines, line_count(value, width))
                else:
                    cells.append(f'<c r="{letter}{at}" s="{style}"><v>{value}</v></c>')
            if lines not in heights:
                heights[lines] = f'spans="1:{len(columns)}" ht="{row_height(lines):.16g}" customHeight="1"'
            made.append(f'<row r="{at}" {heights[lines]}>{"".join(cells)}</row>')
        return made


class _Stencil:
    """A workbook that XlsxWriter has made, in parts."""

    def __init__(self, data: bytes, tabs: Sequence[Tab]) -> None:
        with ZipFile(io.BytesIO(data)) as archive:
            self._names = archive.namelist()
            self._parts: Mapping[str, _Part] = {
                one.filename: _Part(
                    one.CRC,
                    one.file_size,
                    _content(data, one.header_offset, len(one.filename), one.compress_size),
                )
                for one in archive.infolist()
            }
            told = {name: archive.read(name).decode() for name in self._names}
        escaped = re.findall(r"<si><t[^>]*>(.*?)</t></si>", told[_STRINGS], re.DOTALL)
        strings = [_plain(text) for text in escaped]
        self._strings = told[_STRINGS].partition('count="')[0]
        self._sheets = [_Sheet(told[_sheet(number)], strings, tab) for number, tab in enumerate(tabs)]
        self._core = _cut(told[_CORE], r"<dc:title>(.*?)</dc:title>")
        # Literal text, then the number of a sheet, whose last row follows, and so on.
        self._workbook: list[tuple[str, int]] = []
        at = 0
        for found in _FILTER.finditer(told[_WORKBOOK]):
            self._workbook.append((told[_WORKBOOK][at : found.start(2)], int(found[1])))
            at = found.end(2)
        self._rest = told[_WORKBOOK][at:]

    def fill(self, title: str, tabs: Sequence[Tab]) -> bytes:
        strings: dict[str, int] = {}
        filled = [sheet.fill(tab, strings) for sheet, tab in zip(self._sheets, tabs, strict=True)]
        made = {_sheet(number): xml for number, (xml, _) in enumerate(filled)}
        cells = sum(xml.count(' t="s"') for xml in made.values())
        shared = _escaped("\t".join(strings)).replace("\t", "</t></si><si><t>")
        counts = f'count="{cells}" uniqueCount="{len(strings)}"'
        made[_STRINGS] = f"{self._strings}{counts}><si><t>{shared}</t></si></sst>"
        made[_CORE] = f"{self._core[0]}{_escaped(title)}{self._core[2]}"
        filters = [f"{before}{filled[sheet][1]}" for before, sheet in self._workbook]
        made[_WORKBOOK] = "".join([*filters, self._rest])
        parts = dict(self._parts)
        for name, xml in made.items():
            data = xml.encode()
            squeeze = zlib.compressobj(wbits=-15)
            parts[name] = _Part(zlib.crc32(data), len(data), squeeze.compress(data) + squeeze.flush())
        return _packed(parts)


class _Part(NamedTuple):
    """A file in a zip: the check sum and the size of its content, and the content, deflated."""

    crc: int
    size: int
    content: bytes


def _packed(parts: Mapping[str, _Part]) -> bytes:
    """A zip as ``zipfile`` writes it, of parts that are deflated already (PKWARE's APPNOTE, 4.3)."""
    made, directory, at = [], [], 0
    for name, (crc, size, content) in parts.items():
        # Since version 2.0, deflated, on 1/1/1980 at 00:00.
        common = pack("<5H3L2H", 20, 0, 8, 0, 0x21, crc, len(content), size, len(name), 0)
        made += [b"PK\x03\x04", common, name.encode(), content]
        # Made on Unix; what its owner may read and write.
        place = pack("<3H2L", 0, 0, 0, 0o600 << 16, at)
        directory.append(b"PK\x01\x02\x14\x03" + common + place + name.encode())
        at += 30 + len(name) + len(content)
    listed = b"".join(directory)
    end = pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listed), at, 0)
    return b"".join([*made, listed, end])


def _content(archive: bytes, offset: int, name: int, size: int) -> bytes:
    start = offset + 30 + name
    return archive[start : start + size]


def _sheet(number: int) -> str:
    return f"xl/worksheets/sheet{number + 1}.xml"


def _cut(text: str, pattern: str) -> list[str]:
    """Before what the pattern's group finds, that, and behind it."""
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise ValueError(f"XlsxWriter has not written {pattern}")
    return [text[: found.start(1)], found[1], text[found.end(1) :]]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
