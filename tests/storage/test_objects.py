"""Writes to the desk's bucket: one conditional write decides who came first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.storage.objects import Bucket
from tests.storage.conftest import SESSION


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = SESSION.create_client("s3", "us-east-1")
        client.create_bucket(Bucket="desk")
        yield Bucket(client, "desk")


def test_the_first_writer_writes_and_an_overtaken_one_does_not(bucket: Bucket) -> None:
    assert bucket.replace("k", None, b"first")
    assert not bucket.replace("k", None, b"second")
    assert not bucket.replace("k", b"another", b"second")
    assert bucket.get("k") == b"first"
    assert bucket.replace("k", b"first", b"second")
    assert bucket.get("k") == b"second"


def test_an_object_that_has_gone_is_not_replaced(bucket: Bucket) -> None:
    assert not bucket.replace("k", b"first", b"second")
    assert bucket.get("k") is None


def test_objects_are_listed_in_order_and_deleted_in_thousands(bucket: Bucket) -> None:
    for number in range(1003):
        bucket.put(f"a/{number:04}", b"x")
    bucket.put("b", b"x")
    listed = list(bucket.keys("a/"))
    assert listed == [f"a/{number:04}" for number in range(1003)]
    bucket.delete(listed)
    bucket.delete(["a/0000"])  # gone already
    assert list(bucket.keys("")) == ["b"]


def test_a_huge_object_is_not_read_to_its_end(bucket: Bucket) -> None:
    bucket.put("k", b"0123456789")
    assert bucket.get("k", 4) == b"0123"
    assert bucket.get("k", 400) == b"0123456789"


MEGABYTE = bytes(range(256)) * 4096


@pytest.mark.parametrize("megabytes", [0, 1, 8, 9, 17])
def test_a_large_object_is_written_and_read_in_pieces(bucket: Bucket, megabytes: int) -> None:
    bucket.put_pieces("audit.jsonl.gz", iter([MEGABYTE] * megabytes))
    assert bucket.get("audit.jsonl.gz") == MEGABYTE * megabytes
    pieces = list(bucket.get_pieces("audit.jsonl.gz"))
    assert b"".join(pieces) == MEGABYTE * megabytes
    assert max(map(len, pieces), default=0) <= 8 * len(MEGABYTE)


@pytest.mark.parametrize("megabytes", [3, 20])
def test_an_object_whose_pieces_end_early_does_not_appear(bucket: Bucket, megabytes: int) -> None:
    def pieces() -> Iterator[bytes]:
        yield from [MEGABYTE] * megabytes
        raise OSError("the source has gone")

    with pytest.raises(OSError, match="the source has gone"):
        bucket.put_pieces("k", pieces())
    assert bucket.get("k") is None
    assert "Uploads" not in bucket._client.list_multipart_uploads(Bucket="desk")


@pytest.mark.parametrize("abort_fails", [False, True])
def test_an_s3_failure_during_an_upload_is_reported_and_nothing_appears(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, *, abort_fails: bool
) -> None:
    upload = bucket._client.upload_part

    def failing(**part: Any) -> Any:
        if part["PartNumber"] == 2:
            raise ClientError({"Error": {"Code": "InternalError", "Message": "chaos"}}, "UploadPart")
        return upload(**part)

    def refused(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "chaos"}}, "AbortMultipartUpload")

    monkeypatch.setattr(bucket._client, "upload_part", failing)
    if abort_fails:
        monkeypatch.setattr(bucket._client, "abort_multipart_upload", refused)
    with pytest.raises(ClientError, match="UploadPart"):
        bucket.put_pieces("k", [MEGABYTE] * 20)
    assert bucket.get("k") is None


def test_an_object_that_does_not_exist_has_no_pieces(bucket: Bucket) -> None:
    with pytest.raises(FileNotFoundError, match="s3://desk/k"):
        list(bucket.get_pieces("k"))
