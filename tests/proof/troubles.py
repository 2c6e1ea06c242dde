"""Lines that break and power that goes off, at a chosen call; everything else passes through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

from chalicelib.domain.errors import AlreadyRegistered
from chalicelib.services.ports import NotMet
from tests.fakes import MemoryObjects

T = TypeVar("T")

# before: the call is not made, and its caller is cut off. after: it is made, but the caller gets no answer.
# twice: made, unanswered, and sent again by the client library. meanwhile: something else happens first.
Kind = Literal["none", "before", "after", "twice", "meanwhile"]


def nothing() -> None:
    """The usual ``meanwhile``."""


@dataclass(frozen=True)
class Trouble:
    """The trouble at the ``at``-th call."""

    kind: Kind = "none"
    at: int = 1
    meanwhile: Callable[[], object] = nothing


NO_TROUBLE = Trouble()


class Line:
    """Carries calls. A caller that is cut off sees ``broken``.

    ``struck`` says that the trouble came, ``written`` that a call was made all the same.
    """

    def __init__(self, broken: type[Exception]) -> None:
        self._broken = broken
        self.expect(NO_TROUBLE)

    def expect(self, trouble: Trouble) -> None:
        """Counts calls from here on."""
        self._trouble, self._calls = trouble, 0
        self.struck = self.written = False

    def carry(self, call: Callable[[], T]) -> T:
        self._calls += 1
        trouble = self._trouble
        if trouble.kind == "none" or self._calls != trouble.at:
            return call()
        self._trouble, self.struck = NO_TROUBLE, True
        if trouble.kind == "before":
            raise self._broken
        if trouble.kind == "meanwhile":
            trouble.meanwhile()
            self.struck = True
            return call()
        with suppress(NotMet, AlreadyRegistered):
            call()
            self.written = True
        if trouble.kind == "after":
            raise self._broken
        return call()


class Shaky:
    """Calls every method of ``store`` over a line."""

    def __init__(self, store: object, line: Line) -> None:
        self._store, self._line = store, line

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._store, name)

        def carried(*args: Any) -> Any:
            """Arguments given piece by piece can be sent a second time too."""
            whole = [list(arg) if isinstance(arg, Iterator) else arg for arg in args]
            return self._line.carry(partial(method, *whole))

        return carried


class Archive(MemoryObjects):
    """A bucket in which the files of a revision never change."""

    def put(self, key: str, data: bytes) -> None:
        if "/rev-" in key:
            assert self.objects.get(key, data) == data, f"{key} was written a second time, with other content"
        super().put(key, data)
