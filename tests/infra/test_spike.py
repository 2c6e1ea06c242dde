"""The simulated morning: its knee stays where it is. Nothing here depends on the machine's speed."""

from __future__ import annotations

from dataclasses import replace

from benchmarks import spike
from benchmarks.spike import MINUTE, Scenario, Settings

GOAL = spike.Goal()


def missed(scenario: Scenario, settings: Settings, scale: int = 20) -> list[str]:
    scenario = replace(scenario, scale=scale)
    (result,) = spike.run([(scenario, settings, 1)])
    return GOAL.missed(scenario, result)


def test_the_knee_of_the_templates_defaults_is_where_it_was() -> None:
    shipped = spike.as_shipped()
    assert missed(spike.in_three_seconds(15_000), shipped, 5) == []
    assert missed(spike.in_ten_minutes(100_000), shipped) == []
    (wait,) = missed(spike.in_ten_minutes(200_000), shipped)
    assert wait.startswith("answer saved")


def test_hand_ins_are_lost_when_a_week_begins_as_another_ends() -> None:
    together = missed(spike.shared_close(40_000, 50_000, 0), spike.as_shipped())
    assert "hand-ins lost" in together[0]


def test_an_office_behind_one_address_is_locked_out_by_limits_by_address() -> None:
    assert missed(spike.office(5_000), replace(spike.as_shipped(), requests_per_address=10**9), 5)
    nobody = replace(spike.as_shipped(), requests_per_address=10**9, sign_ins_per_address=10**9)
    assert missed(spike.office(5_000), nobody, 5) == []


def test_a_minute_without_most_of_the_database_loses_nothing() -> None:
    assert missed(spike.weak_database(50_000), spike.as_shipped()) == []


def test_the_same_seed_gives_the_same_result_and_another_agrees() -> None:
    scenario, shipped = replace(spike.in_ten_minutes(50_000), scale=10), spike.as_shipped()
    one, again, other = spike.run([(scenario, shipped, seed) for seed in (1, 1, 2)])
    assert one == again != other
    assert spike.apart([one, other]) == []
    slower = {**other["waits"], "after": {**other["waits"]["after"], "p95": 9_000}}
    assert spike.apart([one, {**other, "waits": slower}])


def test_the_page_decides_how_often_answers_are_saved() -> None:
    """Some 8 minutes of a save every 30 to 35 s, the first after an answer."""
    scenario = replace(spike.in_ten_minutes(20_000), scale=10)
    (result,) = spike.run([(scenario, spike.as_shipped(), 1)])
    starts, saves, hand_ins = result["answered"][2:]
    assert starts == hand_ins == 20_000
    assert 10 < saves / starts < 17


def test_every_figure_of_the_platform_has_its_unit_and_its_source() -> None:
    platform = spike.platform()
    assert platform.read_on > "2026"
    for name, row in platform.rows.items():
        assert row["value"] > 0, name
        assert row["unit"], name
        assert row["source"].startswith(("https://", "assumed: ")), name


def test_the_morning_has_a_price_and_a_chart() -> None:
    scenario = replace(spike.in_three_seconds(10_000), scale=20)
    (result,) = spike.run([(scenario, spike.as_shipped(), 1)])
    cost = spike.usd(result, spike.as_shipped())
    assert cost["warm tables, once"] == 0
    assert 0 < sum(cost.values()) < 10
    drawn = spike.chart(result)
    assert drawn.lstrip().startswith(("<?xml", "<svg"))
    assert "<path" in drawn
    assert result["perSecond"][: 20 * MINUTE // 1000] != result["refusedPerSecond"]
