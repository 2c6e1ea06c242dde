"""Unit and category of a person in a week: a correction's, then the roster's, then the registration's."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.bank import Bank
from chalicelib.domain.closeout import Draw, WeekResult, close_week, gather
from chalicelib.domain.decisions import Corrected, Correction, Decisions, Merger
from chalicelib.domain.definition import Definition
from chalicelib.domain.placement import Place, Placement
from chalicelib.domain.units import Unit, merged_units
from tests.domain.builders import ROOT, done, entry
from tests.fakes import PSEUDONYMS, definition, questions

CONTEST = definition(
    categories=[
        {"name": "staff", "title": "Cán bộ", "obliged": True, "unit": "required"},
        {"name": "worker", "title": "Người lao động", "obliged": True, "unit": "required"},
        {"name": "pupil", "title": "Học sinh", "obliged": False, "unit": "optional"},
        {"name": "resident", "title": "Người dân", "obliged": False, "unit": "none"},
    ],
    prizes=[
        {"name": "workers", "title": "Giải", "count": 1, "categories": ["worker"]},
        {"name": "pupils", "title": "Giải", "count": 9, "categories": ["pupil"]},
    ],
)
LISTED = {
    "an": Place("A", "staff", obliged=True, listed=True),
    "binh": Place("A", "worker", obliged=True, listed=True),
    "chi": Place("A", "worker", obliged=False, listed=True),  # exempt
}
PLACEMENT = Placement(CONTEST, LISTED, {"A"})


def told(person: str, unit: str, category: str, placement: Placement = PLACEMENT) -> Place:
    return placement.of(entry(person, unit=unit, category=category))


@pytest.mark.parametrize(
    ("unit", "category", "unlisted"),
    [
        ("A", "staff", False),
        ("A", "pupil", False),
        ("B", "worker", False),
        ("", "resident", False),
    ],
)
def test_a_roster_beats_the_registration(unit: str, category: str, unlisted: bool) -> None:  # noqa: FBT001
    assert told("binh", unit, category) == Place("A", "worker", obliged=True, unlisted=unlisted, listed=True)


def test_exempt_people_who_take_part_are_other_people_of_the_unit_in_their_category() -> None:
    assert told("chi", "A", "staff") == Place("A", "worker", obliged=False, listed=True)


def test_who_is_not_on_the_roster_is_of_the_first_category_that_is_not_obliged_and_is_listed() -> None:
    assert told("dung", "A", "worker") == Place("A", "pupil", obliged=False, unlisted=True)
    only_staff = definition(
        categories=[{"name": "staff", "title": "Cán bộ", "obliged": True, "unit": "required"}]
    )
    placement = Placement(only_staff, LISTED, {"A"})
    assert told("dung", "A", "staff", placement) == Place("A", "staff", obliged=False, unlisted=True)


def test_who_claims_nothing_or_a_unit_without_a_roster_counts_as_registered() -> None:
    assert told("dung", "A", "pupil") == Place("A", "pupil", obliged=False)
    assert told("dung", "B", "worker") == Place("B", "worker", obliged=True)
    assert told("dung", "", "resident") == Place("", "resident", obliged=False)


def test_who_claims_a_unit_and_is_on_anothers_roster_counts_there_and_is_listed() -> None:
    both = Placement(CONTEST, LISTED, {"A", "B"})
    assert told("an", "B", "staff", both) == Place("A", "staff", obliged=True, unlisted=True, listed=True)


def closed(contest: Definition, units: list[Unit], placement: Placement, *people: Any) -> WeekResult:
    week, bank = contest.weeks[0], Bank("b" * 64, questions())
    gathered = gather(contest, bank, week, people, placement=placement)
    return close_week(contest, units, week, gathered, draw=Draw(1, ROOT), names=PSEUDONYMS)


def school(headcount: int, exempt: int = 0) -> Unit:
    return Unit("A", "Trường A", "Trường học", "school", headcount, exempt)


def test_a_school_of_85_whose_pupils_alone_take_part_has_the_rate_0() -> None:
    teachers = {f"t{k}": Place("A", "staff", obliged=True) for k in range(85)}
    pupils = [entry(f"p{k}", done(5), unit="A", category="staff") for k in range(85)]
    result = closed(CONTEST, [school(85)], Placement(CONTEST, teachers, {"A"}), *pupils)
    (row,) = result.units
    assert (row.rate, row.sums.people, row.sums.obliged_people, row.obliged) == (0, 85, 0, 85)
    assert (result.counts.obliged_people, result.counts.other_people) == (0, 85)
    assert set(result.prizes.values()) == {"pupils"}


def test_of_100_on_the_roster_50_exempt_and_only_those_took_part_the_rate_is_0() -> None:
    listed = {f"p{k}": Place("A", "staff", obliged=k >= 50) for k in range(100)}
    exempt = [entry(f"p{k}", done(5), unit="A", category="staff") for k in range(50)]
    (row,) = closed(CONTEST, [school(100, 50)], Placement(CONTEST, listed, {"A"}), *exempt).units
    assert (row.rate, row.obliged, row.sums.people, row.sums.obliged_people) == (0, 50, 50, 0)


def test_prizes_by_category_follow_the_roster() -> None:
    claims = [
        entry("dung", done(5), unit="A", category="worker"),
        entry("binh", done(4), unit="A", category="staff"),
    ]
    result = closed(CONTEST, [school(3, 1)], PLACEMENT, *claims)
    won = {result.ranked[place].participant_id: prize for place, prize in result.prizes.items()}
    assert won == {"binh": "workers", "dung": "pupils"}


def corrected(unit: str | None = None, category: str | None = None, **merged: str) -> Placement:
    """With a correction of everybody below, in a contest where A has a roster."""
    people = dict.fromkeys(("an", "binh", "chi", "dung"), Corrected(unit, category))
    return Placement(CONTEST, LISTED, {"A"}, people, merged)


def test_a_correction_beats_the_roster_and_the_registration() -> None:
    assert told("binh", "A", "staff", corrected("B")) == Place("B", "worker", obliged=True, listed=True)
    assert told("binh", "A", "staff", corrected(category="pupil")) == Place(
        "A", "pupil", obliged=False, listed=True
    )
    assert told("binh", "B", "pupil", corrected("B", "staff")) == Place("B", "staff", obliged=True, listed=True)
    assert told("dung", "B", "worker", corrected("", "resident")) == Place("", "resident", obliged=False)


@pytest.mark.parametrize("unit", [None, "", "A", "B"])
@pytest.mark.parametrize("category", [None, "staff", "pupil"])
@pytest.mark.parametrize("became", [{}, {"A": "B"}])
def test_a_place_says_whether_a_roster_lists_the_person_wherever_they_count(
    unit: str | None, category: str | None, became: dict[str, str]
) -> None:
    for person in ("an", "binh", "chi", "dung"):
        for registered in ("", "A", "B"):
            place = told(person, registered, "worker", corrected(unit, category, **became))
            assert place.listed == (person != "dung")


def test_a_corrected_unit_is_subject_to_that_units_roster() -> None:
    assert told("dung", "B", "worker", corrected("A")) == Place("A", "pupil", obliged=False, unlisted=True)
    assert told("dung", "A", "worker", corrected("B")) == Place("B", "worker", obliged=True)
    assert told("dung", "A", "worker", corrected(category="worker")) == Place("A", "worker", obliged=True)


def test_who_is_excused_stays_so_in_that_unit_alone() -> None:
    assert told("chi", "A", "worker", corrected(category="staff")) == Place(
        "A", "staff", obliged=False, listed=True
    )
    assert told("chi", "A", "worker", corrected("A")) == Place("A", "worker", obliged=False, listed=True)
    assert told("chi", "A", "worker", corrected("B")) == Place("B", "worker", obliged=True, listed=True)


def test_everybody_of_a_merged_unit_counts_in_the_one_it_has_become() -> None:
    gone = Placement(CONTEST, LISTED, {"A"}, merged={"A": "B"})
    assert told("an", "A", "staff", gone) == Place("B", "staff", obliged=True, listed=True)
    assert told("an", "B", "staff", gone) == Place("B", "staff", obliged=True, listed=True), (
        "no claim elsewhere"
    )
    assert told("chi", "A", "worker", gone) == Place("B", "worker", obliged=False, listed=True)
    assert told("dung", "A", "worker", gone) == Place("B", "pupil", obliged=False, unlisted=True)
    assert told("dung", "B", "worker", gone) == Place("B", "worker", obliged=True), "B has no roster"
    grown = Placement(CONTEST, LISTED, {"A"}, merged={"B": "A"})
    assert told("dung", "B", "worker", grown) == Place("A", "pupil", obliged=False, unlisted=True)
    assert told("dung", "B", "worker", corrected("B", B="C")) == Place("C", "worker", obliged=True)


def test_a_merged_unit_gives_its_headcount_away_and_stays_with_nobody() -> None:
    units = [school(80, 2), Unit("B", "Trường B", "Trường học", "school", 30, 1)]
    a, b = merged_units(units, {"B": "A"})
    assert (a.headcount, a.exempt) == (110, 3)
    assert (b.name, b.headcount, b.exempt) == ("Trường B (đã sáp nhập vào Trường A)", 0, 0)
    assert merged_units(units, {}) == units


def test_mergers_follow_each_other_and_the_last_on_a_unit_holds() -> None:
    def merger(unit: str, into: str, week: int) -> Merger:
        return Merger(unit, into, week, week, "sáp nhập", "")

    decisions = Decisions(mergers=(merger("A", "B", 2), merger("B", "C", 3)))
    assert [decisions.merged_in(week) for week in (1, 2, 3)] == [{}, {"A": "B"}, {"A": "C", "B": "C"}]
    lifted = decisions.plus(Decisions(mergers=(merger("B", "B", 3),)))
    assert lifted.merged_in(3) == {"A": "B"}
    assert decisions.plus(decisions) == decisions


def correction(value: str, week: int, *people: str) -> Correction:
    return Correction(people, "unit", value, week, week, "nhầm đơn vị", "")


def test_the_last_correction_of_a_person_holds_from_its_week_on() -> None:
    decisions = Decisions(corrections=(correction("B", 2, "an", "binh"), correction("C", 3, "an")))
    assert [decisions.corrected_in(week).get("an", Corrected()).unit for week in (1, 2, 3, 4)] == [
        None, "B", "C", "C",
    ]  # fmt: skip
    assert decisions.corrected_in(4)["binh"].unit == "B"


def test_what_is_corrected_already_is_no_new_decision() -> None:
    decisions = Decisions(corrections=(correction("B", 2, "an"),))
    assert decisions.plus(decisions) == decisions
    assert decisions.plus(Decisions(corrections=(correction("B", 3, "an"),))) == decisions
    (_, new) = decisions.plus(Decisions(corrections=(correction("B", 2, "an", "binh"),))).corrections
    assert new.people == ("binh",)
    (_, earlier) = decisions.plus(Decisions(corrections=(correction("B", 1, "an"),))).corrections
    assert earlier.from_week == 1
