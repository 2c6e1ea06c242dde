"""Farms of accounts among honest people: each account is found, and hardly anybody honest."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.ranking import Standing
from chalicelib.domain.statistics.anomaly import (
    MOST_POINTS,
    MOST_SCORE,
    TO_LOOK_AT,
    Anomaly,
    Reason,
    points_of,
    scores,
)
from chalicelib.domain.statistics.farms import HOUR_MS, Registration, find_farms
from tests.crowd import UNITS, Crowd
from tests.domain.builders import standing
from tests.fakes import MINUTE, START_MS

# A crowd takes a fifth of a second: 4 examples usually, 20 of new seeds in `make test-long`.
FEW = settings(max_examples=max(1, settings().max_examples // 25))
seeds = st.integers(0, 1 << 32)

FARMS: dict[str, Callable[[Crowd], None]] = {
    "a script in a hurry": lambda crowd: crowd.hurried_farm(),
    "15 patient accounts side by side": lambda crowd: crowd.patient_farm(step=1),
    "15 patient accounts, ten apart": lambda crowd: crowd.patient_farm(step=10),
    "15 patient accounts, one after the other": lambda crowd: crowd.patient_farm(step=10, shuffled=False),
    "15 patient accounts that never save": lambda crowd: crowd.patient_farm(step=10, jitter=0.5, saves=False),
    "60 patient accounts at irregular steps": lambda crowd: crowd.patient_farm(60, step=3, jitter=0.4),
    "60 patient accounts of four units that never save": lambda crowd: crowd.patient_farm(
        60, 4, step=2, saves=False
    ),
    "300 patient accounts": lambda crowd: crowd.patient_farm(300, step=1),
    "300 patient accounts, three apart": lambda crowd: crowd.patient_farm(300, step=3, jitter=0.5),
}


def looked_at(found: Iterable[Anomaly]) -> set[str]:
    return {person for person, score in scores(found).items() if score >= TO_LOOK_AT}


def crowd_with(seed: int, farm: Callable[[Crowd], None] | None = None) -> Crowd:
    """300 honest people; the units that a farm takes are ones where nobody else plays."""
    crowd = Crowd(seed)
    crowd.honest(300, UNITS[1:-3])
    if farm:
        farm(crowd)
    return crowd


@pytest.mark.parametrize("kind", FARMS)
@FEW
@given(seed=seeds)
def test_every_account_of_a_farm_is_to_be_looked_at(kind: str, seed: int) -> None:
    crowd = crowd_with(seed, FARMS[kind])
    _, found = crowd.close()
    assert crowd.farm <= looked_at(found)


@FEW
@given(st.lists(seeds, min_size=6, max_size=6, unique=True), st.sampled_from([None, *FARMS]))
def test_at_most_one_honest_person_in_a_hundred_is_to_be_looked_at(some: list[int], kind: str | None) -> None:
    marked = 0
    for seed in some:
        crowd = crowd_with(seed, FARMS.get(kind or ""))
        marked += len(looked_at(crowd.close()[1]) - crowd.farm)
    assert marked <= 0.01 * 300 * len(some)


def test_the_patient_farm_of_the_first_version_wins_and_is_found() -> None:
    crowd = crowd_with(2, FARMS["15 patient accounts side by side"])
    result, found = crowd.close()
    won = crowd.farm.intersection(result.winners)
    # Another bank draws other papers: then one account more or less may win.
    assert (len(crowd.farm), len(won), len(result.prizes)) == (15, 14, 16)
    assert [unit.unit.code for unit in result.units if unit.prize] == ["DV-00"]
    reasons = {one.reason for one in found if one.participant_id in won}
    assert {"even_predictions", "many_winners", "first_try"} <= reasons
    assert not reasons & {"too_fast", "below_min_duration", "alike_wrong", "night", "one_phone"}


def test_a_farm_that_hides_among_many_units_and_saves_is_told_as_a_whole_and_not_by_account() -> None:
    """What no software can find: who of the people with a plausible paper belongs to it."""
    crowd = crowd_with(1, lambda crowd: crowd.patient_farm(300, 20, step=1))
    _, found = crowd.close()
    assert len(crowd.farm - looked_at(found)) > 250
    (whole,) = [one for one in found if one.reason == "even_predictions"]
    assert (whole.participant_id, whole.unit, whole.points) == ("", "", 0)


def test_the_order_of_registrations_as_they_are_read_changes_nothing() -> None:
    crowd = crowd_with(3, FARMS["a script in a hurry"])
    _, found = crowd.close()
    crowd.registrations.reverse()
    assert crowd.close()[1] == found


def run(
    people: Iterable[Standing], listed: Iterable[str] = (), at: Callable[[int], int] = lambda number: START_MS
) -> list[Anomaly]:
    everybody = {one.participant_id: one for one in people}
    registrations = [
        Registration(one.participant_id, f"09{number:08}", at(number))
        for number, one in enumerate(everybody.values())
    ]
    return find_farms(everybody, list(listed), registrations)


def scattered(number: int) -> int:
    """Some moment of the weeks before."""
    return START_MS - random.Random(number).randrange(20 * 24 * HOUR_MS)


def others(count: int, **told: int) -> list[Standing]:
    """One person in each of many units, with irregular predictions and durations."""
    dice = random.Random(7)
    return [
        standing(
            f"o{number:03}", prediction=dice.randrange(2_000), unit=f"U{number}", attempts=2,
            duration=dice.randrange(2 * MINUTE, 15 * MINUTE),
        )
        for number in range(count)
    ]  # fmt: skip


def unit(count: int, guess: Callable[[int], int], **told: int) -> list[Standing]:
    dice = random.Random(8)
    return [
        standing(
            f"f{number:03}", prediction=guess(number), unit="F", attempts=3,
            duration=dice.randrange(2 * MINUTE, 15 * MINUTE),
            started=START_MS + dice.randrange(100 * HOUR_MS),
        )
        for number in range(count)
    ]  # fmt: skip


def of(found: Iterable[Anomaly], reason: Reason) -> list[Anomaly]:
    return [one for one in found if one.reason == reason]


def test_predictions_in_equal_steps_name_the_people_their_range_and_the_points() -> None:
    found = of(
        run([*others(200), *unit(15, lambda k: 1200 + 10 * (k * 7 % 15))], ["f000"], scattered),
        "even_predictions",
    )
    assert [one.participant_id for one in found] == [f"f{k:03}" for k in range(15)]
    assert {(one.seen, one.out_of, one.detail, one.points) for one in found} == {
        (15, 15, ("unit", "1200", "1340"), 43)
    }


def test_somebody_who_has_no_part_in_the_pattern_is_left_out_of_it() -> None:
    farm = unit(20, lambda k: 1200 + 10 * (k * 7 % 20))
    stranger = standing("x", prediction=9_999, unit="F", started=START_MS + 77 * MINUTE)
    found = of(run([*others(200), *farm, stranger], ["f000"], scattered), "even_predictions")
    assert {one.participant_id for one in found} == {one.participant_id for one in farm}


def test_predictions_that_rise_with_the_registrations_are_listed_whatever_their_steps() -> None:
    squares = unit(12, lambda k: 100 + k * k * k)
    found = of(
        run([*others(200), *squares], ["f000"], lambda k: START_MS + k * k * MINUTE), "ordered_predictions"
    )
    assert len(found) == 12
    assert found[0].detail == ("unit", "100", "1431")


@pytest.mark.parametrize(("guess", "listed"), [(lambda k: 1000 + k * k % 97, True), (lambda k: 1000, False)])
def test_a_unit_among_the_winners_is_listed_unless_it_agreed_on_one_number(
    guess: Callable[[int], int],
    listed: bool,  # noqa: FBT001
) -> None:
    people = [*others(200), *unit(20, guess)]
    names = [f"f{k:03}" for k in range(12)] + [f"o{k:03}" for k in range(20)]
    found = of(run(people, names, scattered), "many_winners")
    assert [one.participant_id for one in found] == ([f"f{k:03}" for k in range(12)] if listed else [])
    assert all(one.points == MOST_POINTS["many_winners"] for one in found)


def test_papers_of_one_length_are_listed_with_it() -> None:
    dice = random.Random(3)
    same = [
        one._replace(
            packed=one.best._replace(duration=300_000 + 400 * k, received=one.best.received + k).packed
        )
        for k, one in enumerate(unit(12, lambda k: dice.randrange(5000)))
    ]
    found = of(run([*others(200), *same], ["f000"], scattered), "equal_pace")
    assert {one.detail for one in found} == {("unit", "durations", "300000", "304400")}


def test_registrations_in_seconds_are_listed_and_those_in_an_hour_only_beside_another_sign() -> None:
    dice = random.Random(5)
    people = [*others(300), *unit(15, lambda k: dice.randrange(5000))]
    rush = run(people, ["f000"], lambda k: scattered(k) if k < 300 else START_MS + 500 * (k - 300))
    assert {(one.seen, one.out_of, one.detail) for one in of(rush, "burst")} == {(15, 15, ("7000",))}
    assert len(of(rush, "one_hour")) == 15
    morning = run(people, ["f000"], lambda k: scattered(k) if k < 300 else START_MS + (k * k * 7_919) % HOUR_MS)
    assert not of(morning, "burst")
    assert not of(morning, "one_hour")


def test_a_paper_started_three_seconds_after_the_registration_is_no_sign() -> None:
    people = [standing(f"p{pause}", started=START_MS + pause) for pause in (0, 2_999, 3_000)]
    found = of(run(people, ["p0"]), "no_pause")
    assert [(one.participant_id, one.detail) for one in found] == [("p0", ("0",)), ("p2999", ("2999",))]


def test_without_winners_there_is_nobody_to_compare() -> None:
    assert run([standing(f"p{k}", prediction=10 * k) for k in range(50)]) == []


@given(st.sampled_from(sorted(MOST_POINTS)), st.integers(1, 10**9), st.integers(0, 80))
def test_points_are_ten_for_each_power_of_ten(reason: Reason, above: int, zeros: int) -> None:
    probability = Fraction(above, 10**9) / 10**zeros
    points = points_of(reason, probability)
    assert points == MOST_POINTS[reason] or probability**10 * 10 ** (points + 1) > 1
    assert probability**10 * 10**points <= 1


def test_the_points_of_a_persons_signs_add_up_to_99_at_most() -> None:
    one = Anomaly("too_fast", "p", "", 1, 1, None, None, ("1",), 50)
    assert scores([one, one._replace(reason="burst", points=20)]) == {"p": 70}
    assert scores([one, one, one]) == {"p": MOST_SCORE}
    assert scores([one._replace(points=0)]) == {}
