"""Object Lock: what names nobody cannot be changed, what names somebody can always be erased. On moto's S3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.documents import compiled_contest
from chalicelib.storage.locks import LOCKED
from chalicelib.storage.objects import Bucket
from infra.end import PERSONAL

REV = "results/week-1/rev-1"
LOCKS = (
    f"{REV}/manifest.json",
    f"{REV}/closed_week.json",
    f"{REV}/individual_ranking.csv.gz",
    "results/final/rev-12/unit_ranking.csv",
    compiled_contest.key("0a" * 32),
)
# What names a person, or is written again under its key.
FREE = (
    *(f"{REV}/{name}" for name in PERSONAL),
    f"{REV}/units/SO-A.xlsx",
    *(f"{REV}/{name}" for name in ("individual_prizes.csv", "summary.xlsx", "bulletin.html", "changes.csv")),
    *(f"{REV}/{name}" for name in ("commendations.csv", "anomalies.csv", "page.json")),
    "results/current.json",
    *(f"reference/{name}" for name in ("current.json", "revoked.json", "data-key.json", "gathering.zip")),
    *(f"reference/{folder}/{'0a' * 32}.jsonl" for folder in ("rosters", "listed")),
    f"reference/source/{'0a' * 32}.zip",
    "intake/kept/account/units.csv.v1.json",
    "intake/month/account/lookups.csv.v1/manifest.json",
    "pending/0123456789.json",
)


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="desk", ObjectLockEnabledForBucket=True)
        yield client


def versions(s3: Any, key: str) -> list[str]:
    found = s3.list_object_versions(Bucket="desk", Prefix=key).get("Versions", [])
    return [version["VersionId"] for version in found]


@pytest.mark.parametrize("key", LOCKS)
def test_what_names_nobody_stays_in_its_version_until_somebody_bypasses_the_lock(s3: Any, key: str) -> None:
    Bucket(s3, "desk", lock_days=400).put(key, b"1")
    (version,) = versions(s3, key)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="desk", Key=key, VersionId=version)
    s3.delete_object(Bucket="desk", Key=key, VersionId=version, BypassGovernanceRetention=True)
    assert versions(s3, key) == []


@pytest.mark.parametrize("key", FREE)
def test_what_names_a_person_or_is_written_again_is_never_locked(s3: Any, key: str) -> None:
    Bucket(s3, "desk", lock_days=400).put(key, b"1")
    (version,) = versions(s3, key)
    s3.delete_object(Bucket="desk", Key=key, VersionId=version)
    assert versions(s3, key) == []
    assert not LOCKED.fullmatch(key)


def test_nothing_is_locked_where_no_days_are_set(s3: Any) -> None:
    Bucket(s3, "desk").put(LOCKS[0], b"1")
    assert "ObjectLockMode" not in s3.head_object(Bucket="desk", Key=LOCKS[0])


def test_a_locked_revision_may_be_written_again_by_a_close_that_is_repeated(s3: Any) -> None:
    bucket = Bucket(s3, "desk", lock_days=400)
    for _ in range(2):
        bucket.put_pieces(LOCKS[0], [b"1"])
    assert (bucket.get(LOCKS[0]), len(versions(s3, LOCKS[0]))) == (b"1", 2)
