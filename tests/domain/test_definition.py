"""Every value of contest.toml is checked, and a checked definition survives being stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.domain.definition import DATES, FREE, RULES_OF_A_WEEK, Definition
from tests.fakes import definition
from tests.identity_table import identity

UNIT_PRIZE: dict[str, Any] = {"name": "best", "title": "Giải", "count": 1}
FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("contest.id", {"contest": {"id": "Nghệ An"}}),
    ("contest.id", {"contest": {"id": ""}}),
    ("contest.id", {"contest": {"id": "-a"}}),
    ("contest.title", {"contest": {"title": ""}}),
    ("contest.organiser", {"contest": {"organiser": 7}}),
    ("contest.hotline", {"contest": {"hotline": 238_000_000}}),
    ("contest.motto", {"contest": {"motto": "unknown key"}}),
    ("contest.timezone", {"contest": {"timezone": "Asia/Nghe_An"}}),
    ("contest.timezone", {"contest": {"timezone": "../etc/passwd"}}),
    ("contest.timezone", {"contest": {"timezone": ""}}),
    ("contest.start", {"contest": {"start": datetime(2022, 8, 22, 8, 0)}}),  # noqa: DTZ001  naive on purpose
    ("contest.start", {"contest": {"start": date(2022, 8, 22)}}),
    ("contest.start", {"contest": {"start": "tomorrow"}}),
    ("contest.start", {"contest": {"start": 1_661_130_000}}),
    ("contest.weeks", {"contest": {"weeks": 0}}),
    ("contest.weeks", {"contest": {"weeks": 54}}),
    ("contest.weeks", {"contest": {"weeks": Decimal("4.5")}}),
    ("contest.weeks", {"contest": {"weeks": "4"}}),
    ("contest.weeks", {"contest": {"weeks": True}}),
    ("contest.week_length", {"contest": {"week_length": "7 days"}}),
    ("contest.week_length", {"contest": {"week_length": "P1M"}}),
    ("contest.week_length", {"contest": {"week_length": "-P7D"}}),
    ("contest.week_length", {"contest": {"week_length": 7}}),
    ("contest.week_length", {"contest": {"week_length": time(8, 0)}}),
    ("contest", {"contest": {"gap": "PT0S"}}),
    ("contest.pause", {"contest": {"pause": "15 phút"}}),
    ("", {"contest": {"week_length": "PT0S"}}),
    ("", {"contest": {"week_length": "P7D", "pause": "P7D"}}),
    ("contest.grace", {"contest": {"grace": "10"}}),
    ("contest.settle", {"contest": {"settle": "PT60"}}),
    ("paper.questions", {"paper": {"questions": 0}}),
    ("paper.questions", {"paper": {"questions": 101}}),
    ("paper.time_limit", {"paper": {"time_limit": "PT0S"}}),
    ("paper.time_limit", {"paper": {"time_limit": "P"}}),
    ("paper.time_limit", {"paper": {"time_limit": "PT"}}),
    ("", {"contest": {"week_length": "P60D"}, "paper": {"time_limit": "P50D"}}),
    ("paper.attempts_per_week", {"paper": {"attempts_per_week": 0}}),
    ("paper.attempts_per_week", {"paper": {"attempts_per_week": 51}}),
    ("paper.shuffle_options", {"paper": {"shuffle_options": "yes"}}),
    ("paper.publish_bank", {"paper": {"publish_bank": 1}}),
    ("paper.show_score", {"paper": {"show_score": "never"}}),
    ("paper.overdue", {"paper": {"overdue": "keep"}}),
    ("paper.topics.law", {"paper": {"topics": {"law": 0}}}),
    ("paper", {"paper": {"topics": {"law": 3, "rules": 3}}}),
    ("prediction.target", {"prediction": {"target": "everybody"}}),
    ("prediction.question", {"prediction": {"question": ""}}),
    ("ranking", {"ranking": {"order": []}}),
    ("ranking", {"ranking": {"order": ["score", "duration", "score"]}}),
    ("ranking.one_prize", {"ranking": {"one_prize": True}}),
    ("ranking.final", {"ranking": {"final": "yes"}}),
    ("prizes.0.when", {"prizes": [{"name": "first", "title": "Giải Nhất", "count": 1, "when": "day"}]}),
    ("ranking.order.1", {"ranking": {"order": ["score", "speed"]}}),
    ("prizes.0.name", {"prizes": [{"name": "Nhất", "title": "Giải Nhất", "count": 1}]}),
    ("prizes.0.count", {"prizes": [{"name": "first", "title": "Giải Nhất", "count": 0}]}),
    ("", {"prizes": [{"name": "first", "title": title, "count": 1} for title in ("Nhất", "Nhì")]}),
    ("unit_score.participation_min_score", {"unit_score": {"participation_min_score": -1}}),
    ("unit_prizes.0", {"unit_prizes": ["none"]}),
    *(
        (f"unit_prizes.0.{name}", {"unit_prizes": [{**UNIT_PRIZE, name: value}]})
        for name, value in [
            ("name", "Nhất"),
            ("title", ""),
            ("when", "month"),
            ("count", 0),
            ("by", "quality"),
            ("once", "yes"),
            ("blocs", [""]),
            ("obliged_from", -1),
            ("obliged_to", Decimal("9.5")),
            ("min_rate", Decimal("1.01")),
            ("min_rate", True),
            ("min_rate", "0.3"),
            ("min_rate", []),
            ("min_rate", [[50, Decimal("0.3")]]),
            ("min_rate", [[Decimal("0.3")], [Decimal("0.2")]]),
            ("min_rate", [[50, Decimal("0.3")], [50, Decimal("0.2")], [0]]),
            ("min_rate", [[100, Decimal("0.3")], [50, Decimal("0.2")], [0]]),
            ("min_rate", [[50, Decimal("0.3"), 1], [0]]),
            ("min_people", 0),
            ("min_winners", -1),
            ("level", "district"),
        ]
    ),
    ("unit_prizes.0", {"unit_prizes": [{**UNIT_PRIZE, "obliged_from": 9, "obliged_to": 8}]}),
    ("", {"unit_prizes": [UNIT_PRIZE, UNIT_PRIZE]}),
    ("eligibility.min_age", {"eligibility": {"min_age": -1}}),
    ("publication.winner_names", {"publication": {"winner_names": "initials"}}),
    ("gifts", {"gifts": {"first": "a bicycle"}}),
]


@pytest.mark.parametrize(("place", "tables"), FAULTS, ids=[f"{place} in {tables}" for place, tables in FAULTS])
def test_a_bad_value_is_refused_at_its_place(place: str, tables: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        definition(**tables)
    depth = len(place.split(".")) if place else 0
    assert {".".join(map(str, fault["loc"][:depth])) for fault in refused.value.errors()} == {place}


@pytest.mark.parametrize("weights", [("0.5", "0.2", "0.2"), ("0.5", "0.3", "0.3"), ("0.33", "0.33", "0.33")])
def test_the_weights_must_add_up_to_exactly_one(weights: tuple[str, str, str]) -> None:
    table = dict(zip(("participation", "volume", "quality"), map(Decimal, weights), strict=True))
    with pytest.raises(ValidationError, match="đúng bằng 1"):
        definition(unit_score={"weights": table})


@pytest.mark.parametrize("weight", [Decimal("-0.1"), Decimal("1.1"), Decimal("NaN"), True, "much", None])
def test_a_weight_must_be_a_number_between_zero_and_one(weight: object) -> None:
    table = {"participation": weight, "volume": Decimal("0.5"), "quality": Decimal("0.5")}
    with pytest.raises(ValidationError):
        definition(unit_score={"weights": table})


def test_a_weight_that_no_binary_fraction_can_hold_stays_exact() -> None:
    table = {"participation": Decimal("0.1"), "volume": Decimal("0.2"), "quality": Decimal("0.7")}
    weights = definition(unit_score={"weights": table}).unit_score.weights
    assert (weights.participation, weights.volume) == (Decimal("0.1"), Decimal("0.2"))


def test_every_iso_8601_duration_without_months_or_years_is_read() -> None:
    for text, span in {
        "P7D": timedelta(days=7),
        "P2W": timedelta(days=14),
        "PT3M": timedelta(minutes=3),
        "P1DT2H3M4S": timedelta(days=1, hours=2, minutes=3, seconds=4),
        "PT0.5S": timedelta(milliseconds=500),
    }.items():
        assert definition(contest={"settle": text}).contest.settle == span


def test_omitted_values_take_the_defaults_of_the_design() -> None:
    contest = {"id": "a", "title": "b", "organiser": "c", "hotline": "d", "start": "now", "weeks": 4}
    whole = Definition.model_validate({"contest": contest})
    assert (whole.contest.timezone, whole.contest.week_length) == ("Asia/Ho_Chi_Minh", timedelta(days=7))
    assert (whole.grace, whole.time_limit) == (10_000, 1_200_000)
    assert whole.contest.settle == timedelta(seconds=60)
    assert (whole.paper.questions, whole.paper.attempts_per_week, whole.paper.overdue) == (
        20,
        10,
        "submit_saved",
    )
    assert whole.paper.min_duration == timedelta(0)
    assert whole.ranking.order == ("score", "prediction", "duration", "submitted")
    assert whole.prediction is None
    assert (whole.contest.pause, whole.contest.complaints) == (timedelta(minutes=15), timedelta(days=3))
    assert (whole.contest.period, whole.ranking.one_prize, whole.ranking.final) == ("tuần", "contest", False)
    assert (whole.unit_score.volume, whole.unit_score.participation_min_score) == ("obliged", 0)
    assert not whole.publication.lowest_units
    weekly, final = whole.unit_prizes
    assert (weekly.title, weekly.when, weekly.count, weekly.once) == ("Giải thi tuần", "week", 1, True)
    assert (final.title, final.when, final.count, final.once) == ("Giải tập thể", "final", 5, False)


def test_a_least_rate_is_one_number_or_steps_by_size_and_survives_being_stored() -> None:
    steps = [[50, Decimal("0.3")], [100, Decimal("0.25")], [Decimal("0.2")]]
    whole = definition(
        unit_prizes=[{**UNIT_PRIZE, "min_rate": steps}, {**UNIT_PRIZE, "name": "b", "min_rate": 1}]
    )
    assert [*map(tuple, whole.unit_prizes[0].min_rate)] == [
        (50, Decimal("0.3")),
        (100, Decimal("0.25")),
        (None, Decimal("0.2")),
    ]
    assert whole.unit_prizes[1].min_rate == ((None, 1),)
    assert Definition.model_validate_json(whole.model_dump_json()) == whole


def milliseconds(days: int) -> st.SearchStrategy[timedelta]:
    return st.integers(1, days * 86_400_000).map(lambda ms: timedelta(milliseconds=ms))


@given(length=milliseconds(360), limit=milliseconds(49))
def test_a_definition_is_the_same_after_being_stored_and_read_back(length: timedelta, limit: timedelta) -> None:
    limit, length = sorted([limit, length])
    whole = definition(contest={"week_length": length, "weeks": 2}, paper={"time_limit": limit})
    assert Definition.model_validate_json(whole.model_dump_json()) == whole


def test_a_contest_of_one_week_that_lasts_a_year_can_be_stored() -> None:
    whole = definition(contest={"week_length": "P365D", "weeks": 1})
    assert Definition.model_validate_json(whole.model_dump_json()) == whole


@pytest.mark.parametrize(
    "contest",
    [
        pytest.param({"start": datetime(9999, 12, 31, tzinfo=UTC)}, id="a year typed wrongly"),
        pytest.param({"week_length": "P70000D", "weeks": 53}, id="a length typed wrongly"),
    ],
)
def test_a_calendar_beyond_the_year_9999_is_refused(contest: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        definition(contest=contest)


def test_a_week_that_keeps_its_rules_keeps_paper_prediction_ranking_and_prizes_and_nothing_else() -> None:
    now = definition(
        contest={"title": "Mới"}, paper={"time_limit": "PT20M", "questions": 9}, unit_prizes=[UNIT_PRIZE]
    )
    then = definition(ranking={"order": ["duration"]}, prizes=[])
    assert now.time_limit == 1_200_000, "what the calendar has worked out must not be taken over"
    kept = now.under_rules_of(then)
    assert (kept.time_limit, kept.paper, kept.ranking) == (600_000, then.paper, then.ranking)
    assert (kept.contest, kept.prizes, kept.weeks) == (now.contest, then.prizes, now.weeks)
    assert kept.unit_prizes == then.unit_prizes
    assert kept.under_rules_of(now) == now
    assert now.under_rules_of(now) is now


def test_every_setting_is_frozen_when_the_contest_opens_unless_it_is_listed() -> None:
    everything = {
        f"{table}.{name}"
        for table in Definition.model_fields
        if table not in (*RULES_OF_A_WEEK, "calendar", "categories")
        for name in type(getattr(definition(), table)).model_fields
    }
    assert everything >= FREE | DATES, "a list names a setting that there is not"
    frozen = set(definition().frozen())
    assert frozen == everything - FREE - DATES | {
        "ranking.one_prize",
        "ranking.final",
        "prizes.final",
        "categories",
        "unit_prizes.final",
    }
    assert {
        "categories",
        "contest.grace",
        "contest.timezone",
        "unit_score.weights",
    } <= frozen


STAFF = {"name": "staff", "title": "Cán bộ", "obliged": True, "unit": "required"}
PUPIL = {"name": "pupil", "title": "Học sinh", "obliged": False, "unit": "optional"}


def test_without_categories_there_are_obliged_people_in_units_and_others() -> None:
    mandatory, encouraged = definition().categories
    assert (mandatory.name, mandatory.obliged, mandatory.unit) == ("mandatory", True, "required")
    assert (encouraged.name, encouraged.obliged, encouraged.unit) == ("encouraged", False, "optional")
    assert definition().obliged == {"mandatory"}
    assert definition(categories=[STAFF, PUPIL]).obliged == {"staff"}


def test_only_the_titles_of_categories_may_change_during_the_contest() -> None:
    contest = definition(categories=[STAFF, PUPIL])
    other_title = definition(categories=[{**STAFF, "title": "Công chức"}, PUPIL])
    assert contest.frozen() == other_title.frozen()
    for changed in (
        [PUPIL, STAFF],
        [STAFF],
        [STAFF, {**PUPIL, "unit": "none"}],
        [STAFF, {**PUPIL, "name": "x"}],
    ):
        assert contest.frozen() != definition(categories=changed).frozen()


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"categories": []}, "categories"),
        ({"categories": [{**STAFF, "name": f"c{k}"} for k in range(7)]}, "categories"),
        ({"categories": [STAFF, {**PUPIL, "name": "staff"}]}, "name riêng"),
        ({"categories": [{**STAFF, "unit": "optional"}]}, 'unit = "required"'),
        ({"categories": [{**STAFF, "name": "Cán bộ"}]}, "categories"),
        ({"categories": [{"name": "staff", "title": "Cán bộ", "unit": "none"}]}, "obliged"),
        (
            {"prizes": [{"name": "first", "title": "Giải", "count": 1, "categories": ["pupil"]}]},
            "chỉ có: mandatory, encouraged",
        ),
        ({"paper": {"min_duration": "PT11M"}}, "min_duration"),
        ({"contest": {"week_length": "PT5M"}}, "time_limit"),
        ({"contest": {"week_length": "PT15M", "pause": "PT5M"}}, r"pause = \"PT0S\""),
        ({"contest": {"gap": "PT0S"}}, r"bỏ gap và ghi pause = \"PT15M\""),
        ({"prizes": [{"name": "first", "title": "Giải", "count": 1, "min_score": 6}]}, "6 câu đúng"),
        ({"contest": {"start": "2022-08-22T08:00:00+08:00"}}, r"2022-08-22T07:00:00\+07:00"),
        ({"unit_prizes": [{**UNIT_PRIZE, "obliged_from": 9, "obliged_to": 8}]}, "obliged_from: lớn hơn"),
        ({"ranking": {"final": True}}, r"cần \[\[prizes\]\]"),
        ({"prizes": [{"name": "best", "title": "Giải", "count": 1, "when": "final"}]}, "hãy ghi cả hai"),
        (
            {
                "ranking": {"final": True},
                "prizes": [{"name": "best", "title": "Giải", "count": 1, "when": "final", "min_score": 21}],
            },
            "21 câu đúng",
        ),
        ({"unit_score": {"participation_min_score": 6}}, "không ai được tính là dự thi"),
        ({"unit_prizes": [{**UNIT_PRIZE, "obliged_to": 0, "min_rate": Decimal("0.1")}]}, "bỏ min_rate"),
        ({"unit_prizes": [{**UNIT_PRIZE, "when": "final", "once": True}]}, "bỏ once"),
        ({"unit_prizes": [{**UNIT_PRIZE, "min_rate": [[9, 1], [5, 1], [0]]}]}, "tăng dần"),
        ({"unit_prizes": [{**UNIT_PRIZE, "min_rate": "nhiều"}]}, "cần một tỷ lệ"),
        ({"unit_prizes": [{**UNIT_PRIZE, "min_winners": 4}]}, "chỉ có 3 giải cá nhân"),
        ({"prizes": [], "unit_prizes": [{**UNIT_PRIZE, "by": "winners"}]}, "chỉ có 0 giải cá nhân"),
    ],
)
def test_settings_that_contradict_each_other_are_refused_with_what_to_do(
    tables: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        definition(**tables)


def test_a_prize_for_verified_people_needs_what_verifies_them() -> None:
    def asking(*prizes: list[str], **more: Any) -> Definition:
        rows = [
            {"name": f"prize-{k}", "title": "Giải", "count": 1, "verified": proofs}
            for k, proofs in enumerate(prizes)
        ]
        return definition(prizes=rows, **more)

    provider = {"identity": identity("https://xacthuc.example.vn", "https://thi.example/")}
    assert asking(["roster"]).proofs == {"roster"}
    assert asking(["roster"], **provider).proofs == {"roster"}
    assert asking(["provider"], ["roster", "provider"], **provider).proofs == {"roster", "provider"}
    for proofs in (["provider"], ["provider", "roster"]):
        with pytest.raises(ValidationError, match="hoặc bỏ provider"):
            asking(proofs)
    # Who is on a roster and proven is told as proven, and would lose the prize.
    with pytest.raises(ValidationError, match="“prize-1” chỉ ghi roster"):
        asking(["provider"], ["roster"], **provider)
    with pytest.raises(ValidationError, match=r"prizes\.0\.verified"):
        asking(["none"])
