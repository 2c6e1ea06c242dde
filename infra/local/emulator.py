"""The local AWS process: MiniStack, served on 127.0.0.1, with snapshots while it runs.

Started by infra.local.ministack with everything in the environment. It adds to MiniStack's own start:

* It saves its state every few seconds, not only when it stops, so that kill -9 or a power cut costs seconds,
  not the contest. A forked child writes the files: it sees memory as it was at one moment, and requests
  continue meanwhile. Objects in S3 are on disk as soon as they are put.
* It saves and stops when its parent process is gone: its standard input then ends.
* Lambda functions run on the bare Python, not on this virtual environment's, so that a dependency missing
  from the package is missing here too.
* It also saves the stream records that no function has read yet (infra/local/streams.py).
* It checks schedules every second instead of every ten, and tests may shorten them. It skips a schedule whose
  function or state machine is still at work: otherwise a busy machine would start more and more of them.
* All workers of a package share one unpacked copy of it (infra/local/unpacked.py).
* A stack may take over a bucket that an earlier one has left (infra/cloudformation.py). MiniStack's validation
  takes the bucket's name for a conflict, although the change set imports it.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.local.streams import keep_unread_records
from infra.local.unpacked import share_unpacked_code

# EventBridge's rules know minutes; a test has seconds. Only MiniStack reads this; the template does not change.
SCHEDULE_SECONDS = "CUOC_THI_SCHEDULE_SECONDS"

# Written after each snapshot. Only on Linux may a process with threads be forked: no snapshots elsewhere.
MARKER = "snapshot"
LINUX = sys.platform == "linux"

_FIRST_SNAPSHOT = 5.0
# A snapshot may take a twentieth of the time.
_SHARE = 20
_HANGS = 120.0
_DEPLOYS_WITHIN = 30.0

logger = logging.getLogger("snapshot")


def _bare_python() -> str:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    bare = Path(sys.base_prefix, "bin", name)
    return str(bare) if bare.exists() else sys.executable


def _shorten_schedules() -> None:
    # Imported here and below because MiniStack reads the environment when imported.
    from ministack.services import eventbridge  # type: ignore[import-untyped] # noqa: PLC0415

    eventbridge._SCHEDULER_TICK_INTERVAL = 1  # noqa: SLF001
    seconds = os.environ.get(SCHEDULE_SECONDS)
    if seconds:
        eventbridge._parse_rate_seconds = lambda rule: int(seconds) if rule.startswith("rate(") else None  # noqa: SLF001


def _pass_over_the_busy() -> None:
    """In the cloud several concurrent runs do no harm; here each is a separate process on two cores."""
    from ministack.services import eventbridge, lambda_svc, stepfunctions  # noqa: PLC0415

    running: dict[str, threading.Thread] = {}

    def to_lambda(arn: str, payload: str) -> None:
        before = running.get(arn)
        if before is not None and before.is_alive():
            return
        function, config, _ = lambda_svc._get_func_record_for_ref(arn)  # noqa: SLF001
        if not function or not config or function.get("concurrency") == 0:  # none may run (infra/halt.py)
            return
        record = lambda_svc._execution_record_for_config(function, config)  # noqa: SLF001
        execute = lambda_svc._execute_function_with_config_scope  # noqa: SLF001
        running[arn] = threading.Thread(target=execute, args=(record, json.loads(payload)), daemon=True)
        running[arn].start()

    to_states = eventbridge._dispatch_to_stepfunctions  # noqa: SLF001

    def to_state_machine(arn: str, payload: str) -> None:
        executions = [execution for _, execution in stepfunctions._executions.all_items()]  # noqa: SLF001
        if not any(one["stateMachineArn"] == arn and one["status"] == "RUNNING" for one in executions):
            to_states(arn, payload)

    eventbridge._dispatch_to_lambda = to_lambda  # noqa: SLF001
    eventbridge._dispatch_to_stepfunctions = to_state_machine  # noqa: SLF001


def _let_buckets_be_taken_over() -> None:
    """A name that is really taken is refused when the bucket is made."""
    from ministack.services.cloudformation import stacks  # type: ignore[import-untyped] # noqa: PLC0415

    find = stacks._validation_errors  # noqa: SLF001

    def without_conflicts(*given: Any, **named: Any) -> list[tuple[str, ...]]:
        return [error for error in find(*given, **named) if error[2] != "NAME_CONFLICT_VALIDATION"]

    stacks._validation_errors = without_conflicts  # noqa: SLF001


def _deploying() -> bool:
    """A stack saved in the middle of a change could never be changed again."""
    from ministack.services.cloudformation import _stacks  # noqa: PLC0415

    states = [stack["StackStatus"] for _, stack in _stacks.all_items()]
    return any(state.endswith("_IN_PROGRESS") and state != "REVIEW_IN_PROGRESS" for state in states)


def _save(app: Any, lock: int) -> None:
    """Runs in the forked child and never returns."""
    began = time.monotonic()
    try:
        os.closerange(3, lock)  # the server's sockets: a connection ends only when no process holds it
        os.closerange(lock + 1, 4096)
        logging.disable(logging.CRITICAL)
        services = app._build_persistence_save_dict()  # noqa: SLF001
        services.pop("cloudwatch_logs", None)  # every request's lines: saved at the end, not each time
        app.save_all(services)
        # Its time says when the save was complete, its content how many seconds it took.
        Path(os.environ["STATE_DIR"], MARKER).write_text(f"{time.monotonic() - began:.1f}", encoding="ascii")
    finally:
        os._exit(0)


async def _snapshot(app: Any, lock: int) -> float:
    """Writes the state through a child and returns the seconds it took."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _save(app, lock)
    try:
        while os.waitpid(child, os.WNOHANG) == (0, 0):  # noqa: ASYNC222  it does not block
            if time.monotonic() - started > _HANGS:  # a lock was held at the moment of the fork
                raise TimeoutError
            await asyncio.sleep(0.05)
    except BaseException:  # above all the stop: the child must not overwrite the final save
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)  # noqa: ASYNC222  it is dead
        raise
    return time.monotonic() - started


