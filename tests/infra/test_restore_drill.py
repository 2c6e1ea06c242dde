"""A drill that cannot fail would prove nothing; its good end is shown in tests/e2e/test_contest.py."""

from __future__ import annotations

import pytest

from benchmarks.restore_drill import DrillFailed, compare


def test_the_same_digests_pass() -> None:
    assert compare("restored", {"week-1": "a", "final": "b"}, {"final": "b", "week-1": "a"}).startswith(
        "restored: 2"
    )


@pytest.mark.parametrize("after", [{}, {"week-1": "b"}, {"week-1": "a", "week-2": "a"}])
def test_another_digest_a_missing_one_and_one_too_many_fail(after: dict[str, str]) -> None:
    with pytest.raises(DrillFailed, match="week-"):
        compare("restored", {"week-1": "a"}, after)


def test_nothing_at_all_fails() -> None:
    with pytest.raises(DrillFailed, match="nothing to compare"):
        compare("restored", {}, {})
