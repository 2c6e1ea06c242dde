"""`make check`: everything that a change can break, in under a minute; or only the named groups.

Parts run side by side, quick ones first. Each prints a line when it ends; the full output of the failed ones
follows at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
TSC = "frontend/node_modules/.bin/tsc"
AT_ONCE = 2  # pytest starts two processes of its own; the others end before it


@dataclass(frozen=True, slots=True)
class Part:
    """One command. ``group``: "python" and "page" only read the source; "tests" run it."""

    name: str
    command: list[str]
    group: str = "python"
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    part: Part
    seconds: float
    status: int
    output: str


def parts() -> list[Part]:
    """All parts, in starting order."""
    return [
        Part("format", [f"{BIN}/ruff", "format", "--check", "."]),
        Part("style", [f"{BIN}/ruff", "check", "."]),
        Part("contracts", [f"{BIN}/lint-imports"]),
        Part("page, core", [TSC, "--project", "frontend/tsconfig.core.json"], "page"),
        Part("page", [TSC, "--project", "frontend/tsconfig.json"], "page"),
        Part("page, worker", [TSC, "--project", "frontend/tsconfig.worker.json"], "page"),
        Part("types", [f"{BIN}/mypy", "-p", "chalicelib", "-p", "infra", "-p", "verify", "-p", "benchmarks"]),
        Part(
            "fast tests",
            [f"{BIN}/pytest", "-q", "-m", "not slow", "-n", "2", "--dist", "loadfile"],
            "tests",
            environment={"HYPOTHESIS_PROFILE": "check"},
        ),
        Part("page's tests", ["node", "--test", *_page_tests()], "tests"),
    ]


def _page_tests() -> list[str]:
    return sorted(str(path) for path in (PROJECT / "frontend" / "tests").glob("*.test.mjs"))


def run(part: Part) -> Ended:
    began = time.monotonic()
    done = subprocess.run(
        part.command,
        cwd=PROJECT,
        env=os.environ | part.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Ended(part, time.monotonic() - began, done.returncode, done.stdout)


def check(wanted: list[Part]) -> int:
    """Returns the number of failed parts."""
    failed = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for future in as_completed([pool.submit(run, part) for part in wanted]):
            ended = future.result()
            verdict = "FAILED" if ended.status else "ok"
            print(f"{ended.part.name:<13} {ended.seconds:5.1f} s  {verdict}", flush=True)
            if ended.status:
                failed.append(ended)
    for ended in failed:
        print(f"\n== {ended.part.name}: {' '.join(ended.part.command)}\n{ended.output.rstrip()}")
    return len(failed)


def main() -> int:
    groups = sys.argv[1:] or ["python", "page", "tests"]
    began = time.monotonic()
    failures = check([part for part in parts() if part.group in groups])
    print(f"\n{f'{failures} failed' if failures else 'All is well'}, after {time.monotonic() - began:.0f} s.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
