"""The project's own CSV files, read back by their header."""

from __future__ import annotations

import csv
import gzip
import io


def csv_rows(data: bytes) -> list[dict[str, str]]:
    """The rows of a plain or compressed file."""
    text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))
