"""Workbooks as a careful clerk makes them: national heading, title and ruled table, ready to print on A4.

Every text is written as a string, so no cell can be a formula and numbers such as citizen IDs keep their
leading zeros. The same content gives the same bytes: XlsxWriter stamps its parts with a fixed time, and the
time of creation is an argument. The heading follows Decree 30/2020 on clerical work as far as a table on a
screen can: Times New Roman, the issuing body on the left, the State's name and motto on the right, A4 with the
decree's margins.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from xlsxwriter import Workbook

from chalicelib.services.ports import PlainSheet

Kind = Literal["text", "center", "whole", "number", "percent", "score", "span", "moment", "date"]
Value = str | int | Fraction | datetime | None

# Vietnamese separators, whatever the settings of the reader's computer; numbers stay numbers.
_LOCALE = "[$-42A]"
_FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {"num_format": "@", "text_wrap": True, "indent": 1},
    "center": {"num_format": "@", "align": "center"},
    "whole": {"num_format": f"{_LOCALE}#,##0", "align": "right", "indent": 1},
    "number": {"num_format": "0", "align": "center"},
    "percent": {"num_format": f"{_LOCALE}0.0%", "align": "right", "indent": 1},
    "score": {"num_format": f"{_LOCALE}0.0000", "align": "right", "indent": 1},
    "span": {"num_format": f"{_LOCALE}[mm]:ss.000", "align": "center"},
    "moment": {"num_format": "dd/m/yyyy hh:mm:ss", "align": "center"},
    "date": {"num_format": "dd/m/yyyy", "align": "center"},
}
_DAY_MS = 86_400_000
_ROW = 19.0  # in points, for a row with one line
_LINE = 16.0
_NARROWEST = 88  # characters
LONGEST = 32_000  # Excel's limit of a cell is 32,767 characters


# What XML cannot hold, or no reader shows.
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Column(NamedTuple):
    """``width`` is in characters; ``kind`` says how the cells are written."""

    title: str
    width: float
    kind: Kind = "text"


class Table(NamedTuple):
    """The position of a table in its sheet, for charts: rows and columns from 0, ``last`` included."""

    sheet: str
    first: int
    last: int

    def column(self, column: int) -> list[Any]:
        """The cells of a column in the notation of charts."""
        return [self.sheet, self.first, column, self.last, column]


class Book:
    """A workbook under construction. ``organiser`` appears in every sheet's heading."""

    def __init__(self, organiser: str, created: datetime, title: str) -> None:
        self._data = io.BytesIO()
        self._book = _workbook(self._data, {"title": title, "company": organiser, "created": created})
        self.organiser = organiser
        self._known: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._known:
            base = {"font_name": "Times New Roman", "font_size": 12}
            self._known[key] = self._book.add_format({**base, **properties})
        return self._known[key]

    def cell(self, kind: Kind, *, strong: bool = False, early: bool = False) -> Any:
        """The format of a ruled cell; ``early``: of a date whose month is written with a nought (``day``)."""
        told = {**_FORMATS[kind], **({"bold": True} if strong else {})}
        if early:
            told["num_format"] = told["num_format"].replace("/m/", "/mm/")
        return self.style(border=1, valign="vcenter", **told)

    def sheet(
        self,
        name: str,
        title: str,
        subtitle: str,
        columns: Sequence[Column],
        *,
        note: str = "",
        landscape: bool = False,
    ) -> Sheet:
        """A sheet with heading and header row; the rows follow by ``Sheet.rows``."""
        return Sheet(
            self, self._book.add_worksheet(name), columns, (title, subtitle, note), landscape=landscape
        )

    def chart(self, kind: Literal["column", "bar"], table: Table, names: int, values: int, title: str) -> Any:
        """A native chart of one column of a table, without a legend."""
        chart = self._book.add_chart({"type": kind})
        chart.add_series(
            {
                "categories": table.column(names),
                "values": table.column(values),
                "fill": {"color": "#1f5c99"},
                "gap": 40,
                "data_labels": {"value": True, "font": {"name": "Times New Roman", "size": 9}},
            }
        )
        font = {"name": "Times New Roman", "size": 10}
        chart.set_title({"name": title, "name_font": {"name": "Times New Roman", "size": 13}})
        chart.set_legend({"none": True})
        chart.set_x_axis({"num_font": font, "major_gridlines": {"visible": False}})
        chart.set_y_axis({"num_font": font, "major_gridlines": {"visible": True, "line": {"color": "#d9d9d9"}}})
        return chart

    def days_chart(self, table: Table) -> Any:
        """Attempts by day, from a table of days and attempts."""
        chart = self.chart("column", table, 0, 1, "Số lượt thi theo ngày")
        chart.set_x_axis({"num_format": "d/m", "text_axis": True, "num_font": {"name": "Times New Roman"}})
        return chart

    def close(self) -> bytes:
        self._book.close()
        return self._data.getvalue()


