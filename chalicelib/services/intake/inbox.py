"""The inbox: a file is fetched once, within bounds, and handed to those whom its name concerns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.readers.contest_files import LARGEST, PERSONAL_FILES
from chalicelib.services.intake.intake import Intake
from chalicelib.services.intake.personal_files import PersonalFiles


class BoundedObjects(Protocol):
    def get(self, key: str, most: int) -> bytes | None:
        """The object, or as much as ``most`` bytes of it."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """``contest`` and ``people`` are made when a file is for them."""

    desk: BoundedObjects
    contest: Callable[[], Intake]
    people: Callable[[], PersonalFiles]
    now: Callable[[], datetime]

    def take_over(self, key: str) -> dict[str, Any]:
        """Takes the file at ``key`` over; returns the report. Raises ``FileNotFoundError``, ``Busy``."""
        file = key.rpartition("/")[2]
        if not file:  # a folder that the console has made
            return {"file": key, "accepted": False}
        data = self.desk.get(key, LARGEST + 1)  # whatever was put there has to fit into memory to be refused
        if data is None:
            raise FileNotFoundError(key)
        if file in PERSONAL_FILES:
            return self.people().take_over(file, data, self.now())
        return self.contest().take_over(file, data, self.now())