async def _snapshots(app: Any, lock: int, asked: asyncio.Event) -> None:
    """Takes one every few seconds, and when asked; the marker's time says when the last one was complete."""
    pause = _FIRST_SNAPSHOT
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(asked.wait(), pause)
        if _deploying():
            await asyncio.sleep(0.1)
            continue
        asked.clear()
        try:
            pause = max(_FIRST_SNAPSHOT, _SHARE * await _snapshot(app, lock))
        except OSError:  # TimeoutError is one
            logger.exception("no snapshot")


def _stop_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


async def _serve(app: Any, lock: int) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415

    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.accesslog = None
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, asked.set)
    snapshots = asyncio.create_task(_snapshots(app, lock, asked)) if LINUX else None

    async def stopped() -> None:
        await stop.wait()
        if snapshots:
            snapshots.cancel()
            await asyncio.wait([snapshots])
        deadline = time.monotonic() + _DEPLOYS_WITHIN
        while _deploying() and time.monotonic() < deadline:  # noqa: ASYNC110  MiniStack has no event for it
            await asyncio.sleep(0.1)

    await serve(app.app, config, shutdown_trigger=stopped)
    # Everything is saved. Nobody is left to hear the invocations under way, and Python would wait for their
    # threads.
    logging.shutdown()
    os._exit(0)


def _alone(folder: Path) -> int:
    """Waits until no other process writes this state: an emulator whose runner was killed may be saving."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def main() -> None:
    """Serves until SIGTERM, SIGINT or the end of standard input."""
    lock = _alone(Path(os.environ["STATE_DIR"]))
    sys.executable = _bare_python()
    from ministack import app  # type: ignore[import-untyped] # noqa: PLC0415

    _shorten_schedules()
    _pass_over_the_busy()
    _let_buckets_be_taken_over()
    keep_unread_records()
    share_unpacked_code()
    asyncio.run(_serve(app, lock))


if __name__ == "__main__":
    main()
