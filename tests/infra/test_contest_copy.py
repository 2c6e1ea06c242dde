"""A copy of the whole contest in a folder, brought up to date as often as wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.contest_copy import copy_contest, copy_objects
from tests.infra.recovered import Cloud


@pytest.fixture
def cloud(aws: None) -> Cloud:
    made = Cloud()
    made.play(3)
    return made


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_copy_holds_tables_desk_and_published_files_and_no_secret(cloud: Cloud, tmp_path: Path) -> None:
    counted = copy_contest(cloud.at, tmp_path)
    assert counted == {"tallies": 6, "entries": 3, "participants": 3, "desk": 2, "site": 1}
    assert files(tmp_path) == {
        "tallies/items.json.gz",
        "entries/items.json.gz",
        "participants/items.json.gz",
        "desk/results/week-1/manifest.json",
        "desk/inbox/kept/account/units.csv",
        "site/data/contest.json",
    }
    secrets = [cloud.secret(name).encode() for name in cloud.at.secrets]
    for name in files(tmp_path):
        assert not [secret for secret in secrets if secret in (tmp_path / name).read_bytes()]


def test_pointers_are_copied_before_what_they_point_to_and_entries_before_people(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "infra.contest_copy.export", lambda _client, table, _folder: asked.append(table) or len(asked)
    )
    monkeypatch.setattr("infra.contest_copy.copy_objects", lambda _s3, bucket, *_: asked.append(bucket))
    copy_contest(cloud.at, tmp_path)
    assert asked == ["old-tallies", "old-entries", "old-participants", "old-desk", "old-site"]


def test_only_what_has_changed_is_fetched_and_what_was_deleted_goes(cloud: Cloud, tmp_path: Path) -> None:
    fetched: list[str] = []

    class Watched:
        def get_paginator(self, name: str) -> Any:
            return cloud.s3.get_paginator(name)

        def download_file(self, bucket: str, key: str, path: str) -> None:
            fetched.append(key)
            cloud.s3.download_file(bucket, key, path)

    def copy() -> list[str]:
        fetched.clear()
        copy_objects(Watched(), cloud.at.desk, "", tmp_path)
        return sorted(fetched)

    assert copy() == ["inbox/kept/account/units.csv", "results/week-1/manifest.json"]
    assert copy() == []
    cloud.s3.put_object(
        Bucket=cloud.at.desk, Key="results/week-1/manifest.json", Body=b"another, as long as it"
    )
    cloud.s3.delete_object(Bucket=cloud.at.desk, Key="inbox/kept/account/units.csv")
    assert copy() == ["results/week-1/manifest.json"]
    assert files(tmp_path) == {"results/week-1/manifest.json"}


@pytest.mark.parametrize("known", [False, True])
def test_what_is_deleted_while_it_is_copied_stays_nowhere(cloud: Cloud, tmp_path: Path, known: bool) -> None:  # noqa: FBT001
    """Leaves that wait for the log are deleted each minute."""
    if known:
        copy_objects(cloud.s3, cloud.at.desk, "", tmp_path)
    for key in ("log/pending/1.msgpack", "results/week-1/manifest.json"):
        cloud.s3.put_object(Bucket=cloud.at.desk, Key=key, Body=b"newer")

    class Fleeting:
        get_paginator = cloud.s3.get_paginator

        def download_file(self, bucket: str, key: str, path: str) -> None:
            cloud.s3.delete_object(Bucket=bucket, Key=key)
            cloud.s3.download_file(bucket, key, path)

    copy_objects(Fleeting(), cloud.at.desk, "log/", tmp_path / "log")
    assert copy_objects(Fleeting(), cloud.at.desk, "results/", tmp_path) == 0
    assert files(tmp_path) == set()


def test_what_may_not_be_read_stops_the_copy(cloud: Cloud, tmp_path: Path) -> None:
    class Forbidden:
        get_paginator = cloud.s3.get_paginator

        def download_file(self, *_: str) -> None:
            raise ClientError({"Error": {"Code": "403"}}, "HeadObject")

    with pytest.raises(ClientError, match="403"):
        copy_objects(Forbidden(), cloud.at.desk, "", tmp_path)


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "folder/"])
def test_a_key_that_is_no_file_of_the_folder_stops_the_copy(cloud: Cloud, tmp_path: Path, key: str) -> None:
    cloud.s3.put_object(Bucket=cloud.at.desk, Key=key, Body=b"x")
    with pytest.raises(ValueError, match="cannot be a file"):
        copy_objects(cloud.s3, cloud.at.desk, "", tmp_path / "copy")
    assert files(tmp_path) == set()
