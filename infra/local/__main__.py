"""`python -m infra.local run` starts everything, `stop` ends a run, `clean` forgets its data."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from infra.local.checks import CannotRun, check_tools, only_one
from infra.progress import say, span

PROJECT = Path(__file__).resolve().parent.parent.parent
_SPEAKS_EVERY = 3.0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("command", choices=("run", "stop", "clean"))
    parser.add_argument("--contest", type=Path, default=PROJECT / "contests" / "demo", help="a contest folder")
    parser.add_argument("--port", default="8000", help="of site and API; 0 takes a free one")
    parser.add_argument(
        "--state", type=Path, default=PROJECT / ".local", help="where data, log and stack.json go"
    )
    parser.add_argument(
        "--fast-schedule", type=int, metavar="SECONDS", help="look for finished weeks this often"
    )
    parser.add_argument(
        "--close-by", choices=("function", "shares"), default="function", help="who reads a week at its close"
    )
    parser.add_argument("--empty", action="store_true", help="load no contest: one will be recovered")
    parser.add_argument("--region", default="ap-southeast-1", help="of the local AWS; its data must be new")
    parser.add_argument("--account", default="0" * 12, help="of the local AWS; its data must be new")
    return parser.parse_args()


def _holder(folder: Path) -> int | None:
    """The process that now runs on this folder, by the lock it holds."""
    try:
        with only_one(folder):
            return None
    except CannotRun:
        return int((folder / "lock").read_text().strip() or 0) or None


def _stop(folder: Path) -> None:
    process = _holder(folder)
    if process is None:
        print("Nothing is running here, so there is nothing to stop. `make run` starts a contest.")
        return
    began = told = time.monotonic()
    say(f"Stopping process {process}: it finishes its work and saves its data, usually within 10 s.")
    signal.signal(signal.SIGINT, lambda *_: sys.exit(f"\nProcess {process} is still stopping by itself."))
    os.kill(process, signal.SIGTERM)
    while _holder(folder) == process:
        time.sleep(0.1)
        if time.monotonic() - told >= _SPEAKS_EVERY:
            told = time.monotonic()
            say(f"Still waiting for process {process}: {span(told - began)}. Ctrl-C leaves it to itself.")
    say(f"Stopped after {time.monotonic() - began:.1f} s. The data is kept; `make clean` forgets it.")


def _clean(folder: Path) -> None:
    process = _holder(folder)
    if process is not None:
        sys.exit(f"It is still running, as process {process}: stop it first (Ctrl-C, or `make stop`).")
    shutil.rmtree(folder / "state", ignore_errors=True)
    for name in ("ministack.log", "stack.json", "lock"):
        (folder / name).unlink(missing_ok=True)


def _run(options: argparse.Namespace, folder: Path) -> None:
    try:
        check_tools()
        from infra.local.run import Options, run  # noqa: PLC0415  needs the tools

        if not options.port.isascii() or not options.port.isdigit():
            raise CannotRun(f"“{options.port}” is not a port: choose one from 1024 to 65535.")
        if options.contest == Path():
            raise CannotRun("Which contest? For example: make run CONTEST=contests/demo")
        run(
            Options(
                contest=options.contest,
                port=int(options.port),
                folder=folder,
                schedule_seconds=options.fast_schedule,
                close_by=options.close_by,
                empty=options.empty,
                region=options.region,
                account=options.account,
            )
        )
    except CannotRun as reason:
        sys.exit(str(reason))


def main() -> None:
    """Prints every reason not to run as a sentence, never as a traceback."""
    options = _options()
    folder = options.state.resolve()
    for number in (signal.SIGINT, signal.SIGTERM):  # until run() has something to shut down
        signal.signal(number, lambda *_: sys.exit(1))
    if options.command == "stop":
        _stop(folder)
    elif options.command == "clean":
        _clean(folder)
    else:
        _run(options, folder)


if __name__ == "__main__":
    main()
