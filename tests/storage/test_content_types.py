"""Objects are served as what they are: the site's headers forbid browsers to guess."""

from __future__ import annotations

import pytest

from chalicelib.domain.pictures import BOUNDS
from chalicelib.readers.contest_files import FILES
from chalicelib.storage.content_types import content_type


@pytest.mark.parametrize("name", [name for name, kind in FILES.items() if kind in BOUNDS])
def test_every_picture_that_a_contest_may_have_is_served_as_one(name: str) -> None:
    assert content_type(f"data/{name}") in ("image/png", "image/jpeg", "image/webp")


def test_what_has_no_known_ending_is_served_as_bytes() -> None:
    assert content_type("data/log/tile/0/000") == "application/octet-stream"
