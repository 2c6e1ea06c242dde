"""The project's own CSV files, read back by their header."""

from __future__ import annotations

import csv
import gzip
import io


def csv_rows(data: bytes) -> list[dict[str, str]]:
    """The rows of a plain or compressed file, each as long as the header."""
    text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert all(None not in row and None not in row.values() for row in rows)
    return rows
