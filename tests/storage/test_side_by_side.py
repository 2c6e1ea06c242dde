"""Many objects are put side by side, never all held at once, and a failure is the caller's."""

from __future__ import annotations

import io
from collections.abc import Iterator
from threading import Barrier, Lock
from typing import Any

import pytest

from chalicelib.storage import objects
from chalicelib.storage.objects import AT_ONCE, PARTS_AT_ONCE, Bucket

SOON_S = 60  # a barrier that is never full breaks the test; it times nothing


class Client:
    """S3 that answers a put only when so many of them are waiting."""

    def __init__(self, together: int = AT_ONCE) -> None:
        self.together, self.lock = Barrier(together, timeout=SOON_S), Lock()
        self.objects: dict[str, bytes] = {}

    def put_object(self, **put: Any) -> None:
        self.together.wait()
        if put["Body"] == b"refused":
            raise ConnectionError(put["Key"])
        with self.lock:
            self.objects[put["Key"]] = put["Body"]

    def get_object(self, **got: Any) -> dict[str, Any]:
        self.together.wait()
        return {"Body": io.BytesIO(got["Key"].encode())}

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        return {"UploadId": "1"}

    def upload_part(self, **put: Any) -> dict[str, str]:
        self.together.wait()
        return {"ETag": f"part {put['PartNumber']}"}

    def complete_multipart_upload(self, **done: Any) -> None:
        self.parts = [part["ETag"] for part in done["MultipartUpload"]["Parts"]]


def test_as_many_as_fit_are_put_at_once() -> None:
    client = Client()
    files = {f"units/{number}.xlsx": bytes([number]) for number in range(5 * AT_ONCE)}
    Bucket(client, "desk").put_all(files.items())
    assert client.objects == files


def test_a_file_is_made_only_when_its_turn_comes() -> None:
    client, made = Client(), 0

    def files() -> Iterator[tuple[str, bytes]]:
        nonlocal made
        for number in range(3 * AT_ONCE):
            made += 1
            assert made - len(client.objects) <= 2 * AT_ONCE, "too many are in memory"
            yield str(number), b"x"

    Bucket(client, "desk").put_all(files())
    assert (made, len(client.objects)) == (3 * AT_ONCE, 3 * AT_ONCE)


def test_as_many_as_fit_are_fetched_at_once_and_come_in_order() -> None:
    keys = [f"log/batch/{number}.bin" for number in range(3 * AT_ONCE)]
    assert [*Bucket(Client(), "desk").get_all(keys)] == [key.encode() for key in keys]


def test_a_part_is_put_while_the_next_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PART", 4)
    client = Client(together=PARTS_AT_ONCE)
    Bucket(client, "desk").put_pieces("audit.jsonl.gz", [b"abc"] * 5)
    assert client.parts == [f"part {number}" for number in (1, 2, 3, 4)]


def test_none_is_no_trouble() -> None:
    Bucket(Client(), "desk").put_all([])


@pytest.mark.parametrize("at", [0, AT_ONCE, 2 * AT_ONCE - 1])
def test_a_put_that_fails_is_reported(at: int) -> None:
    files = [(str(number), b"refused" if number == at else b"x") for number in range(2 * AT_ONCE)]
    with pytest.raises(ConnectionError, match=f"^{at}$"):
        Bucket(Client(together=1), "desk").put_all(files)


def test_a_file_that_cannot_be_made_is_reported_when_the_others_are_put() -> None:
    client = Client()

    def files() -> Iterator[tuple[str, bytes]]:
        for number in range(AT_ONCE):
            yield str(number), b"x"
        raise ValueError("no such unit")

    with pytest.raises(ValueError, match="no such unit"):
        Bucket(client, "desk").put_all(files())
    assert len(client.objects) == AT_ONCE
