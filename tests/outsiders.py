"""What outsiders run: the verifier, as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.stack import ROOT

# The stack's minutes take five seconds; ten of them, or how many are given, are late.
WATCH = """
import sys, time
from verify import __main__, watch
watch.MINUTE, watch.LATE = 5, int(sys.argv[1])
sys.exit(__main__.main(sys.argv[3:], clock=lambda: time.time() + int(sys.argv[2])))
"""
PATIENT, STRICT = 600, 50


def run(*command: str) -> tuple[int, str]:
    """What anybody with Python and the folder ``verify/`` would run."""
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-S", *command], cwd=ROOT, check=False, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def verify(*arguments: str) -> tuple[int, str]:
    return run("-m", "verify", *arguments)


def watch(folder: Path, site: str, *, late: int = PATIENT, later: int = 0) -> tuple[int, str]:
    """``later``: by so many seconds the watcher's clock is ahead."""
    return run("-c", WATCH, str(late), str(later), "watch", site, "--folder", str(folder))
