"""Closing weeks that are over: those of ``two_weeks``, checked against values worked out by hand."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from hashlib import sha256

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.documents.closed_week import decode_rows
from chalicelib.documents.revision import RANKING_ROWS
from chalicelib.domain.decisions import Correction, Decisions
from chalicelib.domain.definition import Definition
from chalicelib.readers.contest_tables import RosterRow
from chalicelib.services.contest.compiled_rosters import compile_rosters, rosters_key
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import CurrentRevision
from tests.domain.builders import done
from tests.fakes import PSEUDONYMS, START_MS, WEEK, definition, reference
from tests.identity_table import identity
from tests.services.closing.two_weeks import AFTER_WEEK_1, AFTER_WEEK_2, NAMES, PRIZES, REFERENCE, Stage


@pytest.fixture(scope="module")
def closed() -> Stage:
    stage = Stage()
    stage.run()
    return stage


@pytest.mark.parametrize("now", [START_MS, START_MS + WEEK, AFTER_WEEK_1 - 1])
def test_nothing_at_all_is_written_before_a_week_is_ready(now: int) -> None:
    stage = Stage()
    assert stage.run(now) == []
    assert stage.state() == ({}, {}, {})


def test_only_the_week_that_is_over_is_closed() -> None:
    stage = Stage()
    assert [closed.what for closed in stage.run(AFTER_WEEK_1)] == ["week-1"]
    assert list(stage.revisions.pointers) == ["week-1"]
    assert all("week-2" not in key and "final" not in key for key in (*stage.desk.objects, *stage.site.objects))
    assert stage.index() == {"format": 1, "weeks": [{"week": 1, "revision": 1}], "final": None}


def test_missed_weeks_are_closed_in_one_run_with_the_final() -> None:
    assert [(c.what, c.revision) for c in Stage().run()] == [("week-1", 1), ("week-2", 1), ("final", 1)]


def test_closing_week_by_week_gives_the_same_result_as_catching_up(closed: Stage) -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    assert [c.what for c in stage.run(AFTER_WEEK_2)] == ["week-2", "final"]
    assert stage.state() == closed.state()


def test_a_second_run_does_nothing(closed: Stage) -> None:
    stage = Stage()
    stage.run()
    puts = [*stage.desk.puts, *stage.site.puts]
    assert stage.run(AFTER_WEEK_2 + WEEK) == []
    assert [*stage.desk.puts, *stage.site.puts] == puts
    assert stage.state() == closed.state()


def test_the_prizes_of_the_first_week(closed: Stage) -> None:
    first, second = closed.rows("week-1", "individual_prizes.csv")
    assert (first["prize"], first["rank"], first["participant_id"], first["full_name"]) == (
        "first", "1", "an", "Nguyễn Văn An",
    )  # fmt: skip
    assert (first["score"], first["prediction"], first["prediction_error"]) == ("5", "2", "0")
    assert (first["duration_ms"], first["submitted_at"], first["attempts"]) == (
        "120000", "2022-08-22T08:02:00.000+07:00", "2",
    )  # fmt: skip
    assert (first["citizen_id_masked"], first["phone_masked"]) == ("040******001", "091****678")
    assert (second["prize"], second["participant_id"], second["prediction_error"]) == ("second", "binh", "1")


def test_a_person_wins_only_once_in_the_contest(closed: Stage) -> None:
    prizes = closed.rows("week-2", "individual_prizes.csv")
    assert [(row["prize"], row["rank"], row["participant_id"]) for row in prizes] == [
        ("first", "2", "chi"),
        ("second", "3", "dung"),
    ]


def test_a_prize_for_verified_people_counts_who_was_proved_before_the_week_closed() -> None:
    asking = [{"name": "first", "title": "Giải Nhất", "count": 1, "verified": ["provider"]}]
    provider = identity("https://xacthuc.example.vn", "https://thi.example.vn/")
    contest = replace(REFERENCE, definition=definition(prizes=asking, identity=provider, contest={"weeks": 2}))
    stage = Stage()
    assert stage.run(AFTER_WEEK_1, contest)
    assert stage.winners("week-1") == []
    stage = Stage()
    stage.proven = {"an": START_MS + WEEK, "chi": START_MS + WEEK - 1}
    stage.run(AFTER_WEEK_1, contest)
    assert stage.winners("week-1") == ["chi"]
    lines = gzip.decompress(stage.file("week-1", "audit.jsonl.gz")).splitlines()
    told = {json.loads(line)["record"]["pseudonym"] for line in lines if b'"verified":"provider"' in line}
    assert told == {PSEUDONYMS(1, "chi")}
    state = stage.state()
    stage.proven["an"] = START_MS  # as if the clock had been wrong: nothing that is closed moves by itself
    assert stage.run(AFTER_WEEK_1, contest) == []
    assert stage.state() == state


def with_rosters(stage: Stage, contest: Definition, listed: str, *corrections: Correction) -> Current:
    """Loads a roster of SO-B with these people."""
    rows = [RosterRow("SO-B", NAMES[one], "", False, "mandatory", "", one) for one in listed.split()]
    data = compile_rosters(rows, b"pepper")
    stage.desk.objects[rosters_key(digest(data))] = data
    decisions = Decisions(corrections=corrections)
    return replace(REFERENCE, definition=contest, rosters=digest(data), decisions=decisions)


def asking(*proofs: str) -> Definition:
    prize = {"name": "first", "title": "Giải Nhất", "count": 5, "verified": proofs}
    provider = identity("https://xacthuc.example.vn", "https://thi.example.vn/")
    return definition(prizes=[prize], identity=provider, contest={"weeks": 2})


def verified(stage: Stage) -> list[tuple[str, str]]:
    rows = stage.rows("week-1", "individual_prizes.csv")
    return [(row["participant_id"], row["verified"]) for row in rows]


def verified_in_the_bundle(stage: Stage) -> dict[str, str]:
    lines = map(json.loads, gzip.decompress(stage.file("week-1", "audit.jsonl.gz")).splitlines())
    names = {PSEUDONYMS(1, person): person for person in NAMES}
    return {
        names[line["record"]["pseudonym"]]: line["counted"]["verified"]
        for line in lines
        if "verified" in line["counted"]
    }


def test_a_prize_for_people_on_rosters_counts_who_is_listed_wherever_a_correction_has_moved_them() -> None:
    stage = Stage()
    stage.proven = {"an": START_MS}
    moved = Correction(("chi",), "unit", "SO-A", 1, 1, "chuyển công tác", "")
    stage.run(AFTER_WEEK_1, with_rosters(stage, asking("provider", "roster"), "an chi", moved))
    assert verified(stage) == [("an", "provider"), ("chi", "roster")]
    assert verified_in_the_bundle(stage) == {"an": "provider", "chi": "roster"}
    kept = decode_rows([stage.file("week-1", RANKING_ROWS)])
    assert {row.participant_id: row.verified for row in kept} == {
        "an": "provider",
        "binh": "none",
        "chi": "roster",
    }


def test_who_is_listed_and_proven_too_has_a_prize_for_people_on_rosters() -> None:
    stage = Stage()
    stage.proven = {"an": START_MS, "binh": START_MS}
    stage.run(AFTER_WEEK_1, with_rosters(stage, asking("roster"), "an chi"))
    assert verified(stage) == [("an", "roster"), ("chi", "roster")]
    assert verified_in_the_bundle(stage) == {"an": "roster", "chi": "roster"}


@pytest.mark.parametrize(("proofs", "told"), [((), {}), (("provider",), {"binh": "provider"})])
def test_the_bundle_says_of_nobody_what_no_prize_asks_for(
    proofs: tuple[str, ...], told: dict[str, str]
) -> None:
    stage = Stage()
    stage.proven = {"binh": START_MS}
    stage.run(AFTER_WEEK_1, with_rosters(stage, asking(*proofs), "an chi"))
    assert verified_in_the_bundle(stage) == told


def test_where_no_prize_asks_for_it_the_winners_table_says_all_that_is_known() -> None:
    stage = Stage()
    stage.people.people["binh"] = stage.people.people["binh"]._replace(verified_at=START_MS)
    stage.run(AFTER_WEEK_1, with_rosters(stage, asking(), "an chi"))
    assert dict(verified(stage)) == {"an": "roster", "binh": "provider", "chi": "roster"}


def test_everyone_with_a_counted_attempt_is_ranked(closed: Stage) -> None:
    table = gzip.decompress(closed.file("week-2", "individual_ranking.csv.gz")).decode("utf-8-sig")
    rows = [row.split(",") for row in table.splitlines()[1:]]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("1", "an", "5"),
        ("2", "chi", "5"),
        ("3", "dung", "3"),
        ("4", "ba", "2"),
    ]


def test_the_units_of_the_first_week(closed: Stage) -> None:
    # SO-B: 100·(0.5·2/4 + 0.2·2/2 + 0.3·9/10) = 72; SO-A: 100·(0.5·1/8 + 0.2·2/2 + 0.3·5/5) = 56.25
    best, second, last = closed.rows("week-1", "unit_ranking.csv")
    assert (best["unit_code"], best["unit_score"], best["prize"]) == ("SO-B", "72.0000", "weekly")
    assert (second["unit_code"], second["unit_score"], second["prize"]) == ("SO-A", "56.2500", "")
    assert (last["unit_code"], last["unit_score"], last["note"]) == ("TRUONG-C", "0.0000", "below_min_people")


def test_a_unit_wins_the_weekly_prize_only_once(closed: Stage) -> None:
    # SO-B: 100·(0.5·2/4 + 0.2·2/2 + 0.3·8/10) = 69; SO-A: 100·(0.5·1/8 + 0.2·1/2 + 0.3·5/5) = 46.25
    best, second, _ = closed.rows("week-2", "unit_ranking.csv")
    assert (best["unit_code"], best["unit_score"], best["prize"]) == ("SO-B", "69.0000", "")
    assert (second["unit_code"], second["unit_score"], second["prize"]) == ("SO-A", "46.2500", "weekly")


def test_the_final_adds_up_the_weeks_and_a_weekly_prize_bars_nobody(closed: Stage) -> None:
    # SO-B: 100·(0.5·4/8 + 0.2·4/4 + 0.3·17/20) = 70.5; SO-A: 100·(0.5·2/16 + 0.2·3/4 + 0.3·10/10) = 51.25
    best, second, _ = closed.rows("final", "unit_ranking.csv")
    assert (best["unit_code"], best["unit_score"], best["prize"]) == ("SO-B", "70.5000", "final")
    assert (second["unit_code"], second["unit_score"], second["prize"]) == ("SO-A", "51.2500", "final")
    assert (best["headcount"], best["people"], best["attempts"], best["mean_best"]) == ("8", "4", "4", "4.2500")


def test_the_site_shows_the_winners_by_masked_name(closed: Stage) -> None:
    page = closed.page("week-1")
    assert [(winner["title"], winner["name"]) for winner in page["winners"]] == [
        ("Nhất", "N. V. An"),
        ("Nhì", "L. T. Bình"),
    ]
    assert page["prediction"] == {"target": "perfect_people", "actual": 2}
    assert page["counts"]["people"] == 3


def test_the_index_lists_every_closed_week_and_the_final(closed: Stage) -> None:
    assert closed.index() == {
        "format": 1,
        "weeks": [{"week": 1, "revision": 1}, {"week": 2, "revision": 1}],
        "final": {"revision": 1},
    }
    assert json.loads(closed.desk.objects["results/current.json"]) == closed.index()


@pytest.mark.parametrize("what", ["week-1", "week-2", "final"])
def test_the_manifest_names_its_inputs_files_and_result(closed: Stage, what: str) -> None:
    manifest = closed.manifest(what)
    assert (manifest["contest"], manifest["what"], manifest["revision"]) == ("trial", what, 1)
    assert (manifest["inputs"], manifest["salts"]) == (REFERENCE.digests, {})
    assert manifest["code_version"] == "test"
    for name, written in manifest["files"].items():
        assert sha256(closed.file(what, name)).hexdigest() == written
    assert closed.revisions.pointers[what] == CurrentRevision(
        1,
        manifest["inputs_digest"],
        manifest["result_digest"],
        AFTER_WEEK_2,
        sha256(closed.file(what, "manifest.json")).hexdigest(),
    )


def test_the_manifest_names_all_the_other_files_in_its_folder(closed: Stage) -> None:
    folder = {key.rpartition("/")[2] for key in closed.desk.objects if key.startswith("results/week-1/rev-1/")}
    assert folder == {*closed.manifest("week-1")["files"], "manifest.json"}
    assert {"individual_prizes.csv", "individual_ranking.csv.gz", "unit_ranking.csv"} <= folder


def test_the_manifest_holds_the_counts_of_its_week(closed: Stage) -> None:
    manifest = closed.manifest("week-2")
    assert manifest["counts"] == {
        "people": 4, "attempts": 4, "obliged_people": 3, "other_people": 1, "perfect_people": 2,
    }  # fmt: skip
    assert (manifest["target"], manifest["ranked"]) == (2, 4)


def test_names_appear_in_the_lists_of_prizes_and_commendations_and_nowhere_else(closed: Stage) -> None:
    for key, data in (*closed.desk.objects.items(), *closed.site.objects.items()):
        text = (gzip.decompress(data) if key.endswith(".gz") else data).decode(errors="replace")
        if not key.endswith(("/individual_prizes.csv", "/commendations.csv")):
            assert not any(name in text for name in NAMES.values()), key
            assert "0912345678" not in text
            assert "040******001" not in text


def test_participant_ids_are_not_on_the_site(closed: Stage) -> None:
    for data in closed.site.objects.values():
        assert b"participant_id" not in data


def test_the_same_inputs_give_the_same_bytes_in_whatever_order_entries_arrive(closed: Stage) -> None:
    stage = Stage()
    stage.entries.items = dict(reversed(stage.entries.items.items()))
    stage.run()
    assert stage.state() == closed.state()


def test_a_winner_whose_registration_is_gone_does_not_stop_the_close() -> None:
    stage = Stage()
    stage.people.people.clear()
    stage.run()
    first, _ = stage.rows("week-1", "individual_prizes.csv")
    assert (first["participant_id"], first["full_name"]) == ("an", "")


def test_a_contest_without_participants_is_still_closed() -> None:
    stage = Stage()
    stage.entries.items.clear()
    assert [closed.people for closed in stage.run()] == [0, 0, 0]
    assert stage.rows("week-1", "individual_prizes.csv") == []
    assert len(stage.rows("final", "unit_ranking.csv")) == 3


def test_the_final_proposes_commendations_with_reasons(closed: Stage) -> None:
    rows = closed.rows("final", "commendations.csv")
    people = [(row["place"], row["name"], row["reason"]) for row in rows if row["kind"] == "person"]
    assert people == [
        (
            "1",
            "Nguyễn Văn An",
            "Dự thi đủ 2 tuần, tổng điểm tốt nhất các tuần 10/10, tổng thời gian 3 phút 0 giây",
        ),
        ("2", "Trần Chi", "Dự thi đủ 2 tuần, tổng điểm tốt nhất các tuần 9/10, tổng thời gian 3 phút 0 giây"),
    ]
    units = [(row["unit_name"], row["reason"]) for row in rows if row["kind"] == "unit"]
    assert units == [
        ("Sở B", "Xếp thứ 1 về kết quả dự thi của đơn vị qua 2 tuần"),
        ("Sở A", "Xếp thứ 2 về kết quả dự thi của đơn vị qua 2 tuần"),
    ]


def test_nobody_is_proposed_for_a_paper_below_the_shortest_time() -> None:
    stage = Stage()
    first = stage.entries.items[1, "chi"]
    stage.entries.items[1, "chi"] = first._replace(finished=(done(5, 2, duration=29_999),))
    contest = definition(contest={"weeks": 2}, prizes=PRIZES, paper={"min_duration": "PT30S"})
    stage.run(contest=reference(contest))
    rows = stage.rows("final", "commendations.csv")
    assert [row["name"] for row in rows if row["kind"] == "person"] == ["Nguyễn Văn An"]


FINAL_PRIZES = [
    *PRIZES,
    {"name": "best", "title": "Giải Xuất sắc", "count": 2, "when": "final", "min_score": 5},
]


def test_the_final_ranks_people_over_all_weeks_where_the_contest_says_so() -> None:
    stage = Stage()
    stage.run(contest=reference(definition(contest={"weeks": 2}, prizes=FINAL_PRIZES, ranking={"final": True})))
    ranked = stage.rows("final", "individual_ranking.csv.gz")
    assert [(row["participant_id"], row["score"], row["weeks"]) for row in ranked[:2]] == [
        ("an", "10", "2"),
        ("chi", "9", "2"),
    ]
    first, second, *weekly = stage.rows("final", "individual_prizes.csv")
    assert (first["week"], first["prize"], first["full_name"], first["score"]) == (
        "", "best", "Nguyễn Văn An", "10",
    )  # fmt: skip
    assert (second["participant_id"], second["submitted_at"], second["prediction"]) == ("chi", "", "")
    assert {row["week"] for row in weekly} == {"1", "2"}
    shown = [(one["title"], one["rank"], one["score"], one["total"]) for one in stage.page("final")["winners"]]
    assert shown == [("Giải Xuất sắc", 1, 10, 10), ("Giải Xuất sắc", 2, 9, 10)]


def test_a_prize_of_the_end_is_no_weekly_prize(closed: Stage) -> None:
    assert closed.page("final")["winners"] == []
    assert "results/final/rev-1/individual_ranking.csv.gz" not in closed.desk.objects
