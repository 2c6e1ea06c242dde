"""R10: who is proposed for commendation, and why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from chalicelib.domain.commendation import (
    TOP_PEOPLE,
    TOP_UNITS,
    Proposal,
    WeekLine,
    people_of_all_weeks,
    propose_people,
    propose_units,
)
from tests.domain.builders import obliged, rank_over
from tests.domain.test_unit_score import CONTEST, unit, weighed


def line(person: str, score: int = 5, duration: int = 60_000) -> WeekLine:
    return WeekLine(person, "SO-A", score, duration)


def proposed_people(weeks: Sequence[list[WeekLine]], sizes: list[int]) -> list[Proposal]:
    return propose_people(people_of_all_weeks(weeks, sizes))


def people(*weeks: list[WeekLine]) -> list[tuple[int, str]]:
    return [(proposal.place, proposal.id) for proposal in proposed_people(weeks, [5] * len(weeks))]


def test_units_at_full_participation_are_proposed() -> None:
    units = [unit("A", 6), unit("B", 6, exempt=2), unit("C", 6)]
    sums_by_unit = {"A": obliged(11, 11, 11), "B": obliged(8, 8, 8), "C": obliged(13, 13, 13)}
    ranked = rank_over(units, sums_by_unit, CONTEST, weeks=2)
    proposed = [p.id for p in propose_units(ranked) if p.reason == "full_participation"]
    assert proposed == ["C", "B"]


def test_the_best_units_are_proposed_but_none_below_a_minimum() -> None:
    units = [unit(f"U{k:02}", 100) for k in range(TOP_UNITS + 3)]
    sums_by_unit = {each.code: obliged(50 - k, 50, 250) for k, each in enumerate(units)}
    sums_by_unit["U01"] = obliged(1, 900, 5)
    ranked = rank_over(units, sums_by_unit, weighed(min_people=2))
    proposed = [p.id for p in propose_units(ranked) if p.reason == "best_units"]
    assert len(proposed) == TOP_UNITS
    assert "U01" not in proposed


def test_people_who_missed_a_week_are_not_proposed() -> None:
    assert people([line("an"), line("binh")], [line("binh"), line("chi")]) == [(1, "binh")]


def test_people_are_compared_by_score_and_then_by_time() -> None:
    first = [line("an", 5, 90_000), line("binh", 5, 60_000), line("chi", 4, 1_000)]
    second = [line("an", 5, 10_000), line("binh", 4, 10_000), line("chi", 5, 10_000)]
    assert people(first, second) == [(1, "an"), (2, "chi"), (3, "binh")]


def test_people_who_tie_with_the_last_are_proposed_too() -> None:
    week = [line(f"p{k:03}", 5, min(k, TOP_PEOPLE - 1)) for k in range(TOP_PEOPLE + 5)]
    proposed = people(week)
    assert len(proposed) == TOP_PEOPLE + 5
    assert {place for place, _ in proposed[TOP_PEOPLE - 1 :]} == {TOP_PEOPLE}


def test_the_order_of_weeks_and_lines_does_not_matter() -> None:
    weeks = [
        [line("an", 5, 1), line("binh", 4, 2)],
        [line("binh", 5, 3), line("an", 4, 4)],
        [line("an"), line("binh")],
    ]
    expected = people(*weeks)
    assert all(people(*order) == expected for order in permutations(weeks))
    assert people(*[week[::-1] for week in weeks]) == expected


def test_a_contest_in_which_nobody_took_part_proposes_nobody() -> None:
    assert people([], []) == people() == []
    assert propose_units(rank_over([unit("A")], {}, CONTEST, weeks=4)) == []


def test_people_are_compared_by_their_shares_where_papers_differ_in_size() -> None:
    # an: 2/5 + 9/10, binh: 3/5 + 8/10; each has 11 right answers in all
    weeks = [[line("an", 2), line("binh", 3)], [line("an", 9), line("binh", 8)]]
    proposals = proposed_people(weeks, [5, 10])
    assert [(each.place, each.id, each.score) for each in proposals] == [(1, "binh", 11), (2, "an", 11)]


def test_equal_shares_tie_whatever_the_right_answers_add_up_to() -> None:
    # 1/3 + 1 and 1 + 3/9
    weeks = [[line("an", 1), line("binh", 3)], [line("an", 9), line("binh", 3)]]
    assert [each.place for each in proposed_people(weeks, [3, 9])] == [1, 1]
