"""Everything that the documents name exists."""

from __future__ import annotations

import json
import re

import pytest

from infra import dashboard
from infra.package import PROJECT

# A path below one of the repository's own folders, or below the package's, in backticks.
# Objects on desk and site have other folders.
OWN = (
    "benchmarks|chalicelib|contests|docs|frontend|infra|tests|verify"
    "|documents|domain|readers|reports|services|storage|web|wiring"
)
NAMED = re.compile(rf"`((?:{OWN})/[\w./*-]*)(?:::([\w.]+))?`")
DOCS = PROJECT / "docs"


@pytest.mark.parametrize(
    ("document", "least"),
    [
        ("README.md", 4),
        ("CONTRIBUTING.md", 50),
        ("docs/architecture.md", 150),
        ("docs/README.md", 1),
        ("docs/first-contest.md", 2),
        ("docs/promises.md", 3),
        ("docs/security.md", 80),
        ("docs/collusion.md", 15),
        ("docs/decisions.md", 5),
        ("docs/privacy.md", 3),
        ("docs/runbook.md", 1),
        ("docs/closing.md", 4),
        ("docs/proof.md", 1),
    ],
)
def test_every_file_and_test_that_a_document_names_exists(document: str, least: int) -> None:
    """``least``: the number that has to be found, so that a changed pattern does not miss all of them."""
    named = NAMED.findall((PROJECT / document).read_text(encoding="utf-8"))
    assert len(named) >= least
    for file, test in named:
        found = [*PROJECT.glob(file), *(PROJECT / "chalicelib").glob(file)]
        assert found, f"{document} names {file}"
        if test:
            name = test.rpartition(".")[2]
            named_there = rf"\b(?:def|class|function) {name}\b"
            if not file.startswith("tests/"):  # a value, a method of the page
                named_there += rf"|\b{name}\b\s*[:(=]"
            assert re.search(named_there, found[0].read_text(encoding="utf-8")), f"{file}::{test}"


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        *(f"docs/{path.name}" for path in sorted(DOCS.glob("*.md"))),
    ],
)
def test_every_link_to_a_file_has_a_target(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text):
        assert (PROJECT / document).parent.joinpath(link).exists(), f"{document} links to {link}"


def attacks() -> dict[str, tuple[str, str]]:
    """The attacks of docs/security.md → what finds each, and the tests that play it."""
    text = (DOCS / "security.md").read_text(encoding="utf-8").partition("## Attacks played")[2]
    rows = re.findall(r"^\| (.+?) \| .+? \| (.+?) \| (.+?) \|$", text.partition("\n## ")[0], re.MULTILINE)
    return {attack: (found_by, tests) for attack, found_by, tests in rows if attack != "attack"}


# What has to be played, as the table calls it, or begins to.
PLAYED = (
    "insertion after the close",
    "a saved answer and prediction written into an open paper after the close",
    "deletion",
    "backdating",
    "a raised score",
    "a moved unit",
    "fork",
    "rollback",
    "freeze",
    "tampered edge tile",
    "swapped rules",
    "swapped key set",
    "edited site file",
    "edited desk file",
)


def test_every_attack_is_played_and_found_by_a_command_or_an_alarm_that_there_is() -> None:
    found = attacks()
    assert [name for name in PLAYED if not any(row.startswith(name) for row in found)] == []
    proof = (DOCS / "proof.md").read_text(encoding="utf-8")
    template = (PROJECT / "infra" / "template.yaml").read_text(encoding="utf-8")
    for attack, (found_by, tests) in found.items():
        commands = re.findall(r"`verify (\w+)`", found_by)
        alarms = re.findall(r"`(\w+Alarm)`", found_by)
        assert commands or alarms or "the owner at the next sign-in" in found_by, attack
        assert [name for name in commands if f"python -m verify {name} " not in proof] == []
        assert [name for name in alarms if f"  {name}:\n" not in template] == []
        assert NAMED.search(tests), attack


def test_every_test_of_the_insider_stands_in_a_table() -> None:
    """What is found in that of docs/security.md, and what nothing finds on the page on collusion."""
    written = (PROJECT / "tests" / "e2e" / "test_insider.py").read_text(encoding="utf-8")
    named = (DOCS / "collusion.md").read_text(encoding="utf-8") + str(attacks())
    played = re.findall(r"^def (test_\w+)", written, re.MULTILINE)
    assert [name for name in played if name not in named] == [
        "test_everybody_who_looks_at_the_honest_site_says_so"
    ]


