"""What Lighthouse says of the first page, of the registration and of the rules, on its phone and its line."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from benchmarks.first_page import CHROMIUM
from tests.node import node
from tests.stack import ROOT, Stack

LIGHTHOUSE = ROOT / "frontend/node_modules/lighthouse/cli/index.js"
WANTED = {"performance": 0.98, "accessibility": 1, "best-practices": 1, "seo": 1}
# Speed is told in the machine's own: while others use it, a page is slower than it is.
TRIES = 5


def scores(url: str, told: Path) -> dict[str, float]:
    options = ["--output=json", f"--output-path={told}", "--quiet", f"--only-categories={','.join(WANTED)}"]
    options.append("--chrome-flags=--headless=new --no-sandbox")
    node(str(LIGHTHOUSE), url, *options, CHROME_PATH=CHROMIUM)
    found = json.loads(told.read_bytes())["categories"]
    return {name: found[name]["score"] for name in WANTED}


@pytest.mark.no_hands
@pytest.mark.parametrize("screen", ["", "#/register", "#/guide"])
def test_lighthouse_finds_nothing_to_mend(hall: Stack, tmp_path: Path, screen: str) -> None:
    best, broken = dict.fromkeys(WANTED, 0.0), ""
    for _ in range(TRIES):
        try:
            found = scores(f"{hall.site_url}/{screen}", tmp_path / "told.json")
        except CalledProcessError as run:  # its browser now and then does not come up in time
            broken = run.stderr
            continue
        best = {name: max(best[name], found[name]) for name in WANTED}
        if all(best[name] >= WANTED[name] for name in WANTED):
            return
    raise AssertionError(best, broken)
