"""The list of revoked tokens on S3 by moto: several writers at once, thousands of people, a push-back."""

from __future__ import annotations

from typing import Any, cast

import boto3
import pytest

from chalicelib.documents.revoked_tokens import KEY, decode
from chalicelib.domain.errors import Busy
from chalicelib.services.exam.revoked import LIFETIME_MS
from chalicelib.services.ports import ParticipantStore
from chalicelib.storage import revocations
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.objects import Bucket
from chalicelib.storage.participants import Participants
from chalicelib.storage.revocations import SKEW_MS, StoredRevocations
from tests.fakes import MemoryObjects, MemoryParticipants
from tests.storage.conftest import REGION
from tests.storage.test_participants import AN, ID, VAULT

NOW = 1_661_130_000_000


@pytest.fixture
def desk(client: Dynamo) -> Bucket:
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="desk", CreateBucketConfiguration=cast(Any, {"LocationConstraint": REGION}))
    return Bucket(s3, "desk")


def ids(count: int, first: int = 0) -> list[str]:
    return [f"{number:020x}" for number in range(first, first + count)]


def test_a_persons_row_tells_the_moment_so_that_the_next_sign_in_holds(client: Dynamo, desk: Bucket) -> None:
    people = Participants(client, "participants", VAULT)
    people.add(AN)
    StoredRevocations(people, lambda: desk, lambda: NOW).revoke([ID, "f" * 20])
    found = people.get(ID)
    assert found is not None
    assert found.signed_out_at == NOW + SKEW_MS
    assert people.get("f" * 20) is None  # nobody is made by it
    assert decode(desk.get(KEY) or b"") == {ID: NOW + SKEW_MS, "f" * 20: NOW + SKEW_MS}


@pytest.mark.parametrize("there", [0, 1])
def test_of_many_writers_at_once_none_loses_anothers_entry(
    desk: Bucket, monkeypatch: pytest.MonkeyPatch, there: int
) -> None:
    """Each of five writers is overtaken, between its read and its write, by all that come after it."""
    monkeypatch.setattr("chalicelib.storage.revocations.time.sleep", lambda seconds: None)
    people, waiting = MemoryParticipants(), ids(5)

    class Slow:
        """The desk; before the first write through it, the next writer comes and goes."""

        def __init__(self) -> None:
            self.get, self.put, self.overtaken = desk.get, desk.put, False

        def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
            if not self.overtaken and waiting:
                self.overtaken = True
                StoredRevocations(people, Slow, lambda: NOW).revoke([waiting.pop()])
            return desk.replace(key, before, after)

    StoredRevocations(people, lambda: desk, lambda: NOW).revoke(ids(there, 100))
    StoredRevocations(people, Slow, lambda: NOW).revoke([waiting.pop()])
    assert set(decode(desk.get(KEY) or b"")) == {*ids(5), *ids(there, 100)}


def test_ten_thousand_erasures_fit_and_are_one_write() -> None:
    desk = MemoryObjects()
    StoredRevocations(MemoryParticipants(), lambda: desk, lambda: NOW).revoke(ids(10_000))
    assert desk.puts == [KEY]
    assert len(desk.objects[KEY]) < 400_000


def test_nobody_is_no_write() -> None:
    desk = MemoryObjects()
    StoredRevocations(MemoryParticipants(), lambda: desk, lambda: NOW).revoke([])
    assert desk.puts == []


def test_a_slower_clock_does_not_bring_back_an_earlier_moment() -> None:
    desk = MemoryObjects()
    for now in (NOW, NOW - 500):
        StoredRevocations(MemoryParticipants(), lambda: desk, lambda now=now: now).revoke([ID])  # type: ignore[misc]
    assert decode(desk.objects[KEY]) == {ID: NOW + SKEW_MS}


def test_what_has_expired_goes_with_the_next_write() -> None:
    desk, clock = MemoryObjects(), iter([NOW, NOW + LIFETIME_MS + SKEW_MS])
    stored = StoredRevocations(MemoryParticipants(), lambda: desk, lambda: next(clock))
    stored.revoke(ids(3))
    stored.revoke([ID])
    assert set(decode(desk.objects[KEY])) == {ID}


def test_who_is_always_overtaken_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Overtaken(MemoryObjects):
        def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
            return False

    pauses: list[float] = []
    monkeypatch.setattr("chalicelib.storage.revocations.time.sleep", pauses.append)
    people: ParticipantStore = MemoryParticipants()
    with pytest.raises(Busy, match="overtaken"):
        StoredRevocations(people, Overtaken, lambda: NOW).revoke([ID])
    assert len(pauses) == revocations.TRIES
    assert sum(pauses) < 5
