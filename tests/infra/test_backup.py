"""Tables are exported to files and restored from them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.backup import export, items, restore, undelete
from tests.tables import make_table

REGION = "ap-southeast-1"


@pytest.fixture
def dynamodb(aws: None) -> Any:
    client = boto3.client("dynamodb", region_name=REGION)
    make_table(client, "entries", "pk", "sk")
    return client


def put(dynamodb: Any, count: int) -> list[dict[str, Any]]:
    made = [
        {
            "pk": {"S": f"w1#{number % 3:02x}"},
            "sk": {"S": f"{number:020}"},
            "unit": {"S": "SỞ-A"},
            "used": {"N": "2"},
            "done": {"L": [{"S": "…"}, {"B": bytes(range(256))}]},
            "more": {"M": {"a": {"B": b"\x00"}, "b": {"BOOL": True}, "c": {"NULL": True}}},
            "bits": {"BS": [b"\xff"]},
        }
        for number in range(count)
    ]
    for item in made:
        dynamodb.put_item(TableName="entries", Item=item)
    return made


def there(dynamodb: Any) -> list[dict[str, Any]]:
    return sorted(dynamodb.scan(TableName="entries")["Items"], key=lambda item: str(item["sk"]["S"]))


def clear(dynamodb: Any) -> None:
    for item in there(dynamodb):
        dynamodb.delete_item(TableName="entries", Key={"pk": item["pk"], "sk": item["sk"]})


def test_exported_items_are_restored_unchanged(dynamodb: Any, tmp_path: Path) -> None:
    made = put(dynamodb, 60)
    assert export(dynamodb, "entries", tmp_path / "entries") == 60
    clear(dynamodb)
    assert restore(dynamodb, "entries", tmp_path / "entries") == (60, 0)
    assert there(dynamodb) == made


def test_restoring_puts_back_missing_items_and_leaves_newer_ones(dynamodb: Any, tmp_path: Path) -> None:
    first, second = put(dynamodb, 2)
    export(dynamodb, "entries", tmp_path)
    clear(dynamodb)
    newer = {**second, "used": {"N": "3"}}
    dynamodb.put_item(TableName="entries", Item=newer)
    assert restore(dynamodb, "entries", tmp_path) == (1, 1)
    assert restore(dynamodb, "entries", tmp_path) == (0, 2)
    assert there(dynamodb) == [first, newer]


def test_an_export_made_by_dynamodb_itself_is_read_too(tmp_path: Path) -> None:
    # aws dynamodb export-table-to-point-in-time --export-format DYNAMODB_JSON
    data = tmp_path / "AWSDynamoDB" / "01700000000000-abcdef" / "data"
    data.mkdir(parents=True)
    (data.parent / "manifest-summary.json").write_text("{}")
    for name in ("a", "b"):
        line = json.dumps({"Item": {"id": {"S": name}}}) + "\n"
        (data / f"{name}.json.gz").write_bytes(gzip.compress(line.encode()))
    assert list(items(tmp_path)) == [{"id": {"S": "a"}}, {"id": {"S": "b"}}]


def test_a_folder_without_an_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \*\.json\.gz"):
        list(items(tmp_path))


def test_deleted_objects_come_back_from_their_versions_and_no_others(aws: None) -> None:
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="desk", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="desk", VersioningConfiguration={"Status": "Enabled"})
    for key, data in {"reference/a": b"1", "reference/b": b"2", "inbox/c": b"3"}.items():
        s3.put_object(Bucket="desk", Key=key, Body=data)
    for key in ("reference/a", "inbox/c"):
        s3.delete_object(Bucket="desk", Key=key)
    assert undelete(s3, "desk", "reference/") == 1
    assert s3.get_object(Bucket="desk", Key="reference/a")["Body"].read() == b"1"
    listed = [item["Key"] for item in s3.list_objects_v2(Bucket="desk")["Contents"]]
    assert listed == ["reference/a", "reference/b"]
