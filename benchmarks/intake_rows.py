"""Measures intake of many rows: `python -m benchmarks.intake_rows`. The goal is 20,000 rows in 20 s."""

from __future__ import annotations

import io
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from benchmarks.fixtures import Folder, intake, load_contest
from chalicelib.readers.plain import read_file
from chalicelib.services.intake.place import rightly

_CONTESTS = Path(__file__).resolve().parent.parent / "contests"
_HEADER = ["unit_code", "full_name", "citizen_id", "exempt"]


def main() -> None:
    """CPU of one whole intake, from the bytes in the inbox to the pointer."""
    with TemporaryDirectory() as work:
        unit = load_contest(_CONTESTS, Path(work, "desk"), Path(work)).units[0].code
        taking = intake(Folder(Path(work, "desk")), Folder(Path(work, "site")))
        for count in (1_000, 20_000, 100_000):
            rows = [
                [unit, f"Nguyễn Văn {i}", f"040085{i:06}", "1" if i % 50 == 0 else ""] for i in range(count)
            ]
            for file, data in (("rosters.csv", _csv(rows)), ("rosters.xlsx", _xlsx(rows))):
                begun = time.process_time()
                report = taking.take_over(rightly(file), read_file(file, data), datetime.now(UTC))
                took = time.process_time() - begun
                assert report.taken.get("roster_rows") == count, report.faults[:3]
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(
                    f"{file:13} {count:>8,} rows {took:6.2f} s CPU {len(data) / 1e6:4.1f} MB, peak {peak:.0f}"
                )


def _csv(rows: list[list[str]]) -> bytes:
    return "\r\n".join(";".join(row) for row in [_HEADER, *rows]).encode("utf-16")


def _xlsx(rows: list[list[str]]) -> bytes:
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Danh sách")
    for row in [_HEADER, *rows]:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


if __name__ == "__main__":
    main()
