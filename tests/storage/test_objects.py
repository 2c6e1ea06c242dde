"""The desk's bucket as it is written: one conditional write decides who was first."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.storage.objects import Bucket


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="desk")
        yield Bucket(client, "desk")


def test_who_comes_first_writes_and_who_was_overtaken_does_not(bucket: Bucket) -> None:
    assert bucket.replace("k", None, b"first")
    assert not bucket.replace("k", None, b"second")
    assert not bucket.replace("k", b"another", b"second")
    assert bucket.get("k") == b"first"
    assert bucket.replace("k", b"first", b"second")
    assert bucket.get("k") == b"second"


def test_what_has_gone_is_not_replaced(bucket: Bucket) -> None:
    assert not bucket.replace("k", b"first", b"second")
    assert bucket.get("k") is None


def test_a_huge_object_is_not_read_to_its_end(bucket: Bucket) -> None:
    bucket.put("k", b"0123456789")
    assert bucket.get("k", 4) == b"0123"
    assert bucket.get("k", 400) == b"0123456789"
