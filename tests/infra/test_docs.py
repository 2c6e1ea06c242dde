"""What the documents name is there."""

from __future__ import annotations

import re

import pytest

from infra.package import PROJECT

# A path below one of the repository's own folders, or below the package's, in backticks.
# What is on desk and site has other folders.
OWN = (
    "benchmarks|chalicelib|contests|docs|frontend|infra|tests|verify"
    "|domain|readers|reports|services|storage|web|wiring"
)
NAMED = re.compile(rf"`((?:{OWN})/[\w./*-]*)(?:::(\w+))?`")


@pytest.mark.parametrize(
    ("document", "least"),
    [
        ("README.md", 4),
        ("docs/security.md", 80),
        ("docs/decisions.md", 5),
        ("docs/privacy.md", 3),
        ("docs/runbook.md", 1),
        ("docs/closing.md", 4),
        ("docs/proof.md", 1),
    ],
)
def test_every_file_and_test_that_a_document_names_exists(document: str, least: int) -> None:
    """``least``: as many have to be found, so that a change of the pattern does not pass over all of them."""
    named = NAMED.findall((PROJECT / document).read_text(encoding="utf-8"))
    assert len(named) >= least
    for file, test in named:
        found = [*PROJECT.glob(file), *(PROJECT / "chalicelib").glob(file)]
        assert found, f"{document} names {file}"
        if test:
            assert f"def {test}(" in (PROJECT / file).read_text(encoding="utf-8"), f"{file}::{test}"


@pytest.mark.parametrize(
    "document", ["README.md", *(f"docs/{path.name}" for path in sorted((PROJECT / "docs").glob("*.md")))]
)
def test_every_link_to_a_file_leads_somewhere(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text):
        assert (PROJECT / document).parent.joinpath(link).exists(), f"{document} links to {link}"


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
