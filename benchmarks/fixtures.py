"""The contest used for the measurements: the bank and units of Nghệ An 2022, open now."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.readers.contest_files import archive
from chalicelib.readers.plain import read_file
from chalicelib.reports.bank_preview import preview_page
from chalicelib.reports.rules.page import rules_page
from chalicelib.reports.xlsx import plain_book
from chalicelib.services.contest.reference import Library, Reference
from chalicelib.services.exam.exam import Person
from chalicelib.services.intake.intake import Intake
from chalicelib.services.intake.place import rightly
from chalicelib.web.tokens import Tokens
from tests.fakes import MemoryParticipants, MemoryRevocations, NothingPublished

PERSON = Person("a3" + "0" * 18, "S-NOIVU", "mandatory")
NO_RESULTS = (NothingPublished(), MemoryParticipants, MemoryRevocations)
SECRET = b"bench-secret"


class Folder:
    """A folder as an object store."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, key: str) -> bytes | None:
        path = self._root / key
        return path.read_bytes() if path.is_file() else None

    def put(self, key: str, data: bytes) -> None:
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def restore(self, key: str, sha256: str) -> bool:
        return False

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        if self.get(key) != before:
            return False
        self.put(key, after)
        return True


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def intake(desk: Folder, site: Folder) -> Intake:
    """Before any week is closed."""
    return Intake(
        desk,
        site,
        SECRET,
        rules_page,
        now_ms,
        plain_book,
        *NO_RESULTS,
        preview_page,
    )


def load_contest(contests: Path, desk: Path, scratch: Path) -> Reference:
    """Takes over ``nghe-an-2022`` with its first week open and ten attempts, the most for one write unit."""
    folder = scratch / "contest"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (contests / "nghe-an-2022").iterdir():
        data = file.read_bytes()
        if file.name == "contest.toml":
            data = data.replace(b"start = 2022-08-22T08:00:00+07:00", b'start = "now"')
            data = data.replace(b"attempts_per_week = 5", b"attempts_per_week = 10")
        (folder / file.name).write_bytes(data)
    store = Folder(desk)
    report = intake(store, Folder(scratch / "site")).take_over(
        rightly("contest.zip"), read_file("contest.zip", archive(folder)), datetime.now(UTC)
    )
    if not report.accepted:
        raise SystemExit(str(report.faults))
    return Library(store, now_ms).current()


def token() -> str:
    return Tokens([SECRET]).issue(PERSON, now_ms())[0]
