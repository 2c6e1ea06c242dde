"""What the log tells of the contest in force: every part, salted where it could be guessed."""

from __future__ import annotations

import hashlib
import json
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
from chalicelib.services.closing.steps import put_rules_in_words
from chalicelib.services.contest.public_contest import committed_rules
from chalicelib.services.contest.reference import Current, load
from chalicelib.services.log.facts import facts, held, of_contest, salted
from chalicelib.services.ports import CurrentRevision
from chalicelib.services.publishing.published import show_contest
from tests.fakes import MemoryObjects
from tests.readers.contest_files import EXCLUSIONS, QUESTIONS, TOML, UNITS
from tests.services.intake.inbox import LATER, NOW, Desk
from tests.services.intake.test_intake_during_the_contest import ANOTHER_KEY, OPEN, TWO_QUESTIONS, WEEK


def contest(desk: Desk) -> Current:
    return load(desk.desk, ContestInForce.decode(desk.desk.objects[CURRENT]))


def told(desk: Desk) -> dict[str, str]:
    return of_contest(contest(desk), "code 1")


def show(desk: Desk, now: datetime) -> None:
    """As every run of the close does."""
    show_contest(contest(desk), desk.site, to_ms(now))


def test_a_contest_that_is_loaded_has_all_its_parts_told() -> None:
    desk = Desk()
    desk.put()
    current, said = contest(desk), told(desk)
    assert said.keys() == {*current.digests, "rules", "code_version"}
    assert said["code_version"] == "code 1"
    for part in ("definition", "bank", "units"):
        assert said[part] == current.digests[part]


def test_keys_results_and_the_end_are_told_too() -> None:
    desk = Desk()
    desk.put()
    ended = replace(contest(desk), ended="2022-10-01T00:00:00+00:00")
    results = {"week-1": CurrentRevision(2, "inputs", "result", 0, "manifest")}
    said = facts(ended, "code 1", [PublicKey("k1", "ab" * 32)], results)
    assert {name: said[name] for name in said.keys() - told(desk).keys()} == {
        "key-k1": "ab" * 32,
        "week-1": "2 result",
        "end": "2022-10-01T00:00:00+00:00",
    }


def test_the_digest_of_a_published_part_is_the_digest_of_its_bytes() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, questions=ANOTHER_KEY, toml=TWO_QUESTIONS)
    said = told(desk)
    digests = [said[name] for name in ("definition", "bank", "units", "week-1/definition", "week-1/bank")]
    assert len(set(digests)) == 5
    for one in digests:
        assert hashlib.sha256(desk.site.objects[f"data/reference/{one}.json"]).hexdigest() == one


def test_merged_units_of_later_weeks_are_published_under_the_digest_that_is_told() -> None:
    desk = Desk()
    desk.put()
    merger = "unit_code,into,from_week,reason\nSO-A,SO-B,2,sáp nhập\n"
    answer = desk.send("mergers.csv", merger)
    assert answer["accepted"], answer
    said = told(desk)
    for week in (2, 3, 4):
        known = said[f"week-{week}/units"]
        published = desk.site.objects[f"data/reference/{known}.json"]
        assert digest(published) == known != said["units"]


def test_the_rules_in_words_are_told_and_every_version_stays_under_its_digest() -> None:
    desk = Desk()
    for now, attempts in ((NOW, 3), (LATER, 4)):
        desk.put(now, toml=TOML.replace("attempts_per_week = 3", f"attempts_per_week = {attempts}"))
        known = told(desk)["rules"]
        rules = desk.site.objects[f"data/reference/{known}.html"]
        assert hashlib.sha256(rules).hexdigest() == known
        assert f"tối đa {attempts} lượt thi" in rules.decode()
        assert desk.site.objects["data/rules.html"] == rules
    assert sum(key.endswith(".html") and "reference" in key for key in desk.site.objects) == 2


