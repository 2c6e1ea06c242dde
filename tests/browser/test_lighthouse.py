"""What Lighthouse says of the first page, of the registration and of the rules, on its phone and its line."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import pytest

from benchmarks.first_page import CHROMIUM
from tests.node import node
from tests.stack import ROOT, Stack

LIGHTHOUSE = ROOT / "frontend/node_modules/lighthouse/cli/index.js"
WANTED = {"performance": 0.98, "accessibility": 1, "best-practices": 1, "seo": 1}
# Lighthouse makes the machine a mid-tier phone: 4 times slower, where its benchmark is a high-end desktop's.
# On others one calibrates by the same phone (docs/throttling.md of Lighthouse: 1,500 to 2,000 there).
SLOWDOWN, HIGH_END = 4.0, 1750
# Speed is told in the machine's own: while others use it, a page is slower than it is.
TRIES = 8


def told_by_lighthouse(url: str, told: Path, slowdown: float) -> dict[str, Any]:
    options = ["--output=json", f"--output-path={told}", "--quiet", f"--only-categories={','.join(WANTED)}"]
    options += [f"--throttling.cpuSlowdownMultiplier={slowdown}", "--chrome-flags=--headless=new --no-sandbox"]
    node(str(LIGHTHOUSE), url, *options, CHROME_PATH=CHROMIUM)
    report: dict[str, Any] = json.loads(told.read_bytes())
    return report


@pytest.mark.no_hands
@pytest.mark.parametrize("screen", ["", "#/register", "#/guide"])
def test_lighthouse_finds_nothing_to_mend(hall: Stack, tmp_path: Path, screen: str) -> None:
    best, slowdown, broken = dict.fromkeys(WANTED, 0.0), SLOWDOWN, ""
    for _ in range(TRIES):
        try:
            report = told_by_lighthouse(f"{hall.site_url}/{screen}", tmp_path / "told.json", slowdown)
        except CalledProcessError as run:  # its browser now and then does not come up in time
            broken = run.stderr
            continue
        best = {name: max(best[name], report["categories"][name]["score"]) for name in WANTED}
        if all(best[name] >= WANTED[name] for name in WANTED):
            return
        slowdown = SLOWDOWN * min(1, report["environment"]["benchmarkIndex"] / HIGH_END)
    raise AssertionError(best, slowdown, broken)
