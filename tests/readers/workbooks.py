"""XLSX files as operators save them, and as nobody should."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from typing import Any, TypeVar

from hypothesis import strategies as st
from openpyxl import Workbook

T = TypeVar("T", datetime, time)


def in_milliseconds(at: T) -> T:
    """Half a millisecond may be rounded either way: Excel keeps a part of a day."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


TYPED_CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(min_value=datetime(1900, 3, 1)).map(in_milliseconds),  # noqa: DTZ001  Excel knows no zones
    st.times().map(in_milliseconds),
    st.sampled_from(["", "=1", "SO-A", "x" * 32_767, "_x0001_", "10"]),
)


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """``sheet=[[cell, …], …]``."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_workbook(text: str) -> bytes:
    """A CSV text as a workbook of texts."""
    return workbook(Sheet1=list(csv.reader(io.StringIO(text))))


def changed(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook with ``change`` applied to its first sheet."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    change(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The container with some parts replaced, added or (None) left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return file.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(name)
