"""Large objects reach S3 with checksums as it wants them: declared at the beginning, named again at the end."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.storage.objects import PART, Bucket
from tests.storage.conftest import REGION, SESSION
from tests.storage.strict_s3 import StrictS3

MEGABYTE = bytes(range(256)) * 4096
LOCKED = "results/week-1/rev-1/individual_ranking.csv.gz"


@pytest.fixture
def s3() -> StrictS3:
    return StrictS3()


@pytest.fixture
def client(s3: StrictS3, monkeypatch: pytest.MonkeyPatch) -> Any:
    """botocore's own, which knows the service's model and refuses parameters that it does not have."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    client = SESSION.create_client("s3", REGION)
    s3.attach(client)
    return client


@pytest.mark.parametrize("megabytes", [9, 16, 17, 25])
@pytest.mark.parametrize(("key", "lock_days"), [("audit.jsonl.gz", 0), (LOCKED, 30)])
def test_s3_takes_every_part_and_keeps_a_checksum_of_the_whole(
    megabytes: int, key: str, lock_days: int, client: Any, s3: StrictS3
) -> None:
    Bucket(client, "desk", lock_days=lock_days).put_pieces(key, iter([MEGABYTE] * megabytes))
    whole = MEGABYTE * megabytes
    parts = [sha256(whole[at : at + PART]).digest() for at in range(0, len(whole), PART)]
    assert s3.objects == {f"/{key}": whole}
    assert s3.checksums == {f"/{key}": f"{b64encode(sha256(b''.join(parts)).digest()).decode()}-{len(parts)}"}
    assert not s3.uploads


def test_a_part_that_is_damaged_on_its_way_is_refused_and_nothing_appears(client: Any, s3: StrictS3) -> None:
    s3.damage = lambda data: data[:-1] + b"x"
    with pytest.raises(ClientError, match="BadDigest"):
        Bucket(client, "desk").put_pieces("k", iter([MEGABYTE] * 9))
    assert not s3.objects
    assert not s3.uploads


# ---- that the fake is strict: what S3 refuses, it refuses


def begun(client: Any, **more: Any) -> dict[str, Any]:
    upload = client.create_multipart_upload(Bucket="desk", Key="k", **more)
    return {"Bucket": "desk", "Key": "k", "UploadId": upload["UploadId"]}


def test_an_undeclared_checksum_of_a_part_is_refused(client: Any) -> None:
    """botocore adds one by itself: so it was before uploads declared any."""
    upload = begun(client)
    with pytest.raises(ClientError, match=r"expected checksum Type: null, actual checksum Type: crc32"):
        client.upload_part(Body=MEGABYTE, PartNumber=1, **upload)


def test_a_completion_without_the_parts_checksums_is_refused(client: Any) -> None:
    upload = begun(client, ChecksumAlgorithm="SHA256")
    checksum = b64encode(sha256(MEGABYTE).digest()).decode()
    etag = client.upload_part(Body=MEGABYTE, PartNumber=1, ChecksumSHA256=checksum, **upload)["ETag"]
    with pytest.raises(ClientError, match="must include the checksum for each part"):
        client.complete_multipart_upload(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}, **upload)
    other = {"PartNumber": 1, "ETag": etag, "ChecksumSHA256": b64encode(bytes(32)).decode()}
    with pytest.raises(ClientError, match="InvalidPart"):
        client.complete_multipart_upload(MultipartUpload={"Parts": [other]}, **upload)
