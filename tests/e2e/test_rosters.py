"""A school whose roster decides who counts, on the deployed stack: intake, close, files, verifier."""

from __future__ import annotations

from pathlib import Path

from infra.intake import last_report
from tests.csv_rows import csv_rows
from tests.e2e.people import enter, form, sit
from tests.e2e.test_close_by_shares import closed
from tests.stack import Stack, contest_folder, running, wait_for
from verify.__main__ import main

TEACHERS = [f"0401900{number:05}" for number in range(85)]
OFFICIAL = "040090000777"
PUPILS = [f"0402050{number:05}" for number in range(5)]


def rosters() -> str:
    """85 teachers, the last of whom is exempt; the first is on another roster too."""
    rows = [f"TRUONG-C,Nguyễn Thị Giáo,{teacher},{int(teacher == TEACHERS[-1])}" for teacher in TEACHERS]
    return "\n".join(["unit_code,full_name,citizen_id,exempt", *rows, f"SO-B,Nguyễn Thị Giáo,{TEACHERS[0]},0"])


def play(stack: Stack) -> None:
    """Five pupils call themselves teachers; a teacher chooses an office; the exempt one takes part too."""
    for person in (
        *(form(pupil, "TRUONG-C") for pupil in PUPILS),
        form(TEACHERS[0], "SO-A", "encouraged"),
        form(TEACHERS[-1], "TRUONG-C"),
        form(OFFICIAL, "SO-A"),
    ):
        token, _ = enter(stack, person)
        sit(stack, token, 1)


def test_a_school_of_85_counts_by_its_roster_and_not_by_who_claims_it(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="rosters", weeks=1, seconds=40, proof="off")
    (contest / "rosters.csv").write_text(rosters(), encoding="utf-8")
    with running(contest, tmp_path / "state") as stack:
        answer = last_report(stack.client("s3"), stack.stack["desk_bucket"], "contest.zip")
        assert answer
        refused, disagrees, *_ = answer["warnings"]
        assert (answer["accepted"], refused["row"], refused["value"]) == (True, 87, TEACHERS[0])
        assert (disagrees["value"], "có 85, được miễn 1" in disagrees["message"]) == ("TRUONG-C", True)

        play(stack)
        page = wait_for(lambda: closed(stack), 120, "the close")
        assert (page["counts"]["obliged_people"], page["counts"]["other_people"]) == (2, 6)
        folder = "results/week-1/rev-1"
        units = {row["unit_code"]: row for row in csv_rows(stack.desk(f"{folder}/unit_ranking.csv"))}
        school = units["TRUONG-C"]
        assert (school["headcount"], school["exempt"], school["obliged_people"], school["people"]) == (
            "85", "1", "1", "7",
        )  # fmt: skip
        assert (float(school["rate"]), units["SO-A"]["people"]) == (round(1 / 84, 6), "1")
        anomalies = csv_rows(stack.desk(f"{folder}/anomalies.csv"))
        assert [row["unit_code"] for row in anomalies if row["reason"] == "not_on_roster"] == ["TRUONG-C"] * 5
        ranking = csv_rows(stack.desk(f"{folder}/individual_ranking.csv.gz"))
        assert sorted(row["category"] for row in ranking) == ["encouraged"] * 5 + ["mandatory"] * 3
        wait_for(lambda: main(["rank", stack.site_url]) == 0, 60, "opening the log's batches")

        told = stack.deliver("claimants.csv", "unit_code\nSO-A\n")
        sheet = stack.desk(f"{told['taken']['answers']}rosters-SO-A.xlsx")
        assert stack.deliver("rosters-SO-A.xlsx", sheet)["faults"] == []
