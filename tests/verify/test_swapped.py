"""Who swaps rules, bank or keys after a week has opened is found by the commands that docs/proof.md names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.documents.compiled_contest import encode_definition
from chalicelib.services.contest.public_contest import committed_files
from tests.fakes import definition
from tests.verify.played import AFTER_WEEK_1, Played
from tests.verify.written_log import WrittenLog
from verify.__main__ import main


def closed_with(**begun: str) -> Played:
    """A contest whose log knew ``begun`` of the facts when its week opened, and those of its close later."""
    played = Played(begun=begun)
    played.site.objects.update(committed_files(played.counter.exam.library.current()))
    played.close(AFTER_WEEK_1)
    return played


def rank(played: Played, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["rank", "https://thi.example"], lambda address: played.site.objects.get)
    return code, capsys.readouterr().out


def test_what_was_told_before_the_week_opened_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = rank(closed_with(), capsys)
    assert code == 0, said


def test_a_swapped_bank_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = rank(closed_with(bank="b" * 64), capsys)
    assert (code, "graded by another bank" in said) == (1, True), said


def test_swapped_rules_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    other = encode_definition(definition(contest={"weeks": 2}, paper={"min_duration": "PT1M"}))
    played = closed_with(definition=digest(other))
    played.site.put(f"data/reference/{digest(other)}.json", other)
    code, said = rank(played, capsys)
    assert (code, "were replaced after it had opened" in said) == (1, True), said


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (lambda page: page.update(digest="0" * 64), "another revision 1"),
        (lambda page: page.update(corrections=[{"at": "", "reason": "", "code": "c0de"}]), "by a confirmation"),
    ],
)
def test_a_result_or_confirmation_that_the_log_does_not_know_is_found(
    lie: Callable[[Any], object], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    played = closed_with()
    page = json.loads(played.site.objects["data/results/week-1.json"])
    lie(page)
    played.site.put("data/results/week-1.json", json.dumps(page).encode())
    code, said = rank(played, capsys)
    assert (code, message in said) == (1, True), said


def test_rulings_that_the_log_did_not_know_before_the_result_are_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    played = closed_with()
    index = json.loads(played.site.objects["data/proof/week-1/index.json"])
    path = f"data/proof/week-1/{index['folder']}/{index['ranking']['file']}"
    ranking = json.loads(played.site.objects[path])
    ranking["rulings"] = [{"question": "Q1", "ruling": "all_right", "keys": [], "reason": "", "at": ""}]
    played.site.put(path, json.dumps(ranking).encode())
    index["ranking"]["sha256"] = digest(played.site.objects[path])
    played.site.put("data/proof/week-1/index.json", json.dumps(index).encode())
    code, said = rank(played, capsys)
    assert (code, "rulings on questions are not those" in said) == (1, True), said


def watched(written: WrittenLog, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    arguments = ["watch", "https://thi.example", "--folder", str(folder)]
    return main(arguments, lambda _: written.files.get, lambda: written.end), capsys.readouterr().out


def shown_keys(written: WrittenLog, public: str) -> None:
    keys = [{"algorithm": "Ed25519", "key_id": "0f", "public_key": public}]
    written.files["data/keys.json"] = json.dumps({"format": 1, "keys": keys}).encode()


def test_a_swapped_key_set_is_found_and_a_new_key_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = WrittenLog()
    written.write(**{"key-0f": "ab" * 32})
    shown_keys(written.minutes(5), "ab" * 32)
    code, said = watched(written, tmp_path, capsys)
    assert code == 0, said
    assert f"khóa ký biên nhận 0f là {'ab' * 32}" in (tmp_path / "watch.log").read_text(encoding="utf-8")
    shown_keys(written.minutes(5), "cd" * 32)
    code, said = watched(written, tmp_path, capsys)
    assert (code, "it was swapped" in said) == (1, True), said


def test_a_list_of_facts_that_is_not_the_logs_is_found_at_a_later_visit_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = WrittenLog()
    written.write(bank="old", rules="r")
    written.write(bank="new")
    assert watched(written.minutes(600), tmp_path, capsys)[0] == 0
    shown = json.loads(written.minutes(300).files["data/log/facts.json"])
    assert watched(written, tmp_path, capsys)[0] == 0
    for name, fact in (("bank", {"at": "2022-08-22T01:00:00Z", "minute": 0, "value": "old"}), ("rules", None)):
        facts = {**shown["facts"], name: fact} if fact else {"bank": shown["facts"]["bank"]}
        written.files["data/log/facts.json"] = json.dumps({"format": 1, "facts": facts}).encode()
        code, said = watched(written, tmp_path, capsys)
        assert (code, f"something else of “{name}” than the log" in said) == (1, True), said
