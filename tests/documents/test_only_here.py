"""The purpose of the documents floor, checked on the syntax tree: nothing else decodes stored data."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "chalicelib"

# Neither stored nor published documents: AWS's wire formats, what a collector hands to its own kind, records of
# attempts in their entries; tokens of an identity provider, and what is kept of them for minutes.
NO_DOCUMENT = {
    "domain/statistics/activity.py",
    "domain/statistics/first_answers.py",
    "domain/statistics/signs.py",
    "services/people/id_tokens.py",
    "services/people/proven.py",
    "services/people/provider_sign_in.py",
    "storage/data_key.py",
    "storage/file_reader.py",
    "storage/live_tallies.py",
    "storage/provider_http.py",
    "storage/secret_values.py",
    "storage/signed_http.py",
}


def calls(*names: str) -> Iterator[str]:
    """Modules of the package, other than documents, that call one of these."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).as_posix()
        if module.startswith("documents/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                yield module
                break


def test_json_is_decoded_by_documents_alone() -> None:
    assert set(calls("json.loads", "msgspec.json.decode")) == NO_DOCUMENT


def test_no_report_is_read_back() -> None:
    assert [
        module for module in calls("csv.DictReader", "csv.reader") if not module.startswith("readers/")
    ] == []


def test_winners_are_put_together_in_one_place() -> None:
    assert set(calls("Winner")) == {"reports/winners.py"}
    assert set(calls("ShownWinner")) == {"reports/week_report.py"}
