"""Random weeks: the verifier's ranking, written from the document, agrees with the contest's."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from decimal import Decimal
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib.documents.canonical import digest
from chalicelib.domain.attempt import DISCARDED, OVERDUE, SUBMITTED, Entry
from chalicelib.domain.decisions import Decisions, Ruling
from chalicelib.domain.paper import MASKS, UNANSWERED, drawn_questions
from chalicelib.services.closing.shares import Shares
from chalicelib.services.contest.compiled_rosters import Member, Roster, rosters_key
from chalicelib.services.contest.reference import Reference
from tests.closer import closer
from tests.domain.builders import NONCE, done, entry
from tests.fakes import (
    MINUTE,
    START_MS,
    UNITS,
    WEEK,
    MemoryObjects,
    MemoryParticipants,
    MemoryRevisions,
    collectors,
    definition,
    in_shards,
    reference,
)
from verify.__main__ import main

# Everybody has the same paper.
ASKED = drawn_questions(reference().bank, definition().paper, NONCE)
ORDERS = [list(order) for order in permutations(["score", "prediction", "duration", "submitted", "attempts"])]


def filled(rng: random.Random, score: int) -> str:
    """Answers with so many right; the others are blank or have every option."""
    right = [MASKS[question.answer] for question in ASKED]
    for place in rng.sample(range(len(ASKED)), len(ASKED) - score):
        right[place] = rng.choice([UNANSWERED, MASKS[(1 << len(ASKED[place].options)) - 1]])
    return "".join(right)


CATEGORIES = [
    {"name": "staff", "title": "Cán bộ", "obliged": True, "unit": "required"},
    {"name": "pupil", "title": "Học sinh", "obliged": True, "unit": "required"},
    {"name": "resident", "title": "Người dân", "obliged": False, "unit": "optional"},
]


def played(rng: random.Random, week: int) -> list[Entry]:
    """Forty people with so few distinct values that everything ties."""
    started = START_MS + (week - 1) * WEEK
    entries = []
    for number in range(40):
        attempts = [
            done(
                score,
                rng.choice([None, 3, 9, 12]),
                duration=rng.choice([1, 2]) * MINUTE,
                started=started + rng.choice([0, 1]),
            )._replace(flag=rng.choice([SUBMITTED, SUBMITTED, OVERDUE, DISCARDED]), answers=filled(rng, score))
            for score in rng.choices([3, 4, 5], k=rng.choice([1, 1, 2, 3]))
        ]
        unit = ["SO-A", "SO-B", "TRUONG-C", ""][number % 4]
        category = "resident" if number % 3 == 0 or not unit else ["staff", "pupil"][number % 2]
        entries.append(entry(f"{number:02x}{number:018}", *attempts, unit=unit, category=category, week=week))
    return entries


def rosters(rng: random.Random) -> bytes:
    """Two units list some of the forty people, some of them exempt, some registered elsewhere."""

    def members(unit: str) -> list[Member]:
        numbers = [number for number in range(40) if number % 5 == (unit == "SO-B")]
        return [
            Member(
                f"{number:02x}{number:018}", "", "", rng.random() < 0.3, rng.choice(["staff", "resident"]), ""
            )
            for number in numbers
        ]

    lines = [msgspec.json.encode(Roster(unit, members(unit))) for unit in ("SO-A", "SO-B")]
    return b"".join(line + b"\n" for line in lines)


def close(entries: list[Entry], contest: Reference, site: MemoryObjects, listed: bytes = b"") -> None:
    def read(week: int, shards: Any) -> Any:
        return in_shards([one for one in entries if one.week == week], shards)

    desk = MemoryObjects()
    desk.put(rosters_key(contest.rosters), listed)
    shares = Shares(read, desk, "test", collectors)
    closing = closer(shares, MemoryParticipants(), MemoryRevisions(), desk, site)
    closing.run(contest, START_MS + 2 * WEEK + 70_000)


@pytest.mark.parametrize("seed", range(24))
def test_the_verifier_ranks_a_random_contest_of_two_weeks_alike(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(seed)
    entries = played(rng, 1) + played(rng, 2)
    rng.shuffle(entries)
    contest = definition(
        contest={"weeks": 2},
        paper={"min_duration": rng.choice(["PT0S", "PT90S"])},
        prediction={"target": rng.choice(["perfect_people", "people", "attempts"])},
        categories=CATEGORIES,
        prizes=[
            {"name": "staff", "title": "Giải", "count": 2, "categories": ["staff"], "min_score": 4},
            {"name": "residents", "title": "Giải", "count": 3, "categories": ["resident", "pupil"]},
            {"name": "all", "title": "Giải", "count": 2},
        ],
        ranking={"order": ORDERS[seed * 5][: rng.choice([1, 5])], "one_prize": rng.choice(["contest", "no"])},
        unit_score={"participation_min_score": rng.choice([0, 0, 4, 5])},
        unit_prizes=[
            {
                "name": f"prize-{k}",
                "title": "Giải",
                "count": rng.choice([1, 2]),
                "by": rng.choice(["score", "rate", "people", "attempts", "winners"]),
                **rng.choice([{"once": True}, {"once": False}, {"when": "final"}]),
                "level": rng.choice(["top", "leaf"]),
                "blocs": rng.choice([[], ["Sở, ban, ngành"]]),
                "obliged_from": rng.choice([0, 5]),
                "obliged_to": rng.choice([None, 8]),
                "min_rate": rng.choice([0, 1, [[4, 1], [Decimal("0.5")]]]),
                "min_people": rng.choice([1, 11]),
                "min_winners": rng.choice([0, 1, 2]),
            }
            for k in range(rng.choice([0, 1, 3]))
        ],
    )
    if seed % 6 == 0:
        contest = contest.model_copy(update={"prediction": None})
    barred = [one.participant_id for one in rng.sample(entries, 5)]
    decisions = Decisions(
        rulings=tuple(
            Ruling(question.id, (1, 2)[seed % 2 :], answers, "lý do", "2022-09-20T09:00:00+07:00")
            for question, answers in zip(rng.sample(ASKED, 2), ((), (1, 2)), strict=True)
        )
    )
    site, listed = MemoryObjects(), rosters(rng)
    excluded, annulled = barred[:3], barred[3:]
    parent = rng.choice(["", "SO-A", "SO-B"])
    units = [unit._replace(parent=parent) if unit.code == "TRUONG-C" else unit for unit in UNITS]
    loaded = reference(
        contest,
        units=units,
        excluded=excluded,
        annulled=annulled,
        decisions=decisions,
        rosters=digest(listed),
    )
    close(entries, loaded, site, listed)
    code = main(["--rank", "https://thi.example"], lambda address: site.objects.get)
    assert code == 0, capsys.readouterr().out
    ranking = [json.loads(data) for key, data in site.objects.items() if "/ranking-" in key]
    assert sum(len(week["no_prize"]) for week in ranking) >= 5


def test_a_week_without_attempts_is_checked_too(capsys: pytest.CaptureFixture[str]) -> None:
    site = MemoryObjects()
    close([], reference(definition(contest={"weeks": 2})), site)
    assert main(["--rank", "https://thi.example"], lambda address: site.objects.get) == 0
    assert "0 bài cho ra đúng mã xác thực" in capsys.readouterr().out


def test_a_week_that_was_opened_again_and_a_cancelled_one_leave_nothing_that_cannot_be_checked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Week 1 is closed, opened again and closed with more attempts; week 2 of three is not held."""
    rng = random.Random(11)
    first, third = played(rng, 1), played(rng, 3)
    stores = MemoryParticipants(), MemoryRevisions(), MemoryObjects()
    site = MemoryObjects()

    def run(entries: list[Entry], now: int, **row: Any) -> None:
        def read(week: int, shards: Any) -> Any:
            return in_shards([one for one in entries if one.week == week], shards)

        cancelled = {"week": 2, "cancelled": True}
        contest = definition(
            contest={"weeks": 3}, categories=CATEGORIES, calendar=[*([row] if row else []), cancelled]
        )
        shares = Shares(read, stores[2], "test", collectors)
        closer(shares, *stores, site).run(reference(contest), now)

    later = definition().rfc3339(START_MS + WEEK + 60 * MINUTE)
    run(first[:30], START_MS + WEEK + 70_000)
    run(first, START_MS + WEEK + 60 * MINUTE + 70_000, week=1, closes=later)
    run([*first, *third], START_MS + 3 * WEEK + 70_000, week=1, closes=later)
    index = json.loads(site.objects["data/results/index.json"])
    assert index["weeks"] == [{"week": 1, "revision": 2}, {"week": 3, "revision": 1}]
    assert main(["--rank", "https://thi.example"], lambda address: site.objects.get) == 0
    assert "2 tuần cộng lại ra cùng xếp hạng" in capsys.readouterr().out


