"""Writes the rules of a contest in words (thể lệ), a page to print, from its folder.

python -m infra.rules contests/nghe-an-2022            to .local/rules/nghe-an-2022.html
python -m infra.rules contests/demo --to thể-lệ.html   to another file

The site publishes the same page when the contest is taken over.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chalicelib.readers.plain import read_folder
from chalicelib.readers.tables import ContestFaults
from chalicelib.reports.rules.page import rules_page
from infra.package import PROJECT


def write(contest: Path, to: Path | None) -> Path:
    """Writes the page and returns its path. Raises ``ContestFaults``."""
    definition = read_folder(contest).definition
    path = to or PROJECT / ".local" / "rules" / f"{definition.contest.id}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rules_page(definition, {}), encoding="utf-8")
    return path


def main() -> None:
    """Prints the path, or why there are no rules."""
    parser = argparse.ArgumentParser(prog="python -m infra.rules", description=__doc__.split("\n")[0])
    parser.add_argument("contest", type=Path, help="the contest's folder")
    parser.add_argument("--to", type=Path, help="default: .local/rules/<id>.html")
    options = parser.parse_args()
    try:
        print(write(options.contest, options.to))
    except ContestFaults as refused:
        sys.exit(f"No rules were written. The folder has faults:\n{refused}")


if __name__ == "__main__":
    main()
