"""Unit and category of a person in a week: the roster's before the registration's."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.bank import Bank
from chalicelib.domain.closeout import WeekResult, close_week, gather
from chalicelib.domain.definition import Definition
from chalicelib.domain.placement import Place, Placement
from chalicelib.domain.units import Unit
from tests.domain.builders import ROOT, done, entry
from tests.fakes import definition, questions

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
    "an": Place("A", "staff", obliged=True),
    "binh": Place("A", "worker", obliged=True),
    "chi": Place("A", "worker", obliged=False),  # exempt
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
    assert told("binh", unit, category) == Place("A", "worker", obliged=True, unlisted=unlisted)


def test_exempt_people_who_take_part_are_other_people_of_the_unit_in_their_category() -> None:
    assert told("chi", "A", "staff") == Place("A", "worker", obliged=False)


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
    assert told("an", "B", "staff", both) == Place("A", "staff", obliged=True, unlisted=True)


def closed(contest: Definition, units: list[Unit], placement: Placement, *people: Any) -> WeekResult:
    week, bank = contest.weeks[0], Bank("b" * 64, questions())
    gathered = gather(contest, bank, week, people, placement=placement)
    return close_week(contest, units, week, gathered, root=ROOT)


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
