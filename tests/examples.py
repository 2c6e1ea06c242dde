"""The number of examples of a property, relative to the others."""

from __future__ import annotations

from hypothesis import settings


def examples(share: float) -> settings:
    """``share`` times as many examples as the profile gives others: costly ones take fewer. See conftest.py."""
    return settings(max_examples=max(1, round(settings().max_examples * share)))
