"""A week closed by the state machine, deployed, with IAM enforced: sixteen functions read, one closes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from tests.stack import Stack, contest_folder, right_answers, running, wait_for

PASSWORD = "mật khẩu dài"
PEOPLE = [
    ("040085000001", "1985-02-03", "male", "SO-A", "mandatory"),
    ("040190000002", "1990-04-05", "female", "SO-B", "encouraged"),
]


def take_part(stack: Stack, citizen_id: str, born: str, gender: str, unit: str, category: str) -> None:
    form = {
        "citizen_id": citizen_id,
        "full_name": "Nguyễn Văn An",
        "date_of_birth": born,
        "gender": gender,
        "phone": "0912345678",
        "unit_code": unit,
        "category": category,
        "password": PASSWORD,
        "consent": True,
    }
    assert stack.call("POST", "/participants", form).status_code == 201
    session = stack.call("POST", "/sessions", {"citizen_id": citizen_id, "password": PASSWORD})
    token = session.json()["token"]
    attempt = stack.call("POST", "/attempts", {}, token).json()["attempt"]
    path = f"/attempts/{attempt['attempt_id']}/submission"
    answers = right_answers(stack, attempt, 1)  # whoever has nothing right wins nothing
    body = {"answers": answers, "prediction": 1, "revision": attempt["revision"]}
    assert stack.call("POST", path, body, token).status_code == 200


def executions(stack: Stack) -> list[dict[str, Any]]:
    states = stack.client("stepfunctions")
    machines = states.list_state_machines()["stateMachines"]
    (machine,) = [one["stateMachineArn"] for one in machines if one["name"].endswith("-close")]
    runs: list[dict[str, Any]] = states.list_executions(stateMachineArn=machine)["executions"]
    return runs


def closed(stack: Stack) -> dict[str, Any] | None:
    answer = stack.site("/data/results/week-1.json")
    return answer.json() if answer.status_code == 200 else None


def test_a_week_is_closed_by_the_state_machine_alone(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="shares", weeks=1, seconds=30, proof="off")
    options = ("--close-by", "shares", "--fast-schedule", "15")
    with running(contest, tmp_path / "state", *options) as stack:
        for person in PEOPLE:
            take_part(stack, *person)
        page = wait_for(lambda: closed(stack), 120, "the close")
        assert page["counts"]["people"] == 2
        # whoever is not obliged counts for the unit, but not for its rate
        units = {unit["code"]: (unit["obliged_people"], unit["people"], unit["rate"]) for unit in page["units"]}
        assert units["SO-A"] == (1, 1, 0.25)
        assert units["SO-B"] == (0, 1, 0)

        # The state machine did it: its executions succeeded, and sixteen parts lie on the desk.
        wait_for(lambda: any(run["status"] == "SUCCEEDED" for run in executions(stack)), 60, "an execution")
        assert "FAILED" not in {run["status"] for run in executions(stack)}
        found = stack.client("s3").list_objects_v2(Bucket=stack.stack["desk_bucket"], Prefix="parts/week-1/")
        assert len(found["Contents"]) == 16

        current = json.loads(stack.desk("results/current.json"))
        assert current["weeks"] == [{"week": 1, "revision": 1}]
        prizes = stack.desk("results/week-1/rev-1/individual_prizes.csv").decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(prizes)))) == 2