def test_the_rules_in_words_give_those_of_a_begun_week_apart() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, toml=TWO_QUESTIONS)
    rules = desk.site.objects["data/rules.html"].decode()
    assert "Mỗi bài thi có 2 câu hỏi" in rules.partition("(áp dụng cho Tuần 1)")[0]
    assert "Mỗi bài thi có 3 câu hỏi" in rules.partition("Điều 4 (áp dụng cho Tuần 1). Bài thi")[2]


def test_what_a_begun_week_keeps_is_told_as_its_result_will_name_it() -> None:
    desk = Desk()
    desk.put()
    before = told(desk)
    desk.put(OPEN, questions=ANOTHER_KEY)
    said = told(desk)
    assert {name: said[name] for name in said if name.startswith("week-")} == {"week-1/bank": before["bank"]}
    assert held(contest(desk), 1).inputs["bank"] == before["bank"]
    assert held(contest(desk), 2).inputs["bank"] == said["bank"] != before["bank"]


def test_a_list_of_people_is_salted_and_can_be_opened_with_its_salt() -> None:
    desk = Desk()
    desk.put()
    current, said = contest(desk), told(desk)
    of_people = {"barred", "annulments", "corrections", "numbers", "renamings", "rosters"}
    for part in current.digests.keys() - {"definition", "bank", "units"}:
        plain, salt = current.digests[part], current.salts.get(part)
        assert said[part] == (salted(plain, salt) if salt else plain)
        assert bool(salt) == (part in of_people)
    assert not any(current.digests["barred"] in key for key in desk.site.objects)
    assert len(set(current.salts.values())) == len(current.salts), "nobody sees that two lists are both empty"


def test_an_unpublished_bank_is_told_all_the_same() -> None:
    desk = Desk()
    desk.put(toml=TOML.replace("publish_bank = true", "publish_bank = false"))
    said = told(desk)
    assert f"data/reference/{said['bank']}.json" not in desk.site.objects
    assert f"data/reference/{said['definition']}.json" in desk.site.objects


@pytest.mark.parametrize("publish", [True, False])
def test_a_ruling_which_names_right_answers_is_as_open_as_the_bank(*, publish: bool) -> None:
    desk = Desk()
    desk.put(toml=TOML.replace("publish_bank = true", f"publish_bank = {str(publish).lower()}"))
    before = told(desk)
    question = QUESTIONS.splitlines()[1].partition(",")[0]
    answer = desk.send(
        "rulings.csv", f"question_id,weeks,ruling,answer,reason\n{question},1,all_right,,sai đề\n"
    )
    assert answer["accepted"], answer
    plain, said = contest(desk).digests["rulings"], told(desk)
    assert {name for name in said if said[name] != before[name]} == {"rulings"}
    assert (said["rulings"] == plain) == publish
    assert (f"data/reference/{plain}.json" in desk.site.objects) == publish
    assert any("sai đề".encode() in data for data in desk.site.objects.values()) == publish


def test_a_withdrawn_bank_is_removed_under_its_digest_too() -> None:
    desk = Desk()
    desk.put()
    desk.put(LATER, toml=TOML.replace("publish_bank = true", "publish_bank = false"))
    assert all(b"Hai?" not in data for data in desk.site.objects.values())
    desk.put(LATER)
    assert b"Hai?" in desk.site.objects[f"data/reference/{told(desk)['bank']}.json"]


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"questions": ANOTHER_KEY}, {"bank"}),
        ({"units": UNITS.replace("Sở A,", "Sở Á,")}, {"units"}),
        ({"exclusions": EXCLUSIONS + "040080000004,Tổ ra đề,,\n"}, {"barred"}),
        (
            {"toml": TOML.replace("0238 000 000", "0238 1"), "questions": ANOTHER_KEY},
            {"bank", "definition", "rules"},
        ),
        ({"guide": "# Mới\n"}, set()),
        ({"questions": QUESTIONS.replace("draft", "rejected")}, set()),
    ],
)
def test_a_change_changes_the_facts_of_what_it_changes(changed: dict[str, Any], names: set[str]) -> None:
    desk = Desk()
    desk.put()
    before = told(desk)
    desk.put(LATER, **changed)
    after = told(desk)
    assert {name for name in after if after[name] != before[name]} == names


