"""Zip files with compiled Python whose bytes depend only on their content."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

_WHEN = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


def compile_tree(root: Path, interpreter: str = sys.executable, *, sources: bool = True) -> None:
    """Compiles all Python below ``root`` for ``interpreter``, beside its ``sources`` or in their place.

    The compiled files are trusted without a look at the source ("unchecked"): Lambda's unpacked package is
    read-only and could not store new ones, and its file times are not ours. A separate process compiles,
    because the bytes also depend on everything else that the interpreter has loaded. Files that replace their
    sources have no docstrings and no assertions (``python -OO``): they were a sixteenth of the package, read
    at every cold start.
    """
    command = [interpreter, "-I", "-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += [] if sources else ["-b", "-o", "2"]
    done = subprocess.run([*command, "-s", str(root), str(root)], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"The code does not compile:\n{done.stdout.strip()}")
    if not sources:
        for path in root.rglob("*.py"):
            path.unlink()


def files_of(root: Path) -> dict[str, bytes]:
    """All files below ``root`` by their path in it."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def write_zip(target: Path, files: Mapping[str, bytes]) -> None:
    """The same files give the same bytes: sorted names, one fixed date, one compression level."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, _WHEN)
            info.external_attr = _READABLE
            packed.writestr(info, data, zipfile.ZIP_DEFLATED, compresslevel=9)


def breakdown(archive: Path, largest: int = 12) -> list[tuple[str, int]]:
    """The largest top-level entries of a zip with their compressed bytes."""
    sizes: Counter[str] = Counter()
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            sizes[info.filename.split("/")[0]] += info.compress_size
    return sizes.most_common(largest)
