"""Districts with schools below them: every file says the same of each level, and counts nobody twice."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest

from chalicelib.domain.units import Unit
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.shares import Shares
from tests.closer import closer
from tests.fakes import collectors, definition, reference
from tests.services.closing.two_weeks import AFTER_WEEK_2, PRIZES, Stage

# Two people of SO-B and one of SO-A take part for obliged people; TRUONG-C stands alone.
UNITS = (
    Unit("H-1", "Huyện Một", "UBND cấp huyện", "district", 2, 0),
    Unit("SO-A", "Trường A", "Trường học", "school", 4, 0, "H-1"),
    Unit("SO-B", "Trường B", "Trường học", "school", 4, 0, "H-1"),
    Unit("TRUONG-C", "Sở C", "Sở, ban, ngành", "department", 5, 0),
)
CONTEST = definition(
    contest={"weeks": 2},
    prizes=PRIZES,
    unit_prizes=[
        {"name": "district", "title": "Giải huyện", "min_people": 3},
        {"name": "school", "title": "Giải trường", "level": "leaf"},
        {"name": "final", "title": "Giải tập thể", "when": "final", "count": 2},
    ],
)


@pytest.fixture(scope="module")
def stage() -> Stage:
    made = Stage()
    shares = Shares(made.entries.read_week, made.desk, "test", collectors)
    reports = Reports(made.desk, lambda: ())
    closing = closer(shares, made.people, made.revisions, made.desk, made.site, reports)
    closing.run(reference(CONTEST, units=UNITS), AFTER_WEEK_2)
    return made


def sheets(stage: Stage, what: str, name: str) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(stage.file(what, name)))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def column(cells: list[list[Any]], title: str) -> list[Any]:
    at = next(number for number, row in enumerate(cells) if title in row)
    place = cells[at].index(title)
    body = cells[at + 1 :]
    ends = next((number for number, row in enumerate(body) if row[0] is None), len(body))
    return [row[place] for row in body[:ends]]


@pytest.mark.parametrize("what", ["week-1", "week-2", "final"])
def test_the_table_of_units_has_each_level_by_rank_and_a_parents_added_up_figures(
    stage: Stage, what: str
) -> None:
    rows = stage.rows(what, "unit_ranking.csv")
    levels = [(row["level"], row["rank"]) for row in rows]
    assert levels == [("top", "1"), ("top", "2"), ("leaf", "1"), ("leaf", "2"), ("leaf", "3")]
    district = rows[0]
    assert (district["unit_code"], district["parent"]) == ("H-1", "")
    schools = [row for row in rows if row["parent"] == "H-1"]
    assert {row["unit_code"] for row in schools} == {"SO-A", "SO-B"}
    for name in ("people", "obliged_people", "attempts"):
        assert int(district[name]) == sum(int(row[name]) for row in schools)
    weeks = 2 if what == "final" else 1
    assert int(district["headcount"]) == sum(int(row["headcount"]) for row in schools) + 2 * weeks


def test_prizes_go_by_level(stage: Stage) -> None:
    won = [(row["level"], row["prize"]) for row in stage.rows("week-1", "unit_ranking.csv") if row["prize"]]
    assert won == [("top", "district"), ("leaf", "school")]
    final = [
        (row["level"], row["unit_code"]) for row in stage.rows("final", "unit_ranking.csv") if row["prize"]
    ]
    assert final == [("top", "H-1")], "nobody of the other unit without a parent took part"


@pytest.mark.parametrize("what", ["week-1", "final"])
def test_the_workbook_of_units_has_sheets_for_each_level(stage: Stage, what: str) -> None:
    book, rows = sheets(stage, what, "unit_ranking.xlsx"), stage.rows(what, "unit_ranking.csv")
    assert list(book) == [
        *("Xếp hạng đầu mối", "Khối đầu mối", "Theo khối đầu mối"),
        *("Xếp hạng cơ sở", "Khối cơ sở", "Theo khối cơ sở"),
    ]
    for level, name in (("top", "đầu mối"), ("leaf", "cơ sở")):
        shown = column(book[f"Xếp hạng {name}"], "Mã đơn vị")
        assert shown == [row["unit_code"] for row in rows if row["level"] == level]
    above = column(book["Xếp hạng cơ sở"], "Thuộc đơn vị")
    assert sorted(map(str, above)) == ["Huyện Một", "Huyện Một", "None"]


def test_the_report_for_home_affairs_has_a_sheet_for_each_level(stage: Stage) -> None:
    book = sheets(stage, "final", "home_affairs.xlsx")
    assert {"Theo khối đầu mối", "Theo khối cơ sở"} <= set(book)
    people = column(book["Theo khối đầu mối"], "Đối tượng bắt buộc thi tuần 1")
    assert sum(people) == sum(column(book["Theo khối cơ sở"], "Đối tượng bắt buộc thi tuần 1")) == 3


def test_the_announcement_tells_units_of_each_level_apart(stage: Stage) -> None:
    for what in ("week-1", "final"):
        text = stage.file(what, "bulletin.html").decode()
        assert "Số đơn vị đầu mối có người dự thi: 1 (50,0%) trên tổng số 2 đơn vị" in text
        assert "Số đơn vị cơ sở có người dự thi: 2 (66,7%) trên tổng số 3 đơn vị" in text
    assert "Giải trường" in stage.file("week-1", "bulletin.html").decode()


def test_commendations_name_a_unit_once_for_a_reason(stage: Stage) -> None:
    proposed = [(row["reason_code"], row["id"]) for row in stage.rows("final", "commendations.csv")]
    assert len(set(proposed)) == len(proposed)
    reasons = {row["id"]: row["reason"] for row in stage.rows("final", "commendations.csv")}
    assert "của đơn vị đầu mối qua 2 tuần" in reasons["H-1"]
    assert "của đơn vị cơ sở qua 2 tuần" in reasons["SO-B"]


def test_the_page_has_each_level_with_the_parent(stage: Stage) -> None:
    page = json.loads(stage.site.objects["data/results/week-1.json"])
    assert [(unit["level"], unit["rank"], unit["parent"]) for unit in page["units"]][2:4] == [
        ("leaf", 1, "H-1"),
        ("leaf", 2, "H-1"),
    ]


def test_fifteen_hundred_units_in_thirty_districts_add_up_in_every_close() -> None:
    districts = [Unit(f"H-{n:02}", f"Huyện {n}", "Huyện", "district", 20, 1) for n in range(30)]
    schools = [
        Unit(f"TH-{n:04}", f"Trường {n}", "Trường", "school", 10, 0, f"H-{n % 30:02}") for n in range(1_470)
    ]
    stage = Stage()
    # Everybody of a unit goes to a school of the first district.
    for (week, person), one in list(stage.entries.items.items()):
        placed = one._replace(unit=f"TH-{30 * len(person):04}") if one.unit else one
        stage.entries.items[week, person] = placed
    stage.run(AFTER_WEEK_2, reference(CONTEST, units=[*districts, *schools]))
    for what in ("week-1", "week-2", "final"):
        rows = stage.rows(what, "unit_ranking.csv")
        top, leaf = ([row for row in rows if row["level"] == level] for level in ("top", "leaf"))
        assert (len(top), len(leaf)) == (30, 1_470)
        assert [int(row["rank"]) for row in leaf] == [*range(1, 1_471)]
        for name in ("people", "obliged_people", "attempts"):
            assert sum(int(row[name]) for row in top) == sum(int(row[name]) for row in leaf) > 0
        weeks = 2 if what == "final" else 1
        own = sum(unit.headcount for unit in districts) * weeks
        assert sum(int(row["headcount"]) for row in top) == sum(int(row["headcount"]) for row in leaf) + own
    assert {row["unit_code"] for row in stage.rows("final", "unit_ranking.csv") if row["prize"]} == {"H-00"}
