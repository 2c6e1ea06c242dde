"""The rules in words: every setting is said, and every example is what the rules compute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from chalicelib.domain.definition import Definition
from chalicelib.domain.identity_provider import Claims
from chalicelib.readers.contest_toml import read_definition
from chalicelib.reports.rules.page import STYLE_SOURCE, rules_page
from chalicelib.reports.rules.words import exact, span_in_words
from tests.identity_table import identity
from tests.stack import ROOT

# Every table is there, and everything that may be switched on is on.
FULL: dict[str, Any] = {
    "contest": {
        "id": "autumn",
        "title": "Tìm hiểu pháp luật",
        "organiser": "UBND tỉnh",
        "hotline": "0238 000 000",
        "start": "2026-09-07T08:00:00+07:00",
        "weeks": 4,
    },
    "calendar": [{"week": 1, "reason": "bão số 5"}],
    "paper": {"publish_bank": True, "min_duration": "PT30S", "topics": {"luật": 5}},
    "prediction": {"question": "Bao nhiêu người đúng hết?"},
    "ranking": {"final": True},
    "categories": [
        {"name": "others", "title": "Đoàn viên khác", "obliged": False, "unit": "required"},
        {"name": "staff", "title": "Cán bộ", "obliged": True, "unit": "required"},
    ],
    "prizes": [
        {"name": "first", "title": "Giải Nhất", "count": 1, "categories": ["staff"]},
        {"name": "second", "title": "Giải Nhì", "count": 2},
        {"name": "most", "title": "Giải toàn cuộc", "count": 3, "when": "final"},
    ],
    "unit_prizes": [
        {
            "name": "large",
            "title": "Giải đơn vị lớn",
            "blocs": ["Sở"],
            "obliged_from": 50,
            "obliged_to": 500,
            "min_rate": [[100, Decimal("0.3")], [Decimal("0.2")]],
            "min_people": 5,
        },
        {"name": "once", "title": "Giải một lần", "once": True},
        {"name": "final", "title": "Giải tập thể", "when": "final", "count": 5},
    ],
    "eligibility": {"excluded_roles": ["Tổ ra đề thi", "Tổ thẩm định"]},
    "identity": identity("https://xacthuc.vn", "https://thi.vn/", require=True, fallback="unverified"),
}
# How the identity provider is asked, and how the page looks: nothing that rules say.
TECHNICAL = {
    *("contest.colours", "contest.colours.brand", "contest.portal"),
    *(f"identity.{name}" for name in ("issuer", "token_endpoint", "jwks_uri", "userinfo_endpoint", "acr")),
    *(f"identity.{name}" for name in ("authorization_endpoint", "redirect_uri", "client_id", "scope")),
    *(f"identity.claims.{name}" for name in Claims.model_fields),
}
# Other values of settings of which the test cannot make up one by itself, or where one more would be refused.
# Each is said by a sentence of its own.
OTHER: dict[str, tuple[Any, ...]] = {
    "contest.id": ("winter",),
    "contest.timezone": ("Asia/Bangkok",),
    "contest.start": ("2026-09-07T09:00:00+07:00", "2026-09-14T08:00:00+07:00", "now"),
    "calendar": ((),),
    "calendar.week": (2,),
    "calendar.opens": ("2026-09-07T09:00:00+07:00",),
    "calendar.closes": ("2026-09-14T07:00:00+07:00",),
    "paper.topics": ({}, {"luật": 6}, {"phí": 5}, {"luật": 5, "phí": 1}),
    "paper.show_score": ("after_close",),  # with a published bank, None means "at_once"
    "prediction": (None,),
    "ranking.order": (
        ("score",),
        ("prediction", "score"),
        ("score", "prediction", "submitted", "duration"),
        ("score", "duration", "submitted"),
        ("score", "duration", "submitted", "attempts"),
    ),
    "categories": (({"name": "staff", "title": "Cán bộ", "obliged": True, "unit": "required"},),),
    "categories.name": ("members",),
    "prizes": ((),),
    "prizes.name": ("gold",),
    "prizes.categories": ((), ("others",), ("staff", "others")),
    "prizes.verified": (("provider",), ("roster",), ("provider", "roster")),
    "unit_score.weights": (
        {"participation": Decimal("0.4"), "volume": Decimal("0.3"), "quality": Decimal("0.3")},
        {"participation": Decimal("0.4"), "volume": Decimal("0.2"), "quality": Decimal("0.4")},
        {"participation": Decimal("0.5"), "volume": Decimal("0.1"), "quality": Decimal("0.4")},
    ),
    "unit_prizes": ((),),
    "unit_prizes.name": ("big",),
    "unit_prizes.blocs": ((), ("Huyện",), ("Sở", "Huyện")),
    "unit_prizes.obliged_to": (None, 501),
    "unit_prizes.min_rate": (Decimal(0), Decimal("0.25"), [[100, Decimal("0.3")], [Decimal("0.25")]]),
    "eligibility.excluded_roles": ((), ("Tổ ra đề thi",), ("Tổ ra đề thi", "Tổ giúp việc")),
}
# What has to change along with a setting.
ALONG: dict[str, tuple[str, Any]] = {
    "prizes": ("ranking.final", False),
    "ranking.final": ("prizes", FULL["prizes"][:2]),
    "identity.provider": ("identity.require", False),
}
# Tables whose settings cannot change alone.
TOGETHER = ("unit_score.weights",)


class Setting(NamedTuple):
    """``path`` as in ``contest.toml``; a table that is given several times stands for its first row."""

    path: str
    annotation: Any


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The tables of which a setting consists: itself one, one or none, or a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def settings(table: type[BaseModel] = Definition, above: str = "") -> Iterator[Setting]:
    """Every setting of every table, and every table that may be left out or given several times."""
    for name, field in table.model_fields.items():
        path, models = f"{above}{name}", _models(field.annotation)
        if models != [field.annotation] or path in TOGETHER:
            yield Setting(path, field.annotation)
        if path not in TOGETHER:
            for model in models:
                yield from settings(model, f"{path}.")


SETTINGS = {setting.path: setting for setting in settings() if setting.path not in TECHNICAL}


def _full() -> dict[str, Any]:
    return Definition.model_validate(FULL).model_dump()


def _place(raw: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    *tables, name = path.split(".")
    for table in tables:
        raw = raw[table]
        if isinstance(raw, tuple | list):
            raw = raw[0]
    return raw, name


def _named(annotation: Any) -> tuple[Any, ...]:
    """The values that a setting lists, None among them."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return tuple(value for part in get_args(annotation) for value in _named(part))
    return ()


