"""Installs pinned packages into an environment and says how far it is.

    python3 -m infra.install .venv requirements-dev.txt

Run by the machine's own Python, before anything is installed: it needs the standard library only.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from infra.progress import interval, say_aside, span

_MEASURED = "one to four minutes, by the line and the machine"


def packages(requirements: Path) -> int:
    """How many packages a file pins, those of the files it includes among them."""
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
    say_aside(f"Installing {total} pinned packages and theirs into {venv}; once, {_MEASURED}.")
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
        say_aside(f"Not installed: pip's reason is above. The same command tries again, into {venv} made anew.")
    else:
        say_aside(f"{venv} is ready after {time.monotonic() - began:.0f} s.")
    return pip.returncode


def state(words: str, venv: Path, total: int) -> str:
    """How far pip is by its own words: it collects every package, and then unpacks them all."""
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
