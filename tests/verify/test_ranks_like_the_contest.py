"""Random weeks: the verifier's ranking, written from the document, agrees with the contest's."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib.documents.canonical import digest
from chalicelib.documents.compiled_contest import encode_decisions, encode_definition
from chalicelib.domain.attempt import DISCARDED, OVERDUE, SUBMITTED, Entry
from chalicelib.domain.decisions import Confirmation, Decisions, Ruling
from chalicelib.domain.paper import MASKS, UNANSWERED, drawn_questions
from chalicelib.services.closing.shares import Shares
from chalicelib.services.contest.compiled_rosters import Member, Roster, rosters_key
from chalicelib.services.contest.reference import Reference
from tests.closer import closer, told_log
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
from tests.identity_table import identity
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


def played(rng: random.Random, week: int, absent: float = 0.2) -> list[Entry]:
    """Forty people with so few distinct values that everything ties; some stay away."""
    started = START_MS + (week - 1) * WEEK
    entries = []
    for number in range(40):
        if rng.random() < absent:
            continue
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


def close(
    entries: list[Entry],
    contest: Reference,
    site: MemoryObjects,
    listed: bytes = b"",
    proven: dict[str, int] | None = None,
) -> None:
    def read(week: int, shards: Any) -> Any:
        return in_shards([one for one in entries if one.week == week], shards)

    desk = MemoryObjects()
    desk.put(rosters_key(contest.rosters), listed)
    shares = Shares(read, desk, "test", collectors)
    revisions = MemoryRevisions()
    closing = closer(shares, MemoryParticipants(), revisions, desk, site, proven=proven)
    closing.run(contest, contest.definition.weeks[-1].closes + 70_000)
    confirmations = encode_decisions(contest.decisions)["confirmations"]
    site.put(f"data/reference/{digest(confirmations)}.json", confirmations)
    told_log(site).tell(revisions.pointers)


@pytest.mark.parametrize("seed", range(24))
def test_the_verifier_ranks_a_random_contest_of_several_weeks_alike(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(seed)
    weeks = rng.choice([1, 2, 3])
    entries = [one for week in range(1, weeks + 1) for one in played(rng, week)]
    rng.shuffle(entries)
    of_the_end = [
        {"name": "best", "title": "Giải", "when": "final", "count": 2, "min_score": 4},
        {"name": "best-residents", "title": "Giải", "when": "final", "count": 3, "categories": ["resident"]},
    ]
    individual = rng.choice([of_the_end, []])
    proofs = [["provider"], [], ["roster"], ["roster", "provider"]][seed % 4]
    asking = {"verified": proofs}
    everyone = sorted({one.participant_id for one in entries})
    proven = {
        person: START_MS + rng.randrange(weeks + 1) * WEEK
        for person in rng.sample(everyone, len(everyone) // 2)
    }
    contest = definition(
        contest={"weeks": weeks},
        paper={"min_duration": rng.choice(["PT0S", "PT90S"])},
        prediction={"target": rng.choice(["perfect_people", "people", "attempts"])},
        categories=CATEGORIES,
        prizes=[
            {"name": "staff", "title": "Giải", "count": 2, "categories": ["staff"], "min_score": 4, **asking},
            {"name": "residents", "title": "Giải", "count": 3, "categories": ["resident", "pupil"]},
            {"name": "all", "title": "Giải", "count": 2},
            *({**prize, **asking} for prize in individual),
        ],
        publication={"smallest_group": [1, 3, 4, 5, 7][seed % 5]},
        identity=identity("https://xacthuc.example.vn", "https://thi.example/"),
        ranking={
            "order": ORDERS[seed * 5][: rng.choice([1, 5])],
            "one_prize": rng.choice(["contest", "no"]),
            "final": bool(individual),
        },
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
    barred = rng.sample(sorted({one.participant_id for one in entries if one.week == weeks}), 5)
    decisions = Decisions(
        rulings=tuple(
            Ruling(
                question.id,
                tuple(range(1 + seed % 2, weeks + 1)),
                answers,
                "lý do",
                "2022-09-20T09:00:00+07:00",
            )
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
    close(entries, loaded, site, listed, proven)
    code = main(["final", "https://thi.example"], lambda address: site.objects.get)
    assert code == 0, capsys.readouterr().out
    ranking = [json.loads(data) for key, data in site.objects.items() if "/ranking-" in key]
    assert sum(len(week["no_prize"]) for week in ranking) >= 5
    bundles = [gzip.decompress(data) for key, data in site.objects.items() if "/audit-" in key]
    for proof in ("provider", "roster"):
        assert any(b'"verified":"%b"' % proof.encode() in lines for lines in bundles) == (proof in proofs)


def test_a_week_without_attempts_is_checked_too(capsys: pytest.CaptureFixture[str]) -> None:
    site = MemoryObjects()
    close([], reference(definition(contest={"weeks": 2})), site)
    assert main(["rank", "https://thi.example"], lambda address: site.objects.get) == 0
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
        site.put(f"data/reference/{digest(encode_definition(contest))}.json", encode_definition(contest))

    later = definition().rfc3339(START_MS + WEEK + 60 * MINUTE)
    run(first[:30], START_MS + WEEK + 70_000)
    run(first, START_MS + WEEK + 60 * MINUTE + 70_000, week=1, closes=later)
    run([*first, *third], START_MS + 3 * WEEK + 70_000, week=1, closes=later)
    told_log(site).tell(stores[1].pointers)
    index = json.loads(site.objects["data/results/index.json"])
    assert index["weeks"] == [{"week": 1, "revision": 2}, {"week": 3, "revision": 1}]
    assert main(["final", "https://thi.example"], lambda address: site.objects.get) == 0
    assert "2 tuần cộng lại ra cùng" in capsys.readouterr().out


@pytest.fixture(scope="module")
def ended() -> dict[str, bytes]:
    """The site of a contest of two weeks that is over."""
    rng = random.Random(7)
    site = MemoryObjects()
    contest = definition(
        contest={"weeks": 2},
        categories=CATEGORIES,
        ranking={"final": True},
        prizes=[
            {"name": "first", "title": "Giải", "count": 2},
            {"name": "best", "title": "Giải", "when": "final", "count": 3},
        ],
        unit_prizes=[{"name": "final", "title": "Giải", "when": "final", "count": 2, "min_people": 3}],
    )
    confirmed = Decisions(confirmations=(Confirmation("", "", "", "ruling", ()),))
    close(played(rng, 1) + played(rng, 2), reference(contest, decisions=confirmed), site)
    return dict(site.objects)


def lie_about_the_end(site: dict[str, bytes], lie: Callable[[Any], object]) -> dict[str, bytes]:
    page = json.loads(site["data/results/final.json"])
    lie(page)
    return {**site, "data/results/final.json": json.dumps(page).encode()}


def linked(site: dict[str, bytes]) -> bytes:
    file = json.loads(site["data/results/final.json"])["links"]["file"]
    return site[f"data/proof/final/{file}"]


def lie_in_the_links(site: dict[str, bytes], lie: Callable[[list[Any]], object]) -> dict[str, bytes]:
    """As a careful liar would, with the digest that the page names; the first line is the header."""
    lines = [json.loads(line) for line in gzip.decompress(linked(site)).splitlines()]
    lie(lines)
    packed = gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    told = {"file": "links.jsonl.gz", "sha256": sha256(packed).hexdigest()}
    lied = lie_about_the_end(site, lambda page: page.update(links=told))
    return {**lied, "data/proof/final/links.jsonl.gz": packed}


def test_the_end_follows_from_the_weeks_and_the_links_between_them(
    ended: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["final", "https://thi.example"], lambda address: ended.get) == 0
    said = capsys.readouterr().out
    people = len(gzip.decompress(linked(ended)).splitlines()) - 1
    assert 30 < people < 40
    assert f"mã của 2 tuần là {people} người" in said
    assert "xếp hạng 3 đơn vị, 2 giải tập thể, 3 giải cá nhân" in said


def test_the_links_name_everybody_who_counts_once_and_in_an_order_that_tells_nothing(
    ended: dict[str, bytes],
) -> None:
    header, *people = [json.loads(line) for line in gzip.decompress(linked(ended)).splitlines()]
    assert header == {"contest": "trial", "format": 1, "weeks": [1, 2]}
    firsts = [first or second for first, second in people]
    assert firsts == sorted(firsts)
    assert {len(name) for person in people for name in person if name} == {64}
    page = json.loads(ended["data/results/final.json"])
    name = f"links-{sha256(linked(ended)).hexdigest()[:16]}.jsonl.gz"
    assert page["links"] == {"file": name, "sha256": sha256(linked(ended)).hexdigest()}


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
        return main(["final", "https://thi.example"], lambda address: told.get)

    assert checked("") == 0
    assert "xếp hạng 4 đơn vị, 3 giải tập thể" in capsys.readouterr().out
    assert checked("top") == 1


NOT_THE_UNITS = "xếp hạng và giải đơn vị cuối cuộc thi"
NOT_THE_FIGURES = "số người đạt giải và điểm của các đơn vị"
NOT_THE_WINNERS = "giải cá nhân cuối cuộc thi"
NOT_THE_ORDER = "xếp hạng cá nhân cuối cuộc thi"


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (lambda page: page["again"]["units"].pop(), NOT_THE_FIGURES),
        (lambda page: page["units"][0].update(prize=""), NOT_THE_UNITS),
        (lambda page: page["units"].reverse(), NOT_THE_UNITS),
        (lambda page: page["units"][0].update(people=1), NOT_THE_UNITS),
        (lambda page: page["units"][0].update(obliged_people=1), NOT_THE_UNITS),
        (lambda page: page["units"][0].update(headcount=9), NOT_THE_UNITS),
        (lambda page: page["units"][0].update(rate=0.5), NOT_THE_UNITS),
        (lambda page: page["units"][0].update(mean_best=5.0), NOT_THE_UNITS),
        (lambda page: page["units"][0].update(unit_score=99.0), NOT_THE_UNITS),
        (lambda page: page["again"]["units"][0].update(score="1"), NOT_THE_FIGURES),
        (lambda page: page["again"]["unit_score"].update(volume="people"), NOT_THE_FIGURES),
        (lambda page: page["again"]["unit_prizes"][0].update(count=1), NOT_THE_UNITS),
        (lambda page: page["units"][0].update(distinct_people=99), NOT_THE_UNITS),
        (lambda page: page["units"][0].update(distinct_obliged=1), NOT_THE_UNITS),
        (lambda page: page["again"]["units"][0].update(winners=99), NOT_THE_FIGURES),
        (lambda page: page["once"].update(people=page["once"]["people"] + 1), "ít nhất một lần"),
        (lambda page: page["once"].update(obliged_people=1), "ít nhất một lần"),
        (lambda page: page["again"]["commended"].pop(), "đề nghị khen thưởng"),
        (lambda page: page["again"]["commended"][0].update(place=2), "đề nghị khen thưởng"),
        (lambda page: page["again"]["individual"].update(ranked=3), NOT_THE_ORDER),
        (lambda page: page["again"]["individual"].update(order_sha256="0" * 64), NOT_THE_ORDER),
        (lambda page: page["again"]["individual"]["prizes"][0].update(count=2), NOT_THE_WINNERS),
        (lambda page: page["again"]["individual"]["winners"].reverse(), NOT_THE_WINNERS),
        (lambda page: page["winners"].reverse(), NOT_THE_WINNERS),
        (lambda page: page["winners"][0].update(score=1), NOT_THE_WINNERS),
        (lambda page: page["again"].update(individual=None), NOT_THE_WINNERS),
        (lambda page: page["again"].update(draw_root="0" * 64), "mã xác thực của tuần cuối"),
        (lambda page: page["links"].update(sha256="0" * 64), "không khớp với mã băm"),
    ],
)
def test_an_end_that_does_not_follow_from_the_weeks_fails(
    ended: dict[str, bytes], lie: Callable[[Any], object], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = lie_about_the_end(ended, lie)
    assert main(["final", "https://thi.example"], lambda address: told.get) == 1
    assert said in capsys.readouterr().out


def only_in(week: int, lines: list[Any]) -> list[str | None]:
    """The first person who took part in this week alone."""
    found: list[str | None] = next(line for line in lines[1:] if line[2 - week] is None)
    return found


def in_both(lines: list[Any]) -> list[Any]:
    return [line for line in lines[1:] if all(line)]


def join(lines: list[Any]) -> None:
    one, other = only_in(1, lines), only_in(2, lines)
    lines.remove(other)
    one[1] = other[1]


def split(lines: list[Any]) -> None:
    one = in_both(lines)[0]
    lines.append([None, one[1]])
    one[1] = None


def swap(lines: list[Any]) -> None:
    one, other = in_both(lines)[:2]
    one[1], other[1] = other[1], one[1]


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (lambda lines: lines.pop(), "Tệp nối mã thiếu 1 người của tuần"),
        (lambda lines: lines.append(lines[-1]), "nêu hai lần, hoặc nêu sai"),
        (lambda lines: in_both(lines)[0].__setitem__(0, "0" * 64), "nêu hai lần, hoặc nêu sai"),
        (lambda lines: lines.append([None, None]), "không ở tuần nào"),
        (lambda lines: lines[1].append(None), "không đúng dạng"),
        (lambda lines: lines[0].update(weeks=[1, 3]), "không gồm đúng các tuần"),
        (lambda lines: lines[0].update(contest="khac"), "cuộc thi khác"),
        (join, "ít nhất một lần"),
        (split, "ít nhất một lần"),
        (swap, "Cộng lại các tuần không ra cùng"),
    ],
)
def test_links_that_do_not_fit_the_weeks_or_the_end_fail(
    ended: dict[str, bytes], lie: Callable[[Any], object], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = lie_in_the_links(ended, lie)
    assert main(["final", "https://thi.example"], lambda address: told.get) == 1
    assert said in capsys.readouterr().out


def test_an_end_whose_links_are_not_shown_yet_cannot_be_checked(ended: dict[str, bytes]) -> None:
    told = lie_about_the_end(ended, lambda page: page.update(links=None))
    assert main(["final", "https://thi.example"], lambda address: told.get) == 2


def lie_about_a_week(
    site: dict[str, bytes], week: int, lie: Callable[[Any], object], **page: Any
) -> dict[str, bytes]:
    """With the digest that the week's index names."""
    index = json.loads(site[f"data/proof/week-{week}/index.json"])
    path = f"data/proof/week-{week}/{index['folder']}/{index['ranking']['file']}"
    ranking = json.loads(site[path])
    lie(ranking)
    lied = json.dumps(ranking).encode()
    index["ranking"]["sha256"] = sha256(lied).hexdigest()
    shown = {**json.loads(site[f"data/results/week-{week}.json"]), **page}
    return {
        **site,
        path: lied,
        f"data/proof/week-{week}/index.json": json.dumps(index).encode(),
        f"data/results/week-{week}.json": json.dumps(shown).encode(),
    }


