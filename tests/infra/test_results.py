"""`make results` and `make report`: the operators' files as a folder, and the bulletin in force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.documents.results_page import SHOWN
from chalicelib.storage.objects import PART, Bucket
from infra.results import altered, bulletin, copy
from tests.fakes import MemoryObjects
from tests.pointers import show_week


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="desk")
        yield client


def test_everything_below_results_is_copied_once(s3: Any, tmp_path: Path) -> None:
    desk = Bucket(s3, "desk")
    desk.put("results/week-1/rev-1/units/SO-A.xlsx", b"one")
    desk.put_pieces("results/week-1/rev-1/individual_ranking.csv.gz", [bytes(PART), b"two"])
    desk.put("reference/other.json", b"not for the folder")
    names = ["individual_ranking.csv.gz", "units/SO-A.xlsx"]
    folder = tmp_path / "week-1" / "rev-1"
    assert copy(s3, "desk", tmp_path) == [folder / name for name in names]
    assert (folder / names[0]).read_bytes() == bytes(PART) + b"two"
    assert copy(s3, "desk", tmp_path) == []
    desk.put("results/week-1/rev-1/units/SO-A.xlsx", b"new")
    assert copy(s3, "desk", tmp_path) == [folder / names[1]]
    s3.delete_object(Bucket="desk", Key="results/week-1/rev-1/units/SO-A.xlsx")
    copy(s3, "desk", tmp_path)
    assert not (folder / names[1]).exists()


def closed_once(folder: Path) -> bytes:
    """A week's revision as it is copied; the pointer to it."""
    desk = MemoryObjects()
    show_week(desk, 2, [], {"individual_prizes.xlsx": b"winners", "units/SO-A.xlsx": b"people"})
    for key, data in desk.objects.items():
        if key.startswith("results/"):
            path = folder / key.removeprefix("results/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return desk.objects[SHOWN]


@pytest.mark.parametrize(
    "name", ["individual_prizes.xlsx", "units/SO-A.xlsx", "manifest.json", "closed_week.json"]
)
@pytest.mark.parametrize("edit", ["changed", "deleted"])
def test_a_file_that_is_not_as_the_close_wrote_it_is_told(tmp_path: Path, name: str, edit: str) -> None:
    pointer = closed_once(tmp_path)
    assert altered(tmp_path, pointer) == []
    path = tmp_path / "week-1" / "rev-2" / name
    if edit == "changed":
        path.write_bytes(path.read_bytes() + b" ")
    else:
        path.unlink()
    assert altered(tmp_path, pointer) == [f"week-1/rev-2/{name}"]


def test_a_file_that_the_close_did_not_write_is_told_and_an_older_revision_is_nobodys_concern(
    tmp_path: Path,
) -> None:
    pointer = closed_once(tmp_path)
    assert altered(tmp_path, None) == []
    for revision in (1, 2):
        (tmp_path / "week-1" / f"rev-{revision}").mkdir(exist_ok=True)
        (tmp_path / "week-1" / f"rev-{revision}" / "winners.xlsx").write_bytes(b"x")
    assert altered(tmp_path, pointer) == ["week-1/rev-2/winners.xlsx"]


@pytest.mark.parametrize(
    ("what", "found"), [("1", "week-1/rev-3"), ("2", "week-2/rev-1"), ("3", None), ("final", "final/rev-2")]
)
def test_the_bulletin_is_that_of_the_revision_in_force(tmp_path: Path, what: str, found: str | None) -> None:
    weeks = [{"week": 1, "revision": 3}, {"week": 2, "revision": 1}]
    (tmp_path / "current.json").write_text(json.dumps({"weeks": weeks, "final": {"revision": 2}}))
    assert bulletin(tmp_path, what) == (tmp_path / found / "bulletin.html" if found else None)


def test_there_is_no_bulletin_before_the_first_close(tmp_path: Path) -> None:
    assert bulletin(tmp_path, "1") is None
