"""Exact times are published where they decide and nowhere else; the verifier misses each that is left out."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempt import DISCARDED, OVERDUE, SUBMITTED, Entry
from chalicelib.domain.definition import Definition
from chalicelib.domain.receipt import time_salt
from tests.domain.builders import done, entry
from tests.examples import examples
from tests.fakes import MINUTE, SALT_KEY, START_MS, WEEK, MemoryObjects, definition, reference
from tests.verify.test_ranks_like_the_contest import close, lie_about_a_week, lie_about_the_end
from verify.__main__ import main

Site = dict[str, bytes]
MISSING, FALSE = "Thiếu thời gian chính xác (times) của", "Thời gian chính xác nêu ra khác với cam kết"
CRITERIA = ["score", "prediction", "duration", "submitted", "attempts"]
orders = st.builds(lambda fields, count: fields[:count], st.permutations(CRITERIA), st.integers(1, 5))
attempts = st.builds(
    lambda score, prediction, duration, since, flag: (score, prediction, duration, since, flag),
    st.sampled_from([1, 4, 5, 5]),
    st.sampled_from([None, 1, 3]),
    # Of two minutes; 90 s is the shortest time in half of the contests.
    st.sampled_from([60_000, 60_001, 89_999, 90_000, 119_999, 120_000]),
    st.sampled_from([0, 0, 1, 59_999]),
    st.sampled_from([SUBMITTED, SUBMITTED, SUBMITTED, OVERDUE, DISCARDED]),
)
weeks_of_people = st.lists(
    st.lists(st.lists(attempts, min_size=1, max_size=3), min_size=1, max_size=7), min_size=1, max_size=2
)


def name(number: int) -> str:
    return f"{number:02x}{number:018}"


def entries_of(weeks: list[list[list[tuple[Any, ...]]]]) -> list[Entry]:
    """By week, person and attempt: score, prediction, duration, start after the week's opening, flag."""
    return [
        entry(
            name(number),
            *(
                done(score, guess, duration=duration, started=START_MS + (week - 1) * WEEK + since)._replace(
                    flag=flag
                )
                for score, guess, duration, since, flag in tried
            ),
            unit=["SO-A", "SO-B"][number % 2],
            week=week,
        )
        for week, people in enumerate(weeks, 1)
        for number, tried in enumerate(people)
    ]


def contest_of(weeks: int, order: list[str], **more: Any) -> Definition:
    return definition(
        contest={"weeks": weeks},
        ranking={"order": order, "one_prize": "contest", "final": True},
        prizes=[
            {"name": "first", "title": "Giải", "count": 1, "min_score": 4},
            {"name": "second", "title": "Giải", "count": 1},
            {"name": "best", "title": "Giải", "when": "final", "count": 1},
        ],
        **more,
    )


def checked(site: Site) -> tuple[int, str]:
    said = StringIO()
    with redirect_stdout(said):
        code = main(["final", "https://thi.example"], lambda address: site.get)
    return code, said.getvalue()


def week_of(site: Site, week: int) -> Any:
    index = json.loads(site[f"data/proof/week-{week}/index.json"])
    return json.loads(site[f"data/proof/week-{week}/{index['folder']}/{index['ranking']['file']}"])


