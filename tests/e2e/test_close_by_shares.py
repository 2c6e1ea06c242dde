"""A week closed by the state machine, deployed, with IAM enforced: sixteen functions read, then make pieces."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.e2e.people import enter, form, sit
from tests.stack import Stack, contest_folder, running, wait_for

PEOPLE = [form("040085000001", "SO-A"), form("040190000002", "SO-B", "encouraged")]


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
            token, _ = enter(stack, person)
            sit(stack, token, 1)  # whoever has nothing right wins nothing
        page = wait_for(lambda: closed(stack), 120, "the close")
        assert page["counts"]["people"] == 2
        # whoever is not obliged counts for the unit, but not for its rate
        units = {unit["code"]: (unit["obliged_people"], unit["people"], unit["rate"]) for unit in page["units"]}
        assert units["SO-A"] == (1, 1, 0.25)
        assert units["SO-B"] == (0, 1, 0)

        # The state machine did it: its executions succeeded, and there are sixteen shares and pieces.
        wait_for(lambda: any(run["status"] == "SUCCEEDED" for run in executions(stack)), 60, "an execution")
        assert "FAILED" not in {run["status"] for run in executions(stack)}
        items = stack.client("dynamodb").scan(TableName=stack.stack["tables"]["tallies"])["Items"]
        pointers = [item["id"]["S"] for item in items if item["id"]["S"].startswith("pointers/parts/week-1/")]
        kinds = Counter(name.rpartition("/")[2].startswith("piece-") for name in pointers)
        assert kinds == {False: 16, True: 16}

        # The desk's copy of the pointer comes after the page.
        current = wait_for(lambda: stack.on_desk("results/current.json"), 60, "the desk's copy of the pointer")
        assert json.loads(current)["weeks"] == [{"week": 1, "revision": 1}]
        prizes = stack.desk("results/week-1/rev-1/individual_prizes.csv").decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(prizes)))) == 2
