"""Commitments: published with the contest, append-only; contest and commitment move together."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.keys import PublicKey
from chalicelib.domain.errors import Busy
from chalicelib.domain.times import to_ms
from chalicelib.reports.rules.page import rules_page
from chalicelib.services.contest.checked import Altered
from chalicelib.services.contest.commitments import note_deployment, salt, salted
from chalicelib.services.contest.public_contest import committed_rules, rules_in_words
from chalicelib.services.contest.reference import Current, load
from chalicelib.services.publishing.published import show_contest
from tests.fakes import MemoryObjects
from tests.readers.contest_files import EXCLUSIONS, QUESTIONS, TOML, UNITS
from tests.services.intake.inbox import LATER, NOW, PEPPER, Desk
from tests.services.intake.test_intake_during_the_contest import ANOTHER_KEY, OPEN, TWO_QUESTIONS, WEEK
from tests.stack import ROOT

KEYS = [PublicKey("k1", "cHVibGlj")]
LISTED = [{"key_id": "k1", "algorithm": "Ed25519", "public_key": "cHVibGlj"}]


def same_rules(reference: Current) -> str:
    """The digest of the rules in words, which this code says as the code before."""
    return digest(rules_in_words(reference, rules_page))


def published(desk: Desk) -> Any:
    return json.loads(desk.site.objects["data/commitments.json"])


def entries(desk: Desk) -> list[dict[str, Any]]:
    """The entries, checked as an outsider would, from nothing but the site."""
    told = published(desk)
    before = None
    for number, entry in enumerate(told["entries"], 1):
        assert (entry["number"], entry["previous"]) == (number, before)
        text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        before = hashlib.sha256(text.encode()).hexdigest()
    assert told["head"] == before
    return list(told["entries"])


def show(desk: Desk, now: datetime) -> None:
    """As every run of the close does."""
    told = ContestInForce.decode(desk.desk.objects[CURRENT])
    show_contest(load(desk.desk, told), desk.desk, desk.site, to_ms(now))


def test_the_check_documented_for_outsiders_works() -> None:
    desk = Desk()
    desk.put()
    desk.put(LATER, questions=ANOTHER_KEY)
    book = (ROOT / "docs/commitments.md").read_text(encoding="utf-8")
    script = book.partition("python3 -c '")[2].partition("'\n```")[0]

    def check(data: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([sys.executable, "-c", script], input=data, capture_output=True, check=False)  # noqa: S603  this Python alone

    told = desk.site.objects["data/commitments.json"]
    checked = check(told)
    assert checked.returncode == 0, checked.stderr
    assert [line.split()[0] for line in checked.stdout.splitlines()] == [b"1", b"2"]
    assert check(told.replace(b"code 1", b"code 3")).returncode != 0


def test_loading_a_contest_commits_to_it() -> None:
    desk = Desk("code 1", KEYS)
    desk.put()
    (entry,) = entries(desk)
    assert entry["at"] == NOW.isoformat(timespec="seconds")
    assert (entry["code_version"], entry["keys"], entry["previous"]) == ("code 1", LISTED, None)
    assert entry["reason"].startswith("Công bố lần đầu")
    current = load(desk.desk, ContestInForce.decode(desk.desk.objects[CURRENT]))
    assert {name: entry["parts"][name] for name in ("definition", "bank", "units")} == {
        name: current.digests[name] for name in ("definition", "bank", "units")
    }
    assert current.commitment == (1, published(desk)["head"])


def test_the_digest_of_a_published_part_is_the_digest_of_its_bytes() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, questions=ANOTHER_KEY, toml=TWO_QUESTIONS)
    _, entry = entries(desk)
    digests = [entry["parts"][name] for name in ("definition", "bank", "units")]
    digests += [entry["weeks"]["1"][name] for name in ("definition", "bank")]
    assert len(set(digests)) == 5
    for one in digests:
        assert hashlib.sha256(desk.site.objects[f"data/reference/{one}.json"]).hexdigest() == one


def test_the_rules_in_words_are_committed_to_and_every_version_stays_under_its_digest() -> None:
    desk = Desk()
    desk.put()
    desk.put(LATER, toml=TOML.replace("attempts_per_week = 3", "attempts_per_week = 4"))
    for entry, attempts in zip(entries(desk), (3, 4), strict=True):
        digest = entry["parts"]["rules"]
        rules = desk.site.objects[f"data/reference/{digest}.html"]
        assert hashlib.sha256(rules).hexdigest() == digest
        assert f"tối đa {attempts} lượt thi" in rules.decode()
    assert desk.site.objects["data/rules.html"] == rules


def test_the_rules_in_words_give_those_of_a_begun_week_apart() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, toml=TWO_QUESTIONS)
    rules = desk.site.objects["data/rules.html"].decode()
    assert "Mỗi bài thi có 2 câu hỏi" in rules.partition("(áp dụng cho Tuần 1)")[0]
    assert "Mỗi bài thi có 3 câu hỏi" in rules.partition("Điều 4 (áp dụng cho Tuần 1). Bài thi")[2]


def test_the_rules_of_a_week_under_way_are_named_as_its_result_will_name_them() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, questions=ANOTHER_KEY)
    current = load(desk.desk, ContestInForce.decode(desk.desk.objects[CURRENT]))
    entry = entries(desk)[-1]
    assert entry["weeks"] == {
        "1": {name: current.of_week(1).digests[name] for name in ("definition", "bank")},
    }
    assert entry["weeks"]["1"]["bank"] == entries(desk)[0]["parts"]["bank"]


def test_the_list_of_people_is_salted_and_can_be_opened_with_its_salt() -> None:
    desk = Desk()
    desk.put()
    plain = load(desk.desk, ContestInForce.decode(desk.desk.objects[CURRENT])).digests["barred"]
    (entry,) = entries(desk)
    assert plain not in desk.site.objects["data/commitments.json"].decode()
    assert entry["parts"]["barred"] == salted(plain, salt(plain, PEPPER)) != salted(plain, salt(plain, b"x"))
    assert not any(plain in key for key in desk.site.objects)


def test_an_unpublished_bank_is_still_committed_to() -> None:
    desk = Desk()
    desk.put(toml=TOML.replace("publish_bank = true", "publish_bank = false"))
    (entry,) = entries(desk)
    assert f"data/reference/{entry['parts']['bank']}.json" not in desk.site.objects
    assert f"data/reference/{entry['parts']['definition']}.json" in desk.site.objects


@pytest.mark.parametrize("publish", [True, False])
def test_a_ruling_which_names_right_answers_is_as_open_as_the_bank(*, publish: bool) -> None:
    desk = Desk()
    desk.put(toml=TOML.replace("publish_bank = true", f"publish_bank = {str(publish).lower()}"))
    question = QUESTIONS.splitlines()[1].partition(",")[0]
    answer = desk.send(
        "rulings.csv", f"question_id,weeks,ruling,answer,reason\n{question},1,all_right,,sai đề\n"
    )
    assert answer["accepted"], answer
    plain = load(desk.desk, ContestInForce.decode(desk.desk.objects[CURRENT])).digests["rulings"]
    entry = entries(desk)[-1]
    assert entry["changed"] == ["rulings"]
    assert (entry["parts"]["rulings"] == plain) == publish
    assert (f"data/reference/{plain}.json" in desk.site.objects) == publish
    assert any("sai đề".encode() in data for data in desk.site.objects.values()) == publish


def test_a_withdrawn_bank_is_removed_under_its_digest_too() -> None:
    desk = Desk()
    desk.put()
    desk.put(LATER, toml=TOML.replace("publish_bank = true", "publish_bank = false"))
    assert all(b"Hai?" not in data for data in desk.site.objects.values())
    desk.put(LATER)
    bank = entries(desk)[-1]["parts"]["bank"]
    assert b"Hai?" in desk.site.objects[f"data/reference/{bank}.json"]


@pytest.mark.parametrize(
    ("changed", "parts", "word"),
    [
        ({"questions": ANOTHER_KEY}, ["bank"], "bộ câu hỏi"),
        ({"units": UNITS.replace("Sở A,", "Sở Á,")}, ["units"], "danh sách đơn vị"),
        ({"exclusions": EXCLUSIONS + "040080000004,Tổ ra đề,,\n"}, ["barred"], "không được dự thi"),
        (
            {"toml": TOML.replace("0238 000 000", "0238 1"), "questions": ANOTHER_KEY},
            ["bank", "definition", "rules"],
            "quy định cuộc thi",
        ),
    ],
)
def test_every_change_is_a_dated_entry_with_its_reason(
    changed: dict[str, Any], parts: list[str], word: str
) -> None:
    desk = Desk()
    desk.put()
    first = entries(desk)[0]
    desk.put(LATER, **changed)
    before, after = entries(desk)
    assert before == first, "what has been published stays as it is"
    assert (after["changed"], after["at"]) == (parts, LATER.isoformat(timespec="seconds"))
    assert word in after["reason"]
    assert after["reason_en"].startswith("Changed: ")


def test_an_entry_names_the_week_from_which_new_questions_hold() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, questions=ANOTHER_KEY)
    desk.send("exclusions.csv", EXCLUSIONS + "040080000003,Tổ ra đề,,\n", OPEN)
    assert [entry["from_week"] for entry in entries(desk)] == [None, 2, None]
    assert "từ tuần 2" in entries(desk)[1]["reason"]


def test_a_change_outside_the_committed_parts_adds_no_entry() -> None:
    desk = Desk()
    desk.put()
    for changed in ({}, {"guide": "# Mới\n"}, {"questions": QUESTIONS.replace("draft", "rejected")}):
        desk.put(LATER, **changed)
    assert len(entries(desk)) == 1


def test_a_refused_file_adds_nothing() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, units="code,name\n")
    desk.put(OPEN + 9 * WEEK, questions=ANOTHER_KEY)
    assert len(entries(desk)) == 1


class PowerCut(Exception):
    pass


@pytest.mark.parametrize("step", range(1, 16))
def test_an_intake_that_dies_at_any_write_neither_loses_nor_forks_the_chain(step: int) -> None:
    desk = Desk()
    desk.put()
    first = entries(desk)[0]
    real = (desk.desk.put, desk.site.put)
    writes = 0

    def cut(store: int) -> Any:
        def put(key: str, data: bytes) -> None:
            nonlocal writes
            writes += 1
            if writes == step:
                raise PowerCut
            real[store](key, data)

        return put

    desk.desk.put, desk.site.put = cut(0), cut(1)  # type: ignore[method-assign]
    try:
        desk.put(OPEN, questions=ANOTHER_KEY)
        died = False
    except PowerCut:
        died = True
    desk.desk.put, desk.site.put = real  # type: ignore[method-assign]
    assert died == (step <= writes)
    # Whatever the pointer names is a whole chain, and the next run of the close shows it.
    show(desk, OPEN)
    current = load(desk.desk, ContestInForce.decode(desk.desk.objects[CURRENT]))
    assert current.commitment is not None
    assert current.commitment.number == len(entries(desk))
    assert entries(desk)[-1]["parts"]["bank"] == current.digests["bank"]
    # Lambda tries again.
    desk.put(OPEN, questions=ANOTHER_KEY)
    assert entries(desk)[0] == first
    assert [entry["changed"] for entry in entries(desk)] == [[], ["bank"]]


def test_two_files_at_once_make_two_consecutive_entries() -> None:
    desk = Desk()
    desk.put()
    real = desk.desk.replace
    others = [lambda: desk.send("units.csv", UNITS.replace("Sở A,", "Sở Á,"), LATER)]

    def overtaken(key: str, before: bytes | None, after: bytes) -> bool:
        if others:
            others.pop()()
        return real(key, before, after)

    desk.desk.replace = overtaken  # type: ignore[method-assign]
    assert desk.send("exclusions.csv", EXCLUSIONS + "040080000004,Tổ ra đề,,\n", LATER)["accepted"]
    assert [entry["changed"] for entry in entries(desk)] == [[], ["units"], ["barred"]]


def test_the_next_intake_notes_changed_code() -> None:
    desk = Desk("code 1")
    desk.put()
    newer = Desk("code 2")
    newer.desk.objects, newer.site.objects = desk.desk.objects, desk.site.objects
    newer.put(LATER)
    assert [(entry["changed"], entry["code_version"]) for entry in entries(newer)] == [
        ([], "code 1"),
        (["code_version"], "code 2"),
    ]


def test_the_next_run_of_the_close_notes_changed_code_and_keys_once() -> None:
    desk = Desk("code 1")
    desk.put()
    before = load(desk.desk, ContestInForce.decode(desk.desk.objects[CURRENT]))
    for minutes in (0, 5, 10):
        now = LATER + timedelta(minutes=minutes)
        note_deployment(desk.desk, "code 2", KEYS, now, same_rules)
        show(desk, now)
    first, second = entries(desk)
    assert (second["changed"], second["code_version"]) == (["code_version", "keys"], "code 2")
    assert "mã nguồn" in second["reason"]
    assert second["parts"] == first["parts"]
    after = load(desk.desk, ContestInForce.decode(desk.desk.objects[CURRENT]))
    assert after.digests == before.digests
    assert after.commitment == (2, published(desk)["head"])


def test_new_code_says_the_rules_in_its_own_words_and_commits_to_them() -> None:
    desk = Desk("code 1")
    desk.put()
    before = desk.site.objects["data/rules.html"]

    def in_new_words(reference: Current) -> str:
        told = b"<p>new words</p>"
        desk.site.put(committed_rules(digest(told)), told)
        return digest(told)

    note_deployment(desk.desk, "code 1", (), LATER, in_new_words)
    show(desk, LATER)
    assert desk.site.objects["data/rules.html"] == before
    note_deployment(desk.desk, "code 2", (), LATER, in_new_words)
    show(desk, LATER)
    assert entries(desk)[-1]["changed"] == ["rules", "code_version"]
    assert desk.site.objects["data/rules.html"] == b"<p>new words</p>"
    assert desk.site.objects[committed_rules(digest(before))] == before


def test_a_run_overtaken_while_noting_the_code_leaves_the_entry_of_the_other() -> None:
    desk = Desk("code 1")
    desk.put()

    class Overtaken(MemoryObjects):
        def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
            desk.send("units.csv", UNITS.replace("Sở A,", "Sở Á,"), LATER)
            self.objects = desk.desk.objects
            return super().replace(key, before, after)

    slow = Overtaken()
    slow.objects = desk.desk.objects
    note_deployment(slow, "code 2", (), LATER, same_rules)
    assert [entry["changed"] for entry in entries(desk)] == [[], ["units"]]
    note_deployment(desk.desk, "code 2", (), LATER, same_rules)
    show(desk, LATER)
    assert [entry["changed"] for entry in entries(desk)] == [[], ["units"], ["code_version"]]


def test_before_the_first_contest_there_is_nothing_to_commit_to() -> None:
    desk = MemoryObjects()
    note_deployment(desk, "code 1", (), NOW, same_rules)
    assert desk.objects == {}


def test_a_contest_without_a_commitment_gets_one_when_it_is_loaded_again() -> None:
    desk = Desk()
    desk.put()
    bare = replace(ContestInForce.decode(desk.desk.objects[CURRENT]), commitment=None, papers={}).encode()
    desk.desk.objects[CURRENT] = bare
    note_deployment(desk.desk, "code 2", (), LATER, same_rules)
    show(desk, LATER)
    assert desk.desk.objects[CURRENT] == bare
    desk.put(LATER)
    assert len(entries(desk)) == 1


def test_a_chain_lost_from_the_desk_is_not_started_again() -> None:
    desk = Desk()
    desk.put()
    for key in [key for key in desk.desk.objects if key.startswith("reference/commitments/")]:
        del desk.desk.objects[key], desk.desk.versions[key]
    with pytest.raises(Altered):
        desk.put(LATER, questions=ANOTHER_KEY)


def test_the_published_commitment_moves_on_with_the_weeks() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, questions=ANOTHER_KEY)
    old, new = (json.loads(desk.site.objects["data/bank.json"])[key] for key in ("digest", "next"))
    show(desk, OPEN + timedelta(days=5))
    assert json.loads(desk.site.objects["data/bank.json"])["digest"] == old
    show(desk, OPEN + WEEK)
    bank, contest = (json.loads(desk.site.objects[f"data/{name}.json"]) for name in ("bank", "contest"))
    assert (bank["digest"], bank["next"]) == (new["digest"], None)
    assert (contest["bank_digest"], contest["next_rules"]) == (new["digest"], None)


def test_the_site_is_written_only_where_something_changed() -> None:
    desk = Desk()
    desk.put()
    desk.site.puts.clear()
    show(desk, NOW)
    assert desk.site.puts == []


def test_an_intake_whose_desk_fails_adds_nothing() -> None:
    desk = Desk()
    desk.put()

    def busy(key: str, before: bytes | None, after: bytes) -> bool:
        raise Busy("s3: 503")

    desk.desk.replace = busy  # type: ignore[method-assign]
    with pytest.raises(Busy):
        desk.put(LATER, questions=ANOTHER_KEY)
    assert len(entries(desk)) == 1
