"""Units of units: a parent's figures are its own plus its children's, and each level stands on its own."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.closeout import close_contest
from chalicelib.domain.ranking import Standing
from chalicelib.domain.unit_score import (
    Distinct,
    UnitStanding,
    UnitWeek,
    award_units,
    covering,
    distinct_people,
    rank_units,
    unit_sums,
    winners_by_unit,
)
from chalicelib.domain.units import Unit, added_up, of_level
from tests.domain.builders import ROOT, done, kept
from tests.domain.test_unit_score import CONTEST, prize, won
from tests.fakes import PSEUDONYMS

# Two districts with schools, and a department that stands alone.
PARENTS = {"A1": "A", "A2": "A", "B1": "B"}
CODES = ("A", "A1", "A2", "B", "B1", "S")
people = st.lists(
    st.tuples(
        st.sampled_from([*CODES, ""]), st.booleans(), st.booleans(), st.integers(0, 5), st.integers(1, 3)
    ),
    max_size=25,
)
headcounts = st.tuples(*[st.tuples(st.integers(0, 6), st.integers(0, 3))] * len(CODES))


def units_of(drawn: Any) -> list[Unit]:
    return [
        Unit(code, code, "Khối", "district", headcount + exempt, exempt, PARENTS.get(code, ""))
        for code, (headcount, exempt) in zip(CODES, drawn, strict=True)
    ]


def standings(drawn: Any) -> list[Standing]:
    return [
        Standing(f"{number:020x}", code, "mandatory", obliged, there, kept(done(score)), attempts)
        for number, (code, obliged, there, score, attempts) in enumerate(drawn)
    ]


def ranked_of(units: list[Unit], everyone: list[Standing]) -> list[UnitStanding]:
    sums = unit_sums(everyone, units)
    best = [(one.unit, one.participant_id) for one in everyone[:5] if one.unit]
    sizes = {unit.code: unit for unit in added_up(units)}
    week = UnitWeek(sizes, sums, winners_by_unit(best, units), CONTEST.paper.questions)
    return rank_units(units, sums, CONTEST, [week], ROOT)


@given(headcounts, people)
def test_a_parents_figures_are_its_own_plus_its_childrens(sizes: Any, drawn: Any) -> None:
    units, everyone = units_of(sizes), standings(drawn)
    alone = ranked_of([unit._replace(parent="") for unit in units], everyone)
    own = {row.unit.code: row for row in alone}
    for row in ranked_of(units, everyone):
        code = row.unit.code
        family = [own[code], *(own[child] for child, parent in PARENTS.items() if parent == code)]
        summed = [sum(column) for column in zip(*(one.sums for one in family), strict=True)]
        assert list(row.sums) == summed
        assert row.headcount == sum(one.headcount for one in family) == row.unit.headcount
        assert row.exempt == sum(one.exempt for one in family) == row.unit.exempt
        assert row.size == sum(one.size for one in family)
        assert row.winners == sum(one.winners for one in family)


@given(headcounts, people)
def test_the_places_of_a_level_do_not_depend_on_the_other_level(sizes: Any, drawn: Any) -> None:
    units, everyone = units_of(sizes), standings(drawn)
    ranked = ranked_of(units, everyone)

    def places(level: str) -> list[Any]:
        return [
            row._replace(level="", unit=row.unit._replace(parent="")) for row in ranked if row.level == level
        ]

    leaves = [unit._replace(parent="") for unit in of_level(units, "leaf")]
    # Winners aside: the first five people here are not those of the whole contest.
    of_leaves = [one for one in everyone if one.unit not in ("A", "B")]
    assert {row.unit.code for row in ranked if row.level == "leaf"} == {"A1", "A2", "B1", "S"}
    assert [row._replace(winners=0) for row in places("leaf")] == [
        row._replace(winners=0) for row in ranked_of(leaves, of_leaves)
    ]
    # All people of a district's schools might as well be the district's own.
    tops = [unit._replace(parent="") for unit in of_level(added_up(units), "top")]
    moved = [one._replace(unit=PARENTS.get(one.unit, one.unit)) for one in everyone]
    assert {row.unit.code for row in ranked if row.level == "top"} == {"A", "B", "S"}
    assert places("top") == ranked_of(tops, moved)


@given(headcounts, people)
def test_everybody_of_a_unit_counts_once_among_the_units_without_a_parent(sizes: Any, drawn: Any) -> None:
    everyone = standings(drawn)
    there = [one for one in everyone if one.unit and one.took_part]
    rows = list(covering(ranked_of(units_of(sizes), everyone)))
    assert sum(row.sums.people for row in rows) == len(there)
    assert sum(row.sums.obliged_people for row in rows) == sum(one.obliged for one in there)


SIZES = ((0, 0), (10, 0), (10, 0), (4, 0), (6, 0), (10, 0))


def some(**of_unit: int) -> list[Standing]:
    """So many obliged people of each unit, all right."""
    told = [(code, True, True, 5, 1) for code, count in of_unit.items() for _ in range(count)]
    return standings(told)


def test_where_no_unit_has_a_parent_there_is_one_level_without_a_name() -> None:
    units = [unit._replace(parent="") for unit in units_of(SIZES)]
    ranked = ranked_of(units, some(A1=5))
    assert {row.level for row in ranked} == {""}
    assert [row.rank for row in ranked] == [1, 2, 3, 4, 5, 6]
    assert won(ranked, prize(level="leaf")) == won(ranked, prize(level="top")) == {"A1": "best"}


def test_a_unit_without_parent_and_children_stands_in_both_levels() -> None:
    ranked = ranked_of(units_of(SIZES), some(S=5, A1=9, B1=2))
    assert [(row.level, row.rank, row.unit.code) for row in ranked if row.unit.code == "S"] == [
        ("top", 2, "S"),
        ("leaf", 2, "S"),
    ]
    assert {(row.level, row.unit.code) for row in ranked} == {
        *(("top", code) for code in "ABS"),
        *(("leaf", code) for code in ("A1", "A2", "B1", "S")),
    }


def test_a_prize_goes_to_units_of_its_level_and_a_unit_of_both_has_one_prize() -> None:
    ranked = ranked_of(units_of(SIZES), some(S=9, A1=8, B1=2))
    schools, districts = prize(name="school", level="leaf", by="rate"), prize(name="top", by="rate", count=2)
    assert won(ranked, schools, districts) == {"S": "school", "A": "top", "B": "top"}
    again = award_units(ranked, [districts, schools])
    assert [(row.level, row.unit.code, row.prize) for row in again if row.prize] == [
        ("top", "S", "top"),
        ("top", "A", "top"),
        ("leaf", "A1", "school"),
    ]


def test_what_a_prize_asks_of_a_parent_is_asked_of_its_added_up_figures() -> None:
    ranked = ranked_of(units_of(SIZES), some(A1=5, A2=6, S=7))
    assert won(ranked, prize(obliged_from=20)) == {"A": "best"}
    assert won(ranked, prize(obliged_from=20, level="leaf")) == {}
    assert won(ranked, prize(min_people=11)) == {"A": "best"}
    assert won(ranked, prize(min_winners=5)) == {"A": "best"}
    (a,) = [row for row in award_units(ranked, [prize(level="leaf", min_people=9)]) if row.unit.code == "A"]
    assert a.note == "", "a prize of the other level says nothing of a unit"


def test_volume_is_measured_against_the_largest_of_the_level() -> None:
    ranked = ranked_of(units_of(SIZES), some(A1=4, A2=4, S=4))
    rows = {(row.level, row.unit.code): row for row in ranked}
    # 100 × (0.5 · 4/10 + 0.2 · volume + 0.3 · 1): volume is 4/8 beside a district of 8, and 4/4 among leaves.
    assert (rows["top", "S"].score, rows["leaf", "S"].score) == (60, 70)


def test_a_person_who_changed_from_one_school_to_another_is_one_person_of_the_district() -> None:
    weeks = [[("a", "A1", True)], [("a", "A2", True), ("b", "A", False)]]
    told = distinct_people(weeks, units_of(SIZES)).by_unit
    assert told == {"A1": Distinct(1, 1), "A2": Distinct(1, 1), "A": Distinct(2, 1)}


def test_over_all_weeks_a_parent_has_its_childrens_headcounts_once_a_week() -> None:
    units = units_of(SIZES)
    sums = unit_sums(some(A1=5, A2=1), units)
    sizes = {unit.code: unit for unit in added_up(units)}
    weeks = [UnitWeek(sizes, sums, {}, 5)] * 2
    told = [[(f"{number}", code, True) for number, code in enumerate(("A1", "A2"))]] * 2
    final = close_contest(CONTEST, units, weeks, distinct_people(told, units), ROOT, PSEUDONYMS)
    (a,) = [row for row in final.units if row.unit.code == "A"]
    assert (a.level, a.headcount, a.size, a.sums.obliged_people) == ("top", 40, 20, 12)
    assert (a.sums.distinct_people, a.rate) == (2, Fraction(12, 40))
