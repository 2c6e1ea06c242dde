"""The inbox fetches a file once, within bounds, and hands it to the use case that its name calls for."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import pytest

from chalicelib.readers.contest_files import LARGEST
from chalicelib.services.intake.inbox import Inbox
from tests.services.intake.inbox import NOW, Desk, plain


class Bounded:
    """A bucket that notes how much was asked for."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects, self.asked = objects, list[tuple[str, int]]()

    def get(self, key: str, most: int) -> bytes | None:
        self.asked.append((key, most))
        data = self.objects.get(key)
        return None if data is None else data[:most]


class People:
    def take_over(self, file: str, data: bytes, now: object) -> dict[str, Any]:
        return {"file": file, "people": data, "now": now}


def never() -> NoReturn:
    raise AssertionError("this file is not for them")


def inbox(objects: dict[str, bytes], contest: Any = never, people: Any = never) -> tuple[Inbox, Bounded]:
    desk = Bounded(objects)
    return Inbox(desk, contest, people, lambda: NOW), desk


def test_a_file_about_individuals_goes_to_the_people_use_case() -> None:
    box, _ = inbox({"inbox/data-requests.csv": b"x"}, people=People)
    report = box.take_over("inbox/data-requests.csv")
    assert report == {"file": "data-requests.csv", "people": b"x", "now": NOW}


def test_every_other_file_is_treated_as_a_contest_file() -> None:
    desk = Desk()
    box, _ = inbox({"inbox/holiday.jpg": b"x"}, contest=lambda: desk.intake)
    assert not plain(box.take_over("inbox/holiday.jpg"))["accepted"]
    assert not json.loads(desk.desk.objects["intake/holiday.jpg.json"])["accepted"]


def test_a_file_is_fetched_once_and_only_as_far_as_it_takes_to_see_it_is_too_large() -> None:
    desk = Desk()
    box, bucket = inbox({"inbox/c.zip": b"x" * (LARGEST + 10)}, contest=lambda: desk.intake)
    assert "20 MB" in str(plain(box.take_over("inbox/c.zip"))["faults"])
    assert bucket.asked == [("inbox/c.zip", LARGEST + 1)]


def test_a_folder_is_not_a_file() -> None:
    box, bucket = inbox({})
    assert box.take_over("inbox/new folder/") is None
    assert bucket.asked == []


def test_a_file_that_is_gone_is_our_error() -> None:
    with pytest.raises(FileNotFoundError, match=r"inbox/c\.zip"):
        inbox({})[0].take_over("inbox/c.zip")
