"""Handles Ctrl-C: the first stops in order, the second says how to force it, the third forces it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import FrameType
from typing import Protocol

from infra.progress import span


class Stopped(BaseException):
    """Somebody wants it to end. Not an error, so no error handler may swallow it."""


class Stoppable(Protocol):
    """The part of the local AWS that a stop needs."""

    def saved(self) -> tuple[datetime, float] | None: ...
    def stop_without_saving(self) -> None: ...


class Stop:
    """The handler of SIGINT and SIGTERM."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._aws: Stoppable | None = None
        self._asked, self._since, self._forced = 0, 0.0, False

    def ends(self, aws: Stoppable) -> None:
        """From now on there is data to save."""
        self._aws = aws

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        if not self._asked:
            self._asked, self._since = 1, time.monotonic()
            print(flush=True)  # ends the line with the terminal's ^C
            self._tell("Stopping: first the address, then the local AWS, which saves its data.")
            raise Stopped
        if (
            number == signal.SIGTERM
        ):  # a supervisor or `make stop` repeats it; only a person at the terminal can force
            return
        self._asked += 1
        with suppress(RuntimeError):  # the interrupted code may be in the middle of a line of its own
            self._again()

    def farewell(self) -> str:
        """The last line of a run."""
        if self._forced:
            return (
                f"Stopped without saving: everything {self._lost()} is lost; "
                "`make run` continues with the rest."
            )
        took = f" after {time.monotonic() - self._since:.1f} s" if self._asked else ""
        return f"Stopped{took}. The data is kept; `make clean` forgets it."

    def _again(self) -> None:
        if self._aws is None:
            self._tell("It is stopping; there is nothing to save yet.")
        elif self._asked == 2:
            took = span(time.monotonic() - self._since)
            self._tell(
                f"Still saving the data, {took} so far. Ctrl-C once more stops without saving: "
                f"everything {self._lost()} is then lost."
            )
        else:
            self._forced = True
            self._aws.stop_without_saving()

    def _lost(self) -> str:
        saved = self._aws.saved() if self._aws else None
        return f"since {saved[0]:%H:%M:%S}" if saved else "since the start"
