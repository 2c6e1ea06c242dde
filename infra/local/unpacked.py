"""Gives all workers of a package one unpacked copy, instead of 1,400 files for each.

MiniStack unpacks a function's zip for every worker it starts: up to 3 s of a cold start on a busy machine, and
1,400 files a worker to delete at the end, half a minute after a crowd. Functions only read their code, so each
worker gets a link to the copy that the first one made.
"""

from __future__ import annotations

import threading
import zipfile
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_lock = threading.Lock()


class SharedZip(zipfile.ZipFile):
    """``extractall`` into an empty folder replaces it by a link; the same content is unpacked only once."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        folder = Path(path)
        archive = Path(str(self.filename))
        copy = archive.parent.parent / f"code-{sha256(archive.read_bytes()).hexdigest()[:16]}"
        with _lock:  # two workers of one function may start at once
            if not copy.is_dir():
                draft = copy.with_name(f"{copy.name}.new")
                super().extractall(draft, members, pwd)
                draft.rename(copy)
        archive.unlink()  # 6 MB a worker; a restarted worker brings its own
        folder.rmdir()
        folder.symlink_to(copy, target_is_directory=True)


def share_unpacked_code() -> None:
    """Must be called in the emulator's process."""
    from ministack.core import lambda_runtime  # type: ignore[import-untyped] # noqa: PLC0415

    # LargeFileError is MiniStack's name for zipfile.LargeZipFile; zipfile itself has no such name.
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedZip, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )
