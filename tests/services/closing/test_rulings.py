"""A ruling after the close: who is graded again, and what bundle, files and site say of it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from chalicelib.domain.decisions import Decisions, Ruling
from chalicelib.domain.paper import draw
from chalicelib.services.contest.reference import Current
from tests.closer import told_log
from tests.domain.builders import NONCE, done, entry
from tests.fakes import MINUTE, START_MS, WEEK, reference
from tests.services.closing.two_weeks import (
    AFTER_WEEK_1,
    AFTER_WEEK_2,
    CONTEST,
    REFERENCE,
    UNIT_OF,
    Stage,
    saved_answers,
)
from verify.__main__ import main

# A question with two options, A and B; A is right.
LAST = draw(REFERENCE.bank, CONTEST.paper, NONCE)[-1].question
REASON = "câu hỏi có hai cách hiểu"


def ruled(*answers: int, weeks: tuple[int, ...] = (1,)) -> Current:
    """Other keys for the last question of everybody's paper; without any, the point for everybody."""
    ruling = Ruling(LAST.id, weeks, answers, REASON, "2022-08-30T09:00:00+07:00")
    return reference(CONTEST, decisions=Decisions(rulings=(ruling,)))


def graded() -> Stage:
    """By the key one person is perfect in week 1, as an predicted; with the last question given away, two are.

    Week 2 is the same, a week later.
    """
    stage = Stage()
    stage.entries.items.clear()
    for week in (1, 2):
        started = START_MS + (week - 1) * WEEK
        for person, right, guess in (("an", 5, 1), ("binh", 4, 2), ("chi", 3, 2)):
            attempt = done(right, guess, started=started, duration=right * MINUTE)
            one = entry(person, attempt._replace(answers=saved_answers(right)), unit=UNIT_OF[person], week=week)
            stage.entries.items[week, person] = one
    return stage


def bundle(stage: Stage, what: str, revision: int) -> list[Any]:
    return [
        json.loads(line) for line in gzip.decompress(stage.file(what, "audit.jsonl.gz", revision)).splitlines()
    ]


def test_the_target_moves_and_another_wins() -> None:
    stage = graded()
    stage.run(AFTER_WEEK_1)
    assert stage.winners("week-1") == ["an", "binh"]
    stage.run(AFTER_WEEK_1, ruled())
    assert stage.winners("week-1", 2) == ["binh", "an"]
    assert [stage.manifest("week-1", revision)["target"] for revision in (1, 2)] == [1, 2]


def test_a_ruling_leaves_the_weeks_alone_that_it_does_not_name() -> None:
    stage = graded()
    stage.run()
    made = stage.run(AFTER_WEEK_2, ruled(weeks=(2,)))
    assert [closed.what for closed in made] == ["week-2", "final"]


def test_the_bundle_keeps_the_told_score_as_hashed_and_shows_the_ruled_one_beside_it() -> None:
    stage = graded()
    stage.run(AFTER_WEEK_1)
    stage.run(AFTER_WEEK_1, ruled(0b10))
    before, after = bundle(stage, "week-1", 1), bundle(stage, "week-1", 2)
    assert [line["record"] for line in after] == [line["record"] for line in before]
    assert not any("told" in line["counted"] for line in before)
    shown = sorted(
        (line["counted"]["score"], line["counted"].get("told", {}).get("score", 0)) for line in after
    )
    assert shown == [(3, 0), (4, 0), (4, 5)]
    assert stage.manifest("week-1", 1)["proof"] == stage.manifest("week-1", 2)["proof"]


def test_the_site_shows_the_new_bundle_beside_the_old_one(capsys: pytest.CaptureFixture[str]) -> None:
    stage = graded()
    stage.run(AFTER_WEEK_1)
    index = json.loads(stage.site.objects["data/proof/week-1/index.json"])
    old = f"data/proof/week-1/{index['folder']}/{index['audit']['file']}"
    kept = stage.site.objects[old]
    stage.run(AFTER_WEEK_1, ruled())
    again = json.loads(stage.site.objects["data/proof/week-1/index.json"])
    assert (again["folder"], again["root"]) == (index["folder"], index["root"])
    assert again["audit"]["file"] != index["audit"]["file"]
    assert stage.site.objects[old] == kept
    told_log(stage.site).tell(stage.revisions.pointers)
    assert main(["rank", "https://thi.example"], lambda address: stage.site.objects.get) == 0
    said = capsys.readouterr().out
    assert f"1 kết luận về câu hỏi ({LAST.id}: mọi câu trả lời): 2 bài tính điểm khác với lúc nộp" in said


def test_ranking_and_page_list_the_rulings_of_the_week() -> None:
    stage = graded()
    stage.run(AFTER_WEEK_1, ruled())
    listed = [
        {
            "question": LAST.id,
            "ruling": "all_right",
            "keys": [],
            "reason": REASON,
            "at": "2022-08-30T09:00:00+07:00",
        }
    ]
    assert json.loads(stage.file("week-1", "ranking.json"))["rulings"] == listed
    assert stage.page("week-1")["rulings"] == listed


def test_question_statistics_show_the_key_in_force_and_the_ruling() -> None:
    stage = graded()
    for contest in (REFERENCE, ruled(0b01, 0b10), ruled()):
        stage.run(AFTER_WEEK_1, contest)

    def shown(revision: int) -> tuple[str, ...]:
        (row,) = (
            one for one in stage.rows("week-1", "question_statistics.csv", revision) if one["id"] == LAST.id
        )
        return tuple(row[name] for name in ("right", "answer", "ruling", "answer_before", "reason"))

    assert shown(1) == ("1", "A", "", "", "")
    assert shown(2) == ("1", "A;B", "key", "A", REASON)
    assert shown(3) == ("3", "", "all_right", "A", REASON)


def test_parts_read_before_the_ruling_are_not_used() -> None:
    stage = graded()
    closing, week = stage.closer(), CONTEST.weeks[0]
    for share in range(16):
        closing.shares.make(REFERENCE, week, share)
    scores = sorted(one.candidates[0].score for one in closing.shares.gather(ruled(), week).gathered.people)
    assert scores == [4, 5, 5]
