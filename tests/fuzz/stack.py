"""The fuzzed contest: short weeks with gaps and shorter papers, so that each is over at times, too."""

from __future__ import annotations

from pathlib import Path

from tests.stack import contest_folder

UNITS = ["SO-A", "SO-B", "TRUONG-C"]


def fuzzed_contest(folder: Path) -> Path:
    """Weeks of a minute with a pause of 5 s, papers of 15 s, two attempts."""
    return contest_folder(folder, id="fuzz", weeks=53, seconds=60, pause=5, limit=15, attempts=2, proof="off")