def others(path: str) -> tuple[Any, ...]:
    """Values that mean something else than the one in ``FULL``."""
    table, name = _place(_full(), path)
    value = table[name]
    if path in OTHER:
        return OTHER[path]
    if _named(SETTINGS[path].annotation):
        return tuple(one for one in _named(SETTINGS[path].annotation) if one != value)
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1,)
    if isinstance(value, timedelta):
        return (value + timedelta(seconds=90), value + timedelta(milliseconds=1))
    assert isinstance(value, str), f"say in OTHER which other values {path} may have"
    return (f"{value} khác",)


def changed(path: str, value: Any) -> Definition:
    raw = _full()
    for each, new in ((path, value), *([ALONG[path]] if path in ALONG else [])):
        table, name = _place(raw, each)
        table[name] = new
    return Definition.model_validate(raw)


def languages(definition: Definition) -> tuple[str, str]:
    """The Vietnamese and the English text."""
    vietnamese, english = re.findall(r"<article.*?</article>", rules_page(definition, {}), re.DOTALL)
    return vietnamese, english


@cache
def full() -> tuple[str, str]:
    return languages(Definition.model_validate(FULL))


@pytest.mark.parametrize("path", sorted(SETTINGS))
def test_another_value_of_any_setting_changes_what_the_rules_say(path: str) -> None:
    values = others(path)
    texts = [full(), *(languages(changed(path, value)) for value in values)]
    for language in (1,) if path.endswith("_en") else (0, 1):
        assert len({text[language] for text in texts}) == len(texts), values


