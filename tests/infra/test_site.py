"""Releases of the page: one replaces another as a whole, and old ones stay for people who have them open."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.site import (
    KEPT,
    RELEASES,
    SITE,
    Shown,
    headers,
    in_force,
    put_in_force,
    release,
    root_names,
    upload,
)

BUCKET = "site"


class Interrupted(Exception):
    pass


class Recorder:
    """S3 by moto; records puts and deletions, and breaks after ``left`` puts."""

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

    def get_object(self, **request: Any) -> Any:
        return self.client.get_object(**request)

    @property
    def exceptions(self) -> Any:
        return self.client.exceptions

    def get_paginator(self, name: str) -> Any:
        return self.client.get_paginator(name)

    def upload(self, folder: Path, *, days: float = 0, address: str = "") -> int:
        """Uploads as if it were ``days`` later."""
        self.changes.clear()
        return upload(self, BUCKET, folder, datetime.now(UTC) + timedelta(days=days), address=address)

    def names(self) -> set[str]:
        return {item["Key"] for item in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])}

    def releases(self) -> set[str]:
        return {key.split("/")[1] for key in self.names() if key.startswith(RELEASES)}

    def text(self, key: str) -> str:
        return str(self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def in_force(self) -> set[str]:
        """The releases named by the root's page and worker."""
        page, worker = self.text("index.html"), self.text("sw.js")
        return {*re.findall(r'="/r/(\w+)/', page), *re.findall(r'RELEASE, PARTS\] = \["(\w+)"', worker)}


