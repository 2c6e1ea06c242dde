"""A desk, a site and the intake between them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.documents.intake_answer import IntakeAnswer
from chalicelib.documents.plain_file import ReadFile
from chalicelib.documents.typed import decode
from chalicelib.domain.times import to_ms
from chalicelib.readers.plain import read_file
from chalicelib.reports.bank_preview import preview_page
from chalicelib.reports.rules.page import rules_page
from chalicelib.reports.xlsx import plain_book
from chalicelib.services.contest.reference import Library
from chalicelib.services.intake.intake import Intake, Published
from chalicelib.services.intake.place import ACCOUNT, Place, rightly
from tests.fakes import Clock, MemoryObjects, MemoryParticipants, MemoryRevocations, NothingPublished
from tests.readers.contest_files import contest_files, zipped

NOW = datetime(2022, 8, 1, 3, 0, 5, 123_456, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PEPPER = b"pepper"


def sent(file: str, by: str = ACCOUNT) -> Place:
    """Where somebody puts the file, by default with rights in the account."""
    return rightly(file, by, "v1")


def as_read(file: str, data: bytes) -> ReadFile:
    """The file as the intake gets it: read elsewhere, and written down there."""
    return decode(ReadFile, read_file(file, data).encode())


def take(intake: Intake, file: str, data: bytes, now: datetime, came: datetime | None = None) -> IntakeAnswer:
    return intake.take_over(sent(file), as_read(file, data), now, came)


def plain(answer: IntakeAnswer | None) -> Any:
    """The answer as a program reads it from the desk, by its keys."""
    return msgspec.json.decode(msgspec.json.encode(answer))


def bare_intake(desk: MemoryObjects, site: MemoryObjects) -> Intake:
    """Nothing is published, and nobody is registered."""
    return Intake(
        desk,
        site,
        PEPPER,
        rules_page,
        Clock(0),
        plain_book,
        NothingPublished(),
        MemoryParticipants,
        MemoryRevocations,
        preview_page,
    )


class Desk:
    """The operators' files in the inbox, and their outcome."""

    def __init__(self, published: Published | None = None) -> None:
        self.desk, self.site = MemoryObjects(), MemoryObjects()
        self.clock, self.people, self.revocations = Clock(0), MemoryParticipants(), MemoryRevocations()
        self.intake = Intake(
            self.desk,
            self.site,
            PEPPER,
            rules_page,
            self.clock,
            plain_book,
            published or NothingPublished(),
            lambda: self.people,
            lambda: self.revocations,
            preview_page,
        )

    def put(self, now: datetime = NOW, **changed: Any) -> dict[str, Any]:
        return self.send("c.zip", zipped(contest_files(**changed)), now)

    def send(self, file: str, content: str | bytes, now: datetime = NOW, by: str = ACCOUNT) -> dict[str, Any]:
        """A single file, or a zip under another name."""
        self.clock.now = to_ms(now)
        data = content.encode() if isinstance(content, str) else content
        return plain(self.intake.take_over(sent(file, by), as_read(file, data), now))

    def report(self) -> Any:
        return json.loads(self.desk.objects[f"{sent('c.zip').answer}.json"])

    def library(self) -> Library:
        return Library(self.desk, Clock())

    def everything_but_reports(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        desk = {key: data for key, data in self.desk.objects.items() if not key.startswith("intake/")}
        return desk, dict(self.site.objects)
