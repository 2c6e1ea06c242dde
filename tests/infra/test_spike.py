"""The simulated morning: its knee stays where it is. Nothing here depends on the machine's speed."""

from __future__ import annotations

from dataclasses import replace

from benchmarks import spike
from benchmarks.spike import Scenario, Settings

GOAL = spike.Goal()


def missed(scenario: Scenario, settings: Settings, scale: int = 20) -> list[str]:
    scenario = replace(scenario, scale=scale)
    (result,) = spike.run([(scenario, settings, 1)])
    return GOAL.missed(scenario, result)


def test_the_knee_is_where_it_was() -> None:
    """docs/capacity.md has it to the last step; here is a size on each side, with the parameter and without."""
    without, large = spike.settings(), spike.settings(200_000)
    assert missed(spike.in_ten_minutes(100_000), without) == []
    (wait,) = missed(spike.in_ten_minutes(200_000), without)
    assert wait.startswith("answer saved")
    assert missed(spike.goal(200_000), large) == []
    assert missed(spike.goal(400_000), large) != []
    assert missed(spike.goal(400_000), spike.settings(400_000)) == []


def test_hand_ins_are_lost_when_a_week_begins_as_another_ends_unless_people_are_expected() -> None:
    at_once, later = (
        spike.shared_close(40_000, 50_000, 0),
        spike.shared_close(40_000, 50_000, 15 * spike.MINUTE),
    )
    assert "hand-ins lost" in missed(at_once, spike.settings())[0]
    for scenario in (at_once, later):
        assert not any("lost" in one for one in missed(scenario, spike.settings(200_000)))
    assert missed(spike.shared_close(20_000, 50_000, 15 * spike.MINUTE), spike.settings(), 10) != []


def test_limits_of_the_beginnings_protect_the_ends_even_from_people_who_do_not_come_by_the_page() -> None:
    large, close = spike.settings(200_000), spike.shared_close(40_000, 50_000, 0)
    free = replace(large, rates=dict.fromkeys(large.rates, 10_000), bursts=dict.fromkeys(large.bursts, 5_000))
    crowd = replace(close, spread=False, scale=10)
    limited, unlimited = spike.run([(crowd, settings, 1) for settings in (large, free)])
    assert unlimited["lost"] > 8_000
    assert limited["lost"] < 400


def test_an_office_behind_one_address_gets_in() -> None:
    office, settings = spike.office(5_000), spike.settings()
    assert missed(office, settings, 5) == []
    # With lower limits all are turned away for good: what is turned away comes again, and counts.
    assert "5,000 people turned away" in missed(office, replace(settings, requests_per_address=100_000), 5)
    assert missed(office, replace(settings, sign_ins_per_address=3_000), 5)


def test_a_minute_without_most_of_the_database_loses_nothing() -> None:
    assert missed(spike.weak_database(50_000), spike.settings()) == []


def test_the_same_seed_gives_the_same_result_and_another_agrees() -> None:
    scenario, shipped = replace(spike.in_ten_minutes(50_000), scale=10), spike.settings()
    one, again, other = spike.run([(scenario, shipped, seed) for seed in (1, 1, 2)])
    assert one == again != other
    assert spike.apart([one, other]) == []
    slower = {**other["waits"], "after": {**other["waits"]["after"], "p95": 9_000}}
    assert spike.apart([one, {**other, "waits": slower}])


def test_the_page_decides_how_often_answers_are_saved() -> None:
    """Some 8 minutes of a save every 30 to 35 s, the first after an answer."""
    scenario = replace(spike.in_ten_minutes(20_000), scale=10)
    (result,) = spike.run([(scenario, spike.settings(), 1)])
    starts, saves, hand_ins = result["answered"][2:]
    assert starts == hand_ins == 20_000
    assert 10 < saves / starts < 17


def test_every_figure_of_the_platform_has_its_unit_and_its_source() -> None:
    platform = spike.platform()
    assert platform.read_on > "2026"
    for name, row in platform.rows.items():
        assert row["value"] > 0, name
        assert row["unit"], name
        assert row["source"].startswith(("https://", "not confirmed: https://", "assumed: ")), name


def test_the_morning_has_a_price_and_a_chart() -> None:
    scenario = replace(spike.in_three_seconds(10_000), scale=20)
    (result,) = spike.run([(scenario, spike.settings(), 1)])
    cost = spike.usd(result, spike.settings())
    assert cost["warm tables, once"] == 0
    assert 0 < sum(cost.values()) < 10
    drawn = spike.chart(result)
    assert drawn.lstrip().startswith(("<?xml", "<svg"))
    assert "<path" in drawn