def opened_in(site: Site, weeks: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(week, place in ``times``) of what the weeks open; (week, place) of what the end does."""
    by_week = [(week, at) for week in range(1, weeks + 1) for at in range(len(week_of(site, week)["times"]))]
    end = json.loads(site["data/results/final.json"])["again"]["times"]
    return by_week, [(0, at) for at in range(len(end))]


def without(site: Site, one: tuple[int, int], change: Callable[[list[Any], int], object]) -> Site:
    week, at = one
    if week:
        return lie_about_a_week(site, week, lambda ranking: change(ranking["times"], at))
    return lie_about_the_end(site, lambda page: change(page["again"]["times"], at))


def later(times: list[Any], at: int) -> None:
    times[at]["duration_ms"] += 1


def in_another_minute(times: list[Any], at: int) -> None:
    times[at]["received_at_ms"] += MINUTE


def everything(site: Site) -> bytes:
    return b"\n".join(gzip.decompress(data) if key.endswith(".gz") else data for key, data in site.items())


@examples(0.5)
@given(
    weeks_of_people, orders, st.sampled_from(["PT0S", "PT90S"]), st.sampled_from(["first", "each"]), st.data()
)
def test_the_opened_times_are_enough_and_each_of_them_is_needed(
    weeks: list[Any], order: list[str], shortest: str, counts: str, data: st.DataObject
) -> None:
    contest = contest_of(
        len(weeks),
        order,
        paper={"min_duration": shortest},
        prediction={"target": "people", "counts": counts},
    )
    played, there = entries_of(weeks), MemoryObjects()
    people = sorted({one.participant_id for one in played})
    barred = data.draw(st.lists(st.sampled_from(people), max_size=2, unique=True))
    close(played, reference(contest, excluded=barred[:1], annulled=barred[1:]), there)
    site = dict(there.objects)
    code, said = checked(site)
    assert code == 0, said

    by_week, of_the_end = opened_in(site, len(weeks))
    for opened in (by_week, of_the_end):
        if opened:
            one = data.draw(st.sampled_from(opened))
            code, said = checked(without(site, one, list.pop))
            assert (code, MISSING in said) == (1, True), said
            change = data.draw(st.sampled_from([later, in_another_minute]))
            code, said = checked(without(site, one, change))
            assert (code, FALSE in said) == (1, True), said

    shown = everything(site)
    salts = {one["salt"] for week in range(1, len(weeks) + 1) for one in week_of(site, week)["times"]}
    salts |= {one["salt"] for one in json.loads(site["data/results/final.json"])["again"]["times"]}
    for one in played:
        for attempt in one.finished:
            salt = time_salt(SALT_KEY, one.week, attempt.number, one.participant_id).hex()
            assert (salt.encode() in shown) == (salt in salts)
    assert len(salts) == len(by_week) + len(of_the_end), "the end repeats nothing"


def a_week_of_many() -> list[tuple[Any, ...]]:
    """Thirty people with times of their own, by minutes one behind the other, but for two pairs.

    Exact times alone put the first before the second, and the 20th before the 21st.
    """
    spans = [300_000 + 60_000 * number + 1_013 * (number % 7) for number in range(30)]
    spans[1], spans[20] = spans[0] + 17_077, spans[19] + 17_077
    return [(5, None, span, 7_919 * number, SUBMITTED) for number, span in enumerate(spans)]


@pytest.fixture(scope="module")
def many() -> Site:
    site = MemoryObjects()
    contest = contest_of(1, ["score", "duration", "submitted"])
    close(entries_of([[[one] for one in a_week_of_many()]]), reference(contest), site)
    return dict(site.objects)


def test_the_times_of_people_who_decide_nothing_are_in_no_public_file(many: Site) -> None:
    """Not even as digits. Twenty people are proposed for commendation; minutes do not tell who is the 20th."""
    assert checked(many)[0] == 0
    shown = everything(many)
    known = set()
    for number, (_, _, duration, since, _) in enumerate(a_week_of_many()):
        received = START_MS + since + duration
        if str(received).encode() in shown:
            known.add(number)
        assert bool(re.search(rb"\b%d\b" % duration, shown)) == (number in known)
    assert known == {*range(21)}
    assert len(week_of(many, 1)["times"]) == 4


def test_whoever_might_have_been_the_last_to_be_commended_is_missed(many: Site) -> None:
    commended = {one["id"] for one in json.loads(many["data/results/final.json"])["again"]["commended"]}
    times = json.loads(many["data/results/final.json"])["again"]["times"]
    at = next(at for at, one in enumerate(times) if one["pseudonym"] not in commended)
    code, said = checked(without(many, (0, at), list.pop))
    assert (code, f"{MISSING} {times[at]['pseudonym']}" in said) == (1, True), said


def test_the_verifier_says_how_many_exact_times_it_did_not_need(many: Site) -> None:
    said = checked(many)[1]
    assert "thời gian chính xác của 4 bài đã mở ra là đủ" in said
    assert "không cần thời gian chính xác của 9 người" in said


def test_a_time_opened_twice_or_of_an_attempt_that_is_not_there_fails(many: Site) -> None:
    twice = lie_about_a_week(many, 1, lambda ranking: ranking["times"].append(ranking["times"][0]))
    assert "nêu hai lần hoặc không phải số nguyên" in checked(twice)[1]
    nobody = {**week_of(many, 1)["times"][0], "number": 9}
    more = lie_about_a_week(many, 1, lambda ranking: ranking["times"].append(nobody))
    assert "của bài không có trong bộ dữ liệu" in checked(more)[1]


def test_whole_minutes_of_the_shortest_time_open_nothing() -> None:
    """It is the second that makes a minute uncertain."""
    opened = {}
    for shortest in ("PT60S", "PT61S"):
        site = MemoryObjects()
        tried = [[(1 + number % 5, None, 60_000 + number, 0, SUBMITTED)] for number in range(9)]
        contest = contest_of(1, ["score"], paper={"min_duration": shortest})
        close(entries_of([tried]), reference(contest), site)
        assert checked(dict(site.objects))[0] == 0
        opened[shortest] = len(week_of(dict(site.objects), 1)["times"])
    assert (opened["PT60S"], opened["PT61S"]) == (4, 9)
