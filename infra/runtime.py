"""The Python for which a package is made: Lambda's in the cloud, this machine's own on the local AWS."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import NamedTuple

# Long-lived; 3.11 can be neither created nor updated in Lambda after dates in 2026–27 (docs/platform-traps.md).
CLOUD = "3.13"
_HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


class Runtime(NamedTuple):
    """``interpreter``: one of this version, which alone can make its bytecode; "" if none is at hand."""

    version: str
    interpreter: str

    @property
    def name(self) -> str:
        """As Lambda calls it."""
        return f"python{self.version}"

    @property
    def glibc(self) -> int:
        """2.x of the Lambda image: Amazon Linux 2 up to Python 3.11, 2023 from 3.12."""
        return 26 if int(self.version.partition(".")[2]) < 12 else 34


def of_stage(stage: str) -> Runtime:
    """The runtime of a stage; the local AWS runs functions on this very interpreter."""
    if stage == "local" or CLOUD == _HERE:
        return Runtime(_HERE if stage == "local" else CLOUD, sys.executable)
    return Runtime(CLOUD, _found(CLOUD))


def _found(version: str) -> str:
    """The interpreter in the path, if it runs: a shim of pyenv may be there without it."""
    path = shutil.which(f"python{version}")
    if path is None:
        return ""
    command = [path, "-I", "-S", "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return path if done.stdout.strip() == version else ""