def winners_of(site: dict[str, bytes], week: int) -> list[str]:
    index = json.loads(site[f"data/proof/week-{week}/index.json"])
    ranking = json.loads(site[f"data/proof/week-{week}/{index['folder']}/{index['ranking']['file']}"])
    return [one["pseudonym"] for one in ranking["result"]["prizes"]]


def rank_week_2(site: dict[str, bytes], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["rank", "https://thi.example", "--week", "2"], lambda address: site.get)
    return code, capsys.readouterr().out


def test_an_earlier_winner_is_linked_to_the_prize_that_lets_others_pass(
    ended: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = rank_week_2(ended, capsys)
    assert code == 0, said
    assert "người dự thi tuần này không được xét giải nữa vì đã đạt giải ở tuần khác" in said


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(lambda told: told[0].update(won_as="0" * 64), id="nobody"),
        pytest.param(lambda told: told[0].update(won_as=told[0]["pseudonym"]), id="somebody of this week"),
        pytest.param(lambda told: told[0].update(week=2, won_as=told[0]["pseudonym"]), id="this week"),
        pytest.param(lambda told: told.append({**told[0], "pseudonym": "0" * 64}), id="one winner for two"),
    ],
)
def test_nobody_is_passed_over_for_a_prize_that_nobody_has(
    ended: dict[str, bytes], lie: Callable[[Any], object], capsys: pytest.CaptureFixture[str]
) -> None:
    """As an organiser's who passes a prize on; a correction of the other week may explain it."""
    told = lie_about_a_week(ended, 2, lambda ranking: lie(ranking["earlier_winners"]))
    code, said = rank_week_2(told, capsys)
    assert (code, "mà tuần đó không có người ấy" in said) == (1, True), said


