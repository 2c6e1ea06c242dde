"""`make check` fails when any part fails, and shows all that it printed."""

from __future__ import annotations

import sys

import pytest

from infra.check import Part, check, parts


def python(name: str, source: str) -> Part:
    return Part(name, [sys.executable, "-c", source])


def test_all_parts_run_and_what_failed_stands_whole_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [python("bad", "print('one'); print('two'); exit(3)"), python("good", "print('unseen')")]
    assert check(wanted) == 1
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[0] + line.split()[-1] for line in lines[:2]) == ["badFAILED", "goodok"]
    assert lines[-2:] == ["one", "two"]
    assert "unseen" not in lines


def test_with_nothing_wrong_nothing_failed() -> None:
    assert check([python("good", "")]) == 0


def test_without_the_tests_nothing_is_run() -> None:
    quick = [part.command[0].rpartition("/")[2] for part in parts() if part.group != "tests"]
    assert set(quick) == {"ruff", "mypy", "lint-imports", "tsc"}
