"""`make rules`: the rules of a folder in words, or why there are none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from infra import rules
from infra.package import PROJECT


def test_the_rules_of_a_folder_are_written_in_words(tmp_path: Path) -> None:
    path = rules.write(PROJECT / "contests" / "demo", tmp_path / "new" / "rules.html")
    assert "Tuần 1 mở khi Cuộc thi được nạp vào hệ thống." in path.read_text(encoding="utf-8")


def test_no_rules_are_written_of_a_folder_with_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["rules", str(tmp_path), "--to", str(tmp_path / "rules.html")])
    with pytest.raises(
        SystemExit, match=r"No rules were written\. The folder has faults:\ncontest\.toml: thiếu"
    ):
        rules.main()
    assert not (tmp_path / "rules.html").exists()
