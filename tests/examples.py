"""How often a property is tried, beside the others."""

from __future__ import annotations

from hypothesis import settings


def examples(share: float) -> settings:
    """``share`` times as many as the profile in force gives others: dear ones take fewer. See conftest.py."""
    return settings(max_examples=max(1, round(settings().max_examples * share)))
