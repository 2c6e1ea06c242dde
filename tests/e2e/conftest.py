"""One deployed stack for the tests of this folder that do not stop it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stack import Stack, contest_folder, running


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A contest with one week of 80 s. It begins with the first test that asks for it, in test_contest.py."""
    folder = tmp_path_factory.mktemp("e2e")
    contest = contest_folder(folder / "contest", id="e2e", weeks=1, seconds=80, proof="on")
    with running(contest, folder / "state") as started:
        yield started