def test_every_link_within_the_handbook_leads_to_a_heading() -> None:
    text = (DOCS / "so-tay-to-chuc.md").read_text(encoding="utf-8")
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    known = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    links = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(links) > 20
    assert [link for link in links if link not in known] == []


def test_every_picture_that_a_document_shows_exists() -> None:
    for document in ("README.md", "docs/screens.md"):
        shown = re.findall(r'<img src="([^"]+)"', (PROJECT / document).read_text(encoding="utf-8"))
        assert shown
        assert [path for path in shown if not (PROJECT / document).parent.joinpath(path).exists()] == []


def test_the_index_of_documents_is_complete() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    there = [path.name for path in DOCS.iterdir() if path.is_file() and path.name != "README.md"]
    assert [name for name in there if f"]({name})" not in index] == []


def test_the_readme_shows_the_picture_of_the_architecture() -> None:
    whole = re.search(
        r"```mermaid\nflowchart LR.*?```", (DOCS / "architecture.md").read_text("utf-8"), re.DOTALL
    )
    assert whole
    assert whole[0] in (PROJECT / "README.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_dated_and_have_a_status() -> None:
    text = (DOCS / "decisions.md").read_text(encoding="utf-8")
    numbers = re.findall(
        r"^## (\d+)\. .+\nStatus: (?:accepted|replaced by \d+) · \d{4}-\d{2}-\d{2}$", text, re.MULTILINE
    )
    assert numbers == [str(number) for number, _ in enumerate(re.findall(r"^## ", text, re.MULTILINE), 1)]


def test_the_release_notes_have_an_entry_for_the_version() -> None:
    version = re.search(r'^version = "(.+)"$', (PROJECT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version
    assert re.search(
        rf"^### .*\b{re.escape(version[1])}\b", (DOCS / "releases.md").read_text("utf-8"), re.MULTILINE
    )


def test_every_alarm_is_in_the_runbook() -> None:
    """With what people see, what to look at and what to do; and no row for an alarm that is gone."""
    templates = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "infra").glob("*.yaml"))
    alarms = re.findall(r"^  (\w+Alarm):$", templates, re.MULTILINE)
    assert alarms
    table = (DOCS / "runbook.md").read_text(encoding="utf-8").partition("## Alarms")[2].partition("\n## ")[0]
    rows = [
        row.strip("|").split(" | ") for row in table.splitlines() if row.startswith("| ") and "Alarm`" in row
    ]
    assert [row for row in rows if len(row) != 4 or not all(cell.strip() for cell in row)] == []
    assert sorted(name for row in rows for name in re.findall(r"`(\w+Alarm)`", row[0])) == sorted(alarms)
    headings = set(re.findall(r"^#+ (.+)$", (DOCS / "runbook.md").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for row in rows for name in re.findall(r"“([A-Z][\w ]+)”", " ".join(row[1:]))}
    assert named - {"Functions at once", "Turned away", "Roll back"} <= headings


def test_every_graph_that_the_runbook_names_is_on_the_dashboard() -> None:
    titles = [one["properties"]["title"] for one in json.loads(dashboard.body([]))["widgets"]]
    for named in ("Functions at once", "Turned away"):
        assert any(title.startswith(named) for title in titles)


def test_every_suppressed_security_rule_has_its_reason() -> None:
    found = [
        line
        for folder in ("chalicelib", "infra", "benchmarks", "tests")
        for path in (PROJECT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"# noqa: S\d+", line)
    ]
    assert found
    assert [line for line in found if not re.search(r"# noqa: S\d+  \S+", line)] == []


def test_every_skipped_check_has_its_reason() -> None:
    lines = (PROJECT / ".checkov.yaml").read_text(encoding="utf-8").splitlines()
    skipped = [place for place, line in enumerate(lines) if line.lstrip().startswith("- CKV")]
    assert skipped
    for place in skipped:
        assert len(lines[place - 1].strip()) > 40, lines[place]
        assert lines[place - 1].lstrip().startswith("# "), lines[place]
        assert "# " in lines[place], lines[place]
