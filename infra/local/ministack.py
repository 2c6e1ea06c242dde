"""Starts and stops the local AWS as a child process."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

from infra.local.checks import CannotRun
from infra.local.emulator import LINUX, MARKER, SCHEDULE_SECONDS
from infra.package import PROJECT
from infra.progress import span

REGION, ACCOUNT = "ap-southeast-1", "000000000000"
# The local AWS knows these as the account's root. It listens on 127.0.0.1 only.
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105  the emulator's own, on 127.0.0.1

_STARTS_WITHIN = 30.0
_SAVES_WITHIN = 10.0
# A million entries take a while to write.
_STOPS_WITHIN = 180.0
_SPEAKS_EVERY = 3.0


def _silent(_line: str) -> None:
    pass


class MiniStack:
    """The local AWS for the length of a ``with`` block; its data stays in ``state``."""

    def __init__(
        self,
        state: Path,
        log: Path,
        schedule_seconds: int | None = None,
        tell: Callable[[str], None] = _silent,
        region: str = REGION,
        account: str = ACCOUNT,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.region, self._account = region, account
        self._state = state
        self._log = log
        self._schedule_seconds = schedule_seconds
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self._ending: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._state / "tmp", ignore_errors=True)
        (self._state / "tmp").mkdir(parents=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.emulator"],
                cwd=PROJECT,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C goes to the runner, which then stops this in order
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """False if it has stopped by itself."""
        return self._process is not None and self._process.poll() is None

    def client(self, service: str) -> Any:
        """A boto3 client with all rights."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(retries={"total_max_attempts": 2, "mode": "standard"}, read_timeout=60),
        )

    def save(self) -> None:
        """Has the state written now: nothing later may survive a power cut that this state does not."""
        marker = self._state / "services" / MARKER
        before = marker.stat().st_mtime_ns if marker.exists() else 0
        if not LINUX or self._process is None:
            return
        self._process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + _SAVES_WITHIN
        while time.monotonic() < deadline:
            if marker.exists() and marker.stat().st_mtime_ns != before:
                return
            time.sleep(0.02)

    def stop(self) -> None:
        """Sends SIGTERM, so that it saves its state; SIGKILL to it and its functions if it does not stop."""
        process, self._process = self._process, None
        if process is None:
            return
        self._ending = process
        if process.poll() is None:
            process.terminate()
            self._await_end(process)
        with suppress(ProcessLookupError):  # itself if it hangs, and functions that were just starting
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()
        shutil.rmtree(self._state / "tmp", ignore_errors=True)
        self._ending = None

    def stop_without_saving(self) -> None:
        """Cuts a ``stop`` short, from a signal handler; everything since the last save is lost."""
        if self._ending is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._ending.pid, signal.SIGKILL)

    def saved(self) -> tuple[datetime, float] | None:
        """The time of the last save and its length in seconds; None if there was none."""
        marker = self._state / "services" / MARKER
        try:
            at, took = marker.stat().st_mtime, marker.read_text(encoding="ascii")
        except OSError:
            return None
        return datetime.fromtimestamp(at).astimezone(), float(took or 0)

    def _await_end(self, process: subprocess.Popen[bytes]) -> None:
        began = time.monotonic()
        saved = self.saved()
        usual = f"; the last save took {saved[1]:.1f} s" if saved else ""
        self._tell(f"Waiting for requests under way (2 s at most), then saving the data{usual}.")
        while (took := time.monotonic() - began) < _STOPS_WITHIN:
            try:
                process.wait(_SPEAKS_EVERY)
            except subprocess.TimeoutExpired:
                self._tell(f"Still saving the data: {span(took + _SPEAKS_EVERY)} so far.")
            else:
                return
        self._tell(f"It did not stop within {span(_STOPS_WITHIN)} and is now killed.")

    def _environment(self) -> dict[str, str]:
        # Nobody's own AWS account, endpoint, proxy or Python path may reach the functions.
        foreign = re.compile(r"AWS_|PYTHON|.*_proxy$", re.IGNORECASE)
        mine = {name: value for name, value in os.environ.items() if not foreign.match(name)}
        mine |= {
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_EC2_METADATA_DISABLED": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_ACCOUNT_ID": self._account,
            "MINISTACK_REGION": self.region,
            "PERSIST_STATE": "1",
            "PYTHONNOUSERSITE": "1",
            "PYTHONUNBUFFERED": "1",
            "S3_DATA_DIR": str(self._state / "s3"),
            "S3_PERSIST": "1",
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(self._state / "services"),
            "TMPDIR": str(self._state / "tmp"),
        }
        if self._schedule_seconds:
            mine[SCHEDULE_SECONDS] = str(self._schedule_seconds)
        return mine

    def _wait(self) -> None:
        deadline = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < deadline:
            if not self.running:
                raise CannotRun(f"The local AWS stopped at once; its last words are in {self._log}.")
            try:
                with urlopen(f"{self.url}/_ministack/health", timeout=2) as answer:  # noqa: S310  http, here
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.05)
        raise CannotRun(f"The local AWS does not answer; see {self._log}.")


def free_port() -> int:
    """A port of this machine that nobody has taken yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