@pytest.fixture(scope="module")
def ended() -> dict[str, bytes]:
    """The site of a contest of two weeks that is over."""
    rng = random.Random(7)
    site = MemoryObjects()
    prizes = [{"name": "final", "title": "Giải", "when": "final", "count": 2, "min_people": 3}]
    contest = definition(contest={"weeks": 2}, categories=CATEGORIES, unit_prizes=prizes)
    close(played(rng, 1) + played(rng, 2), reference(contest), site)
    return dict(site.objects)


def lie_about_the_end(site: dict[str, bytes], lie: Callable[[Any], object]) -> dict[str, bytes]:
    page = json.loads(site["data/results/final.json"])
    lie(page)
    return {**site, "data/results/final.json": json.dumps(page).encode()}


def test_the_units_and_unit_prizes_of_the_end_follow_from_the_weeks(
    ended: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--rank", "https://thi.example"], lambda address: ended.get) == 0
    assert "2 tuần cộng lại ra cùng xếp hạng 3 đơn vị và 2 giải" in capsys.readouterr().out


def test_the_units_of_the_end_are_ranked_again_by_level(capsys: pytest.CaptureFixture[str]) -> None:
    rng, site = random.Random(7), MemoryObjects()
    prizes = [
        {"name": "final", "title": "Giải", "when": "final", "count": 2, "min_people": 3},
        {"name": "school", "title": "Giải", "when": "final", "count": 2, "level": "leaf"},
    ]
    contest = definition(contest={"weeks": 2}, categories=CATEGORIES, unit_prizes=prizes)
    units = [unit._replace(parent="SO-A" if unit.code == "TRUONG-C" else "") for unit in UNITS]
    close(played(rng, 1) + played(rng, 2), reference(contest, units), site)

    def checked(level: str) -> int:
        page = json.loads(site.objects["data/results/final.json"])
        for row in page["units"]:
            row["level"] = row["level"] and (level or row["level"])
        told = {**site.objects, "data/results/final.json": json.dumps(page).encode()}
        return main(["--rank", "https://thi.example"], lambda address: told.get)

    assert checked("") == 0
    assert "2 tuần cộng lại ra cùng xếp hạng 4 đơn vị và 3 giải" in capsys.readouterr().out
    assert checked("top") == 1


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (lambda page: page["again"]["units"].pop(), "thiếu đơn vị"),
        (lambda page: page["units"][0].update(prize=""), "giải đơn vị cuối cuộc thi"),
        (lambda page: page["units"].reverse(), "giải đơn vị cuối cuộc thi"),
        (lambda page: page["units"][0].update(people=1), "giải đơn vị cuối cuộc thi"),
        (lambda page: page["units"][0].update(unit_score=99.0), "giải đơn vị cuối cuộc thi"),
        (lambda page: page["again"]["units"][0].update(score="1"), "giải đơn vị cuối cuộc thi"),
        (lambda page: page["again"]["unit_score"].update(volume="people"), "giải đơn vị cuối cuộc thi"),
        (lambda page: page["again"]["unit_prizes"][0].update(count=1), "giải đơn vị cuối cuộc thi"),
        (lambda page: page["again"]["units"][0].update(distinct_people=99), "không thể có từ số người"),
        (lambda page: page["again"]["units"][0].update(distinct_people=1), "không thể có từ số người"),
        (lambda page: page["again"]["units"][0].update(winners=99), "không thể có từ số người"),
        (lambda page: page["again"].update(draw_root="0" * 64), "mã xác thực của tuần cuối"),
    ],
)
def test_an_end_that_does_not_follow_from_the_weeks_fails(
    ended: dict[str, bytes], lie: Callable[[Any], object], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = lie_about_the_end(ended, lie)
    assert main(["--rank", "https://thi.example"], lambda address: told.get) == 1
    assert said in capsys.readouterr().out
