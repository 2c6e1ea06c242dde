"""A drill that cannot fail would prove nothing; tests/e2e/test_contest.py shows its success."""

from __future__ import annotations

import pytest

from benchmarks.restore_drill import DrillFailed, compare


def test_the_same_digests_pass() -> None:
    assert compare("restored", {"week-1": "a", "final": "b"}, {"final": "b", "week-1": "a"}).startswith(
        "restored: 2"
    )


@pytest.mark.parametrize("after", [{}, {"week-1": "b"}, {"week-1": "a", "week-2": "a"}])
def test_a_different_missing_or_extra_digest_fails(after: dict[str, str]) -> None:
    with pytest.raises(DrillFailed, match="week-"):
        compare("restored", {"week-1": "a"}, after)


def test_a_comparison_without_any_digests_fails() -> None:
    with pytest.raises(DrillFailed, match="nothing to compare"):
        compare("restored", {}, {})
