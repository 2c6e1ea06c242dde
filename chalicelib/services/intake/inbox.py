"""The inbox: fetches a file once, up to a size limit, and hands it to the use case for its name.

S3 reports a file at least once, perhaps days later again, two events at the same time, and the events of two
versions in any order. Each event is handled once: a run claims it first, and notes when it is done. A run that
died is tried again by Lambda under the same request id, which may take the claim over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple, Protocol

from chalicelib.documents.intake_answer import IntakeAnswer
from chalicelib.domain.times import EPOCH, to_ms
from chalicelib.readers.contest_files import LARGEST, PERSONAL_FILES
from chalicelib.services.intake.intake import Intake
from chalicelib.services.intake.personal_files import PersonalFiles
from chalicelib.services.ports import Deliveries


class Delivery(NamedTuple):
    """S3's event about one version of the object at ``key``.

    ``sequencer`` orders the events of one key; ``who`` put the file there, as the event says; ``request`` is
    Lambda's id of this call, which is that of the first try where it tries again.
    """

    key: str
    version: str
    sequencer: str
    who: str
    request: str

    @property
    def id(self) -> str:
        return sha256("\n".join((self.key, self.version, self.sequencer)).encode()).hexdigest()[:32]


class BoundedObjects(Protocol):
    def get(self, key: str, most: int, version: str = "") -> bytes | None:
        """This version of the object, or its first ``most`` bytes."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """``contest`` and ``people`` are made only when a file is for them."""

    desk: BoundedObjects
    contest: Callable[[], Intake]
    people: Callable[[], PersonalFiles]
    deliveries: Callable[[], Deliveries]
    now: Callable[[], datetime]

    def take_over(self, delivery: Delivery) -> IntakeAnswer | None:
        """Takes over the file that the event names; returns the answer.

        None for a folder, for an event that is handled already, and for one that another run has in hand.

        Raises ``FileNotFoundError``, ``Busy``.
        """
        file, now = delivery.key.rpartition("/")[2], self.now()
        if not file:  # a folder made by the console
            return None
        deliveries = self.deliveries()
        began = deliveries.claim(delivery.id, delivery.request, to_ms(now))
        if began is None:
            return None
        data = self.desk.get(delivery.key, LARGEST + 1, delivery.version)  # a file must fit into memory
        if data is None:
            raise FileNotFoundError(delivery.key)
        first = EPOCH + timedelta(milliseconds=began)
        if file in PERSONAL_FILES:
            told = self.people().take_over(file, data, first, delivery.id)
        elif deliveries.is_newest(delivery.key, delivery.sequencer, to_ms(now)):
            told = self.contest().take_over(file, data, now, first, delivery.who)
        else:
            told = self.contest().overtaken(f"{file}.{delivery.version}", data, now)
        deliveries.finish(delivery.id)
        return told
