"""Units: 100 × (w_participation · rate + w_volume · volume + w_quality · quality), exactly (R8, R9)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.domain.closeout import close_contest
from chalicelib.domain.definition import Definition, UnitPrize, UnitScore
from chalicelib.domain.ranking import Standing
from chalicelib.domain.unit_score import (
    Distinct,
    DistinctPeople,
    UnitStanding,
    UnitSums,
    UnitWeek,
    award_units,
    distinct_people,
    rank_units,
    unit_sums,
)
from chalicelib.domain.units import Unit
from tests.domain.builders import ROOT, done, final_of, kept, obliged, others, rank_over
from tests.fakes import PSEUDONYMS, definition


def unit(code: str, headcount: int = 10, exempt: int = 0) -> Unit:
    return Unit(code, f"Đơn vị {code}", "Khối", "department", headcount, exempt)


def weighed(participation: str = "0.5", volume: str = "0.2", quality: str = "0.3", **rules: Any) -> Definition:
    weights = {"participation": participation, "volume": volume, "quality": quality}
    exact = {name: Decimal(w) for name, w in weights.items()}
    return definition(
        unit_score={"weights": exact, "volume": rules.pop("counts", "attempts")},
        unit_prizes=[
            {"name": "weekly", "title": "Giải thi tuần", "once": True, **rules},
            {"name": "final", "title": "Giải tập thể", "when": "final", "count": 2, **rules},
        ],
    )


CONTEST = weighed()
# For contests in which the smallest number of people decides nothing.
DISTINCT = {code: Distinct(9, 9) for code in "ABC"}


def prize(**told: Any) -> UnitPrize:
    return UnitPrize.model_validate({"name": "best", "title": "Giải", **told})


def winners(ranked: list[UnitStanding]) -> list[str]:
    """Unit codes by rank."""
    return [row.unit.code for row in ranked if row.prize]


def awarded(
    ranked: list[UnitStanding], contest: Definition = CONTEST, elsewhere: set[str] | None = None
) -> list[str]:
    """The codes of those that win the weekly prize."""
    had = {"weekly": elsewhere or set()}
    return winners(award_units(ranked, contest.unit_prizes_of("week"), had))


def won(ranked: list[UnitStanding], *prizes: UnitPrize) -> dict[str, str]:
    """The name of the prize by unit code."""
    return {row.unit.code: row.prize for row in award_units(ranked, prizes) if row.prize}


def score_of(code: str, ranked: list[UnitStanding]) -> UnitStanding:
    return next(row for row in ranked if row.unit.code == code)


def test_the_score_is_an_exact_fraction() -> None:
    sums_by_unit = {"A": obliged(3, 7, 11), "B": obliged(1, 3, 4)}
    ranked = rank_over([unit("A", 9, 2), unit("B", 3)], sums_by_unit, CONTEST)
    a, b = score_of("A", ranked), score_of("B", ranked)
    assert (a.rate, a.quality) == (Fraction(3, 7), Fraction(11, 15))
    assert a.score == 100 * (
        Fraction(1, 2) * Fraction(3, 7) + Fraction(1, 5) + Fraction(3, 10) * Fraction(11, 15)
    )
    assert b.score == 100 * (
        Fraction(1, 2) * Fraction(1, 3) + Fraction(1, 5) * Fraction(3, 7) + Fraction(3, 10) * Fraction(4, 5)
    )


def test_a_unit_that_does_everything_scores_exactly_one_hundred() -> None:
    (row,) = rank_over([unit("A", 3)], {"A": obliged(3, 9, 15)}, weighed("0.1", "0.2", "0.7"))
    assert row.score == 100


def test_a_difference_too_small_for_floats_decides() -> None:
    contest = weighed("1", "0", "0")
    large = [unit("A", 10**17), unit("B", 10**17 + 1)]
    sums_by_unit = {"A": obliged(10**17 - 1, 1, 0), "B": obliged(10**17, 1, 0)}
    first, second = rank_over(large, sums_by_unit, contest)
    assert float(first.score) == float(second.score)
    assert first.unit.code == "B"


@pytest.mark.parametrize(
    ("headcount", "exempt", "people", "rate"),
    [
        pytest.param(10, 0, 5, Fraction(1, 2), id="half"),
        pytest.param(10, 2, 4, Fraction(1, 2), id="exempt people taken off"),
        pytest.param(3, 0, 7, Fraction(1), id="at most one"),
        pytest.param(0, 0, 7, Fraction(0), id="no headcount"),
        pytest.param(4, 4, 2, Fraction(0), id="everybody exempt"),
        pytest.param(10, 0, 0, Fraction(0), id="nobody"),
    ],
)
def test_the_rate_is_people_over_headcount(headcount: int, exempt: int, people: int, rate: Fraction) -> None:
    (row,) = rank_over([unit("A", headcount, exempt)], {"A": obliged(people, people, 0)}, CONTEST)
    assert row.rate == rate


def test_the_volume_is_measured_against_the_busiest_unit() -> None:
    sums_by_unit = {"A": obliged(1, 4, 0), "B": obliged(1, 8, 0)}
    ranked = rank_over([unit("A", 0), unit("B", 0)], sums_by_unit, weighed("0", "1", "0"))
    assert [(row.unit.code, row.score) for row in ranked] == [("B", Fraction(100)), ("A", Fraction(50))]


def test_a_week_without_any_attempt_does_not_divide_by_zero() -> None:
    ranked = rank_over([unit("B"), unit("A")], {}, CONTEST)
    nothing = Fraction(0)
    assert [(row.unit.code, row.score, row.quality) for row in ranked] == [
        ("A", nothing, nothing),
        ("B", nothing, nothing),
    ]
    assert rank_over([], {}, CONTEST) == []


def test_ties_are_broken_by_quality_then_volume_then_the_draw() -> None:
    units = [unit(code, 10) for code in ("D", "C", "B", "A")]
    only_rate = weighed("1", "0", "0")
    sums_by_unit = {
        "A": obliged(2, 3, 4),
        "B": obliged(2, 3, 4),
        "C": obliged(2, 4, 4),
        "D": obliged(2, 2, 5),
    }
    drawn = sorted("AB", key=lambda code: sha256(f"{ROOT}|{code}".encode()).digest())
    assert [row.unit.code for row in rank_over(units, sums_by_unit, only_rate)] == ["D", "C", *drawn]


def test_all_units_are_listed_whether_anybody_took_part_or_not() -> None:
    ranked = rank_over([unit("A"), unit("B"), unit("C", 0)], {"B": obliged(1, 1, 5)}, CONTEST)
    assert [row.unit.code for row in ranked] == ["B", "A", "C"]


def test_people_of_an_unlisted_unit_count_for_no_unit() -> None:
    sums_by_unit = {"A": obliged(1, 1, 5), "GONE": obliged(9, 99, 45)}
    (row,) = rank_over([unit("A", 1)], sums_by_unit, CONTEST)
    assert row.score == 100


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ({"min_rate": Decimal("0.25")}, "below_min_rate"),
        ({"min_rate": Decimal("0.2")}, ""),
        ({"min_people": 3}, "below_min_people"),
        ({"min_people": 2}, ""),
        ({"blocs": ["Khối khác"]}, "not_in_blocs"),
        ({"blocs": ["Khối khác", "Khối"]}, ""),
        ({"obliged_from": 11}, "not_of_size"),
        ({"obliged_from": 10, "obliged_to": 10}, ""),
        ({"obliged_to": 9}, "not_of_size"),
        ({"min_winners": 1}, "below_min_winners"),
    ],
)
def test_a_unit_that_does_not_qualify_is_listed_with_the_reason_but_not_awarded(
    asked: dict[str, Any], note: str
) -> None:
    (row,) = award_units(rank_over([unit("A")], {"A": obliged(2, 5, 10)}, CONTEST), [prize(**asked)])
    assert (row.unit.code, row.note, row.prize) == ("A", note, "" if note else "best")


def test_the_note_is_of_the_prize_that_a_unit_came_closest_to() -> None:
    ranked = rank_over([unit("A")], {"A": obliged(2, 5, 10)}, CONTEST)
    far, near = prize(blocs=["Khác"]), prize(name="near", min_people=3)
    assert [row.note for row in award_units(ranked, [near, far])] == ["below_min_people"]
    assert [row.note for row in award_units(ranked, [near, far, prize(name="open")])] == [""]
    assert [row.note for row in award_units(ranked, [])] == [""]


def test_the_least_rate_may_go_by_the_number_of_obliged_people() -> None:
    steps = prize(min_rate=[[50, Decimal("0.3")], [100, Decimal("0.25")], [Decimal("0.2")]])
    assert [steps.least_rate(obliged) for obliged in (0, 50, 51, 100, 101, 9_999)] == [
        *map(Decimal, ("0.3", "0.3", "0.25", "0.25", "0.2", "0.2"))
    ]
    ranked = rank_over(
        [unit("A", 50), unit("B", 100)], {"A": obliged(14, 14, 70), "B": obliged(25, 25, 100)}, CONTEST
    )
    assert won(ranked, steps) == {"B": "best"}, "14 of 50 are below 30 %, 25 of 100 are 25 %"


def test_the_size_of_a_unit_is_its_largest_week_and_not_the_sum() -> None:
    units = [unit("A", 100), unit("B", 200)]
    sums = {"A": obliged(90, 90, 450), "B": obliged(10, 10, 20)}
    ranked = rank_over(units, sums, CONTEST, weeks=4)
    assert (score_of("A", ranked).headcount, score_of("A", ranked).size) == (400, 100)
    assert won(ranked, prize(obliged_from=200)) == {"B": "best"}
    before, after = {"A": unit("A", 100)}, {"A": unit("A", 200)}
    grown = [UnitWeek(before, {}, {}, 5), UnitWeek(after, sums, {}, 5), UnitWeek(before, {}, {}, 5)]
    final = close_contest(
        weighed(obliged_from=200),
        [unit("A", 100)],
        grown,
        DistinctPeople({"A": Distinct(90, 90)}, Distinct(90, 90)),
        ROOT,
        PSEUDONYMS,
    )
    assert (final.units[0].size, final.units[0].prize) == (200, "final")


def test_one_dominant_unit_gets_one_of_three_prizes_of_the_end() -> None:
    units = [unit(code, 100) for code in "ABC"]
    sums = {"A": obliged(99, 990, 495), "B": obliged(9, 9, 20), "C": obliged(8, 8, 16)}
    ranked = rank_over(units, sums, CONTEST)
    three = [prize(name="score"), prize(name="people", by="people"), prize(name="attempts", by="attempts")]
    assert won(ranked, *three) == {"A": "score", "B": "people", "C": "attempts"}


@pytest.mark.parametrize(
    ("by", "best"), [("score", "B"), ("rate", "C"), ("people", "A"), ("attempts", "D"), ("winners", "E")]
)
def test_a_prize_goes_by_its_own_figure(by: str, best: str) -> None:
    units = [unit("A", 100), unit("B", 100), unit("C", 2), unit("D", 100), unit("E", 100)]
    sums = {
        "A": UnitSums(70, 70, 70, 2, 2, 2, 70, 2),
        "B": obliged(60, 60, 300),
        "C": obliged(2, 2, 2),
        "D": UnitSums(3, 900, 3, 1, 1, 1, 3, 1),
        "E": obliged(1, 1, 1),
    }
    week = UnitWeek({one.code: one for one in units}, sums, {"E": {"x", "y"}, "A": {"z"}}, 5)
    ranked = rank_units(units, sums, weighed(counts="obliged"), [week], ROOT)
    assert won(ranked, prize(by=by)) == {best: "best"}


def test_units_with_equal_figures_stand_as_in_the_ranking() -> None:
    units = [unit("A", 10), unit("B", 10)]
    ranked = rank_over(units, {"A": obliged(3, 3, 3), "B": obliged(3, 3, 15)}, CONTEST)
    assert won(ranked, prize(by="people")) == {"B": "best"}


def test_winners_of_a_prize_of_several_weeks_are_distinct_people() -> None:
    by_code = {"A": unit("A"), "B": unit("B")}
    sums = {"A": obliged(2, 2, 2), "B": obliged(2, 2, 2)}
    weeks = [
        UnitWeek(by_code, sums, {"A": {"x"}, "B": {"y"}}, 5),
        UnitWeek(by_code, sums, {"A": {"x"}, "B": {"z"}}, 5),
    ]
    ranked = rank_units([*by_code.values()], sums, CONTEST, weeks, ROOT)
    assert {row.unit.code: row.winners for row in ranked} == {"A": 1, "B": 2}
    assert won(ranked, prize(min_winners=2)) == {"B": "best"}


def test_prizes_of_blocs_are_given_apart() -> None:
    units = [unit(code)._replace(bloc=bloc) for code, bloc in (("A", "Sở"), ("B", "Sở"), ("C", "Xã"))]
    sums = {"A": obliged(9, 9, 45), "B": obliged(5, 5, 20), "C": obliged(1, 1, 1)}
    ranked = rank_over(units, sums, CONTEST)
    apart = [prize(name="so", blocs=["Sở"]), prize(name="xa", blocs=["Xã"]), prize(name="all", count=2)]
    assert won(ranked, *apart) == {"A": "so", "C": "xa", "B": "all"}


def test_the_next_unit_wins_where_the_best_is_below_a_minimum() -> None:
    sums_by_unit = {"A": obliged(1, 9, 5), "B": obliged(2, 2, 2)}
    contest = weighed("0", "0.5", "0.5", min_people=2)
    ranked = rank_over([unit("A", 0), unit("B", 10)], sums_by_unit, contest)
    assert [row.unit.code for row in ranked] == ["A", "B"]
    assert awarded(ranked, contest) == ["B"]


def test_a_unit_wins_the_weekly_prize_only_once() -> None:
    ranked = rank_over([unit("A"), unit("B")], {"A": obliged(9, 9, 45), "B": obliged(1, 1, 1)}, CONTEST)
    assert awarded(ranked) == ["A"]
    assert awarded(ranked, elsewhere={"A"}) == ["B"]
    assert awarded(ranked, elsewhere={"A", "B"}) == []


def test_once_is_of_one_prize_and_only_where_a_prize_says_so() -> None:
    ranked = rank_over([unit("A"), unit("B")], {"A": obliged(9, 9, 45), "B": obliged(1, 1, 1)}, CONTEST)
    had = {"best": {"A"}, "other": {"B"}}
    again = award_units(ranked, [prize(), prize(name="other", once=True)], had)
    assert [(row.unit.code, row.prize) for row in again] == [("A", "best"), ("B", "")]
    once = award_units(ranked, [prize(once=True), prize(name="other", once=True)], had)
    assert [(row.unit.code, row.prize) for row in once] == [("A", "other"), ("B", "best")]


def test_a_unit_in_which_nobody_took_part_wins_nothing() -> None:
    assert awarded(rank_over([unit("A"), unit("B")], {}, CONTEST)) == []


def test_a_unit_adds_up_its_people() -> None:
    people = [
        Standing("a", "A", "mandatory", True, True, kept(done(5)), 3),
        Standing("b", "A", "encouraged", False, True, kept(done(2)), 1),
        Standing("c", "B", "mandatory", True, True, kept(done(4)), 2),
        Standing("d", "", "encouraged", False, True, kept(done(5)), 9),
    ]
    assert unit_sums(people, []) == {"A": UnitSums(2, 4, 7, 1, 3, 5, 2, 1), "B": obliged(1, 2, 4)}


def test_people_who_are_not_obliged_move_neither_rate_nor_quality_nor_volume() -> None:
    # A school whose 85 pupils take part and whose 85 teachers do not.
    school = unit("A", headcount=85)
    contest = weighed(counts="obliged")
    (row,) = rank_over([school], {"A": others(85, 900, 425)}, contest)
    assert (row.rate, row.quality, row.score, row.sums.people) == (0, 0, 0, 85)
    one_teacher = UnitSums(86, 901, 430, 1, 1, 5, 86, 1)
    (row,) = rank_over([school], {"A": one_teacher}, contest)
    assert (row.rate, row.quality, row.mean_best) == (Fraction(1, 85), 1, 5)


def test_invented_residents_who_choose_a_unit_move_nothing_under_the_defaults() -> None:
    units = [unit("A", 100), unit("B", 100)]
    honest = {"A": obliged(60, 100, 200), "B": obliged(50, 80, 200)}
    swollen = {**honest, "B": UnitSums(434, 3_840, 2_000, 50, 80, 200, 434, 50)}
    contest = definition(unit_score={"volume": UnitScore().volume})
    before, after = (rank_over(units, sums, contest) for sums in (honest, swollen))
    assert [(row.unit.code, row.score) for row in before] == [(row.unit.code, row.score) for row in after]


@pytest.mark.parametrize(("counts", "ahead"), [("obliged", "A"), ("people", "B"), ("attempts", "C")])
def test_the_volume_counts_obliged_people_all_people_or_attempts_of_obliged_people(
    counts: str, ahead: str
) -> None:
    sums = {
        "A": obliged(3, 3, 1),
        "B": UnitSums(9, 99, 9, 1, 1, 1, 9, 1),
        "C": obliged(2, 8, 1),
    }
    ranked = rank_over([unit(code) for code in "ABC"], sums, weighed("0", "1", "0", counts=counts))
    assert ranked[0].unit.code == ahead


def test_where_nobody_is_obliged_everybody_counts_for_quality() -> None:
    (row,) = rank_over([unit("A", 0)], {"A": others(2, 2, 5)}, CONTEST)
    assert (row.rate, row.quality, row.mean_best) == (0, Fraction(5, 10), Fraction(5, 2))


def test_a_person_is_distinct_once_over_all_weeks() -> None:
    weeks = [
        [("a", "A", True), ("b", "A", False), ("c", "", False)],
        [("a", "A", True), ("d", "A", True)],
    ]
    assert distinct_people(weeks, []).by_unit == {"A": Distinct(people=3, obliged=2)}
    assert distinct_people(weeks, []).everyone == Distinct(people=4, obliged=2)
    assert distinct_people([], []) == ({}, (0, 0))


def test_the_smallest_number_of_people_of_a_final_prize_counts_each_person_once() -> None:
    contest = weighed(min_people=10)
    weeks = [{"A": obliged(3, 3, 15)}] * 4
    final = final_of(contest, [unit("A", 3)], weeks, [5] * 4, {"A": Distinct(3, 3)})
    assert (final.units[0].rate, final.units[0].note, final.units[0].prize) == (1, "below_min_people", "")


def test_over_several_weeks_the_headcount_counts_once_a_week() -> None:
    weeks = [{"A": obliged(5, 9, 20)}, {"A": obliged(3, 3, 15), "B": obliged(1, 6, 5)}, {}]
    final = final_of(CONTEST, [unit("A", 12, 2), unit("B", 1)], weeks, [5, 5, 5], DISTINCT)
    a = score_of("A", final.units)
    assert (a.headcount, a.exempt, a.sums) == (36, 6, obliged(8, 12, 35, distinct=9))
    assert (a.rate, a.quality, a.mean_best) == (Fraction(8, 30), Fraction(35, 40), Fraction(35, 8))
    assert score_of("B", final.units).rate == Fraction(1, 3)


def test_a_weekly_prize_is_no_bar_to_a_final_one() -> None:
    weeks = [{"A": obliged(9, 9, 45)}, {"B": obliged(1, 1, 1)}, {"C": obliged(1, 1, 5)}]
    final = final_of(CONTEST, [unit("A"), unit("B"), unit("C")], weeks, [5, 5, 5], DISTINCT)
    assert winners(final.units) == ["A", "C"]


def test_over_weeks_with_papers_of_different_sizes_quality_is_the_mean_share_of_the_paper() -> None:
    # 4 of 5, then 1 of 3 and 2 of 3: (4/5 + 1/3 + 2/3) ÷ 3 people
    weeks = [{"A": obliged(1, 1, 4)}, {"A": obliged(2, 2, 3)}]
    (row,) = final_of(CONTEST, [unit("A", 9)], weeks, [5, 3], DISTINCT).units
    assert row.quality == (Fraction(4, 5) + 1) / 3
    assert row.mean_best == Fraction(7, 3)


def test_a_hundredth_of_a_question_decides_between_units_over_weeks() -> None:
    one, other = {"A": obliged(3, 3, 1)}, {"B": obliged(3, 3, 1)}
    final = final_of(weighed("0", "0", "1"), [unit("A"), unit("B")], [one, other], [100, 99], DISTINCT)
    assert [row.unit.code for row in final.units] == ["B", "A"]


def test_a_headcount_counts_for_each_week_as_it_was_in_force() -> None:
    before, after = {"A": unit("A", 10)}, {"A": unit("A", 30)}
    weeks = [UnitWeek(units, {"A": obliged(10, 10, 50)}, {}, 5) for units in (before, after)]
    (row,) = close_contest(
        CONTEST,
        [unit("A", 30)],
        weeks,
        DistinctPeople({"A": Distinct(10, 10)}, Distinct(10, 10)),
        ROOT,
        PSEUDONYMS,
    ).units
    assert (row.headcount, row.rate) == (40, Fraction(20, 40))
