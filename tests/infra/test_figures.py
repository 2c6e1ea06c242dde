"""Measured numbers in the documents are those of docs/figures.json, which `make bench` writes."""

from __future__ import annotations

import re

import pytest

from benchmarks import figures

ROWS = figures.read()
# What only a measurement can tell.
MEASURED = re.compile(r"\d ?(?:×|µs|ms\b|MB\b)")


@pytest.mark.parametrize("document", figures.documents(ROWS))
def test_a_document_shows_what_was_measured_last(document: figures.Path) -> None:
    assert document.read_text(encoding="utf-8") == figures.documents(ROWS)[document]


def test_the_readme_has_no_other_measured_number() -> None:
    text = (figures.ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(figures.BEGIN)
    assert MEASURED.findall(rest.partition(figures.END)[0])
    assert MEASURED.findall(before + rest.partition(figures.END)[2]) == []


def test_a_missed_goal_is_told_wherever_the_figures_are() -> None:
    row = {"value": "2 ms", "floor": "1 ms", "ratio": "2.00×", "goal": "≤ 1×", "reached": False}
    rows = {**ROWS, "something": {**row, "on": "2026-11-29", "python": "3.13"}}
    assert "≤ 1×: **missed**" in figures.table(rows)
    assert re.search(r"are missed: .*something\.$", figures.paragraph(rows))
