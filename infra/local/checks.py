"""Checks before anything is started; each fault is one clear sentence."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_NEEDED = ("aiohttp", "boto3", "chalice", "cryptography", "hypercorn", "ministack", "pydantic", "samtranslator")


class CannotRun(Exception):
    """The reason why it does not start, for the person who started it."""


def check_tools() -> None:
    """Raises ``CannotRun`` if the Python or the environment will not do."""
    if sys.version_info < (3, 11):  # noqa: UP036  an older one gets this far
        raise CannotRun(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.")
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise CannotRun(f"Not installed: {', '.join(missing)}. Delete the folder .venv and run `make setup`.")


def take_port(port: int) -> socket.socket:
    """Binds the site's port before anything is started, so that nobody else gets it meanwhile."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
    except OverflowError:
        taken.close()
        raise CannotRun(f"{port} is not a port: choose one from 1024 to 65535.") from None
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotRun(
                f"Port {port} is in use; choose another, for example `make run PORT={port + 1}`."
            ) from None
        raise CannotRun(f"Port {port} cannot be used: {error.strerror}.") from None
    return taken


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Allows one run on this folder's data: two would overwrite each other."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotRun(
                f"It is already running here: process {lock.read().strip() or 'unknown'}; `make stop` ends it."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
