"""The number of examples of a property, relative to the others."""

from __future__ import annotations

from hypothesis import settings


def examples(share: float) -> settings:
    """``share`` times the examples of the profile in force: costly properties take fewer. See conftest.py."""
    return settings(max_examples=max(1, round(settings().max_examples * share)))
