"""Loading a contest again when it is about to open, under way or over: what may change, and from which week.

An environment looks for a newer contest once a minute, so two versions may be in force for a minute.
Both must draw papers from the same questions and rules when a week opens.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.domain.errors import Busy
from chalicelib.domain.times import to_ms
from chalicelib.services.contest.reference import RECHECK_MS, Current, Reference
from chalicelib.services.contest.under_way import LEAD_MS
from tests.readers.contest_files import EXCLUSIONS, QUESTIONS, TOML, UNITS
from tests.services.intake.inbox import Desk

OPENING = datetime(2022, 8, 22, 1, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
RECHECK = timedelta(milliseconds=RECHECK_MS)

OPEN = OPENING + timedelta(days=1)
LAST_WEEK = OPEN + 3 * WEEK
ANOTHER_KEY = QUESTIONS.replace("Một?,a,b,c,d,,,B", "Một?,a,b,c,d,,,C")
REWEIGHED = TOML.replace("participation = 0.5, volume = 0.2", "participation = 0.2, volume = 0.5")
# The plan's unit prizes, but for the number of weekly ones.
WEEKLY_TWICE = """
[[unit_prizes]]
name = "weekly"
title = "Giải thi tuần"
count = 2
once = true

[[unit_prizes]]
name = "final"
title = "Giải tập thể"
when = "final"
count = 5
"""
TWO_QUESTIONS = TOML.replace("questions = 3", "questions = 2")


def rules(reference: Reference) -> tuple[str, int, str]:
    """The values that tell the versions in these tests apart."""
    definition = reference.definition
    return reference.bank.digest, definition.paper.questions, ",".join(definition.ranking.order)


def loaded(desk: Desk) -> Current:
    return desk.library().current()


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"toml": TOML.replace("2022-08-22T08", "2022-08-22T09")}, ("contest.toml", "calendar")),
        (
            {"toml": TOML.replace("weeks = 4", 'weeks = 4\nweek_length = "P6D"')},
            ("contest.toml", "calendar"),
        ),
        (
            {"toml": TOML.replace("weeks = 4", 'weeks = 4\ntimezone = "Asia/Bangkok"')},
            ("contest.toml", "contest.timezone"),
        ),
        ({"units": UNITS.replace("SO-B,Sở B,Sở,department,4,0\n", "")}, ("units", "code")),
        ({"units": UNITS.replace("SO-B,Sở B,Sở,", "SO-B,Sở B,Khối khác,")}, ("units", "bloc")),
        ({"toml": REWEIGHED}, ("contest.toml", "unit_score.weights")),
        (
            {"toml": TOML + '\n[[unit_prizes]]\nname = "best"\ntitle = "Giải"\nwhen = "final"\n'},
            ("contest.toml", "unit_prizes.final"),
        ),
        (
            {"toml": TOML.replace("weeks = 4", 'weeks = 4\ngrace = "PT1M"')},
            ("contest.toml", "contest.grace"),
        ),
        (
            {"toml": TOML + '\n[ranking]\none_prize = "no"\n'},
            ("contest.toml", "ranking.one_prize"),
        ),
    ],
)
def test_the_facts_that_attempts_depend_on_cannot_change_once_a_week_has_opened(
    changed: dict[str, Any], place: tuple[str, str]
) -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    report = desk.put(OPEN, **changed)
    assert [(fault["file"], fault["column"]) for fault in report["faults"]] == [place]
    assert desk.everything_but_reports() == before
    assert Desk().put(OPEN, **changed)["accepted"], "a first loading is never too late"


WITH_PARENTS = (
    UNITS.replace("exempt\n", "exempt,parent\n").replace(",2\n", ",2,\n").replace(",4,0\n", ",4,0,SO-A\n")
)


@pytest.mark.parametrize(
    ("units", "fault"),
    [
        (UNITS, "hãy giữ “SO-A”"),
        (WITH_PARENTS.replace(",4,0,SO-A", ",4,0,") + "SO-C,Sở C,Sở,department,1,0,SO-A\n", "hãy giữ “SO-A”"),
        (WITH_PARENTS + "SO-C,Sở C,Sở,department,1,0,\nSO-D,Sở D,Sở,department,1,0,SO-C\n", None),
        (WITH_PARENTS + "SO-C,Sở C,Sở,department,1,0,SO-A\n", None),
    ],
)
def test_who_is_below_whom_stays_once_a_week_has_opened(units: str, fault: str | None) -> None:
    desk = Desk()
    desk.put(units=WITH_PARENTS)
    faults = desk.put(OPEN, units=units).get("faults", ())
    assert [(one["file"], one["column"]) for one in faults] == ([("units", "parent")] if fault else [])
    assert all(fault and fault in one["message"] for one in faults)


def test_a_unit_that_people_take_part_for_gets_no_children_once_a_week_has_opened() -> None:
    desk = Desk()
    desk.put()
    (fault,) = desk.put(
        OPEN, units=WITH_PARENTS.replace("SO-B,Sở B", "SO-C,Sở C") + "SO-B,Sở B,Sở,department,4,0,\n"
    )["faults"]
    assert (fault["file"], fault["column"], fault["value"]) == ("units", "parent", "SO-A")
    assert "hãy để trống parent của SO-C" in fault["message"]


RULES = [
    pytest.param({"toml": TWO_QUESTIONS}, ("contest.toml", "paper"), id="paper"),
    pytest.param({"questions": ANOTHER_KEY}, ("questions.csv", ""), id="bank"),
    pytest.param(
        {"toml": TOML + '\n[ranking]\norder = ["duration"]\n'}, ("contest.toml", "ranking"), id="ranking"
    ),
    pytest.param(
        {"toml": TOML + '\n[prediction]\nquestion = "Bao nhiêu?"\n'},
        ("contest.toml", "prediction"),
        id="prediction",
    ),
    pytest.param(
        {"toml": TOML + '\n[[prizes]]\nname = "fourth"\ntitle = "Giải Tư"\ncount = 1\n'},
        ("contest.toml", "prizes"),
        id="prizes",
    ),
    pytest.param({"toml": TOML + WEEKLY_TWICE}, ("contest.toml", "unit_prizes"), id="unit_prizes"),
]


@pytest.mark.parametrize(("changed", "place"), RULES)
def test_questions_and_rules_changed_while_a_week_is_open_hold_from_the_next_week(
    changed: dict[str, Any], place: tuple[str, str]
) -> None:
    desk, fresh = Desk(), Desk()
    desk.put()
    before = loaded(desk)
    assert desk.put(OPEN, **changed)["taken"]["from_week"] == 2, place
    fresh.put(**changed)
    after = loaded(desk)
    assert (after.of_week(1).definition, after.of_week(1).bank) == (before.definition, before.bank)
    for week in (2, 3, 4):
        assert after.of_week(week).definition == loaded(fresh).definition
        assert after.of_week(week).bank == loaded(fresh).bank


@pytest.mark.parametrize(("changed", "place"), RULES)
@pytest.mark.parametrize("now", [LAST_WEEK, LAST_WEEK + 99 * WEEK, OPENING + 3 * WEEK - RECHECK])
def test_changed_questions_and_rules_are_refused_with_the_reason_when_no_week_is_to_come(
    changed: dict[str, Any], place: tuple[str, str], now: datetime
) -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    (fault,) = desk.put(now, **changed)["faults"]
    assert (fault["file"], fault["column"]) == place
    assert "tuần cuối (tuần 4)" in fault["message"]
    assert desk.everything_but_reports() == before


def test_the_bank_may_change_for_all_weeks_while_everybody_will_see_it_before_the_opening() -> None:
    desk = Desk()
    desk.put()
    before = loaded(desk).bank
    assert "from_week" not in desk.put(OPENING - 4 * RECHECK, questions=ANOTHER_KEY)["taken"]
    assert loaded(desk).of_week(1).bank != before


@pytest.mark.parametrize("early", [timedelta(seconds=1), RECHECK / 2, RECHECK])
@pytest.mark.parametrize("week", [1, 2])
def test_a_week_keeps_its_bank_if_some_would_see_the_new_one_only_after_the_opening(
    early: timedelta, week: int
) -> None:
    desk = Desk()
    desk.put()
    before = loaded(desk).bank
    report = desk.put(OPENING + (week - 1) * WEEK - early, questions=ANOTHER_KEY)
    assert report["taken"]["from_week"] == week + 1
    assert loaded(desk).of_week(week).bank == before
    assert loaded(desk).of_week(week + 1).bank != before


def test_a_file_is_taken_over_again_if_a_week_draws_near_meanwhile() -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()[0][CURRENT]
    asked = OPENING - timedelta(milliseconds=LEAD_MS + 1)
    slow = desk.intake.site.put

    def put(key: str, data: bytes) -> None:
        slow(key, data)
        desk.clock.now = to_ms(asked) + 1

    desk.site.put = put  # type: ignore[method-assign]
    with pytest.raises(Busy):
        desk.put(asked, questions=ANOTHER_KEY)
    assert desk.desk.objects[CURRENT] == before


def test_every_week_keeps_for_ever_the_bank_and_rules_it_opened_with() -> None:
    desk = Desk()
    desk.put()
    opened = [rules(loaded(desk))]
    for week, changed in enumerate([{"questions": ANOTHER_KEY}, {"toml": TWO_QUESTIONS}], 1):
        assert desk.put(OPEN + (week - 1) * WEEK, **changed)["taken"]["from_week"] == week + 1
        opened.append(rules(loaded(desk)))
    assert len(set(opened)) == 3
    for now in (LAST_WEEK - WEEK, LAST_WEEK, LAST_WEEK + 10 * WEEK):
        report = desk.send("exclusions.csv", ONE_MORE, now)
        assert report["accepted"]
        assert "from_week" not in report["taken"], "nothing of the rules has changed"
        assert [rules(loaded(desk).of_week(week)) for week in (1, 2, 3, 4)] == [*opened, opened[-1]]
    assert len(loaded(desk).of_week(1).excluded) == 2, "everything else is always the newest state"


def test_a_headcount_holds_for_the_weeks_that_are_not_yet_closed() -> None:
    desk = Desk()
    desk.put()
    ready = OPENING + WEEK + timedelta(seconds=70)  # with grace and settling time
    corrected = UNITS.replace("SO-B,Sở B,Sở,department,4,0", "SO-B,Sở B,Sở,department,9,0")
    assert corrected != UNITS

    def headcounts() -> list[int]:
        return [loaded(desk).of_week(week).units[1].headcount for week in (1, 2, 3, 4)]

    assert desk.send("units.csv", corrected, ready - timedelta(minutes=3))["accepted"]
    assert headcounts() == [9, 9, 9, 9]
    for now in (ready - timedelta(seconds=29), ready + timedelta(days=1)):
        assert desk.send("units.csv", UNITS, now)["accepted"]
        assert headcounts() == [9, 4, 4, 4]
        assert loaded(desk).at_the_end.units[1].headcount == 4
    assert desk.send("units.csv", corrected, OPENING + 9 * WEEK)["accepted"]
    assert headcounts() == [9, 4, 4, 4]
    assert (loaded(desk).units[1].headcount, loaded(desk).at_the_end.units[1].headcount) == (9, 4)


def test_a_change_withdrawn_in_time_leaves_no_trace_in_the_weeks() -> None:
    desk = Desk()
    desk.put()
    before = rules(loaded(desk))
    desk.put(OPEN, questions=ANOTHER_KEY)
    assert desk.put(OPEN)["taken"]["from_week"] == 2
    assert {rules(loaded(desk).of_week(week)) for week in (1, 2, 3, 4)} == {before}
    assert json.loads(desk.desk.objects[CURRENT])["papers"] == {}


def test_the_only_week_of_a_change_may_be_dropped_and_begun_weeks_stay_as_they_are() -> None:
    desk = Desk()
    desk.put()
    before = rules(loaded(desk).of_week(4))
    five = TOML.replace("weeks = 4", "weeks = 5")
    assert desk.put(LAST_WEEK, toml=five, questions=ANOTHER_KEY)["taken"]["from_week"] == 5
    assert desk.put(LAST_WEEK, questions=ANOTHER_KEY)["accepted"]
    assert {rules(loaded(desk).of_week(week)) for week in (1, 2, 3, 4)} == {before}
    (fault,) = desk.put(LAST_WEEK, toml=TWO_QUESTIONS)["faults"]
    assert "tuần 4" in fault["message"]
    assert desk.put(LAST_WEEK)["accepted"]


def test_a_bank_that_no_longer_fits_the_paper_is_refused_while_a_week_is_open() -> None:
    desk = Desk()
    desk.put()
    (fault,) = desk.put(OPEN, toml=TOML.replace("questions = 3", "questions = 5"))["faults"]
    assert (fault["file"], "approved" in fault["message"]) == ("questions.csv", True)


def test_the_site_shows_the_rules_in_force_and_those_to_come() -> None:
    desk = Desk()
    desk.put()
    before = {name: json.loads(desk.site.objects[f"data/{name}.json"]) for name in ("contest", "bank")}
    assert (before["contest"]["next_rules"], before["bank"]["next"]) == (None, None)
    desk.put(OPEN, questions=ANOTHER_KEY, toml=TWO_QUESTIONS)
    contest, bank = (json.loads(desk.site.objects[f"data/{name}.json"]) for name in ("contest", "bank"))
    assert {**contest, "next_rules": None} == before["contest"]
    assert (contest["next_rules"]["number"], contest["next_rules"]["paper"]["questions"]) == (2, 2)
    assert {**bank, "next": None} == before["bank"]
    assert (bank["next"]["week"], bank["next"]["digest"]) == (2, contest["next_rules"]["bank_digest"])
    assert bank["next"]["questions"][0]["answer"] == ["C"]


ONE_MORE = EXCLUSIONS + "040080000003,Tổ ra đề,,\n"
CORRECTED = UNITS.replace("SO-B,Sở B,Sở,department,4,0", "SO-B,Sở Bê,Sở,department,5,1")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"exclusions": ONE_MORE}, id="somebody is excluded"),
        pytest.param({"exclusions": None}, id="nobody is excluded any more"),
        pytest.param({"units": CORRECTED}, id="a unit's name and headcount"),
        pytest.param({"guide": "# Thể lệ mới\n"}, id="the guide"),
        pytest.param({"toml": TOML.replace("0238 000 000", "0238 111 111")}, id="the hotline"),
        pytest.param({"toml": TOML.replace("weeks = 4", "weeks = 5")}, id="a further week"),
        pytest.param({"questions": QUESTIONS.replace("Sáu?", "Năm hay sáu?")}, id="the text of a draft"),
        pytest.param({"questions": QUESTIONS.replace("draft", "rejected")}, id="a draft is rejected"),
    ],
)
def test_facts_that_papers_do_not_depend_on_may_change_at_any_time(changed: dict[str, Any]) -> None:
    desk = Desk()
    desk.put()
    assert desk.put(OPENING + timedelta(days=1), **changed)["faults"] == []


def test_questions_may_be_reordered_in_their_file() -> None:
    desk = Desk()
    desk.put()
    header, *rows = QUESTIONS.splitlines(keepends=True)
    before = loaded(desk).bank
    assert "from_week" not in desk.put(OPEN, questions=header + "".join(reversed(rows)))["taken"]
    assert loaded(desk).bank == before


def test_units_may_be_renamed_and_added_at_any_time_and_closed_weeks_keep_theirs() -> None:
    desk = Desk()
    desk.put()
    changed = UNITS.replace("Sở B", "Sở B mới") + "SO-C,Sở C,Sở,department,3,0\n"
    assert desk.send("units.csv", changed, OPEN + WEEK)["accepted"]
    contest = loaded(desk)
    assert [unit.name for unit in contest.units] == ["Sở A", "Sở B mới", "Sở C"]
    assert [unit.name for unit in contest.of_week(1).units] == ["Sở A", "Sở B"]
    assert contest.of_week(2).units == contest.units
