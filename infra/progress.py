"""Tells the progress of long work in plain lines with the time: every 5 s on a terminal, every 15 s elsewhere.

It needs nothing but Python, because set-up uses it before any package is installed. Lines of progress go to
standard error, so that a command's result can be piped; work shorter than one interval says nothing.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import datetime
from typing import Any

ON_TERMINAL_S = 5.0
ELSEWHERE_S = 15.0
# An estimate from less than this share of the work is a guess.
_KNOWS_FROM = 0.03

Say = Callable[[str], None]
Clock = Callable[[], float]


def say(line: str) -> None:
    """One line for the person at the terminal."""
    print(f"{datetime.now().astimezone():%H:%M:%S}  {line}", flush=True)


def say_aside(line: str) -> None:
    """One line of progress, on standard error."""
    print(f"{datetime.now().astimezone():%H:%M:%S}  {line}", file=sys.stderr, flush=True)


def interval() -> float:
    """Seconds between two lines of progress."""
    return ON_TERMINAL_S if sys.stderr.isatty() else ELSEWHERE_S


def span(seconds: float) -> str:
    """Seconds in words: ``42 s``, ``3 min 5 s``, ``2 h 0 min``, ``3 d 4 h``, ``90 d``."""
    whole = int(seconds)
    days, hours, minutes = whole // 86400, whole % 86400 // 3600, whole % 3600 // 60
    if days >= 60:
        return f"{days} d"
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


class Progress:
    """A count that grows up to ``total``. It estimates the time left from the pace so far.

    ``at_most``: seconds after which the work ends in any case, if that is known better than the pace;
    ``even``: False if one step takes much longer than another, so that the pace says nothing.
    """

    def __init__(
        self,
        what: str,
        total: int,
        *,
        at_most: float | None = None,
        even: bool = True,
        tell: Say = say_aside,
        clock: Clock = time.monotonic,
        every: float | None = None,
    ) -> None:
        self.what, self.total, self.done = what, total, 0
        self._at_most, self._even, self._tell, self._clock = at_most, even, tell, clock
        self._every = interval() if every is None else every
        self._began = self._told = clock()

    def at(self, done: int, note: str = "") -> None:
        """Sets the count to ``done``; tells it if a line is due."""
        self.done = done
        now = self._clock()
        if now - self._told >= self._every:
            self._told = now
            self._tell(self.line(note))

    def step(self, note: str = "") -> None:
        """One more."""
        self.at(self.done + 1, note)

    def line(self, note: str = "") -> str:
        took = self._clock() - self._began
        parts = [
            f"{self.what}: {self.done:,} of {self.total:,}",
            note,
            f"{span(took)} so far",
            self._left(took),
        ]
        return ", ".join(part for part in parts if part)

    def _left(self, took: float) -> str:
        if self._at_most is not None:
            return f"at most about {span(max(self._at_most - took, 0))} left"
        known = self._even and 0 < self.done < self.total and self.done >= self.total * _KNOWS_FROM
        if not known:
            return ""
        return f"about {span(took / self.done * (self.total - self.done))} left"


@contextmanager
def waiting(
    what: str, usually: float | None = None, *, tell: Say = say_aside, every: float | None = None
) -> Iterator[None]:
    """Tells how long the block has taken so far; ``usually``: its usual time in seconds, if known."""
    began, over = time.monotonic(), threading.Event()
    pause = interval() if every is None else every

    def speak() -> None:
        while not over.wait(pause):
            took = time.monotonic() - began
            usual = f"; it usually takes about {span(usually)}" if usually else ""
            tell(f"{what}: {span(took)} so far{usual}")

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        over.set()
        speaker.join()


def follow(progress: Progress, futures: Sequence[Future[Any]], count: Callable[[], int]) -> None:
    """Tells the progress of other processes until they are done; ``count``: their total so far."""
    open_ = set(futures)
    while open_:
        _, open_ = wait(open_, timeout=min(1.0, progress._every))  # noqa: SLF001  its own module
        progress.at(count())
