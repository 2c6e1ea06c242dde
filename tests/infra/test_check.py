"""`make check` fails if any part fails, and shows all of that part's output."""

from __future__ import annotations

import sys

import pytest

from infra.check import Part, check, parts


def python(name: str, source: str) -> Part:
    return Part(name, [sys.executable, "-c", source])


def test_all_parts_run_and_the_output_of_failed_ones_appears_whole_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wanted = [python("bad", "print('one'); print('two'); exit(3)"), python("good", "print('unseen')")]
    assert check(wanted) == 1
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[0] + line.split()[-1] for line in lines[:2]) == ["badFAILED", "goodok"]
    assert lines[-2:] == ["one", "two"]
    assert "unseen" not in lines


def test_the_check_passes_when_every_part_passes() -> None:
    assert check([python("good", "")]) == 0


def test_parts_other_than_the_tests_run_no_code() -> None:
    quick = [part.command[0].rpartition("/")[2] for part in parts() if part.group != "tests"]
    assert set(quick) == {"ruff", "mypy", "lint-imports", "tsc"}