class Sheet:
    """One sheet: heading, then a table under a frozen header that is repeated on every printed page."""

    def __init__(
        self, book: Book, sheet: Any, columns: Sequence[Column], texts: tuple[str, str, str], *, landscape: bool
    ) -> None:
        columns = widened(columns)
        self._book, self._sheet, self._columns = book, sheet, columns
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        self._known: dict[bool, list[Any]] = {}
        self._at = self._heading(*texts)
        self._header = self._at - 1
        sheet.set_default_row(_ROW)
        sheet.freeze_panes(self._at, 0)
        sheet.repeat_rows(self._header)
        self._page(landscape=landscape)

    def rows(self, rows: Iterable[Sequence[Value]], *, filters: bool = True) -> Table:
        """Writes the table's body; an empty table gets a line that says so."""
        first = self._at
        for row in rows:
            self.row(row)
        if self._at == first:
            self._sheet.write_string(self._at, 0, "(không có)", self._book.style(italic=True))
            self._at += 1
        elif filters:
            self._sheet.autofilter(self._header, 0, self._at - 1, len(self._columns) - 1)
        return Table(self._sheet.get_name(), first, self._at - 1)

    def row(self, row: Sequence[Value], *, strong: bool = False) -> None:
        """Writes one row, which may have fewer cells than the table."""
        styles = self._styles(strong=strong)
        sheet, at, lines = self._sheet, self._at, 1
        for place, (value, column, style) in enumerate(zip(row, self._columns, styles, strict=False)):
            if value is None or value == "":
                sheet.write_blank(at, place, None, style)
            elif isinstance(value, str):
                sheet.write_string(at, place, _text(value), style)
                if len(value) > column.width - 2 or "\n" in value:
                    lines = max(lines, line_count(value, column.width))
            elif isinstance(value, datetime):
                if value.month < 3:
                    style = self._book.cell(column.kind, strong=strong, early=True)  # noqa: PLW2901
                sheet.write_datetime(at, place, value, style)
            elif column.kind == "span":
                sheet.write_number(at, place, int(value) / _DAY_MS, style)
            else:
                sheet.write_number(at, place, value if isinstance(value, int) else float(value), style)
        if lines > 1:
            sheet.set_row(at, _ROW + _LINE * (lines - 1))
        self._at += 1

    def _styles(self, *, strong: bool) -> list[Any]:
        if strong not in self._known:
            self._known[strong] = [self._book.cell(column.kind, strong=strong) for column in self._columns]
        return self._known[strong]

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> Table:
        """Adds a small table below, in the same columns and without filters."""
        self._at += 1
        for place, title in enumerate(titles):
            self._sheet.write_string(self._at, place, title, self._head_style())
        self._at += 1
        first = self._at
        for row in rows:
            self.row(row)
        return Table(self._sheet.get_name(), first, self._at - 1)

    def on_one_page(self) -> None:
        self._sheet.fit_to_pages(1, 1)

    def place(self, chart: Any, *, row: int | None = None, column: int = 0, size: tuple[int, int]) -> None:
        """Puts a chart over the cells, by default below what has been written."""
        chart.set_size({"width": size[0], "height": size[1]})
        self._sheet.insert_chart(self._at + 1 if row is None else row, column, chart, {"object_position": 2})
        if row is None:
            self._at += 2 + size[1] * 3 // (4 * int(_ROW))  # pixels are three quarters of a point

    def _heading(self, title: str, subtitle: str, note: str) -> int:
        last = len(self._columns) - 1
        middle = max(last // 2, 0)
        bold, centre = {"bold": True}, {"align": "center", "valign": "vcenter"}
        if last >= 3:
            left = [self._organiser_line(), "BAN TỔ CHỨC CUỘC THI"]
            right = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
            for row, (one, other) in enumerate(zip(left, right, strict=True)):
                under = {"underline": 1} if row else {}
                self._across(row, 0, middle, one, self._book.style(**centre, **(bold if row else {}), **under))
                self._across(row, middle + 1, last, other, self._book.style(**bold, **centre, **under))
        at = 3
        big = self._book.style(bold=True, font_size=14, text_wrap=True, **centre)
        self._across(at, 0, last, title.upper(), big)
        width = sum(column.width for column in self._columns)
        of_title, of_subtitle = lines_of_heading(self._columns, title, subtitle)
        self._sheet.set_row(at, _ROW + 18 * (of_title - 1))
        self._across(at + 1, 0, last, subtitle, self._book.style(italic=True, text_wrap=True, **centre))
        self._sheet.set_row(at + 1, _ROW + _LINE * (of_subtitle - 1))
        at += 2
        if note:
            form = self._book.style(italic=True, align="right", valign="vcenter", text_wrap=True)
            self._across(at, 0, last, note, form)
            self._sheet.set_row(at, _ROW + _LINE * (line_count(note, width) - 1))
            at += 1
        for place, column in enumerate(self._columns):
            self._sheet.write_string(at, place, column.title, self._head_style())
        deepest = max(line_count(column.title, column.width) for column in self._columns)
        self._sheet.set_row(at, _ROW + _LINE * (deepest - 1) + 3)
        return at + 1

    def _organiser_line(self) -> str:
        return self._book.organiser.upper()

    def _head_style(self) -> Any:
        return self._book.style(
            bold=True, border=1, align="center", valign="vcenter", text_wrap=True, bg_color="#dce6f1"
        )

    def _across(self, row: int, first: int, last: int, text: str, style: Any) -> None:
        if first == last:
            self._sheet.write_string(row, first, text, style)
        else:
            self._sheet.merge_range(row, first, row, last, "", style)
            self._sheet.write_string(row, first, text, style)

    def _page(self, *, landscape: bool) -> None:
        sheet = self._sheet
        sheet.set_paper(9)  # A4
        if landscape:
            sheet.set_landscape()
        else:
            sheet.set_portrait()
        # Decree 30: 20-25 mm above and below, 30-35 mm left, 15-20 mm right. In inches.
        sheet.set_margins(left=1.18, right=0.6, top=0.8, bottom=0.8)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_footer('&C&"Times New Roman,Italic"&11Trang &P/&N')


def plain_book(sheets: Iterable[PlainSheet], created: datetime) -> bytes:
    """``WriteBook``: tables for working with, under a frozen header and without heading or rules."""
    data = io.BytesIO()
    book = _workbook(data, {"created": created})
    cell = {"num_format": "@", "text_wrap": True, "valign": "top"}
    body, head = book.add_format(cell), book.add_format({**cell, "bold": True})
    for name, widths, header, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        for place, title in enumerate(header):
            sheet.write_string(0, place, _text(title), head)
        for at, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(at, place, value)
                elif value:
                    sheet.write_string(at, place, _text(value), body)
    book.close()
    return data.getvalue()


def _workbook(data: io.BytesIO, properties: dict[str, Any]) -> Any:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(data, options)
    book.set_properties(properties)
    return book


def _text(text: str) -> str:
    return ILLEGAL.sub("\ufffd", text)[:LONGEST]


def widened(columns: Sequence[Column]) -> list[Column]:
    """A narrow table is widened until the heading fits above it."""
    wider = max(1.0, _NARROWEST / sum(column.width for column in columns))
    return [column._replace(width=wider * column.width) for column in columns]


def lines_of_heading(columns: Sequence[Column], title: str, subtitle: str) -> tuple[int, int]:
    """How many lines title and subtitle take above these columns."""
    width = sum(column.width for column in widened(columns))
    return line_count(title, width / 1.5), line_count(subtitle, width)


def row_height(lines: int) -> float:
    """In points, as XlsxWriter writes it, which keeps whole pixels."""
    return int((_ROW + _LINE * (lines - 1)) * 4 / 3 + 0.5) * 0.75


def line_count(text: str, width: float) -> int:
    """The number of lines of a text in a column, broken at ends of lines and between words as in Excel."""
    room, lines = width - 1.5, 0
    for line in text.split("\n"):
        lines, used = lines + 1, 0
        for word in line.split():
            if used and used + 1 + len(word) > room:
                lines, used = lines + 1, len(word)
            else:
                used += len(word) + bool(used)
    return lines
