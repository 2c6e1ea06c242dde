"""Signs for a person to look at: found where they are, and not where chance explains them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.decisions import Ruling
from chalicelib.domain.grading import Rulings, accepted
from chalicelib.domain.paper import MASKS, UNANSWERED, draw
from chalicelib.domain.placement import Place
from chalicelib.domain.ranking import Standing
from chalicelib.domain.statistics.anomalies import FALSE_ALARM, find_anomalies
from chalicelib.domain.statistics.anomaly import Anomaly
from chalicelib.domain.statistics.exact_test import surely_above, tail
from chalicelib.domain.statistics.farms import Registration
from chalicelib.domain.statistics.first_answers import FirstAnswers
from chalicelib.domain.statistics.signs import Signs
from chalicelib.domain.unit_score import UnitStanding, UnitSums
from chalicelib.domain.units import Unit
from tests.domain.builders import done, entry, rank_over, show, standing
from tests.fakes import MINUTE, START_MS, definition, reference

CONTEST = definition()
REFERENCE = reference(CONTEST)
HOUR = 60 * MINUTE


@st.composite
def cells(draw_from: st.DrawFn) -> tuple[int, int, int, int]:
    population = draw_from(st.integers(1, 9))
    marked, size = draw_from(st.integers(0, population)), draw_from(st.integers(0, population))
    return population, marked, size, draw_from(st.integers(0, 10))


@given(cells())
def test_the_tail_equals_the_count_over_all_groups(cell: tuple[int, int, int, int]) -> None:
    population, marked, size, seen = cell
    groups = [sum(member < marked for member in group) for group in combinations(range(population), size)]
    assert tail(*cell) == Fraction(sum(found >= seen for found in groups), len(groups))


@given(st.integers(2, 300), st.data(), st.integers(1, 12))
def test_the_quick_check_never_rejects_a_tail_below_the_limit(n: int, data: st.DataObject, zeros: int) -> None:
    marked, size = data.draw(st.integers(1, n)), data.draw(st.integers(1, n))
    seen = data.draw(st.integers(max(0, marked + size - n), min(marked, size)))
    limit = Fraction(1, 10**zeros)
    if surely_above(n, marked, size, seen, limit):
        assert tail(n, marked, size, seen) > limit


def found(
    signs: Signs | None = None,
    first: FirstAnswers | None = None,
    registrations: Iterable[Registration] = (),
    people: Sequence[Standing] = (),
    rulings: Rulings | None = None,
    units: Iterable[UnitStanding] = (),
) -> list[Anomaly]:
    return find_anomalies(
        signs or Signs(CONTEST, REFERENCE.bank),
        first or FirstAnswers(REFERENCE.bank, CONTEST.paper),
        accepted(REFERENCE.bank.questions, rulings or {}),
        units,
        {one.participant_id: one for one in people},
        (),
        registrations,
    )


def school(dice: random.Random, *, wrong_key: str = "") -> FirstAnswers:
    """Twenty units of forty people; everybody in U-07 gets question ``wrong_key`` wrong in the same way."""
    first = FirstAnswers(REFERENCE.bank, CONTEST.paper)
    for number in range(800):
        nonce = f"{dice.getrandbits(64):016x}"
        answers = ""
        for question, _ in draw(REFERENCE.bank, CONTEST.paper, nonce):
            wrong = [1 << k for k in range(len(question.options)) if 1 << k != question.answer]
            mask = question.answer if dice.random() < 0.5 else dice.choice(wrong)
            if number % 20 == 7 and question.id == wrong_key:
                mask = wrong[0]
            answers += MASKS[mask]
        attempt = done(3)._replace(nonce=nonce, answers=answers)
        show(first, entry(f"p{number}", attempt, unit=f"U-{number % 20:02}"))
    return first


def test_a_wrong_key_that_circulates_in_one_unit_is_found_only_there() -> None:
    rows = found(first=school(random.Random(7), wrong_key="Q004"))
    assert [(row.reason, row.unit, row.detail) for row in rows] == [("alike_wrong", "U-07", ("Q004", "B"))]
    assert rows[0].seen == rows[0].out_of
    assert rows[0].probability is not None
    assert rows[0].probability < FALSE_ALARM / 2


@pytest.mark.parametrize("answers", [(0b10, 0b1), ()])
def test_what_a_ruling_makes_right_is_no_wrong_answer_that_circulates(answers: tuple[int, ...]) -> None:
    ruling = Ruling("Q004", (1,), answers, "sai đáp án", "2022-08-30T09:00:00+07:00")
    first = school(random.Random(7), wrong_key="Q004")
    assert found(first=first, rulings={"Q004": ruling}) == []


def test_independent_answers_raise_no_alarm() -> None:
    # At most 1 % of such weeks may raise one: more than two in forty weeks would be a chance of one in 130.
    alarms = sum(bool(found(first=school(random.Random(week)))) for week in range(40))
    assert alarms <= 2


def test_blank_and_right_answers_do_not_count_as_alike_wrong() -> None:
    first = FirstAnswers(REFERENCE.bank, CONTEST.paper)
    for number in range(400):
        nonce = f"{number:016x}"
        answers = UNANSWERED * 5 if number % 10 == 0 else "BBBBB"
        show(first, entry(f"p{number}", done()._replace(nonce=nonce, answers=answers), unit=f"U-{number % 10}"))
    assert found(first=first) == []


def at_hours(hours: dict[str, list[int]]) -> Signs:
    signs = Signs(CONTEST, REFERENCE.bank)
    for unit, starts in hours.items():
        for number, hour in enumerate(starts):
            show(signs, entry(f"{unit}{number}", done(started=START_MS + hour * HOUR), unit=unit))
    return signs


def test_a_unit_that_works_at_night_is_found_among_those_that_sleep() -> None:
    rows = found(at_hours({"DAY": [1] * 200, "NIGHT": [18] * 12, "FEW": [18, 1, 1]}))
    assert [(row.reason, row.unit, row.seen, row.out_of) for row in rows] == [("night", "NIGHT", 12, 12)]
    assert rows[0].expected == Fraction(12 * 13, 215)


def test_no_unit_stands_out_when_everybody_works_at_night() -> None:
    assert found(at_hours({"A": [18] * 30, "B": [18] * 30})) == []


def test_people_outside_all_units_are_not_tested_as_a_unit() -> None:
    assert found(at_hours({"": [18] * 30, "B": [1] * 300})) == []


@pytest.mark.parametrize(("accounts", "listed"), [(3, 0), (4, 4)])
def test_a_family_may_share_a_phone_but_a_crowd_may_not(accounts: int, listed: int) -> None:
    everybody = {**{f"p{number}": "0912345678" for number in range(accounts)}, "other": "0912345679"}
    registrations = [Registration(person, phone, START_MS) for person, phone in everybody.items()]
    unread = [Registration(f"q{number}", "", START_MS) for number in range(5)]
    people = [standing(one.participant_id) for one in (*registrations, *unread)]
    rows = found(registrations=[*registrations, *unread], people=people)
    assert [(row.reason, row.participant_id) for row in rows] == [
        ("one_phone", f"p{number}") for number in range(listed)
    ]


def test_fast_attempts_are_listed_by_person_with_their_number() -> None:
    signs = Signs(definition(paper={"min_duration": "PT20S"}), REFERENCE.bank)
    show(signs, entry("binh", done(5, duration=9_000), done(5, duration=15_000), done(2)))
    show(signs, entry("an", done(2, duration=19_999)))
    rows = [(row.participant_id, row.reason, row.seen, row.out_of, row.detail) for row in found(signs)]
    assert rows == [
        ("an", "below_min_duration", 1, 1, ("19999",)),
        ("binh", "too_fast", 1, 3, ("9000",)),
        ("binh", "below_min_duration", 2, 3, ("9000",)),
    ]


def test_a_unit_of_which_more_obliged_people_took_part_than_it_has_is_listed() -> None:
    units = [Unit(code, code, "Sở", "department", 5, 1) for code in ("A", "B")]
    sums = {"A": UnitSums(9, 9, 9, 5, 5, 5, 9, 5), "B": UnitSums(9, 9, 9, 4, 4, 4, 9, 4)}
    rows = found(units=rank_over(units, sums, CONTEST))
    assert [(row.reason, row.unit, row.seen, row.out_of) for row in rows] == [("above_headcount", "A", 5, 4)]


def test_who_claims_a_unit_without_being_on_its_roster_is_listed_once_taking_part() -> None:
    signs = Signs(CONTEST, REFERENCE.bank)
    claim = Place("SO-A", "encouraged", obliged=False, unlisted=True)
    signs.add(entry("an", done(5), done(4), unit="SO-A"), claim)
    signs.add(entry("binh", done(5, status="discarded"), unit="SO-A"), claim)
    rows = [(row.reason, row.participant_id, row.unit, row.seen, row.detail) for row in found(signs)]
    assert rows == [("not_on_roster", "an", "SO-A", 2, ("SO-A",))]


def test_what_the_api_has_not_written_is_listed_and_counts_nowhere() -> None:
    signs = Signs(CONTEST, REFERENCE.bank)
    show(signs, entry("an", done(5, duration=30_000))._replace(used=3, unauthentic=(2, 2, 3)))
    show(signs, entry("binh")._replace(used=1, unauthentic=(1,)))
    again = Signs(CONTEST, REFERENCE.bank)
    again.decode(signs.encode())
    rows = [(row.participant_id, row.reason, row.seen, row.out_of, row.points) for row in found(again)]
    assert rows == [("an", "unauthentic", 2, 3, 60), ("binh", "unauthentic", 1, 1, 60)]
