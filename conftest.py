"""Settings for the tests of all folders: hypothesis's number of examples, and the slow tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent / "tests"
SLOW = [TESTS / folder for folder in ("browser", "e2e", "fuzz")]  # each starts the deployed stack

# The same examples in every run: a red test stays red until the rule is fixed. Only `long` draws new ones.
settings.register_profile("default", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("check", settings.get_profile("default"), max_examples=10)
settings.register_profile("long", settings.get_profile("default"), max_examples=500, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(folder in item.path.parents for folder in SLOW):
            item.add_marker("slow")
