"""`make audit` does not take silence for health."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from infra.audit import audit, verdict

GOOD = {"name": "six", "version": "1.17.0", "vulns": []}
BAD = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"]}]}
UNASKED = {"name": "chalice", "skip_reason": "Dependency not found on PyPI"}


def test_an_audit_that_asks_about_all_packages_and_finds_nothing_passes() -> None:
    assert verdict([GOOD]) == (0, ["1 of 1 packages asked about, 0 vulnerabilities known."])


def test_a_vulnerability_is_named_with_the_version_that_fixes_it() -> None:
    code, lines = verdict([GOOD, BAD, UNASKED])
    assert code == 1
    assert lines[0] == "jinja2 2.0: PYSEC-1, fixed in: 3.1"


def test_an_audit_without_an_answer_for_a_package_does_not_pass() -> None:
    code, lines = verdict([GOOD, UNASKED])
    assert code == 2
    assert lines[0].startswith("1 of 2 packages asked about")
    assert "Dependency not found" in lines[1]


def test_an_audit_without_any_answer_does_not_pass() -> None:
    assert verdict([], "ConnectionError")[0] == 2


def answers(monkeypatch: pytest.MonkeyPatch, by_file: dict[str, list[dict[str, Any]] | None]) -> None:
    """pip-audit as it is: it refuses several files that pin one package differently, so it is given one."""

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        (file,) = [command[at + 1] for at, word in enumerate(command) if word == "--requirement"]
        told = by_file[file]
        said = "" if told is None else json.dumps({"dependencies": told})
        return subprocess.CompletedProcess(command, 0, said, "" if told else "refused")

    monkeypatch.setattr(subprocess, "run", run)


def test_environments_that_pin_one_package_differently_are_both_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers(monkeypatch, {"a.txt": [GOOD, BAD], "b.txt": [GOOD, {**BAD, "version": "2.1"}]})
    found, _ = audit(["a.txt", "b.txt"])
    assert [(one["name"], one["version"]) for one in found] == [
        ("six", "1.17.0"), ("jinja2", "2.0"), ("jinja2", "2.1"),
    ]  # fmt: skip


def test_a_file_of_which_nothing_is_told_is_named_and_the_audit_does_not_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers(monkeypatch, {"a.txt": [GOOD], "b.txt": None})
    code, lines = verdict(*audit(["a.txt", "b.txt"]))
    assert (code, "b.txt: refused" in lines[0]) == (2, True)