@pytest.fixture
def s3(aws: None) -> Recorder:
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    return Recorder(client)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Three states of a page with three modules; each state changes one module."""
    made = [tmp_path / name for name in ("one", "two", "three")]
    for folder in made:
        (folder / "js").mkdir(parents=True)
        for path in (path for path in SITE.iterdir() if path.is_file()):
            shutil.copy(path, folder)
        page = folder / "index.html"
        page.write_text(
            re.sub(r'.*"modulepreload".*\n', "", page.read_text(encoding="utf-8")), encoding="utf-8"
        )
        for name in ("a.js", "b.js", "main.js"):
            (folder / "js" / name).write_text(f"// {folder.name if name == 'main.js' else ''}\n")
    return made


def whole(s3: Recorder, folder: Path) -> bool:
    """Whether the root and all parts of this release are there."""
    new = release(folder)
    objects = {**new.parts, **new.root}
    return objects.keys() <= s3.names() and all(
        s3.client.get_object(Bucket=BUCKET, Key=key)["Body"].read() == data for key, data in objects.items()
    )


def test_the_name_of_a_release_depends_on_everything_in_it(folders: list[Path]) -> None:
    digests = [release(folder).digest for folder in (SITE, *folders)]
    assert len(set(digests)) == 4
    assert release(SITE) == release(SITE)
    assert all(re.fullmatch("[0-9a-f]{16}", digest) for digest in digests)


def test_the_page_names_its_parts_in_the_folder_of_its_release() -> None:
    made = release()
    page = made.root["index.html"].decode()
    assert made.parts[f"r/{made.digest}/index.html"] == made.root["index.html"]
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert address == "/app.webmanifest" or address[1:] in made.parts, address
    assert f'src="/r/{made.digest}/guard.js"' in page
    # No part has an address that would leave its release.
    for key, data in made.parts.items():
        if key.endswith((".js", ".css")):
            absolute = re.findall(rf'["\'(]/(js/|{"|".join(map(re.escape, made.root))})', data.decode())
            assert set(absolute) <= {"sw.js"}, key


def test_the_worker_keeps_every_part_that_a_paper_may_need() -> None:
    made = release()
    line = re.findall(r"^const \[RELEASE, PARTS\] = (.*);$", made.root["sw.js"].decode(), re.MULTILINE)
    digest, parts = json.loads(line[0])
    assert digest == made.digest
    needed = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.suffix in {".js", ".css"}}
    needed -= {"sw.js"}
    texts = [made.parts[f"r/{digest}/{name}"].decode() for name in parts if name.endswith(".js")]
    packed = {
        name
        for name in needed
        if sum(f"export const ${re.sub(r'[^a-z]', '_', name[3:-3])} =" in text for text in texts) == 1
    }
    assert {"js/main.js", "js/dom.js", "js/sitting.js"} <= packed
    assert set(parts) | packed == needed | {"icon.svg", "index.html"}


def test_files_that_an_installed_page_names_keep_their_addresses() -> None:
    manifest = json.loads((SITE / "app.webmanifest").read_text(encoding="utf-8"))
    assert {icon["src"].lstrip("/") for icon in manifest["icons"]} <= set(release().root)
    assert {"index.html", "sw.js", "icon.svg", "r", "data"} <= root_names()


def test_a_worker_without_its_line_makes_no_release(folders: list[Path]) -> None:
    (folders[0] / "sw.js").write_text("// no line\n")
    with pytest.raises(ValueError, match="0 lines"):
        release(folders[0])


def test_parts_are_uploaded_first_and_the_worker_and_the_page_last(s3: Recorder, folders: list[Path]) -> None:
    one, two = folders[:2]
    assert s3.upload(one) == len(release(one).parts) + len(release(one).root)
    assert whole(s3, one)
    assert s3.upload(two) == len(release(two).parts) + 2
    parts = len(release(two).parts)
    assert set(s3.changes[:parts]) == set(release(two).parts)
    assert s3.changes[parts:] == ["sw.js", "index.html", f"r/{release(one).digest}/superseded"]
    assert whole(s3, two)


def test_parts_may_be_cached_for_ever_and_the_root_is_requested_each_time(
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


def test_an_interrupted_upload_leaves_the_old_release_whole_and_the_next_one_finishes_it(
    s3: Recorder, folders: list[Path]
) -> None:
    one, two = folders[:2]
    s3.upload(one)
    for _ in release(two).parts:  # each continues where the last one stopped
        s3.left = 1
        with pytest.raises(Interrupted):
            s3.upload(two)
        assert whole(s3, one)
    s3.left = None
    assert s3.upload(two) == 2, "worker and page"
    assert whole(s3, two)
    assert release(one).parts.keys() <= s3.names()


@pytest.mark.parametrize("puts", [1, 2])
def test_every_page_stays_whole_when_an_upload_is_interrupted_at_the_root(
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
    # The time of the old releases runs from the next upload at the earliest.
    s3.upload(three, days=KEPT.days + 1)
    assert s3.releases() == {release(folder).digest for folder in folders}
    assert f"r/{release(one).digest}/superseded" in s3.names()


def test_a_release_is_kept_for_nine_days_after_it_is_replaced(s3: Recorder, folders: list[Path]) -> None:
    one, two, three = folders
    s3.upload(one)
    s3.upload(two, days=100)  # the marker's time is the store's: now
    s3.upload(two, days=KEPT.days - 0.1)
    assert release(one).digest in s3.releases()
    s3.upload(two, days=KEPT.days + 0.1)
    assert s3.releases() == {release(two).digest}
    s3.upload(three, days=100)
    assert s3.releases() == {release(two).digest, release(three).digest}, "it was in force up to now"


def test_a_rollback_puts_a_release_in_force_again_and_restarts_its_time(
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


def test_the_release_in_force_is_put_back_from_the_bucket_alone(s3: Recorder, folders: list[Path]) -> None:
    """Its icons and worker too, though no release keeps these."""
    one, two = folders[:2]
    assert in_force(s3, BUCKET) is None
    (one / "icon.svg").write_text("<svg>one</svg>")
    s3.upload(one)
    before = in_force(s3, BUCKET)
    assert before is not None
    s3.upload(two)
    assert s3.text("icon.svg") != "<svg>one</svg>"
    s3.changes.clear()
    put_in_force(s3, BUCKET, before)
    assert s3.changes[-3:] == ["sw.js", "index.html", f"r/{release(two).digest}/superseded"]
    assert whole(s3, one)
    assert s3.in_force() == {release(one).digest}


def test_files_of_the_functions_are_left_alone_and_files_from_before_releases_are_removed(
    s3: Recorder, folders: list[Path]
) -> None:
    for key in ("data/contest.json", "data/log/0", "js/main.js", "style.css"):
        s3.client.put_object(Bucket=BUCKET, Key=key, Body=b"")
    s3.upload(folders[0])
    assert {"data/contest.json", "data/log/0"} <= s3.names()
    assert not {"js/main.js", "style.css"} & s3.names()


def test_the_page_has_the_title_of_the_contest_that_is_published_for_programs_that_show_links(
    s3: Recorder, folders: list[Path]
) -> None:
    s3.upload(folders[0])
    assert "<title>Cuộc thi trực tuyến</title>" in s3.text("index.html")
    contest = json.dumps({"title": "Tìm hiểu <CCHC> & “chuyển đổi số”"}).encode()
    s3.client.put_object(Bucket=BUCKET, Key="data/contest.json", Body=contest)
    s3.upload(folders[0])
    page, told = s3.text("index.html"), "Tìm hiểu &lt;CCHC&gt; &amp; “chuyển đổi số”"
    assert f"<title>{told}</title>" in page
    assert f'<meta property="og:title" content="{told}">' in page
    assert s3.in_force() == {release(folders[0], Shown(json.loads(contest)["title"])).digest}
    assert s3.upload(folders[0]) == 0


@pytest.mark.parametrize(
    ("look", "told"),
    [
        ({}, "icon-512.png"),
        ({"emblem": {"file": "emblem-1.png"}, "banner": None}, "data/emblem-1.png"),
        ({"emblem": {"file": "emblem-1.png"}, "banner": {"file": "banner-2.png"}}, "data/banner-2.png"),
    ],
)
def test_the_page_has_the_picture_of_the_contest_for_programs_that_show_links(
    s3: Recorder, folders: list[Path], look: dict[str, object], told: str
) -> None:
    s3.upload(folders[0])
    assert '<meta property="og:image" content="/icon-512.png">' in s3.text("index.html")
    contest = json.dumps({"title": "CCHC", **look}).encode()
    s3.client.put_object(Bucket=BUCKET, Key="data/contest.json", Body=contest)
    s3.upload(folders[0], address="https://thi.example")
    assert f'<meta property="og:image" content="https://thi.example/{told}">' in s3.text("index.html")
