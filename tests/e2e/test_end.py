"""The end of a contest on the deployed stack: people's data goes, what was published can still be checked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.people import enter, form, sit
from tests.stack import ROOT, Stack, contest_folder, running, wait_for
from verify.__main__ import main

RECOGNITIONS = """what,decision,decided_on,withdraw,reason
1,12/QĐ-BTC,2026-11-29,,thi thử
final,13/QĐ-BTC,2026-11-29,,thi thử
"""


def end(state: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "infra.end", "--stack", str(state / "stack.json"), *options]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)  # noqa: S603  our own
    return done.returncode, done.stdout + done.stderr


def final(stack: Stack) -> Any:
    answer = stack.site("/data/results/index.json")
    return answer.json()["final"] if answer.status_code == 200 else None


def test_after_the_end_nobody_is_left_and_everything_published_is_still_right(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="ending", weeks=1, seconds=40, proof="off")
    state = tmp_path / "state"
    with running(contest, state) as stack:
        token, _ = enter(stack, form("040190000007", "SO-B"))
        file = tmp_path / "receipt.json"
        file.write_text(json.dumps(sit(stack, token, 4)), encoding="utf-8")
        code, told = end(state, "--confirm", "ending", "--reason", "nhầm")
        assert (code, "open or still to come" in told) == (1, True), told

        wait_for(lambda: final(stack), 150, "the final")
        recognised = stack.deliver("recognitions.csv", RECOGNITIONS)
        assert recognised["accepted"], recognised["faults"]
        said = "/data/results/final.json"
        wait_for(lambda: stack.site(said).json()["recognised"], 60, "saying that it is recognised")
        before = {
            name: stack.site(f"/data/{name}").content
            for name in ("contest.json", "keys.json", "results/index.json")
        }
        code, told = end(state)
        assert (code, "1  accounts" in told, "1  entries" in told) == (0, True, True), told
        code, told = end(state, "--confirm", "ending")
        assert code == 0, told
        assert "end" in stack.site("/data/log/facts.json").json()["facts"], "watchers see why it stands still"

        dynamodb, tables = stack.client("dynamodb"), stack.stack["tables"]
        assert dynamodb.scan(TableName=tables["participants"])["Count"] == 0
        assert dynamodb.scan(TableName=tables["entries"])["Count"] == 0
        assert stack.client("secretsmanager").list_secrets()["SecretList"] == []
        versions = stack.client("s3").list_object_versions(Bucket=stack.stack["desk_bucket"])
        names = {version["Key"] for kind in ("Versions", "DeleteMarkers") for version in versions.get(kind, [])}
        assert {name.partition("/")[0] for name in names} == {"results", "ended"}
        assert not [
            name
            for name in names
            if "units" in name and not name.endswith(("unit_ranking.csv", "unit_ranking.xlsx"))
        ]
        with pytest.raises(ClientError):
            stack.desk("results/week-1/rev-1/individual_prizes.xlsx")
        assert b"Nguy" in stack.desk("results/week-1/rev-1/individual_prizes.csv")
        certificate = json.loads(stack.desk("ended/certificate.json"))
        assert certificate["contest"] == "ending"
        assert (certificate["counts"]["accounts"], certificate["counts"]["entries"]) == (1, 1)

        wait_for(lambda: main(["final", stack.site_url]) == 0, 60, "opening the log's batches")
        assert main(["receipt", str(file), "--site", stack.site_url]) == 0
        for name, content in before.items():
            assert stack.site(f"/data/{name}").content == content
        answer = stack.call("GET", "/me", token=token)
        assert answer.status_code in {429, 500, 503}  # the local AWS says 429 where AWS makes it 503
        code, told = end(state, "--confirm", "ending")
        assert (code, "Ended already" in told) == (0, True), told
