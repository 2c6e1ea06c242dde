"""Rosters: checked with the contest, kept in an object of their own, and among the inputs of a close."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.domain.attempt import Entry
from chalicelib.domain.decisions import Decisions, NumberChange
from chalicelib.domain.identity import participant_id
from chalicelib.readers.contest_tables import RosterRow
from chalicelib.services.contest.checked import Altered
from chalicelib.services.contest.compiled_rosters import (
    Member,
    Roster,
    compile_rosters,
    load_placement,
    load_rosters,
    rosters_key,
)
from tests.fakes import MemoryObjects, reference
from tests.services.closing.two_weeks import CONTEST, Stage
from tests.services.intake.inbox import LATER, PEPPER, Desk

ROSTERS = "unit_code,full_name,citizen_id,exempt\nSO-B,Lê An,040085000001,1\nSO-A,Hồ Bình,040085000002,\n"
AN = Member(participant_id(PEPPER, "040085000001"), "Lê An", "040085000001", True, "mandatory", "")
BINH = Member(participant_id(PEPPER, "040085000002"), "Hồ Bình", "040085000002", False, "mandatory", "")


def test_rosters_are_found_through_their_contest() -> None:
    desk = Desk()
    desk.put(rosters=ROSTERS)
    contest = desk.library().current()
    assert [*load_rosters(desk.desk, contest, 1)] == [Roster("SO-A", [BINH]), Roster("SO-B", [AN])]


def test_a_roster_follows_a_number_that_passes_on_from_its_week() -> None:
    desk = Desk()
    desk.put(rosters=ROSTERS)
    passed = NumberChange(AN.participant_id, "a" * 20, 2, "trả lại số", "2022-08-29T08:00:00+07:00")
    contest = desk.library().current()
    contest = replace(contest, decisions=contest.decisions.plus(Decisions(numbers=(passed,))))
    members = [roster.members for week in (1, 2) for roster in load_rosters(desk.desk, contest, week)]
    assert members == [[BINH], [AN], [BINH], [AN._replace(participant_id="a" * 20)]]
    placed = [load_placement(desk.desk, contest, week) for week in (1, 2)]
    both = [Entry(one, 1, "SO-B", "mandatory", 1, None, ()) for one in (AN.participant_id, "a" * 20)]
    unlisted = [[place.of(entry).unlisted for entry in both] for place in placed]
    assert unlisted == [[False, True], [True, False]]


def test_the_api_loads_no_name_and_no_number_from_a_roster() -> None:
    desk = Desk()
    desk.put(rosters=ROSTERS)
    bundle = desk.desk.objects[f"reference/contest/{json.loads(desk.desk.objects[CURRENT])['reference']}.json"]
    assert "Lê An" not in bundle.decode()
    assert b"040085000001" not in bundle
    assert not [key for key, data in desk.site.objects.items() if "Lê An" in data.decode()]


def test_a_contest_without_rosters_has_none() -> None:
    desk = Desk()
    desk.put()
    assert desk.library().current().rosters == ""
    assert [*load_rosters(desk.desk, desk.library().current(), 1)] == []
    assert not [key for key in desk.desk.objects if key.startswith("reference/rosters/")]


def test_the_same_rosters_in_another_order_are_the_same_object() -> None:
    rows = [
        RosterRow("SO-A", "Hồ Bình", "040085000002", False, "mandatory", ""),
        RosterRow("SO-A", "Lê An", "040085000001", True, "mandatory", ""),
    ]
    assert compile_rosters(rows, PEPPER) == compile_rosters(rows[::-1], PEPPER)


def test_rosters_that_are_gone_or_changed_stop_the_close_with_their_key() -> None:
    an = RosterRow("SO-A", "Lê An", "040085000001", True, "mandatory", "")
    desk, data = MemoryObjects(), compile_rosters([an], PEPPER)
    key, contest = rosters_key(digest(data)), reference(rosters=digest(data))
    with pytest.raises(Altered, match=key):
        list(load_rosters(desk, contest, 1))
    desk.put(key, data + b" ")
    with pytest.raises(Altered, match=key):
        list(load_rosters(desk, contest, 1))


def test_a_changed_roster_makes_a_new_contest_and_the_pointer_moves() -> None:
    desk = Desk()
    desk.put(rosters=ROSTERS)
    before = desk.library().current()
    report = desk.send("rosters.csv", ROSTERS.replace("Hồ Bình", "Hồ Thị Bình"), LATER)
    assert report["accepted"]
    after = desk.library().current()
    assert after.rosters != before.rosters
    assert after.digests["rosters"] != before.digests["rosters"]
    assert after.digests["units"] == before.digests["units"]


def test_a_changed_roster_makes_a_new_revision_of_every_week() -> None:
    stage = Stage()
    stage.run()
    an = RosterRow("SO-A", "Nguyễn Văn An", "040085000001", False, "mandatory", "")
    data = compile_rosters([an], PEPPER)
    stage.desk.put(rosters_key(digest(data)), data)
    made = stage.run(contest=reference(CONTEST, rosters=digest(data)))
    assert [(closed.what, closed.revision) for closed in made] == [("week-1", 2), ("week-2", 2), ("final", 2)]
