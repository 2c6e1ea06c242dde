"""Intake: a contest is taken over whole or the one before it stays; the pointer moves last."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.domain.identity import participant_id
from chalicelib.services.contest.reference import source_key
from tests.fakes import MemoryObjects
from tests.readers.contest_files import TOML, contest_files, zipped
from tests.services.intake.inbox import LATER, NOW, PEPPER, Desk, bare_intake, sent, take

NOW_TOML = TOML.replace("2022-08-22T08:00:00+07:00", '"now"')

ANSWERS = [f"{sent('c.zip').answer}.{ending}" for ending in ("xlsx", "json")]


def test_a_whole_contest_is_accepted_and_the_report_lists_its_contents() -> None:
    desk = Desk()
    report = desk.put()
    assert (report["accepted"], report["faults"]) == (True, [])
    taken = report["taken"]
    assert (taken["contest"], taken["questions_approved"], taken["questions_not_asked"]) == ("thi-thu", 4, 1)
    assert (taken["units"], taken["exclusions"]) == (2, 2)
    assert taken["weeks"][0]["opens_at"] == "2022-08-22T08:00:00+07:00"
    assert desk.report() == report


def test_the_functions_load_the_contest_that_was_taken_over() -> None:
    desk = Desk()
    desk.put()
    reference = desk.library().current()
    assert reference.definition.contest.id == "thi-thu"
    assert [question.id for question in reference.bank.questions] == ["Q1", "Q2", "Q3", "Q4"]
    assert reference.unit_codes == {"SO-A", "SO-B"}
    assert reference.excluded == {participant_id(PEPPER, "040080000001"): "Ban Tổ chức"}
    assert reference.unranked == {participant_id(PEPPER, "040080000002"): "Tổ ra đề"}


def test_no_citizen_id_leaves_the_source_archive() -> None:
    desk = Desk()
    desk.put()
    for key, data in (*desk.desk.objects.items(), *desk.site.objects.items()):
        if not key.startswith("reference/source/"):
            assert b"0400800000" not in data, key


def test_every_object_is_named_by_its_content() -> None:
    desk = Desk()
    desk.put()
    pointer = json.loads(desk.desk.objects[CURRENT])
    assert digest(desk.desk.objects[compiled.key(pointer["reference"])]) == pointer["reference"]
    assert digest(desk.desk.objects[source_key(pointer["source"])]) == pointer["source"]


def test_the_pointer_is_put_after_everything_it_points_to() -> None:
    log: list[str] = []

    class Logged(MemoryObjects):
        def put(self, key: str, data: bytes) -> None:
            log.append(key)
            super().put(key, data)

    take(bare_intake(Logged(), Logged()), "c.zip", zipped(contest_files()), NOW)
    assert log[-5:] == [
        CURRENT,
        "data/contest.json",
        "intake/kept/account/c.zip.v1.html",
        "intake/kept/account/c.zip.v1.xlsx",
        "intake/kept/account/c.zip.v1.json",
    ]


def test_the_same_archive_again_gives_the_same_objects() -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    pointer = json.loads(desk.desk.objects[CURRENT])
    desk.put(LATER)
    after = json.loads(desk.desk.objects[CURRENT])
    assert {**after, "loaded_at": ""} == {**pointer, "loaded_at": ""}
    assert set(desk.desk.objects) == {*before[0], *ANSWERS, f"{sent('c.zip').answer}.html"}
    assert desk.site.objects == before[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"toml": TOML.replace("weeks = 4", "weeks = ")},
        {"toml": TOML.replace("weeks = 4", "weekz = 4")},
        {"toml": TOML.replace("questions = 3", "questions = 9")},
        {"toml": TOML.replace("2022-08-22T08", "9999-12-31T08")},
        {"toml": TOML.replace("weeks = 4", 'weeks = 1\nweek_length = "P365000D"')},
        {"units": "code,name\n"},
        {"units": None},
        {"exclusions": "citizen_id,role,effect,note\n123,Ban Tổ chức,,\n"},
        {"guide": b"\xff"},
    ],
)
def test_a_faulty_contest_leaves_everything_as_it_was(changed: dict[str, Any]) -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    report = desk.put(LATER, **changed)
    assert (report["accepted"], report["taken"]) == (False, {})
    assert desk.everything_but_reports() == before


def test_a_refusal_says_file_row_column_and_remedy() -> None:
    desk = Desk()
    desk.put(units="code,name,bloc,kind,headcount,exempt\nSO-A,Sở A,Sở,department,mười,0\n")
    (fault,) = desk.report()["faults"]
    assert (fault["file"], fault["row"], fault["column"]) == ("units.csv", 2, "headcount")
    assert fault["value"] == "mười"
    assert "cần số nguyên" in fault["message"]


@pytest.mark.parametrize("data", [b"", b"junk", zipped(contest_files())[:200]])
def test_junk_also_gets_a_report(data: bytes) -> None:
    desk = Desk()
    take(desk.intake, "c.zip", data, NOW)
    assert desk.report()["accepted"] is False
    assert set(desk.desk.objects) == set(ANSWERS)
    assert desk.site.objects == {}


def test_an_archive_damaged_on_the_way_also_gets_a_report() -> None:
    desk = Desk()
    whole = zipped(contest_files())
    take(desk.intake, "c.zip", whole[:60] + b"\xff" * 200 + whole[260:], NOW)
    assert desk.report()["accepted"] is False


def test_now_means_the_moment_of_the_first_loading() -> None:
    desk = Desk()
    desk.put(NOW, toml=NOW_TOML)
    first = desk.library().current().definition.weeks[0]
    assert desk.library().current().definition.rfc3339(first.opens) == "2022-08-01T10:00:05+07:00"


def test_loading_again_does_not_move_the_start() -> None:
    desk = Desk()
    desk.put(NOW, toml=NOW_TOML)
    before = desk.library().current().definition
    desk.put(LATER, toml=NOW_TOML, units=None)
    desk.put(LATER, toml=NOW_TOML.replace("weeks = 4", "weeks = 5"))
    after = desk.library().current().definition
    assert after.weeks[:4] == before.weeks
    assert len(after.weeks) == 5


def test_another_contest_needs_a_system_of_its_own() -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    report = desk.put(LATER, toml=TOML.replace('"thi-thu"', '"thi-khac"'))
    (fault,) = report["faults"]
    assert (fault["file"], fault["column"], fault["value"]) == ("contest.toml", "contest.id", "thi-khac")
    assert desk.everything_but_reports() == before


def test_the_site_gets_everything_that_participants_may_know() -> None:
    desk = Desk()
    desk.put()
    contest, units, bank = (
        json.loads(desk.site.objects[f"data/{n}.json"]) for n in ("contest", "units", "bank")
    )
    assert contest["bank_digest"] == bank["digest"]
    assert [unit["code"] for unit in units] == ["SO-A", "SO-B"]
    assert set(units[0]) == {"code", "name", "bloc", "kind", "parent"}
    assert bank["questions"][1]["answer"] == ["A", "C"]
    assert desk.site.objects["data/guide.html"] == "<h1>Thể lệ</h1>\n".encode()


def test_drafts_are_never_published() -> None:
    desk = Desk()
    desk.put()
    assert all(b"Q5" not in data for data in desk.site.objects.values())


def test_the_bank_stays_secret_if_the_contest_does_not_publish_it() -> None:
    desk = Desk()
    desk.put(toml=TOML.replace("publish_bank = true", "publish_bank = false"))
    bank = json.loads(desk.site.objects["data/bank.json"])
    assert bank["questions"] == []
    assert all(b"Hai?" not in data for data in desk.site.objects.values())


def test_a_published_bank_is_withdrawn_when_the_contest_says_so() -> None:
    desk = Desk()
    desk.put()
    desk.put(LATER, toml=TOML.replace("publish_bank = true", "publish_bank = false"))
    assert json.loads(desk.site.objects["data/bank.json"])["questions"] == []
