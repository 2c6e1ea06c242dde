"""The folder of somebody who watches: what they saw, safe against being killed at any point."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from verify.log import HASH, Tree
from verify.note import Checkpoint, read_checkpoint
from verify.outcome import CannotCheck, Failed, plain

CHECKPOINTS, EVIDENCE = "checkpoints", "evidence"


class Folder:
    """``checkpoints/*.txt``: every checkpoint seen, never changed; ``vkey``: the log's key; ``cosigned``: the
    newest one under one's own signature; ``watch.log``: a line for each visit; ``evidence/``: what was wrong.

    ``leaves``, ``facts`` and ``last`` only save work and may be deleted. Times are in seconds.
    """

    def __init__(self, path: Path) -> None:
        """Raises ``CannotCheck`` if it cannot be made."""
        self._path = path
        try:
            (path / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotCheck(f"Không tạo được {path}: {error}.", f"Cannot make {path}: {error}.") from None

    def read(self, name: str) -> bytes | None:
        try:
            return (self._path / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """The whole file or nothing of it."""
        path = self._path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.{os.getpid()}")
        with half.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)

    def tell(self, now: int, line: str) -> None:
        """Adds a line to ``watch.log``."""
        with (self._path / "watch.log").open("a", encoding="utf-8", newline="\n") as log:
            log.write(f"{dated(now)} {plain(line)}\n")

    def keep_evidence(self, now: int, files: dict[str, bytes]) -> None:
        for path, data in files.items():
            self.write(f"{EVIDENCE}/{dated(now, '-')}/{path.replace('/', '_')}", data)

    def kept(self) -> dict[str, Checkpoint]:
        """By name, oldest first; what other people put there too. Raises ``CannotCheck`` for anything else."""
        found = {}
        for path in sorted((self._path / CHECKPOINTS).glob("[!.]*.txt")):
            try:
                found[path.name] = read_checkpoint(path.read_bytes())
            except (Failed, OSError):
                raise CannotCheck(
                    f"Tệp {path} không phải mốc của nhật ký: hãy chuyển nó đi chỗ khác.",
                    f"The file {path} is not a checkpoint: move it elsewhere.",
                ) from None
        return found

    def keep(self, now: int, checkpoint: Checkpoint) -> str:
        """The file's name."""
        name = f"{dated(now, '-')}-{checkpoint.size}-{checkpoint.root.hex()[:8]}.txt"
        self.write(f"{CHECKPOINTS}/{name}", checkpoint.note)
        return name

    def leaves(self, kept: dict[str, Checkpoint]) -> list[bytes]:
        """The leaf hashes that were checked before; none unless a kept checkpoint has their root."""
        data = self.read("leaves") or b""
        hashes = [data[at : at + HASH] for at in range(0, len(data), HASH)]
        tree = Tree()
        for hashed in hashes:
            tree.append(hashed)
        proven = any((one.size, one.root) == (tree.size, tree.root()) for one in kept.values())
        return hashes if hashes and proven and len(hashes[-1]) == HASH else []

    def last(self) -> tuple[int, int] | None:
        """Time and size of the log at the visit before."""
        words = (self.read("last") or b"").split()
        return (int(words[0]), int(words[1])) if len(words) == 2 and all(map(bytes.isdigit, words)) else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time; the system lets go if it is killed."""
        with (self._path / "lock").open("ab") as file:
            if sys.platform == "win32":
                import msvcrt  # noqa: PLC0415 - there only

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            else:
                import fcntl  # noqa: PLC0415 - elsewhere only

                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def dated(now: int, colon: str = ":") -> str:
    return datetime.fromtimestamp(now, UTC).strftime(f"%Y-%m-%dT%H{colon}%M{colon}%SZ")
