"""A stranger has taken a colleague's number; the owner calls. On the deployed stack, up to the proof."""

from __future__ import annotations

from pathlib import Path

from infra.intake import send
from tests.csv_rows import csv_rows
from tests.e2e.test_close_by_shares import closed, take_part
from tests.stack import Stack, contest_folder, right_answers, running, wait_for
from verify.__main__ import main

TAKEN = "040085000001"
STRANGER = {
    "citizen_id": TAKEN,
    "full_name": "Kẻ Lạ",
    "date_of_birth": "1985-02-03",
    "gender": "male",
    "phone": "0912345678",
    "unit_code": "SO-B",
    "category": "mandatory",
    "password": "của kẻ lạ đây",
    "consent": True,
}
OWNER = {**STRANGER, "full_name": "Nguyễn Văn Chủ", "unit_code": "SO-A", "password": "của chủ số đây"}


def enter(stack: Stack, form: dict[str, object]) -> tuple[str, str]:
    """The token and the participant id of somebody who registers and signs in."""
    assert stack.call("POST", "/participants", form).status_code == 201
    session = stack.call("POST", "/sessions", {key: form[key] for key in ("citizen_id", "password")})
    return session.json()["token"], session.json()["participant"]["participant_id"]


def sit(stack: Stack, token: str, right: int) -> None:
    attempt = stack.call("POST", "/attempts", {}, token).json()["attempt"]
    body = {"answers": right_answers(stack, attempt, right), "prediction": 1, "revision": attempt["revision"]}
    path = f"/attempts/{attempt['attempt_id']}/submission"
    assert stack.call("POST", path, body, token).status_code == 200


def test_a_taken_number_goes_to_its_owner_and_the_stranger_counts_nowhere(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="releases", weeks=1, seconds=90, proof="off")
    rosters = f"unit_code,full_name,citizen_id,exempt\nSO-A,Nguyễn Văn Chủ,{TAKEN},\n"
    (contest / "rosters.csv").write_text(rosters, encoding="utf-8")
    with running(contest, tmp_path / "state") as stack:
        stranger, old_id = enter(stack, STRANGER)
        sit(stack, stranger, 5)
        assert stack.call("POST", "/participants", OWNER).json()["code"] == "already_registered"
        assert stack.call("POST", "/attempts", {}, stranger).status_code == 201  # in the middle of a paper

        text = f"citizen_id,reason\n{TAKEN},chủ số gọi đường dây nóng\n"
        answer = send(stack.client("s3"), stack.stack["desk_bucket"], "releases.csv", text.encode(), 60)
        assert answer
        assert (answer["accepted"], answer["taken"]["released"]) == (True, 1), answer["faults"]
        wait_for(lambda: stack.call("GET", "/me", token=stranger).status_code == 401, 60, "the stranger's end")
        refused = stack.call("POST", "/sessions", {"citizen_id": TAKEN, "password": STRANGER["password"]})
        assert refused.status_code == 401

        owner, new_id = enter(stack, OWNER)
        assert new_id != old_id
        sit(stack, owner, 3)
        take_part(stack, "040190000002", "1990-04-05", "female", "SO-B", "mandatory")

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
        assert main(["--rank", stack.site_url]) == 0
