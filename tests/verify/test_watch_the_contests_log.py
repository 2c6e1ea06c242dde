"""The contest's own log, read by the verifier that was written from docs/proof.md alone."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.documents.log import MINUTE
from chalicelib.domain.live import Change
from chalicelib.services.log.leaves import keep_leaves
from chalicelib.services.log.openings import open_batches
from tests.services.log.world import World
from verify.__main__ import main

BEGAN = 1_661_130_000_000 // MINUTE * MINUTE


def test_a_watcher_follows_the_contests_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Minutes with and without records, a whole tile, and a gap in which the log was dead."""
    world, number = World(), 0

    def run(minute: float, *more: str) -> tuple[int, str]:
        nonlocal number
        for _ in range(300 if minute == 3.02 else 2):
            number += 1
            change = Change(1, "shard", number, None, None)
            keep_leaves([change], lambda one: [sha256(b"%d" % one.sequence).digest()], world.desk)
        now = BEGAN + int(minute * MINUTE)
        state, version = world.log().append("thu", {"bank": "b"}, now)
        open_batches(world.log(), state, version, state.size)
        options = ["watch", "https://a", "--folder", str(tmp_path), *more]
        code = main(options, lambda _: world.site.objects.get, lambda: now // 1000)
        return code, capsys.readouterr().out

    world.log().append("thu", {"bank": "a"}, BEGAN)
    for minute in (1.02, 2.02, 3.02, 10.02, 11.02, 300.02, 301.02):
        code, said = run(minute)
        assert code == 0, said
    code, said = run(302.02, "--all")
    assert (code, "302 phút đã mở khớp với cam kết" in said) == (0, True), said
