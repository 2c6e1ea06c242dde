"""Node.js, for what tests ask of JavaScript."""

from __future__ import annotations

import os
import subprocess
from shutil import which

from tests.stack import ROOT


def node(*arguments: str, given: str | None = None, **environment: str) -> str:
    """What Node.js prints, called at the project's root with ``given`` as its input. Fails if it fails."""
    program = which("node")
    assert program, "install Node.js"
    run = subprocess.run(  # noqa: S603  our own scripts and tools
        [program, *arguments],
        input=given,
        capture_output=True,
        check=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=180,
    )
    return run.stdout
