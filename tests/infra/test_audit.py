"""`make audit` does not take silence for health."""

from __future__ import annotations

from infra.audit import verdict

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