def test_no_setting_is_left_out_of_the_test() -> None:
    assert all(others(path) for path in SETTINGS)
    assert OTHER.keys() <= SETTINGS.keys(), "some are of settings that are gone"
    for table in TOGETHER:
        for part in OTHER[table][0]:
            assert len({value[part] for value in OTHER[table]}) > 1


def test_no_weight_of_anybody_is_left_out_of_the_formula() -> None:
    for weights in OTHER["unit_score.weights"]:
        for text, point in zip(languages(changed("unit_score.weights", weights)), (",", "."), strict=True):
            told = re.findall(r"100 × \(([\d.,]+) × \S+ \+ ([\d.,]+) × \S+ \+ ([\d.,]+) × \S+\) =", text)
            assert [Fraction(one.replace(point, ".")) for one in told[0]] == [
                Fraction(one) for one in weights.values()
            ]


@pytest.mark.parametrize("obliged", [True, False])
@pytest.mark.parametrize("volume", ["obliged", "people", "attempts"])
@pytest.mark.parametrize("questions", [1, 7, 20])
def test_the_example_of_the_unit_score_adds_up(volume: str, questions: int, obliged: bool) -> None:  # noqa: FBT001
    raw = _full()
    raw["unit_score"]["volume"] = volume
    if not obliged:
        raw.update(categories=FULL["categories"][:1], prizes=[FULL["prizes"][1]], ranking={})
    raw["paper"].update(questions=questions, topics={})
    vietnamese, _ = languages(Definition.model_validate(raw))
    (formula,) = re.findall(r"100 × \(([^()]*)\) = (?:≈ )?([\d,]+)\.", vietnamese)
    products = [part.split(" × ") for part in formula[0].split(" + ")]
    total = 100 * sum(Fraction(weight.replace(",", ".")) * Fraction(share) for weight, share in products)
    assert abs(total - Fraction(formula[1].replace(",", "."))) < Fraction(1, 10_000)
    assert len(products) == 3


def shipped() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "contests").rglob("contest.toml"))


def definition_of(toml: str) -> Definition:
    definition = read_definition((ROOT / toml).read_bytes(), [])
    assert definition
    return definition


def test_the_examples_of_nghe_an_are_those_of_the_rules() -> None:
    vietnamese, english = languages(definition_of("contests/nghe-an-2022/contest.toml"))
    assert "100 × (0,5 × 3/4 + 0,2 × 1/20 + 0,3 × 9/10) = 65,5." in vietnamese
    assert "100 × (0.5 × 3/4 + 0.2 × 1/20 + 0.3 × 9/10) = 65.5." in english
    assert "(135 + 117)/(180 + 180) = 7/10" in vietnamese
    assert "ít nhất 45 người thuộc đối tượng bắt buộc dự thi (45/180 ≥ 25%)" in vietnamese
    # In the grace, at the end of a week, and never handed in (the cases).
    times = re.findall(r"(\d\d:\d\d:\d\d|không nộp[^<]*)</td><td class=\"c\">(\d\d:\d\d,\d{3})", vietnamese)
    assert times == [
        ("09:12:00", "12:00,000"),
        ("09:20:05", "20:10,000"),
        ("10:00:03", "00:11,000"),
        ("không nộp, đã lưu câu trả lời", "20:10,000"),
    ]
    assert "số dự đoán của người đó là 700." in vietnamese
    assert re.findall(r'<td class="c">\d</td><td class="c">([A-E])</td>', vietnamese) == list("CABED")
    assert "12:00.000" in english
    assert "Week 1</td>" in english


@pytest.mark.parametrize("toml", shipped())
def test_the_rules_of_every_shipped_contest_can_be_written(toml: str) -> None:
    page = rules_page(definition_of(toml), {})
    _well_formed(page)
    assert page == rules_page(definition_of(toml), {})
    assert not re.search(r"https?:|src=|href=|url\(", page), "it refers to nothing outside"


