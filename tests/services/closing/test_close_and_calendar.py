"""Weeks that are opened again, moved or cancelled, as the close sees them."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl

from chalicelib.domain.decisions import Annulment, Decisions
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.shares import Shares
from chalicelib.services.contest.reference import Current
from chalicelib.services.contest.withdrawn import withdraw
from tests.closer import closer
from tests.domain.builders import done
from tests.fakes import MINUTE, START_MS, WEEK, collectors, definition, reference
from tests.services.closing.two_weeks import AFTER_WEEK_1, AFTER_WEEK_2, CONTEST, PRIZES, Stage

LATER = 3 * 60 * MINUTE


def dated(*rows: dict[str, Any], weeks: int = 2) -> Current:
    return reference(definition(contest={"weeks": weeks}, prizes=PRIZES, calendar=list(rows)))


def at(moment: int) -> str:
    return CONTEST.rfc3339(START_MS + moment)


# Week 1 ends three hours later, and week 2 opens then.
REOPENED = dated({"week": 1, "closes": at(WEEK + LATER)}, {"week": 2, "opens": at(WEEK + LATER)})


def test_results_of_a_week_that_is_opened_again_are_not_shown_until_it_is_closed_again() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    first = json.loads(stage.file("week-1", "closed_week.json"))
    stage.run(AFTER_WEEK_1 + MINUTE, REOPENED)
    assert stage.index()["weeks"] == []
    empty = [key for key, data in stage.site.objects.items() if data == b""]
    assert {key.rpartition("/")[2].partition("-")[0] for key in empty} == {
        "week",
        "all.json",
        "index.json",
        "audit",
        "batches",
        "ranking",
    }
    assert told_of_week_1(stage) == []
    late = stage.entries.items[1, "chi"]
    stage.entries.items[1, "chi"] = late._replace(finished=(*late.finished, done(5, 2, number=2)), used=2)
    stage.run(START_MS + WEEK + LATER + 69_999, REOPENED)
    assert stage.index()["weeks"] == [], "over, and not yet closed again"
    (closed,) = stage.run(START_MS + WEEK + LATER + 70_000, REOPENED)
    assert (closed.what, closed.revision) == ("week-1", 2)
    assert stage.index()["weeks"] == [{"week": 1, "revision": 2}]
    again = json.loads(stage.file("week-1", "closed_week.json", 2))
    assert (first["prediction"]["actual"], again["prediction"]["actual"]) == (2, 3)
    assert stage.page("week-1")["closes_at"] == at(WEEK + LATER)
    # Everybody knows the first root by now: equals are drawn anew.
    roots = [stage.revisions.draws["week-1", revision].root for revision in (1, 2)]
    assert [first["draw_root"], again["draw_root"]] == roots
    assert roots[0] != roots[1]
    assert stage.rows("week-1", "changes.csv", 2)


def told_of_week_1(stage: Stage) -> list[str]:
    """What the site still tells of the week."""
    folders = ("data/results/week-1", "data/proof/week-1/")
    return [key for key, data in stage.site.objects.items() if key.startswith(folders) and data]


def test_all_revisions_of_a_week_that_is_opened_again_are_taken_off_the_site() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    stage.run(AFTER_WEEK_1, reference(CONTEST, annulled=["an"]))
    assert len([key for key in told_of_week_1(stage) if "/ranking-" in key]) == 2
    stage.run(AFTER_WEEK_1 + MINUTE, REOPENED)
    assert told_of_week_1(stage) == []


def told_of_the_end(stage: Stage) -> list[str]:
    folders = ("data/results/final", "data/proof/final/")
    return [key for key, data in stage.site.objects.items() if key.startswith(folders) and data]


def test_when_the_last_week_is_opened_again_the_final_is_not_shown_either() -> None:
    stage = Stage()
    stage.run()
    without = Decisions(annulments=(Annulment("ba", (2,), "not_counted", "2022-09-06", "thi hộ"),))
    stage.run(AFTER_WEEK_2, reference(CONTEST, decisions=without))
    assert len(told_of_the_end(stage)) == 3, "the page, and the links of two revisions that differ"
    rows = [{"week": 2, "closes": at(2 * WEEK + LATER)}]
    longer = reference(
        definition(contest={"weeks": 2}, prizes=PRIZES, calendar=rows),
        decisions=without,
    )
    stage.run(AFTER_WEEK_2 + MINUTE, longer)
    assert stage.index() == {"format": 1, "weeks": [{"week": 1, "revision": 1}], "final": None}
    assert told_of_the_end(stage) == []
    made = stage.run(AFTER_WEEK_2 + LATER, longer)
    assert [one.what for one in made] == ["week-2", "final"]
    assert stage.index()["final"] == {"revision": 3}
    assert len(told_of_the_end(stage)) == 2


def test_a_file_that_opens_the_last_week_again_takes_the_final_with_its_links_off_the_site() -> None:
    stage = Stage()
    stage.run()
    shown = dict(stage.site.objects)
    withdraw([2], stage.desk, stage.site)
    assert told_of_the_end(stage) == []
    assert stage.index() == {"format": 1, "weeks": [{"week": 1, "revision": 1}], "final": None}
    stage.run()
    assert dict(stage.site.objects) == shown


def test_new_dates_of_another_week_are_not_new_inputs_of_a_closed_one() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    before = stage.state()
    for contest in (
        dated({"week": 2, "closes": at(2 * WEEK + LATER)}),
        dated({"week": 2, "opens": at(WEEK + LATER)}),
        dated({"week": 2, "title": "Chung kết"}),
        dated(weeks=3),
    ):
        assert stage.run(AFTER_WEEK_1 + MINUTE, contest) == []
        assert stage.state() == before


def test_a_cancelled_week_is_not_closed_and_the_final_does_not_count_it() -> None:
    stage, whole = Stage(), Stage()
    made = stage.run(START_MS + 3 * WEEK + 70_000, dated({"week": 2, "cancelled": True}, weeks=3))
    assert [one.what for one in made] == ["week-1", "week-3", "final"]
    assert [week["week"] for week in stage.index()["weeks"]] == [1, 3]
    whole.run(START_MS + 3 * WEEK + 70_000, dated(weeks=3))
    assert stage.page("final")["units"] != whole.page("final")["units"]


def test_the_final_comes_when_the_last_week_that_is_held_is_closed() -> None:
    stage = Stage()
    made = stage.run(AFTER_WEEK_1, dated({"week": 2, "cancelled": True}))
    assert [one.what for one in made] == ["week-1", "final"]


def texts_of(file: bytes) -> str:
    """The whole text of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def test_bulletins_and_workbooks_use_the_contests_word_for_a_week_and_its_own_title() -> None:
    stage = Stage()
    calendar = [{"week": 2, "title": "Vòng Chung kết"}]
    titled = [
        {"name": "unit", "title": "Giải tập thể đợt", "count": 1},
        {"name": "final", "title": "Giải tập thể", "count": 2, "when": "final"},
    ]
    contest = definition(
        contest={"weeks": 2, "period": "đợt"}, prizes=PRIZES, calendar=calendar, unit_prizes=titled
    )
    shares = Shares(stage.entries.read_week, stage.desk, "test", collectors)
    reports = Reports(stage.desk, list)
    closer(shares, stage.people, stage.revisions, stage.desk, stage.site, reports).run(
        reference(contest), AFTER_WEEK_2
    )
    for what in ("week-1", "week-2", "final"):
        bulletin = stage.file(what, "bulletin.html").decode()
        assert "tuần" not in bulletin.lower()
        for name in ("summary.xlsx", "unit_ranking.xlsx", "individual_prizes.xlsx"):
            assert "tuần" not in texts_of(stage.file(what, name)).lower()
    assert "Kết quả đợt 1 Cuộc thi" in stage.file("week-1", "bulletin.html").decode()
    assert "Kết quả Vòng Chung kết Cuộc thi" in stage.file("week-2", "bulletin.html").decode()
    home_affairs = texts_of(stage.file("final", "home_affairs.xlsx"))
    assert "Đối tượng bắt buộc thi đợt 1" in home_affairs
    assert "Đối tượng bắt buộc thi Vòng Chung kết" in home_affairs
    assert "Dự thi đủ 2 đợt" in stage.file("final", "commendations.csv").decode()


def test_who_took_part_in_every_week_that_was_held_is_proposed() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_2, dated({"week": 3, "cancelled": True}, weeks=3))
    proposed = stage.rows("final", "commendations.csv")
    assert any("Dự thi đủ 2 tuần" in row["reason"] for row in proposed)
