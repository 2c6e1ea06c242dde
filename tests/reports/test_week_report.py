"""The reports of a week and of the contest: the contents of the tables and of the site's page."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chalicelib.documents.closed_week import CLOSED_WEEK, RANKING_ROWS, encode_rows
from chalicelib.documents.revision import StoredRevision
from chalicelib.documents.week_proof import RANKING
from chalicelib.domain.attempt import Entry
from chalicelib.domain.closeout import Draw, WeekResult, close_week, gather
from chalicelib.domain.definition import Definition
from chalicelib.domain.statistics.week_collectors import week_collectors
from chalicelib.domain.unit_score import Distinct
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.close_weeks import Standing, WeekReport
from chalicelib.services.closing.closed import closed_final, closed_week, ranking_rows
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import Participant
from tests import fakes
from tests.csv_rows import csv_rows
from tests.domain.builders import ROOT, done, entry, final_of
from tests.fakes import MINUTE, START_MS, MemoryObjects, MemoryParticipants, definition, reference

NAMES = {"an": "Nguyễn Văn An", "binh": "=Lê Thị Bình", "chi": "Trần Chi"}
ENTRIES = [
    entry("an", done(4, 2), done(5, 9, duration=2 * MINUTE + 5)),
    entry("binh", done(5, None), unit="SO-B"),
    entry("chi", done(3, 0), unit="", category="encouraged"),
]

AGAIN = Path(__file__).parent.parent / "documents/samples/ranking_again.1.json"


def people(names: dict[str, str]) -> dict[str, Participant]:
    return {
        key: Participant(
            key, name, "1990-05-06", "male", "040******001", "0912345678", "", "mandatory", "", START_MS
        )
        for key, name in names.items()
    }


def close(contest: Definition, entries: list[Entry] = ENTRIES) -> tuple[WeekResult, Reference]:
    loaded = reference(contest)
    collectors = week_collectors(contest, loaded.bank)
    gathered = gather(contest, loaded.bank, contest.weeks[0], entries, collectors)
    return close_week(
        contest, loaded.units, contest.weeks[0], gathered, draw=Draw(1, ROOT), names=fakes.PSEUDONYMS
    ), loaded


class Written(NamedTuple):
    """A report with each of its files in one piece."""

    files: dict[str, bytes]
    page: bytes


def written_out(report: WeekReport) -> Written:
    files = {
        name: content if isinstance(content, bytes) else b"".join(content) for name, content in report.files
    }
    return Written(files, report.page.encode())


REPORTS = Reports(MemoryObjects(), registrations=tuple)


def report(contest: Definition | None = None, names: dict[str, str] | None = None) -> Written:
    result, loaded = close(contest or definition())
    closed = closed_week(result, loaded, {}, {})
    named = people(NAMES if names is None else names)
    return written_out(REPORTS.write_week(result, closed, loaded, named, "0" * 64, Standing()))


def page(written: Written) -> Any:
    return json.loads(written.page)


def test_a_week_has_the_tables_of_the_design() -> None:
    assert [*report().files] == [
        "individual_prizes.csv",
        "individual_prizes.xlsx",
        "winner-checks.xlsx",
        "individual_ranking.csv.gz",
        "unit_ranking.csv",
        "unit_ranking.xlsx",
        "activity.csv",
        "question_statistics.csv",
        "anomalies.csv",
        "summary.xlsx",
        "bulletin.html",
    ]


def test_a_prize_has_a_row_with_everything_needed_to_hand_it_over() -> None:
    first = csv_rows(report().files["individual_prizes.csv"])[0]
    assert first == {
        "prize": "first",
        "rank": "1",
        "participant_id": "an",
        "full_name": "Nguyễn Văn An",
        "citizen_id_masked": "040******001",
        "phone_masked": "091****678",
        "unit_code": "SO-A",
        "unit_name": "Sở A",
        "score": "5",
        "prediction": "2",
        "prediction_error": "0",
        "duration_ms": "120005",
        "submitted_at": "2022-08-22T08:02:00.005+07:00",
        "attempts": "2",
        "verified": "none",
    }


def test_a_missing_value_is_an_empty_cell() -> None:
    _, binh, chi = csv_rows(report().files["individual_prizes.csv"])
    assert (binh["prediction"], binh["prediction_error"]) == ("", "")
    assert (chi["unit_code"], chi["unit_name"], chi["prediction"]) == ("", "", "0")


def test_a_name_that_looks_like_a_formula_is_harmless() -> None:
    assert csv_rows(report().files["individual_prizes.csv"])[1]["full_name"] == "'=Lê Thị Bình"


def test_the_ranking_has_everyone_and_no_names() -> None:
    data = gzip.decompress(report().files["individual_ranking.csv.gz"])
    ranking = csv_rows(data)
    assert [(row["rank"], row["participant_id"], row["category"]) for row in ranking] == [
        ("1", "an", "mandatory"),
        ("2", "binh", "mandatory"),
        ("3", "chi", "encouraged"),
    ]
    assert not any(name.encode() in data for name in NAMES.values())


def test_the_unit_ranking_has_every_unit_with_plain_numbers() -> None:
    so_a, so_b, school = sorted(csv_rows(report().files["unit_ranking.csv"]), key=lambda row: row["unit_code"])
    assert so_a == {
        "rank": "1",
        "unit_code": "SO-A",
        "unit_name": "Sở A",
        "bloc": "Sở, ban, ngành",
        "parent": "",
        "level": "",
        "headcount": "10",
        "exempt": "2",
        "obliged_people": "1",
        "people": "1",
        "rate": "0.125000",
        "attempts": "2",
        "mean_best": "5.0000",
        "quality": "1.000000",
        "unit_score": "56.2500",
        "prize": "weekly",
        "note": "",
    }
    assert so_b["unit_score"] == "52.5000"
    assert (school["people"], school["rate"], school["mean_best"], school["note"]) == (
        "0", "0.000000", "0.0000", "below_min_people",
    )  # fmt: skip


def test_one_unit_wins_the_weekly_prize() -> None:
    prizes = {row["unit_code"]: row["prize"] for row in csv_rows(report().files["unit_ranking.csv"])}
    assert prizes == {"SO-A": "weekly", "SO-B": "", "TRUONG-C": ""}


def test_the_page_has_the_weeks_facts() -> None:
    shown = page(report())
    assert shown["week"] == 1
    assert shown["opens_at"] == "2022-08-22T08:00:00+07:00"
    assert shown["closes_at"] == "2022-08-29T08:00:00+07:00"
    assert shown["counts"] == {
        "people": 3, "attempts": 4, "obliged_people": 2, "other_people": 1, "perfect_people": 2,
    }  # fmt: skip
    assert shown["prediction"] == {"target": "perfect_people", "actual": 2}


def test_the_page_shows_masked_names_and_no_ids() -> None:
    winner = page(report())["winners"][0]
    assert winner == {
        "prize": "first",
        "title": "Giải Nhất",
        "rank": 1,
        "name": "N. V. An",
        "unit_code": "SO-A",
        "unit_name": "Sở A",
        "score": 5,
        "total": 5,
        "prediction": 2,
        "prediction_error": 0,
        "duration_ms": 120_005,
        "submitted_at": "2022-08-22T08:02:00.005+07:00",
        "code": fakes.PSEUDONYMS(1, "an")[:8],
    }


def test_a_contest_may_show_full_names() -> None:
    shown = page(report(definition(publication={"winner_names": "full"})))
    assert shown["winners"][0]["name"] == "Nguyễn Văn An"


def test_a_winner_whose_registration_is_gone_has_no_name() -> None:
    written = report(names={})
    assert page(written)["winners"][0]["name"] == ""
    assert csv_rows(written.files["individual_prizes.csv"])[0]["full_name"] == ""


def test_without_a_prediction_question_the_page_has_none() -> None:
    shown = page(report(definition().model_copy(update={"prediction": None})))
    assert shown["prediction"] is None
    assert shown["winners"][0]["prediction_error"] is None


def test_the_pages_units_are_those_of_the_table_as_numbers() -> None:
    written = report()
    for shown, row in zip(page(written)["units"], csv_rows(written.files["unit_ranking.csv"]), strict=True):
        assert (str(shown["rank"]), shown["code"], shown["name"], shown["bloc"]) == (
            row["rank"], row["unit_code"], row["unit_name"], row["bloc"],
        )  # fmt: skip
        for name in (
            "headcount",
            "exempt",
            "obliged_people",
            "people",
            "rate",
            "attempts",
            "mean_best",
            "quality",
            "unit_score",
        ):
            assert shown[name] == float(row[name])
        assert (shown["prize"], shown["note"]) == (row["prize"], row["note"])


@pytest.mark.parametrize("names", [NAMES, {}])
def test_the_same_result_gives_the_same_bytes(names: dict[str, str]) -> None:
    assert report(names=names) == report(names=names)


def test_the_final_has_the_units_of_all_weeks() -> None:
    contest = definition(contest={"weeks": 2})
    result, loaded = close(contest)
    distinct = {"SO-A": Distinct(1, 1), "SO-B": Distinct(1, 1)}
    final = final_of(contest, loaded.units, [result.sums_by_unit] * 2, [5, 5], distinct)
    week = {
        CLOSED_WEEK: closed_week(result, loaded, {}, {}).encode(),
        RANKING_ROWS: b"".join(encode_rows(1, ranking_rows(result))),
        RANKING: AGAIN.read_bytes(),
    }
    weeks = [StoredRevision(week.get)] * 2
    written = written_out(
        REPORTS.write_final(
            final, closed_final(final, loaded, 10), loaded, weeks, MemoryParticipants(), Standing()
        )
    )
    table = csv_rows(written.files["unit_ranking.csv"])
    assert {row["unit_code"]: (row["headcount"], row["prize"]) for row in table} == {
        "SO-A": ("20", "final"),
        "SO-B": ("8", "final"),
        "TRUONG-C": ("0", ""),
    }
    shown = page(written)
    assert shown["contest"] == "trial"
    assert [unit["code"] for unit in shown["units"]] == [row["unit_code"] for row in table]