EXTREMES: dict[str, dict[str, Any]] = {
    "one question, one week": {
        "contest": {"weeks": 1, "week_length": "PT1H", "pause": "PT0S"},
        "paper": {"questions": 1, "topics": {}},
    },
    "no grace": {"contest": {"grace": "PT0S"}},
    "a time limit of a second": {"paper": {"time_limit": "PT1S", "min_duration": "PT1S"}},
    "all are obliged": {"categories": [FULL["categories"][1]], "prizes": []},
    "nobody is obliged": {"categories": [FULL["categories"][0]], "prizes": []},
    "many excluded roles": {"eligibility": {"excluded_roles": [f"Vai trò {n}" for n in range(80)]}},
    "no age": {"eligibility": {"min_age": 0}},
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_contests_have_rules_too(name: str) -> None:
    raw = {**FULL}
    for table, values in EXTREMES[name].items():
        raw[table] = values if isinstance(values, list) else {**raw.get(table, {}), **values}
    if "prizes" in EXTREMES[name]:
        raw.update(unit_prizes=[], ranking={})
    _well_formed(rules_page(Definition.model_validate(raw), {}))


def test_texts_of_the_organisers_cannot_become_markup() -> None:
    raw = _full()
    for path, setting in SETTINGS.items():
        table, name = _place(raw, path)
        free = isinstance(table[name], str) and not _named(setting.annotation)
        if free and name not in ("id", "name", "timezone"):
            table[name] = "<script>x</script>"
    raw["eligibility"]["excluded_roles"] = ("<script>x</script>",)
    raw["unit_prizes"][0]["blocs"] = ("<script>x</script>",)
    raw["paper"]["topics"] = {"<script>x</script>": 1}
    page = rules_page(Definition.model_validate(raw), {})
    assert page.count("&lt;script&gt;") > 20
    assert "<script" not in page
    _well_formed(page)


def test_begun_weeks_with_other_rules_have_the_articles_that_differ_behind_the_others() -> None:
    now = Definition.model_validate(FULL)
    then = now.under_rules_of(changed("paper.attempts_per_week", 3))
    page = rules_page(now, {1: then, 2: then, 3: now})
    assert page.count("(áp dụng cho Tuần 1 và Tuần 2)") == 1
    main, special = page.split("<h2>Điều 4 (áp dụng cho Tuần 1 và Tuần 2). Bài thi</h2>")
    assert "tối đa 10 lượt thi" in main
    assert "tối đa 3 lượt thi" in special
    assert "Tuần 3)" not in page


def test_the_sites_policy_allows_the_style_of_the_rules() -> None:
    template = (ROOT / "infra/template.yaml").read_text(encoding="utf-8")
    assert f"style-src 'self' '{STYLE_SOURCE}'" in template


@pytest.mark.parametrize(
    ("span", "vi", "en"),
    [
        (timedelta(0), "0 giây", "0 seconds"),
        (timedelta(seconds=1), "1 giây", "1 second"),
        (timedelta(days=7), "7 ngày", "7 days"),
        (timedelta(hours=25, minutes=30), "1 ngày 1 giờ 30 phút", "1 day 1 hour 30 minutes"),
        (timedelta(minutes=20, milliseconds=1_500), "20 phút 1,5 giây", "20 minutes 1.5 seconds"),
    ],
)
def test_spans_are_said_in_their_units(span: timedelta, vi: str, en: str) -> None:
    assert span_in_words(span) == (vi, en)


def test_numbers_are_exact_or_say_that_they_are_not() -> None:
    assert exact(Fraction(131, 2)) == ("65,5", "65.5")
    assert exact(Fraction(2_700)) == ("2.700", "2,700")
    assert exact(Fraction(2, 3)) == ("≈ 0,6667", "≈ 0.6667")


class _Balance(HTMLParser):
    """Fails where an element is not closed in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _well_formed(page: str) -> None:
    parser = _Balance()
    parser.feed(page)
    assert parser.open == []
