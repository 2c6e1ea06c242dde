"""The inbox: fetches a file once, up to a size limit, and hands it to the use case for its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.documents.intake_answer import IntakeAnswer
from chalicelib.readers.contest_files import LARGEST, PERSONAL_FILES
from chalicelib.services.intake.intake import Intake
from chalicelib.services.intake.personal_files import PersonalFiles


class BoundedObjects(Protocol):
    def get(self, key: str, most: int) -> bytes | None:
        """The object, or its first ``most`` bytes."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """``contest`` and ``people`` are made only when a file is for them."""

    desk: BoundedObjects
    contest: Callable[[], Intake]
    people: Callable[[], PersonalFiles]
    now: Callable[[], datetime]

    def take_over(self, key: str) -> IntakeAnswer | None:
        """Takes over the file at ``key``; returns the answer, None for a folder.

        Raises ``FileNotFoundError``, ``Busy``.
        """
        file = key.rpartition("/")[2]
        if not file:  # a folder made by the console
            return None
        data = self.desk.get(key, LARGEST + 1)  # a file must fit into memory to be refused
        if data is None:
            raise FileNotFoundError(key)
        if file in PERSONAL_FILES:
            return self.people().take_over(file, data, self.now())
        return self.contest().take_over(file, data, self.now())
