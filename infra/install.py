"""Installs pinned packages into an environment and tells its progress.

    python3 -m infra.install .venv requirements-dev.txt

The machine's own Python runs it before anything is installed: it needs only the standard library.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from infra.progress import interval, say_aside, span

_MEASURED = "one to four minutes, depending on connection and machine"


def packages(requirements: Path) -> int:
    """The number of packages that a file pins, including those of the files it includes."""
    count = 0
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            count += packages(requirements.parent / line.split()[1])
        elif "==" in line.partition("#")[0]:
            count += 1
    return count


def install(venv: Path, requirements: Path) -> int:
    """Runs pip; returns its exit code, after its last words if it failed."""
    total = packages(requirements)
    say_aside(f"Installing {total} pinned packages and their dependencies into {venv}; once, {_MEASURED}.")
    command = [str(venv / "bin" / "pip"), "install", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar", "off", "--requirement", str(requirements)]
    began = told = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "pip.log")
        with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as pip:
            while pip.poll() is None:
                time.sleep(0.2)
                if time.monotonic() - told >= interval():
                    told = time.monotonic()
                    words = log.read_text(encoding="utf-8", errors="replace")
                    say_aside(f"{state(words, venv, total)}, {span(told - began)} so far")
        words = log.read_text(encoding="utf-8", errors="replace")
    if pip.returncode:
        print(words[-3000:].strip(), file=sys.stderr)
        say_aside(f"Not installed: pip's reason is above. Run the same command again: it makes a new {venv}.")
    else:
        say_aside(f"{venv} is ready after {time.monotonic() - began:.0f} s.")
    return pip.returncode


def state(words: str, venv: Path, total: int) -> str:
    """pip's progress by its own words: it collects every package, then unpacks them all."""
    lines = words.splitlines()
    for line in lines:
        if line.startswith("Installing collected packages: "):
            there = sum(1 for _ in venv.glob("lib/python*/site-packages/*.dist-info"))
            return f"step 2 of 2, unpacking: {there} of {line.count(',') + 1} packages"
    collected = sum(line.startswith("Collecting ") for line in lines)
    return f"step 1 of 2, downloading: {collected} of {total} packages"


def main() -> None:
    """Exits with pip's code."""
    sys.exit(install(Path(sys.argv[1]), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
