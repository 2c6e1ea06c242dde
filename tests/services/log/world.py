"""A log in memory whose runs stop before every access to what they share, to be mixed and killed there."""

from __future__ import annotations

from collections.abc import Callable
from threading import Semaphore, Thread
from typing import Any

from chalicelib.documents.log import PENDING
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.append import Log, Overtaken
from tests.fakes import MemoryLogStates, MemoryObjects

KEY = SigningKey(b"the log's")
SECRET = b"the salts'"
Step = Callable[[str], None]


def _free(_: str) -> None:
    return


class Killed(BaseException):
    """The run ends here, as when a Lambda is gone: nothing below catches it."""


class Stepped:
    """Passes every call on, after ``step``."""

    def __init__(self, inner: Any, step: Step) -> None:
        self._inner, self._step = inner, step

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        def call(*args: Any) -> Any:
            if name == "delete":  # one by one, as a run may die between two
                for key in args[0]:
                    self._step(name)
                    self._inner.delete([key])
                return None
            self._step(name)
            return method(*args)

        return call


class World:
    def __init__(self) -> None:
        self.states, self.desk, self.site = MemoryLogStates(), MemoryObjects(), MemoryObjects()
        self.shown: list[bytes] = []  # every checkpoint that has been visible

    def log(self, step: Step = _free) -> Log:
        site = Watched(self)
        return Log(Stepped(self.states, step), Stepped(self.desk, step), Stepped(site, step), KEY, SECRET)

    @property
    def waiting(self) -> list[str]:
        return self.desk.keys(PENDING)


class Watched:
    def __init__(self, world: World) -> None:
        self._world = world

    def get(self, key: str) -> bytes | None:
        return self._world.site.get(key)

    def put(self, key: str, data: bytes) -> None:
        self._world.site.put(key, data)

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        done = self._world.site.replace(key, before, after)
        if done and key.endswith("checkpoint"):
            self._world.shown.append(after)
        return done


class Run:
    """A run of the log in a thread of its own, which goes on by one access at a time."""

    def __init__(self, world: World, contest: str, facts: dict[str, str], now: int) -> None:
        self._go, self._waits = Semaphore(0), Semaphore(0)
        self._killed = False
        self.done = False
        self.error: BaseException | None = None
        self._thread = Thread(target=self._body, args=(world, contest, facts, now), daemon=True)
        self._thread.start()
        self._waits.acquire()

    def _body(self, world: World, contest: str, facts: dict[str, str], now: int) -> None:
        try:
            self._step("begin")
            world.log(self._step).append(contest, facts, now)
        except (Killed, Overtaken):
            pass
        except BaseException as error:  # noqa: BLE001  shown to the test
            self.error = error
        finally:
            self.done = True
            self._waits.release()

    def _step(self, _: str) -> None:
        self._waits.release()
        self._go.acquire()
        if self._killed:
            raise Killed

    def step(self) -> None:
        if not self.done:
            self._go.release()
            self._waits.acquire()

    def kill(self) -> None:
        self._killed = True
        while not self.done:
            self.step()

    def finish(self) -> None:
        while not self.done:
            self.step()
