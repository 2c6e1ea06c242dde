"""What the function that reads files may answer, and what its caller makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.documents.canonical import UnreadableDocument, digest
from chalicelib.documents.plain_file import PlainFile, ReadFile
from chalicelib.domain.errors import Busy
from chalicelib.services.contest.checked import Altered
from chalicelib.services.ports import Unreadable
from chalicelib.storage.file_reader import FileReader, read_key
from tests.fakes import MemoryObjects

READ = ReadFile(sha256="0" * 64, files={"notice.txt": PlainFile(text="Tạm nghỉ")})


class Lambda:
    """Answers every call alike."""

    def __init__(self, told: bytes, *, failed: bool = False) -> None:
        self.answer = (told, failed)
        self.asked: list[Any] = []

    def invoke(self, function: str, event: bytes) -> tuple[bytes, bool]:
        self.asked.append((function, json.loads(event)))
        return self.answer


def telling(read: bytes) -> bytes:
    return json.dumps(digest(read)).encode()


def asked(client: Any, desk: MemoryObjects) -> ReadFile | None:
    return FileReader(client, "read-file", desk)("inbox/kept/account/notice.txt", "v1", "d" * 32)


@pytest.fixture
def desk() -> MemoryObjects:
    found = MemoryObjects()
    found.put(read_key("d" * 32), READ.encode())
    return found


def test_what_was_read_is_fetched_from_the_desk(desk: MemoryObjects) -> None:
    client = Lambda(telling(READ.encode()))
    assert asked(client, desk) == READ
    event = {"key": "inbox/kept/account/notice.txt", "version": "v1", "delivery": "d" * 32}
    assert client.asked == [("read-file", event)]


def test_a_file_that_is_not_there_is_none(desk: MemoryObjects) -> None:
    assert asked(Lambda(b'""'), desk) is None


def test_a_reader_that_dies_has_not_read_the_file(desk: MemoryObjects) -> None:
    timed_out = b'{"errorMessage": "Task timed out after 300.00 seconds"}'
    with pytest.raises(Unreadable, match="timed out"):
        asked(Lambda(timed_out, failed=True), desk)


@pytest.mark.parametrize(
    "told",
    [
        b"PK\x03\x04",
        b"{}",
        b'{"format":2,"sha256":"","files":{},"faults":[]}',
        b'{"format":1,"sha256":"","files":{"units.csv":{"lines":[[1,[2],{}]]}},"faults":[]}',
        b'{"format":1,"sha256":"","files":{},"faults":[],"accepted":true}',
    ],
)
def test_anything_but_the_document_is_refused(told: bytes) -> None:
    desk = MemoryObjects()
    desk.put(read_key("d" * 32), told)
    with pytest.raises(UnreadableDocument):
        asked(Lambda(telling(told)), desk)


def test_what_somebody_else_has_put_there_is_refused(desk: MemoryObjects) -> None:
    desk.versions.clear()
    desk.put(read_key("d" * 32), READ.encode().replace("Tạm nghỉ".encode(), b"Thi"))
    with pytest.raises(Altered):
        asked(Lambda(telling(READ.encode())), desk)


def test_a_reader_that_says_nothing_is_asked_again_later() -> None:
    with pytest.raises(Busy):
        asked(Lambda(telling(READ.encode())), MemoryObjects())
