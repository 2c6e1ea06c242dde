"""Only the function that reads files meets them, and it needs nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.documents.plain_file import ReadFile
from chalicelib.documents.typed import decode
from chalicelib.readers.contest_files import LARGEST
from chalicelib.storage.file_reader import read_key
from chalicelib.wiring import read_file
from tests.fakes import MemoryObjects
from tests.readers.contest_files import UNITS

PROJECT = Path(__file__).resolve().parents[2]
# What takes strangers' bytes apart.
READERS = (
    *("chalicelib.readers.plain", "chalicelib.readers.spreadsheets", "chalicelib.readers.questions.gift"),
    *("chalicelib.readers.questions.aiken", "chalicelib.readers.questions.moodle_xml", "openpyxl"),
    *("chalicelib.readers.contest_toml", "tomllib", "markdown_it", "defusedxml"),
)


class Bounded(MemoryObjects):
    """Notes how much of an object was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, int | None, str]] = []

    def get(self, key: str, most: int | None = None, version: str = "") -> bytes | None:
        self.asked.append((key, most, version))
        data = super().get(key)
        return None if data is None else data[:most]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Bounded:
    monkeypatch.setenv("AWS_REGION", "ap-southeast-1")
    monkeypatch.setenv("DESK_BUCKET", "desk")
    found = Bounded()
    monkeypatch.setattr(read_file, "bucket", lambda *_: found)
    return found


def test_a_file_is_fetched_once_and_only_as_far_as_it_takes_to_see_it_is_too_large(desk: Bounded) -> None:
    key = "inbox/kept/account/c.zip"
    desk.put(key, b"x" * (LARGEST + 10))
    assert read_file.read_one(key, "v1", "d1")
    assert desk.asked == [(key, LARGEST + 1, "v1")]
    (fault,) = decode(ReadFile, desk.objects[read_key("d1")]).faults
    assert "20 MB" in fault.message


def test_what_is_in_it_lies_where_the_intake_looks_for_it(desk: Bounded) -> None:
    desk.put("inbox/kept/account/units.csv", UNITS.encode())
    told = read_file.read_one("inbox/kept/account/units.csv", "v1", "d1")
    assert told == digest(desk.objects[read_key("d1")])
    read = decode(ReadFile, desk.objects[read_key("d1")])
    assert [line.cells[0] for line in read.files["units.csv"].lines] == ["code", "SO-A", "SO-B"]


def test_a_file_that_has_gone_is_none(desk: Bounded) -> None:
    assert not read_file.read_one("inbox/kept/account/units.csv", "v1", "d1")
    assert desk.objects == {}


def test_the_intake_loads_no_reader_of_strange_files() -> None:
    found = f"import sys, chalicelib.wiring.intake; print(*sorted(set(sys.modules) & set({READERS!r})))"
    done = subprocess.run(  # noqa: S603  this Python alone
        [sys.executable, "-c", found], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == []
