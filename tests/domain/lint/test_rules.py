"""A clean bank is silent, and one with exactly one fault is told of exactly that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.bank import Question
from chalicelib.domain.lint.rules import RULES
from chalicelib.domain.lint.stems import alike, check_same
from chalicelib.domain.lint.strategies import STRATEGIES, figures, guessing
from chalicelib.domain.lint.subject import LegalText, Subject
from tests.domain.lint.banks import DAYS, DECREE, clean, found, phrase, question

Bank = list[Question]


def changed(*places: int, **to: Any) -> Callable[[Bank], Bank]:
    """The bank with the same change to the questions in these places."""

    def change(bank: Bank) -> Bank:
        return [one._replace(**to) if k in places else one for k, one in enumerate(bank)]

    return change


def with_options(k: int, change: Callable[[str, bool], str]) -> Callable[[Bank], Bank]:
    """``change``: an option, and whether it is right, to what stands in its place."""

    def spoil(bank: Bank) -> Bank:
        one = bank[k]
        options = tuple(change(text, bool(one.answer >> at & 1)) for at, text in enumerate(one.options))
        return [*bank[:k], one._replace(options=options), *bank[k + 1 :]]

    return spoil


def in_all(change: Callable[[str, bool], str]) -> Callable[[Bank], Bank]:
    def spoil(bank: Bank) -> Bank:
        for k, one in enumerate(bank):
            if not one.multiple:
                bank = with_options(k, change)(bank)
        return bank

    return spoil


def says_the_key(bank: Bank) -> Bank:
    key = bank[1].options[bank[1].answer.bit_length() - 1]
    return changed(2, text=f"{phrase(6, 'before')} {key.lower()}?")(bank)


def same_options(bank: Bank) -> Bank:
    first = changed(1, text=f"{phrase(30, 'long')} one?")(bank)
    like = changed(2, text=f"{phrase(30, 'long')} two?", options=first[1].options, answer=0b0100)
    return like([first[0], first[1]._replace(answer=0b0010), *first[2:]])


def wrong_there(bank: Bank) -> Bank:
    """Two questions with one stem; the key of the first is among the wrong options of the second."""
    key = bank[1].options[bank[1].answer.bit_length() - 1]
    options = (bank[2].options[0], key, *bank[2].options[2:])
    return changed(1, 2, text=phrase(9, "same"))(changed(2, options=options, answer=1)(bank))


def letter_a(bank: Bank) -> Bank:
    """The key of most single questions becomes A, its text with it."""

    def moved(one: Question) -> Question:
        at = one.answer.bit_length() - 1
        options = (one.options[at], *one.options[:at], *one.options[at + 1 :])
        return one._replace(options=options, answer=1)

    return [one if one.multiple or k % 5 == 1 else moved(one) for k, one in enumerate(bank)]


def numbered(bank: Bank) -> Bank:
    """Options are numbers, and the key the smallest one."""

    def spoilt(k: int, one: Question) -> Question:
        at = one.answer.bit_length() - 1
        values = [f"{11 + 10 * ((place - at) % 4) + k % 7} ngày {phrase(3, k, place)}" for place in range(4)]
        return one._replace(options=tuple(values))

    return [one if one.multiple else spoilt(k, one) for k, one in enumerate(bank)]


GONE = LegalText("43/2011/NĐ-CP", "", date(2011, 8, 1), date(2022, 8, 14), "Nghị định số 42/2022/NĐ-CP", "")
LATE = LegalText("42/2022/NĐ-CP", "", date(2022, 8, 15), None, "", "")
LAW = LegalText("81/2006/QH11", "Luật Cư trú năm 2006", date(2007, 7, 1), date(2021, 6, 30), "", "")
TEXTS = {"texts": [DECREE, GONE, LATE, LAW]}

PLANTED: list[tuple[str, str, Callable[[Bank], Bank], dict[str, Any], set[str]]] = [
    ("same-stem", "the same stem", changed(1, 2, text=phrase(9, "same")), {}, {"Q01", "Q02"}),
    (
        "same-stem",
        "one word of thirty differs",
        lambda bank: changed(2, text=f"{phrase(30, 'long')} two?")(
            changed(1, text=f"{phrase(30, 'long')} one?")(bank)
        ),
        {},
        {"Q01", "Q02"},
    ),
    ("contradictory", "like stems, the same options, another key", same_options, {}, {"Q01", "Q02"}),
    ("contradictory", "one stem, and a key that is wrong elsewhere", wrong_there, {}, {"Q01", "Q02"}),
    ("gives-away", "a stem says the key of another", says_the_key, {}, {"Q01", "Q02"}),
    ("length", "a long key", with_options(1, lambda text, right: text * 3 if right else text), {}, {"Q01"}),
    ("length", "a short key", with_options(1, lambda text, right: text[:5] if right else text), {}, {"Q01"}),
    (
        "absolute",
        "all wrong ones begin with “Chỉ”",
        with_options(1, lambda text, right: text if right else f"{text[:12]} chỉ {text[12:]}"),
        {},
        {"Q01"},
    ),
    (
        "overlap",
        "the key has words of the stem",
        with_options(1, lambda text, right: phrase(3, "stem", 1).capitalize() + text[20:] if right else text),
        {},
        {"Q01"},
    ),
    ("grammar", "a full stop", with_options(1, lambda text, right: text + "." * right), {}, {"Q01"}),
    (
        "grammar",
        "a small letter",
        with_options(1, lambda text, right: text.lower() if right else text),
        {},
        {"Q01"},
    ),
    (
        "grammar",
        "another first word",
        with_options(1, lambda text, right: text if right else f"Được {text[5:]}"),
        {},
        {"Q01"},
    ),
    (
        "counts",
        "four options, always two right ones",
        lambda bank: [one._replace(answer=0b0101) if one.multiple else one for one in bank],
        {},
        {f"Q{k:02}" for k in range(0, 48, 6)},
    ),
    ("reference", "no clause", changed(3, reference="Điều 5 Nghị định số 61/2018/NĐ-CP"), {}, {"Q03"}),
    ("reference", "no article", changed(3, reference="Nghị định số 61/2018/NĐ-CP"), {}, {"Q03"}),
    ("reference", "no text", changed(3, reference="Khoản 1 Điều 5 năm 2018"), {}, {"Q03"}),
    ("reference", "no year", changed(3, reference="Khoản 1 Điều 5 Luật Cư trú"), {}, {"Q03"}),
    ("reference", "nothing", changed(3, reference=""), {}, {"Q03"}),
    (
        "in-force",
        "repealed a week before",
        changed(3, reference="Khoản 1 Điều 5 Nghị định số 43/2011/NĐ-CP"),
        TEXTS,
        {"Q03"},
    ),
    (
        "in-force",
        "a law by its name",
        changed(3, reference="Khoản 1 Điều 5 Luật Cư trú năm 2006"),
        TEXTS,
        {"Q03"},
    ),
    (
        "in-force",
        "in force a day after the beginning",
        changed(3, reference="Khoản 1 Điều 5 Nghị định số 42/2022/NĐ-CP"),
        {**TEXTS, "days": (date(2022, 8, 14), DAYS[1])},
        {"Q03"},
    ),
    (
        "unknown-text",
        "a text that the table has not",
        changed(3, reference="Khoản 1 Điều 5 Quyết định số 99/2020/QĐ-TTg"),
        {},
        {"Q03"},
    ),
    (
        "topics",
        "a topic too small for its quota",
        lambda bank: bank,
        {"size": 20, "topics": {"topic-0": 8}},
        {"Q00"},
    ),
    (
        "topics",
        "a topic that is never asked",
        lambda bank: bank,
        {"size": 4, "topics": {"topic-0": 2, "topic-1": 2}},
        {"Q02"},
    ),
    ("never-chosen", "nobody chose D", lambda bank: bank, {"chosen": {"Q01": [80, 90, 30, 0]}}, {"Q01"}),
]


def test_a_clean_bank_is_silent() -> None:
    assert found(clean()) == []
    assert found(clean(), chosen={"Q01": [80, 90, 30, 20]}, size=20, topics={"topic-0": 5}) == []


@pytest.mark.parametrize(
    ("rule", "spoil", "more", "ids"),
    [pytest.param(rule, spoil, more, ids, id=f"{rule}: {how}") for rule, how, spoil, more, ids in PLANTED],
)
def test_a_planted_fault_is_found_and_nothing_else(
    rule: str, spoil: Callable[[Bank], Bank], more: dict[str, Any], ids: set[str]
) -> None:
    told = found(spoil(clean()), **more)
    assert {one.rule for one in told} == {rule}
    assert {*told[0].questions} >= ids
    assert all(":" in one.reason for one in told)


@pytest.mark.parametrize(
    ("strategy", "spoil"),
    [
        ("dài nhất", in_all(lambda text, right: f"{text} xy" if right else text)),
        ("ngắn nhất", in_all(lambda text, right: text[:-3] if right else text)),
        ("số nhỏ nhất", numbered),
        ("luôn chọn A", letter_a),
        (
            "tránh “chỉ",
            in_all(lambda text, right: text if right or "b" in text[:9] else f"{text[:12]} chỉ {text[17:]}"),
        ),
    ],
)
def test_a_bank_that_form_gives_away_is_told_with_the_strategy(
    strategy: str, spoil: Callable[[Bank], Bank]
) -> None:
    told = [one for one in found(spoil(clean())) if one.rule == "strategy"]
    assert any(strategy in one.reason for one in told)


def test_keys_under_one_letter_are_told() -> None:
    told = {one.rule for one in found(letter_a(clean(120)))}
    assert "letters" in told


def test_what_excludes_each_other_may_be_alike_and_give_each_other_away() -> None:
    for spoil in (changed(1, 2, text=phrase(9, "same")), says_the_key):
        assert found(changed(1, excludes=("Q02",))(spoil(clean()))) == []


def test_each_rule_has_a_planted_fault() -> None:
    assert {rule for rule, *_ in PLANTED} | {"strategy", "letters"} == {rule.name for rule in RULES}


def test_without_the_contests_days_no_text_is_out_of_force() -> None:
    bank = changed(3, reference="Khoản 1 Điều 5 Nghị định số 43/2011/NĐ-CP")(clean())
    assert found(bank, **{**TEXTS, "days": None}) == []


def test_guessing_scores_what_the_number_of_options_says() -> None:
    two = question(1, options=("a", "b"), answer=1)
    assert guessing(Subject([two, question(2)])) == (1 / 2 + 1 / 4) / 2


def test_figures_are_expected_shares() -> None:
    """Of two options that are longest each is chosen half the time; where all are as long, one guesses."""
    ties = question(1, options=("aaa", "bbb", "c", "d"), answer=0b0001)
    alike = question(2, options=("aa", "bb", "cc", "dd"), answer=0b0001)
    longest = figures(Subject([ties, alike]))[0]
    assert (longest.strategy, longest.share, longest.applied, longest.right) == (
        STRATEGIES[0], (1 / 2 + 1 / 4) / 2, 1, 1 / 2,
    )  # fmt: skip


texts = st.text(st.sampled_from("ab .,:%“”/ĐCP0123456789\n"), max_size=30)


@st.composite
def any_question(draw: st.DrawFn) -> Question:
    options = draw(st.lists(texts, min_size=2, max_size=6))
    answer = draw(st.integers(1, 2 ** len(options) - 1))
    name = draw(st.text("QR0123456789", min_size=1, max_size=4))
    return Question(name, draw(texts), draw(texts), tuple(options), answer, draw(texts))


@settings(suppress_health_check=[HealthCheck.too_slow])  # a whole bank is drawn, on a machine of any speed
@given(st.lists(any_question(), max_size=6, unique_by=lambda one: one.id), st.randoms(use_true_random=False))
def test_any_bank_is_looked_through_and_the_order_of_its_rows_says_nothing(bank: Bank, random: Any) -> None:
    told = found(bank)
    assert {one for finding in told for one in finding.questions} <= {one.id for one in bank}
    random.shuffle(bank)
    assert found(bank) == told


def test_stems_made_by_a_template_are_one_finding_and_few_pairs_are_compared() -> None:
    bank = [question(k, text="Câu nào đúng theo quy định của pháp luật?") for k in range(300)]
    assert len(list(alike(Subject(bank)))) <= 20 * 300
    (told,) = check_same(Subject(bank))
    assert len(told.questions) == 300
