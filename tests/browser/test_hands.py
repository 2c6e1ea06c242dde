"""Every test that presses something presses it by mouse and by touch."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent


def test_only_the_module_hands_presses() -> None:
    """A direct call of Playwright's ``click`` would use the mouse alone, even on a touch screen."""
    own = re.compile(r"\.(click|dblclick|check|uncheck|set_checked|tap)\(")
    files = [file for file in FOLDER.glob("*.py") if file.name != "hands.py"]
    found = [
        f"{file.name}:{number}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if own.search(line)
    ]
    assert files
    assert found == []
