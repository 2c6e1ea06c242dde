"""A counter with a running contest, and the token of somebody who has registered and signed in there."""

from __future__ import annotations

import pytest

from tests.web.counter import Counter


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def token(counter: Counter) -> str:
    return counter.arrive()
