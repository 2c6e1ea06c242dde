"""Ctrl-C: the messages of the first, the effects of a second and a third, and a short stop."""

from __future__ import annotations

import os
import signal
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.local import __main__ as command
from infra.local import layout, ministack
from infra.local.checks import CannotRun, only_one, take_port
from infra.local.emulator import MARKER
from infra.local.ministack import MiniStack
from infra.local.stop import Stop, Stopped
from infra.local.unpacked import SharedZip

SAVED = datetime(2026, 11, 28, 7, 8, 9, tzinfo=UTC)


class Aws:
    forced = False

    def saved(self) -> tuple[datetime, float] | None:
        return SAVED, 0.8

    def stop_without_saving(self) -> None:
        self.forced = True


def stopping(aws: Aws | None = None) -> tuple[Stop, list[str]]:
    """A stop after the first Ctrl-C, and the lines it printed."""
    lines: list[str] = []
    stop = Stop(lines.append)
    if aws:
        stop.ends(aws)
    with pytest.raises(Stopped):
        stop(signal.SIGINT, None)
    return stop, lines


def test_the_first_ctrl_c_says_at_once_what_is_being_stopped() -> None:
    stop, lines = stopping(Aws())
    assert lines == ["Stopping: first the address, then the local AWS, which saves its data."]
    assert stop.farewell().startswith("Stopped after 0.")


def test_the_second_ctrl_c_says_how_to_force_the_stop_and_at_what_cost() -> None:
    aws = Aws()
    stop, lines = stopping(aws)
    stop(signal.SIGINT, None)
    assert lines[1].startswith("Still saving the data, 0 s so far. Ctrl-C once more stops without saving")
    assert "everything since 07:08:09 is then lost" in lines[1]
    assert not aws.forced


def test_the_third_ctrl_c_forces_the_stop_and_the_last_line_says_so() -> None:
    aws = Aws()
    stop, _ = stopping(aws)
    stop(signal.SIGINT, None)
    stop(signal.SIGINT, None)
    assert aws.forced
    assert stop.farewell().startswith("Stopped without saving: everything since 07:08:09 is lost")


def test_a_repeated_sigterm_never_forces_the_stop() -> None:
    aws = Aws()
    stop, lines = stopping(aws)
    for _ in range(3):
        stop(signal.SIGTERM, None)
    assert (aws.forced, len(lines)) == (False, 1)


def test_a_second_ctrl_c_says_so_when_there_is_nothing_to_save() -> None:
    stop, lines = stopping()
    stop(signal.SIGINT, None)
    assert lines[1:] == ["It is stopping; there is nothing to save yet."]


# A local AWS that says it is ready and then takes its time to save.
SLOW = """
import http.server, os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["GATEWAY_PORT"])), Health).serve_forever()
"""


def test_a_slow_stop_keeps_reporting_and_can_be_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    start = ministack.subprocess.Popen
    monkeypatch.setattr(
        ministack.subprocess, "Popen", lambda _, **how: start([sys.executable, "-c", SLOW], **how)
    )
    monkeypatch.setattr(ministack, "_SPEAKS_EVERY", 0.05)

    def tell(line: str) -> None:
        lines.append(line)
        if line.startswith("Still saving"):
            aws.stop_without_saving()

    aws = MiniStack(tmp_path / "state", tmp_path / "log", tell=tell)
    (tmp_path / "state" / "services").mkdir(parents=True)
    (tmp_path / "state" / "services" / MARKER).write_text("1.5")
    with aws:
        pass
    assert lines[0].endswith("then saving the data; the last save took 1.5 s.")
    assert lines[1].startswith("Still saving the data: 0 s")
    assert len(lines) == 2


def test_stop_says_when_nothing_is_running(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command._stop(tmp_path)
    assert capsys.readouterr().out.startswith("Nothing is running here, so there is nothing to stop.")


def test_stop_says_what_it_is_waiting_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    holders = iter([77, 77, 77, None])
    sent: list[Any] = []
    monkeypatch.setattr(command, "_holder", lambda _: next(holders))
    monkeypatch.setattr(command, "_SPEAKS_EVERY", 0)
    monkeypatch.setattr(os, "kill", lambda *what: sent.append(what))
    before = signal.getsignal(signal.SIGINT)
    try:
        command._stop(tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)
    out = capsys.readouterr().out
    assert sent == [(77, signal.SIGTERM)]
    assert "Stopping process 77" in out
    assert "Still waiting for process 77" in out
    assert "Stopped after" in out


def test_a_second_run_and_a_port_in_use_say_what_to_do(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(CannotRun, match="`make stop` ends it"), only_one(tmp_path):
        pass
    with take_port(0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotRun, match=f"Port {port} is in use; choose another"):
            take_port(port)


@pytest.mark.parametrize(("there", "who"), [("2", "a newer"), ("0", "an older"), ("x", "another")])
def test_data_in_another_layout_are_not_touched(tmp_path: Path, there: str, who: str) -> None:
    (tmp_path / "layout").write_text(there)
    with pytest.raises(CannotRun, match=f"written by {who} version.*make clean"):
        layout.check(tmp_path)
    assert (tmp_path / "layout").read_text() == there


def test_new_data_and_data_without_a_layout_get_the_current_one(tmp_path: Path) -> None:
    (tmp_path / "old" / "services").mkdir(parents=True)
    for name in ("new", "old", "old"):
        layout.check(tmp_path / name)
        assert (tmp_path / name / "layout").read_text() == "1\n"


def test_workers_share_one_unpacked_copy(tmp_path: Path) -> None:
    """Removing one copy per worker used to take half a minute of a stop."""
    places = []
    for worker in ("a", "b"):
        home = tmp_path / worker
        (home / "code").mkdir(parents=True)
        with zipfile.ZipFile(home / "code.zip", "w") as packed:
            packed.writestr(zipfile.ZipInfo("app.py"), "x = 1")
        with SharedZip(home / "code.zip") as archive:
            archive.extractall(home / "code")
        assert (home / "code" / "app.py").read_text() == "x = 1"
        places.append((home / "code").resolve())
    assert places[0] == places[1]
