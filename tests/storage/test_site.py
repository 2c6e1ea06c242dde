"""The site and the desk on S3 and DynamoDB by moto: what is noted, found changed and brought back."""

from __future__ import annotations

from hashlib import md5
from typing import Any, cast

import boto3
import pytest

from chalicelib.documents.canonical import digest
from chalicelib.storage.desk import Desk
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.objects import Bucket
from chalicelib.storage.pointers import Pointers
from chalicelib.storage.site import Site
from tests.storage.conftest import REGION

KEY = "data/results/week-1.json"


@pytest.fixture
def s3(client: Dynamo) -> Any:
    """Two buckets with versions, as the template makes them."""
    made = boto3.client("s3", region_name=REGION)
    for name in ("desk", "site"):
        made.create_bucket(Bucket=name, CreateBucketConfiguration=cast(Any, {"LocationConstraint": REGION}))
        made.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return made


@pytest.fixture
def site(s3: Any, client: Dynamo) -> Site:
    return Site(s3, "site", client, "tallies")


def etag(data: bytes) -> str:
    return md5(data, usedforsecurity=False).hexdigest()


def test_what_is_put_is_noted_and_what_others_put_is_not(site: Site, s3: Any) -> None:
    assert (site.noted(), site.there()) == ({}, {})
    site.put(KEY, b"one")
    site.put(KEY, b"two")
    site.put("data/units.json", b"[]")
    site.put("data/reference/abc.json", b"named by its content")
    s3.put_object(Bucket="site", Key="data/other.json", Body=b"x")
    s3.put_object(Bucket="site", Key="index.html", Body=b"x")
    assert {key: told.etag for key, told in site.noted().items()} == {
        KEY: etag(b"two"),
        "data/units.json": etag(b"[]"),
    }
    assert site.there() == {
        KEY: etag(b"two"),
        "data/units.json": etag(b"[]"),
        "data/other.json": etag(b"x"),
    }


def test_a_file_is_brought_back_in_place_of_exactly_what_was_seen(site: Site, s3: Any) -> None:
    site.put(KEY, b"right")
    s3.put_object(Bucket="site", Key=KEY, Body=b"wrong")
    assert not site.bring_back(KEY, etag(b"right"), etag(b"another"))
    assert not site.bring_back(KEY, etag(b"never put"), etag(b"wrong"))
    assert site.get(KEY) == b"wrong"
    assert site.bring_back(KEY, etag(b"right"), etag(b"wrong"))
    assert site.get(KEY) == b"right"
    s3.delete_object(Bucket="site", Key=KEY)
    assert site.bring_back(KEY, etag(b"right"), None)
    assert site.get(KEY) == b"right"


@pytest.mark.parametrize("edited", [b"wrong", b"", None])
def test_to_put_a_file_over_what_somebody_has_changed_is_told(
    site: Site, s3: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, edited: bytes | None
) -> None:
    """Between looking after the site and showing what it closed, a run may take minutes."""

    def edit() -> None:
        if edited is None:
            s3.delete_object(Bucket="site", Key=KEY)
        else:
            s3.put_object(Bucket="site", Key=KEY, Body=edited)

    site.put(f"{KEY}.other", b"a longer name")
    for data in (b"one", b"two"):
        site.put(KEY, data)
    edit()
    site.put(KEY, b"three")
    assert caplog.records == [], "what was noted just now may not be there yet"
    monkeypatch.setattr("chalicelib.services.ports.SETTLED_MS", 0)
    site.put(KEY, b"four")
    assert caplog.records == [], "nobody has changed anything"
    edit()
    site.put(KEY, b"five")
    assert site.get(KEY) == b"five"
    assert [one.msg for one in caplog.records] == [{"event": "altered_object", "key": KEY, "healed": True}]


@pytest.mark.parametrize("size", [9, 9 * 1024 * 1024])
def test_the_newest_version_with_the_digest_is_put_in_its_place_again(s3: Any, size: int) -> None:
    desk, right = Bucket(s3, "desk"), b"r" * size
    desk.put_pieces("reference/contest/a.json", [right])
    desk.put("reference/contest/a.json.other", b"a longer name")
    s3.put_object(Bucket="desk", Key="reference/contest/a.json", Body=b"wrong")
    assert not desk.restore("reference/contest/a.json", digest(b"never put"))
    assert desk.restore("reference/contest/a.json", digest(right))
    assert desk.get("reference/contest/a.json") == right
    s3.delete_object(Bucket="desk", Key="reference/contest/a.json")
    assert desk.restore("reference/contest/a.json", digest(right))
    assert desk.get("reference/contest/a.json") == right


def test_pointers_are_items_and_everything_else_is_objects(s3: Any, client: Dynamo) -> None:
    desk = Desk(s3, "desk", Pointers(client, "tallies"))
    assert desk.get("pointers/contest") is None
    assert desk.replace("pointers/contest", None, b"one")
    assert not desk.replace("pointers/contest", None, b"two")
    assert not desk.replace("pointers/contest", b"another", b"two")
    assert desk.replace("pointers/contest", b"one", b"two")
    desk.put("pointers/contest", b"three")
    assert desk.replace("reference/a", None, b"object")
    desk.put("reference/b", b"object")
    assert desk.get("pointers/contest") == b"three"
    there = [item["Key"] for item in s3.list_objects_v2(Bucket="desk")["Contents"]]
    assert there == ["reference/a", "reference/b"]


def test_who_writes_the_bucket_moves_no_pointer(s3: Any, client: Dynamo) -> None:
    desk = Desk(s3, "desk", Pointers(client, "tallies"))
    desk.put("pointers/contest", b"right")
    s3.put_object(Bucket="desk", Key="pointers/contest", Body=b"wrong")
    assert desk.get("pointers/contest") == b"right"
