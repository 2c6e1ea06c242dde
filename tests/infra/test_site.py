"""Releases of the page: one takes the other's place as a whole, and old ones stay for who has them open."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.site import KEPT, RELEASES, SITE, headers, release, root_names, upload

BUCKET = "site"


class Interrupted(Exception):
    pass


class Recorder:
    """S3 by moto; notes what is put and deleted, and breaks after ``left`` puts."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.changes: list[str] = []
        self.left: int | None = None

    def put_object(self, **request: Any) -> Any:
        if self.left == 0:
            raise Interrupted
        if self.left is not None:
            self.left -= 1
        self.changes.append(request["Key"])
        return self.client.put_object(**request)

    def delete_object(self, **request: Any) -> Any:
        self.changes.append(f"- {request['Key']}")
        return self.client.delete_object(**request)

    def get_paginator(self, name: str) -> Any:
        return self.client.get_paginator(name)

    def upload(self, folder: Path, *, days: float = 0) -> int:
        """As if it were ``days`` later."""
        self.changes.clear()
        return upload(self, BUCKET, folder, datetime.now(UTC) + timedelta(days=days))

    def names(self) -> set[str]:
        return {item["Key"] for item in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])}

    def releases(self) -> set[str]:
        return {key.split("/")[1] for key in self.names() if key.startswith(RELEASES)}

    def text(self, key: str) -> str:
        return str(self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def in_force(self) -> set[str]:
        """Releases that the root's page and worker name."""
        page, worker = self.text("index.html"), self.text("sw.js")
        return {*re.findall(r'="/r/(\w+)/', page), *re.findall(r'RELEASE, PARTS\] = \["(\w+)"', worker)}


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield Recorder(client)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Three states of a page with three modules, of which each changes one."""
    made = [tmp_path / name for name in ("one", "two", "three")]
    for folder in made:
        (folder / "js").mkdir(parents=True)
        for path in (path for path in SITE.iterdir() if path.is_file()):
            shutil.copy(path, folder)
        for name in ("a.js", "b.js", "main.js"):
            (folder / "js" / name).write_text(f"// {folder.name if name == 'main.js' else ''}\n")
    return made


def whole(s3: Recorder, folder: Path) -> bool:
    """The root is all of this release, and all its parts are there."""
    new = release(folder)
    objects = {**new.parts, **new.root}
    return objects.keys() <= s3.names() and all(
        s3.client.get_object(Bucket=BUCKET, Key=key)["Body"].read() == data for key, data in objects.items()
    )


def test_a_release_is_named_by_all_that_is_in_it(folders: list[Path]) -> None:
    digests = [release(folder).digest for folder in (SITE, *folders)]
    assert len(set(digests)) == 4
    assert release(SITE) == release(SITE)
    assert all(re.fullmatch("[0-9a-f]{16}", digest) for digest in digests)


def test_the_page_names_its_parts_in_the_folder_of_the_release() -> None:
    made = release()
    page = made.root["index.html"].decode()
    assert made.parts[f"r/{made.digest}/index.html"] == made.root["index.html"]
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert address == "/app.webmanifest" or address[1:] in made.parts, address
    assert f'src="/r/{made.digest}/guard.js"' in page
    # No part is named by an address that would leave its release.
    for key, data in made.parts.items():
        if key.endswith((".js", ".css")):
            absolute = re.findall(rf'["\'(]/(js/|{"|".join(map(re.escape, made.root))})', data.decode())
            assert set(absolute) <= {"sw.js"}, key


def test_the_worker_keeps_every_part_that_a_paper_may_need() -> None:
    made = release()
    line = re.findall(r"^const \[RELEASE, PARTS\] = (.*);$", made.root["sw.js"].decode(), re.MULTILINE)
    digest, parts = json.loads(line[0])
    assert digest == made.digest
    needed = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*.js")} - {"sw.js"}
    assert set(parts) == needed | {"style.css", "icon.svg", "index.html"}


def test_what_an_installed_page_names_keeps_its_address() -> None:
    manifest = json.loads((SITE / "app.webmanifest").read_text(encoding="utf-8"))
    assert {icon["src"].lstrip("/") for icon in manifest["icons"]} <= set(release().root)
    assert {"index.html", "sw.js", "icon.svg", "r", "data"} <= root_names()


def test_a_worker_without_its_line_is_no_release(folders: list[Path]) -> None:
    (folders[0] / "sw.js").write_text("// no line\n")
    with pytest.raises(ValueError, match="0 lines"):
        release(folders[0])


def test_parts_come_first_and_worker_and_page_last(s3: Recorder, folders: list[Path]) -> None:
    one, two = folders[:2]
    assert s3.upload(one) == len(release(one).parts) + len(release(one).root)
    assert whole(s3, one)
    assert s3.upload(two) == len(release(two).parts) + 2
    parts = len(release(two).parts)
    assert set(s3.changes[:parts]) == set(release(two).parts)
    assert s3.changes[parts:] == ["sw.js", "index.html", f"r/{release(one).digest}/superseded"]
    assert whole(s3, two)


def test_parts_may_be_kept_for_ever_and_the_root_is_asked_for_each_time(
    s3: Recorder, folders: list[Path]
) -> None:
    s3.upload(folders[0])
    for key in s3.names():
        control = s3.client.head_object(Bucket=BUCKET, Key=key)["CacheControl"]
        assert control == ("public, max-age=31536000, immutable" if key.startswith("r/") else "no-cache"), key
    assert headers("r/1/js/main.js")["ContentType"] == "text/javascript; charset=utf-8"
    assert headers("r/1/superseded")["CacheControl"] == "no-cache"


def test_the_same_upload_again_changes_nothing(s3: Recorder, folders: list[Path]) -> None:
    s3.upload(folders[0])
    assert s3.upload(folders[0], days=30) == 0
    assert s3.changes == []


def test_an_interrupted_upload_leaves_the_old_release_whole_and_the_next_finishes_it(
    s3: Recorder, folders: list[Path]
) -> None:
    one, two = folders[:2]
    s3.upload(one)
    for _ in release(two).parts:  # each goes on where the one before stopped
        s3.left = 1
        with pytest.raises(Interrupted):
            s3.upload(two)
        assert whole(s3, one)
    s3.left = None
    assert s3.upload(two) == 2, "worker and page"
    assert whole(s3, two)
    assert release(one).parts.keys() <= s3.names()


@pytest.mark.parametrize("puts", [1, 2])
def test_interrupted_while_the_root_moves_every_page_is_still_whole(
    s3: Recorder, folders: list[Path], puts: int
) -> None:
    one, two, three = folders
    s3.upload(one)
    s3.left = len(release(two).parts) + puts  # the worker; the page too, but not the old release's marker
    with pytest.raises(Interrupted):
        s3.upload(two)
    s3.left = None
    page = s3.text("index.html")
    assert page == release(one if puts == 1 else two).root["index.html"].decode()
    assert release(one).parts.keys() | release(two).parts.keys() <= s3.names()
    # The time of the old ones runs from the next upload, at the earliest.
    s3.upload(three, days=KEPT.days + 1)
    assert s3.releases() == {release(folder).digest for folder in folders}
    assert f"r/{release(one).digest}/superseded" in s3.names()


def test_a_release_is_kept_nine_days_after_another_took_its_place(s3: Recorder, folders: list[Path]) -> None:
    one, two, three = folders
    s3.upload(one)
    s3.upload(two, days=100)  # the marker's time is the store's: now
    s3.upload(two, days=KEPT.days - 0.1)
    assert release(one).digest in s3.releases()
    s3.upload(two, days=KEPT.days + 0.1)
    assert s3.releases() == {release(two).digest}
    s3.upload(three, days=100)
    assert s3.releases() == {release(two).digest, release(three).digest}, "it was in force up to now"


def test_rolled_back_a_release_is_in_force_again_and_its_time_starts_anew(
    s3: Recorder, folders: list[Path]
) -> None:
    one, two = folders[:2]
    s3.upload(one)
    s3.upload(two)
    assert s3.upload(one) == 2, "worker and page; the parts are still there"
    assert whole(s3, one)
    assert s3.in_force() == {release(one).digest}
    assert s3.upload(one, days=100) == 0
    assert s3.releases() == {release(one).digest}, "the one that was taken back goes like any other"
    s3.upload(two, days=200)
    assert s3.releases() == {release(one).digest, release(two).digest}


def test_what_the_functions_publish_is_let_alone_and_what_was_there_before_releases_goes(
    s3: Recorder, folders: list[Path]
) -> None:
    for key in ("data/contest.json", "data/log/0", "js/main.js", "style.css"):
        s3.client.put_object(Bucket=BUCKET, Key=key, Body=b"")
    s3.upload(folders[0])
    assert {"data/contest.json", "data/log/0"} <= s3.names()
    assert not {"js/main.js", "style.css"} & s3.names()
