"""``docs/rules.md`` names the code and tests of every rule: all of them have to exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOOK = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
RULES = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n?)*)", BOOK, re.MULTILINE))
# The plan's requirements that decide results.
OF_THE_PLAN = ["R1", "R2", "R3", "R5", "R6", "R7", "R8", "R9", "R10"]


@cache
def defined_in(file: str) -> frozenset[str]:
    """The names of a module's functions and classes."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_code_and_tests_that_exist(rule: str) -> None:
    named = re.findall(r"`(\S+\.py)::(\w+)`", RULES[rule])
    assert {file.split("/")[0] for file, _ in named} == {"chalicelib", "tests"}
    gone = [f"{file}::{name}" for file, name in named if name not in defined_in(file)]
    assert gone == [], "renamed or removed: say in docs/rules.md what holds the rule now"


def test_every_rule_of_the_index_has_its_sections() -> None:
    rows = re.findall(r"^\| (?!the rule says)(?!-).+ \| (.+) \|$", BOOK.partition("\n## ")[0], re.MULTILINE)
    assert rows
    assert {name for row in rows for name in row.split(", ")} <= RULES.keys()


@pytest.mark.parametrize("requirement", OF_THE_PLAN)
def test_no_requirement_about_results_is_left_out(requirement: str) -> None:
    assert [rule for rule in RULES if rule.split()[0] == requirement]
