"""The attempt played after each deployment, on the deployed stack: it works, and nothing is left of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.people import solve
from infra.intake import send
from infra.smoke import NAME, Smoke
from tests.csv_rows import csv_rows
from tests.e2e.people import enter, form, sit
from tests.stack import Stack, contest_folder, running, wait_for


def closed(stack: Stack) -> dict[str, Any] | None:
    answer = stack.site("/data/results/week-1.json")
    return answer.json() if answer.status_code == 200 else None


def test_the_test_person_sits_a_paper_and_is_in_no_result(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="smoke", weeks=1, seconds=45, proof="on")
    with running(contest, tmp_path / "state") as stack:
        desk, s3 = stack.stack["desk_bucket"], stack.client("s3")
        told = Smoke(stack.site_url, lambda file, data: send(s3, desk, file, data)).play()
        assert told[1] == "A test person sat a paper: 5 questions, receipt and /me are right."
        assert told[2] == "The test person's attempt counts nowhere, and their data are erased."

        proof = solve(stack.call("GET", "/challenge").json())
        token, _ = enter(stack, form("040085000001", "SO-A") | {"proof": proof})
        sit(stack, token, 3)
        page = wait_for(lambda: closed(stack), 120, "the close")
        assert (page["counts"]["people"], page["counts"]["attempts"]) == (1, 1)
        assert len(csv_rows(stack.desk("results/week-1/rev-1/individual_ranking.csv.gz"))) == 1
        # The attempt's bar is public, with its reason; the person's name is nowhere any more.
        people = stack.client("dynamodb").scan(TableName=stack.stack["tables"]["participants"])["Items"]
        assert NAME not in json.dumps(people, default=str, ensure_ascii=False)
