"""The inbox: has a file read once and hands what is in it to the use case for its name.

S3 reports a file at least once, perhaps days later again, two events at the same time, and the events of two
versions in any order. Each event is handled once: a run claims it first, and notes when it is done. A run that
died is tried again by Lambda under the same request id, which may take the claim over.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from chalicelib.documents.intake_answer import IntakeAnswer, Mistake
from chalicelib.documents.plain_file import ReadFile
from chalicelib.domain.times import EPOCH, to_ms
from chalicelib.readers.contest_files import CONFIRMATION, PERSONAL_FILES
from chalicelib.services.contest.checked import Altered
from chalicelib.services.intake.confirmations import what_waits
from chalicelib.services.intake.intake import Intake
from chalicelib.services.intake.personal_files import PersonalFiles
from chalicelib.services.intake.place import place_of
from chalicelib.services.ports import Deliveries, ObjectStore, ReadInboxFile, Unreadable

_OVERTAKEN = "một bản mới hơn của tệp cùng tên đã đến trước: nếu vẫn cần nội dung này, hãy gửi lại tệp"
_UNREADABLE = (
    "hệ thống không đọc được tệp này nên không nhận phần nào: hãy sao chép nội dung sang một tệp mới, lưu dạng "
    "“CSV UTF-8” hoặc .xlsx, rồi gửi lại; nếu vẫn không được, hãy báo bộ phận kỹ thuật"
)


class Delivery(NamedTuple):
    """S3's event about one version of the object at ``key``.

    ``sequencer`` orders the events of one key; ``request`` is Lambda's id of this call, which is that of the
    first try where it tries again.
    """

    key: str
    version: str
    sequencer: str
    request: str

    @property
    def id(self) -> str:
        return sha256("\n".join((self.key, self.version, self.sequencer)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Inbox:
    """``contest`` and ``people`` are made only when a file is for them.

    ``read``: files are read elsewhere, by a function that has nothing worth stealing.
    """

    read: ReadInboxFile
    desk: ObjectStore
    contest: Callable[[], Intake]
    people: Callable[[], PersonalFiles]
    deliveries: Callable[[], Deliveries]
    now: Callable[[], datetime]

    def take_over(self, delivery: Delivery) -> IntakeAnswer | None:
        """Takes over the file that the event names; returns the answer.

        None for a folder, for an event that is handled already, and for one that another run has in hand.

        Raises ``FileNotFoundError``, ``Busy``.
        """
        (place, misplaced), now = place_of(delivery.key, delivery.version), self.now()
        if not place.file:  # a folder made by the console
            return None
        deliveries = self.deliveries()
        began = deliveries.claim(delivery.id, delivery.request, to_ms(now))
        if began is None:
            return None
        read = self._read(delivery, place.file)
        first = EPOCH + timedelta(milliseconds=began)
        if misplaced:
            told = self.contest().refuse(place, read, now, misplaced)
        elif self._meant(place.file) in PERSONAL_FILES:
            told = self.people().take_over(place, read, first, delivery.id)
        elif deliveries.is_newest(delivery.key, delivery.sequencer, to_ms(now)):
            told = self.contest().take_over(place, read, now, first)
        else:
            told = self.contest().refuse(place, read, now, _OVERTAKEN)
        deliveries.finish(delivery.id)
        return told

    def _read(self, delivery: Delivery, file: str) -> ReadFile:
        try:
            read = self.read(delivery.key, delivery.version, delivery.id)
        except Unreadable:
            return ReadFile(sha256="", faults=(Mistake(file, 0, "", "", _UNREADABLE),))
        if read is None:
            raise FileNotFoundError(delivery.key)
        return read

    def _meant(self, file: str) -> str:
        """The file itself, or the one that it confirms."""
        confirmation = CONFIRMATION.fullmatch(file)
        waiting = None
        with suppress(Altered):  # which the contest's files answer
            waiting = what_waits(self.desk, confirmation[1]) if confirmation else None
        return waiting.file if waiting else file