def test_a_refused_file_changes_nothing() -> None:
    desk = Desk()
    desk.put()
    before = told(desk)
    desk.put(OPEN, units="code,name\n")
    desk.put(OPEN + 9 * WEEK, questions=ANOTHER_KEY)
    assert told(desk) == before


class PowerCut(Exception):
    pass


@pytest.mark.parametrize("step", range(1, 14))
def test_an_intake_that_dies_at_any_write_leaves_what_held_or_what_now_holds(step: int) -> None:
    desk = Desk()
    desk.put()
    before = told(desk)
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
    meanwhile = told(desk)
    desk.put(OPEN, questions=ANOTHER_KEY)  # Lambda tries again
    assert meanwhile in (before, told(desk))
    assert told(desk) != before


def test_new_code_says_the_rules_in_its_own_words() -> None:
    desk = Desk()
    desk.put()
    before = desk.site.objects["data/rules.html"]
    put_rules_in_words(desk.desk, desk.site, lambda *_: "<p>new words</p>")
    show(desk, LATER)
    assert told(desk)["rules"] == digest(b"<p>new words</p>")
    assert desk.site.objects["data/rules.html"] == b"<p>new words</p>"
    assert desk.site.objects[committed_rules(digest(before))] == before


def test_a_run_overtaken_while_it_puts_the_rules_leaves_what_the_other_has_put() -> None:
    desk = Desk()
    desk.put()

    class Overtaken(MemoryObjects):
        def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
            desk.put(LATER, toml=TOML.replace("attempts_per_week = 3", "attempts_per_week = 4"))
            self.objects = desk.desk.objects
            return super().replace(key, before, after)

    slow = Overtaken()
    slow.objects = desk.desk.objects
    put_rules_in_words(slow, desk.site, lambda *_: "<p>new words</p>")
    show(desk, LATER)
    assert "tối đa 4 lượt thi".encode() in desk.site.objects["data/rules.html"]
    assert told(desk)["rules"] == digest(desk.site.objects["data/rules.html"])


def test_before_the_first_contest_no_rules_are_put() -> None:
    desk = MemoryObjects()
    put_rules_in_words(desk, desk, rules_page)
    assert desk.objects == {}


def test_the_published_contest_moves_on_with_the_weeks() -> None:
    desk = Desk()
    desk.put()
    desk.put(OPEN, questions=ANOTHER_KEY)
    old, new = (json.loads(desk.site.objects["data/bank.json"])[key] for key in ("digest", "next"))
    show(desk, OPEN + timedelta(days=5))
    assert json.loads(desk.site.objects["data/bank.json"])["digest"] == old
    show(desk, OPEN + WEEK)
    bank, public = (json.loads(desk.site.objects[f"data/{name}.json"]) for name in ("bank", "contest"))
    assert (bank["digest"], bank["next"]) == (new["digest"], None)
    assert (public["bank_digest"], public["next_rules"]) == (new["digest"], None)


def test_the_site_is_written_only_where_something_changed() -> None:
    desk = Desk()
    desk.put()
    desk.site.puts.clear()
    show(desk, NOW)
    assert desk.site.puts == []


def test_an_intake_whose_desk_fails_changes_nothing() -> None:
    desk = Desk()
    desk.put()
    before = told(desk)

    def busy(key: str, before: bytes | None, after: bytes) -> bool:
        raise Busy("s3: 503")

    desk.desk.replace = busy  # type: ignore[method-assign]
    with pytest.raises(Busy):
        desk.put(LATER, questions=ANOTHER_KEY)
    assert told(desk) == before