def test_a_prize_of_a_week_that_was_corrected_since_may_be_the_reason(
    ended: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    told = lie_about_a_week(ended, 2, lambda ranking: ranking["earlier_winners"][0].update(won_as="0" * 64))
    told = lie_about_a_week(told, 1, lambda ranking: None, corrections=[{"at": "", "reason": "", "code": ""}])
    code, said = rank_week_2(told, capsys)
    assert (code, "1 người theo kết quả trước khi điều chỉnh" in said) == (0, True), said


def test_somebody_listed_with_a_prize_of_another_week_that_nobody_has_fails(
    ended: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Listing somebody who wins nothing moves no prize: only the links show it. A correction may explain it."""

    def lie(ranking: Any) -> None:
        won = {one["pseudonym"] for one in ranking["result"]["prizes"]}
        people = [json.loads(line) for line in gzip.decompress(linked(ended)).splitlines()[1:]]
        name = next(one for one, other in people if one and not other and one not in won)
        ranking["earlier_winners"].append({"pseudonym": name, "week": 2, "won_as": winners_of(ended, 2)[0]})

    told = lie_about_a_week(ended, 1, lie)
    assert main(["final", "https://thi.example"], lambda address: told.get) == 1
    assert "sai ở 1 chỗ" in capsys.readouterr().out
    corrected = lie_about_a_week(ended, 1, lie, corrections=[{"at": "", "reason": "", "code": ""}])
    assert main(["final", "https://thi.example"], lambda address: corrected.get) == 0
    assert "trừ 1 chỗ theo kết quả trước khi điều chỉnh" in capsys.readouterr().out
