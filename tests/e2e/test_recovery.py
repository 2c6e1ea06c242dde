"""A contest is lost, with its table, stack, region and account, and goes on from what is left."""

from __future__ import annotations

from pathlib import Path

from benchmarks.recovery_drill import RecoveryDrill


def test_whatever_is_lost_the_contest_goes_on_with_the_same_digests(tmp_path: Path) -> None:
    lines: list[str] = []
    RecoveryDrill(tmp_path, people=3, say=lines.append).run()
    lost = [line.split()[0] for line in lines if " lost, and back after " in line]
    assert lost == ["table", "stack", "region", "account"]
    assert lines[-1] == "closed from scratch: all as before"
