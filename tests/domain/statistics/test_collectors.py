"""Collectors that watch entries go by: parts merge in any order and survive a round trip through bytes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempt import SUBMITTED, UNSAVED, Entry
from chalicelib.domain.paper import draw
from chalicelib.domain.receipt import erased
from chalicelib.domain.statistics.activity import Activity
from chalicelib.domain.statistics.first_answers import Answer, FirstAnswers, total
from chalicelib.domain.statistics.signs import Fast, Signs, Unread, Unsaved
from chalicelib.domain.times import LocalHours
from tests.domain.builders import done, entry, show
from tests.fakes import MINUTE, START, START_MS, definition, reference

CONTEST = definition(paper={"min_duration": "PT5S"})
REFERENCE = reference(CONTEST)
BANK = REFERENCE.bank
HOUR = 60 * MINUTE
MAKERS: dict[str, Callable[[], Any]] = {
    "first answers": lambda: FirstAnswers(BANK, CONTEST.paper),
    "activity": lambda: Activity(CONTEST.zone),
    "signs": lambda: Signs(CONTEST, BANK),
}


@st.composite
def entries(draw_from: st.DrawFn) -> list[Entry]:
    """People of three units, with up to three attempts at any hour of the week."""
    dice = random.Random(draw_from(st.integers(0, 1 << 32)))
    made = []
    for person in range(draw_from(st.integers(0, 12))):
        attempts = [
            done(
                dice.randrange(6),
                duration=dice.choice([3_000, 8_000, MINUTE]),
                started=START_MS + dice.randrange(7 * 24 * HOUR),
                status=dice.choice(["submitted", "submitted", "overdue", "discarded"]),
            )._replace(
                **({"flag": UNSAVED} if dice.random() < 0.2 else {}),
                nonce=f"{dice.getrandbits(64):016x}",
                answers="".join(dice.choice("ABCDE") for _ in range(5)),
            )
            for _ in range(dice.randrange(4))
        ]
        made.append(entry(f"p{person:02}", *attempts, unit=dice.choice(["", "SO-A", "SO-B"])))
    return made


def collected(make: Callable[[], Any], seen: list[Entry]) -> Any:
    collector = make()
    show(collector, *seen)
    return collector


@pytest.mark.parametrize("kind", MAKERS)
@given(
    everyone=entries(), cuts=st.tuples(st.integers(0, 12), st.integers(0, 12)), order=st.permutations([0, 1, 2])
)
def test_parts_merge_into_the_whole_in_any_order(
    kind: str, everyone: list[Entry], cuts: tuple[int, int], order: list[int]
) -> None:
    make, (low, high) = MAKERS[kind], sorted(cuts)
    parts = [everyone[:low], everyone[low:high], everyone[high:]]
    merged = make()
    for part in order:
        merged.merge(collected(make, parts[part]))
    assert merged.encode() == collected(make, everyone).encode()


@pytest.mark.parametrize("kind", MAKERS)
@given(everyone=entries(), cut=st.integers(0, 12))
def test_a_part_read_on_another_machine_is_as_good(kind: str, everyone: list[Entry], cut: int) -> None:
    make = MAKERS[kind]
    here, there = collected(make, everyone[:cut]), collected(make, everyone[cut:])
    here.decode(there.encode())
    assert here.encode() == collected(make, everyone).encode()


@given(entries())
def test_first_answers_come_from_the_first_attempt_only(everyone: list[Entry]) -> None:
    by_score: dict[int, Counter[Answer]] = {}
    by_unit: dict[str, Counter[Answer]] = {}
    for one in everyone:
        for attempt in one.finished[:1]:
            if attempt.counted:
                paper = draw(BANK, CONTEST.paper, attempt.nonce)
                given = [Answer(q.question.id, c) for q, c in zip(paper, attempt.answers, strict=True)]
                by_score.setdefault(attempt.score, Counter()).update(given)
                by_unit.setdefault(one.unit, Counter()).update(given)
    first = collected(MAKERS["first answers"], everyone)
    assert first.by_score == by_score
    assert dict(first.by_unit) == by_unit
    assert total(first.by_score.values()) == sum(by_unit.values(), Counter())


@given(entries())
def test_activity_counts_attempts_and_people_by_the_contests_local_time(everyone: list[Entry]) -> None:
    def local(instant: int) -> datetime:
        moment = START.replace(tzinfo=None) + timedelta(milliseconds=instant - START_MS)
        return moment.replace(minute=0, second=0, microsecond=0)

    starts = [(one.participant_id, local(a.started)) for one in everyone for a in one.counted]
    activity = collected(MAKERS["activity"], everyone)
    assert {hour.start: hour.attempts for hour in activity.hours} == Counter(hour for _, hour in starts)
    assert {hour.start: hour.people for hour in activity.hours} == Counter(hour for _, hour in set(starts))
    on_days = {(person, hour.replace(hour=0)) for person, hour in starts}
    assert {day.start: day.people for day in activity.days} == Counter(day for _, day in on_days)
    people = len({person for person, _ in starts})
    assert sum(hour.newcomers for hour in activity.hours) == people
    assert sum(day.newcomers for day in activity.days) == people


def test_erased_answers_are_not_counted() -> None:
    one = entry("an", done(3)._replace(answers="BBBBB"))
    assert list(collected(MAKERS["first answers"], [one]).by_score) == [3]
    assert not collected(MAKERS["first answers"], [erased(one, b"salt key")]).by_score


def test_an_attempt_below_two_seconds_a_question_is_a_sign_if_four_fifths_are_right() -> None:
    quick = {"duration": 9_999}
    signs = collected(
        MAKERS["signs"],
        [
            entry("all", done(5, **quick), done(4, **quick), done(3, **quick), done(5)),
            entry("poor", done(3, **quick)),
            entry("slow", done(5, duration=10_000)),
            entry("gone", done(5, duration=4_000, status="discarded")),
        ],
    )
    assert signs.fast == {"all": Fast("SO-A", 4, 2, 0, 9_999)}


def test_an_attempt_below_the_contests_floor_is_a_sign_whatever_its_score() -> None:
    signs = collected(MAKERS["signs"], [entry("an", done(0, duration=4_999), done(0, duration=5_000))])
    assert signs.fast == {"an": Fast("SO-A", 2, 0, 1, 4_999)}


@pytest.mark.parametrize(("hours", "at_night"), [(15.9, 0), (16, 1), (20.99, 1), (21, 0)])
def test_night_runs_from_midnight_to_five_local_time(hours: float, at_night: int) -> None:
    late = entry("an", done(started=START_MS + int(hours * HOUR)), done(started=START_MS + 30 * HOUR))
    assert collected(MAKERS["signs"], [late]).units == {"SO-A": (1, at_night)}


def test_hours_follow_a_time_zone_through_a_clock_change() -> None:
    from zoneinfo import ZoneInfo

    berlin = LocalHours(ZoneInfo("Europe/Berlin"))
    before = int(datetime.fromisoformat("2022-10-30T00:59:00+00:00").timestamp() * 1000)
    assert [berlin(before + hours * HOUR) % 24 for hours in range(-1, 3)] == [1, 2, 2, 3]


@pytest.mark.parametrize(
    ("flag", "duration", "score", "listed"),
    [
        (UNSAVED, 30_000, 4, True),
        (UNSAVED, 29_999, 5, False),
        (UNSAVED, 30_000, 3, False),
        (SUBMITTED, 30_000, 5, False),
    ],
)
def test_a_paper_that_was_never_saved_is_a_sign_from_half_a_minute_on(
    flag: str,
    duration: int,
    score: int,
    listed: bool,  # noqa: FBT001
) -> None:
    one = entry("an", done(score, duration=duration)._replace(flag=flag), done(5))
    expected = {"an": Unsaved("SO-A", 2, 1)} if listed else {}
    assert collected(MAKERS["signs"], [one]).unsaved == expected


def test_all_correct_at_the_first_attempt_and_faster_than_anybody_reads_is_a_sign() -> None:
    nonce = "0123456789abcdef"
    asked = [one.question for one in draw(BANK, CONTEST.paper, nonce)]
    words = sum(len(" ".join((one.text, *one.options)).split()) for one in asked)
    limit = words * 60_000 // 1_200
    signs = collected(
        MAKERS["signs"],
        [
            entry("quick", done(5, duration=limit - 1)),
            entry("reads", done(5, duration=limit)),
            entry("errs", done(4, duration=limit - 1)),
            entry("again", done(5), done(5, duration=limit - 1)),
        ],
    )
    assert signs.unread == {"quick": Unread("SO-A", words, limit - 1)}
    gone = collected(MAKERS["signs"], [erased(entry("quick", done(5, duration=limit - 1)), b"salt key")])
    assert gone.unread == {}
