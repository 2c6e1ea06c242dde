"""A stranger has taken a colleague's number; the owner calls. On the deployed stack, up to the proof."""

from __future__ import annotations

from pathlib import Path

from tests.csv_rows import csv_rows
from tests.e2e.people import enter, form, sit
from tests.e2e.test_close_by_shares import closed
from tests.stack import contest_folder, running, wait_for
from verify.__main__ import main

TAKEN = "040085000001"
STRANGER = form(TAKEN, "SO-B", name="Kẻ Lạ", password="của kẻ lạ đây")
OWNER = form(TAKEN, "SO-A", name="Nguyễn Văn Chủ", password="của chủ số đây")


def test_a_taken_number_goes_to_its_owner_and_the_stranger_counts_nowhere(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="releases", weeks=1, seconds=60, proof="off")
    rosters = f"unit_code,full_name,citizen_id,exempt\nSO-A,Nguyễn Văn Chủ,{TAKEN},\n"
    (contest / "rosters.csv").write_text(rosters, encoding="utf-8")
    with running(contest, tmp_path / "state") as stack:
        stranger, old_id = enter(stack, STRANGER)
        sit(stack, stranger, 5)
        assert stack.call("POST", "/participants", OWNER).json()["code"] == "already_registered"
        assert stack.call("POST", "/attempts", {}, stranger).status_code == 201  # in the middle of a paper

        answer = stack.deliver("releases.csv", f"citizen_id,reason\n{TAKEN},chủ số gọi đường dây nóng\n")
        assert (answer["accepted"], answer["taken"]["released"]) == (True, 1), answer["faults"]
        wait_for(lambda: stack.call("GET", "/me", token=stranger).status_code == 401, 60, "the stranger's end")
        refused = stack.call("POST", "/sessions", {"citizen_id": TAKEN, "password": STRANGER["password"]})
        assert refused.status_code == 401

        owner, new_id = enter(stack, OWNER)
        assert new_id != old_id
        sit(stack, owner, 3)
        colleague, _ = enter(stack, form("040190000002", "SO-B"))
        sit(stack, colleague, 1)

        page = wait_for(lambda: closed(stack), 150, "the close")
        assert (page["counts"]["people"], page["counts"]["attempts"]) == (2, 2)
        folder = "results/week-1/rev-1"
        ranking = csv_rows(stack.desk(f"{folder}/individual_ranking.csv.gz"))
        first = ranking[0]
        assert (first["participant_id"], first["score"], first["unit_code"]) == (new_id, "3", "SO-A")
        assert old_id not in {row["participant_id"] for row in ranking}
        prizes = csv_rows(stack.desk(f"{folder}/individual_prizes.csv"))
        assert prizes[0]["full_name"] == "Nguyễn Văn Chủ"
        units = {row["unit_code"]: row for row in csv_rows(stack.desk(f"{folder}/unit_ranking.csv"))}
        assert (units["SO-A"]["obliged_people"], units["SO-B"]["people"]) == ("1", "1")
        wait_for(lambda: main(["rank", stack.site_url]) == 0, 60, "opening the log's batches")
