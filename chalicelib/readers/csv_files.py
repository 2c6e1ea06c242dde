"""Reads CSV as a Vietnamese Excel saves it: UTF-8 or UTF-16, with comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from chalicelib.readers.headings import MOST_ABOVE, Headings
from chalicelib.readers.tables import Fault, Record, decode, is_comment, tidied


def csv_records(file: str, data: bytes, known: Headings, faults: list[Fault]) -> Iterator[Record]:
    """The lines of a CSV file, split at the separator with which most columns of a header are found."""
    text = decode(file, data, faults)
    separator = max(",;\t", key=lambda sign: _columns_found(text, sign, known))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            yield Record(line, cells, {})
    except csv.Error as error:
        message = f"không đọc được dòng này, hãy kiểm tra dấu ngoặc kép ({error})"
        faults.append(Fault(file, begins, "", "", message))


def _columns_found(text: str, separator: str, known: Headings) -> int:
    best = seen = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            tidy = tidied(cells)
            if not is_comment(tidy):
                best, seen = max(best, known.found(tidy)), seen + 1
            if seen > MOST_ABOVE:
                break
    except csv.Error:
        pass  # the fault is reported when the table is read
    return best
