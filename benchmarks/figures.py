"""The figures as `make bench` has measured them, in docs/figures.json, and the documents that show them.

Nobody writes a measured number into a document: the table of docs/figures.md and README's paragraph are made
from the file, and ``tests/infra/test_figures.py`` holds them to it.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "figures.json"
BEGIN, END = "<!-- figures: make bench -->", "<!-- end of figures -->"
Rows = Mapping[str, Mapping[str, Any]]


class Line(NamedTuple):
    """``floor`` and ``ratio`` are empty if there is nothing to compare with, ``goal`` if there is none."""

    figure: str
    value: str
    floor: str
    ratio: str
    goal: str
    reached: bool


def read() -> dict[str, dict[str, Any]]:
    """What was measured last, by the figure's name."""
    rows: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return rows


def number(figure: str, part: str = "value") -> float:
    """The first number of a figure's value, or ``floor``. Raises ``KeyError`` if it was never measured."""
    return float(str(read()[figure][part]).split()[0].replace(",", ""))


def keep(lines: Iterable[Line]) -> None:
    """Writes what was measured now in place of what was measured before, into the file and the documents."""
    rows = read() if FILE.exists() else {}
    run = {"on": f"{datetime.now(UTC):%Y-%m-%d}", "python": platform.python_version()}
    for line in lines:
        told = {name: value for name, value in line._asdict().items() if name != "figure"}
        rows[line.figure] = {**told, **run}
    FILE.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for document, text in documents(rows).items():
        document.write_text(text, encoding="utf-8")


def documents(rows: Rows) -> dict[Path, str]:
    """The documents as they have to be."""
    made = {ROOT / "docs" / "figures.md": table(rows), ROOT / "README.md": paragraph(rows)}
    return {document: _with(document.read_text(encoding="utf-8"), text) for document, text in made.items()}


def _with(text: str, shown: str) -> str:
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{shown}\n{END}{rest.partition(END)[2]}"


def table(rows: Rows) -> str:
    lines = ["| figure | value | floor | ratio | goal | measured |", "|---|---|---|---|---|---|"]
    for figure, row in rows.items():
        goal = str(row["goal"]) if row["reached"] else f"{row['goal']}: **missed**"
        run = f"{row['on']}, Python {row['python']}"
        lines.append(f"| {figure} | {row['value']} | {row['floor']} | {row['ratio']} | {goal} | {run} |")
    return "\n".join(lines)


def paragraph(rows: Rows) -> str:
    def of(figure: str, part: str = "ratio") -> str:
        return str(rows[figure][part])

    goals = [row for row in rows.values() if row["goal"]]
    missed = [figure for figure, row in rows.items() if not row["reached"]]
    told = f"All {len(goals)} goals are reached."
    if missed:
        told = f"Of {len(goals)} goals {len(missed)} are missed: {'; '.join(missed)}."
    submission = of("submission with receipt, warm CPU")
    memory, size = of("resident memory of the API", "value"), of(PACKAGE, "value")
    return (
        f"A start takes {of('start, warm CPU')} the CPU of one bare `update_item` of botocore, a save "
        f"{of('save, warm CPU')}, a submission with its signed receipt {submission}; the cold start of the API "
        f"{of('cold start, CPU')} that of a bare handler. It needs {memory}, and {size} zipped. A start and a "
        f"submission together take {of(PEER)} what FastAPI, asyncpg and PostgreSQL spend on them. {told}"
    )


PACKAGE = "the API's package for arm64, zipped"
RECORD = "live tally, CPU a stream record"
PEER = "start and submission beside FastAPI and PostgreSQL"
