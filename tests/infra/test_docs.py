"""What the documents name is there."""

from __future__ import annotations

import re

import pytest

from infra.package import PROJECT

NAMED = re.compile(r"`([\w./-]+\.(?:py|yaml|md|toml|json))(?:::(\w+))?`")


@pytest.mark.parametrize("document", ["security.md"])
def test_every_file_and_test_that_a_document_names_exists(document: str) -> None:
    named = NAMED.findall((PROJECT / "docs" / document).read_text(encoding="utf-8"))
    assert len(named) > 50
    for file, test in named:
        assert any((PROJECT / place / file).is_file() for place in (".", "docs")), file
        if test:
            assert f"def {test}(" in (PROJECT / file).read_text(encoding="utf-8"), f"{file}::{test}"


def test_every_alarm_stands_in_the_runbook() -> None:
    template = (PROJECT / "infra" / "template.yaml").read_text(encoding="utf-8")
    runbook = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
    alarms = re.findall(r"^  (\w+Alarm):$", template, re.MULTILINE)
    assert alarms
    live = [name for name in alarms if name.startswith(("Tally", "PublishLive"))]  # told of in a sentence
    assert [name for name in alarms if name not in runbook and name not in live] == []


def test_every_security_rule_that_is_passed_over_has_its_reason() -> None:
    found = [
        line
        for folder in ("chalicelib", "infra", "benchmarks", "tests")
        for path in (PROJECT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"# noqa: S\d+", line)
    ]
    assert found
    assert [line for line in found if not re.search(r"# noqa: S\d+  \S+", line)] == []


def test_every_check_that_is_not_followed_has_its_reason() -> None:
    lines = (PROJECT / ".checkov.yaml").read_text(encoding="utf-8").splitlines()
    skipped = [place for place, line in enumerate(lines) if line.lstrip().startswith("- CKV")]
    assert skipped
    for place in skipped:
        assert len(lines[place - 1].strip()) > 40, lines[place]
        assert lines[place - 1].lstrip().startswith("# "), lines[place]
        assert "# " in lines[place], lines[place]
