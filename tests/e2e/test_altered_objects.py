"""Somebody with the account's rights edits desk and site of the deployed stack: refused, told, brought back."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.services.contest.compiled_rosters import index_key, rosters_key
from chalicelib.storage.site import Site
from tests.e2e.people import enter, form, sit
from tests.e2e.test_close_by_shares import closed
from tests.stack import Stack, contest_folder, running, wait_for

WINNER = "Nguyễn Văn An"
EDITED_ON_THE_SITE = ("data/results/week-1.json", "data/contest.json")
FUNCTIONS = ("api", "close-weeks", "intake", "publish-live")


def put(stack: Stack, bucket: str, key: str, data: bytes) -> None:
    stack.client("s3").put_object(Bucket=stack.stack[f"{bucket}_bucket"], Key=key, Body=data)


def get(stack: Stack, bucket: str, key: str) -> bytes:
    data: bytes = stack.client("s3").get_object(Bucket=stack.stack[f"{bucket}_bucket"], Key=key)["Body"].read()
    return data


def told(stack: Stack) -> dict[str, bool]:
    """What the functions' logs say of altered objects: key → whether it was brought back in the end."""
    found: dict[str, bool] = {}
    for name in FUNCTIONS:
        group, pages = (
            f"/aws/lambda/cuoc-thi-local-{name}",
            stack.client("logs").get_paginator("filter_log_events"),
        )
        for page in pages.paginate(logGroupName=group):
            for event in page["events"]:
                if '"event":"altered_object"' in event["message"]:
                    line: dict[str, Any] = json.loads(event["message"])
                    found[line["key"]] = found.get(line["key"], False) or line["healed"]
    return found


def settled(stack: Stack, keys: Sequence[str]) -> bool:
    """Whether none of these may be on its way: within half a minute a close puts right what nobody tells."""
    noted = Site(None, "", stack.client("dynamodb"), stack.stack["tables"]["tallies"]).noted()
    ages = [time.time() * 1000 - noted[key].at for key in keys if key in noted]
    return len(ages) == len(keys) and min(ages) > 35_000


def test_whoever_edits_what_functions_have_stored_changes_nothing_unseen(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="altered", weeks=1, seconds=40, proof="off")
    rows = "unit_code,full_name,citizen_id,exempt\n" + f"SO-A,{WINNER},040085000001,0\n"
    (contest / "rosters.csv").write_text(rows, encoding="utf-8")
    with running(contest, tmp_path / "state", "--fast-schedule", "10") as stack:
        for person in (form("040085000001", "SO-A"), form("040190000002", "SO-B", "encouraged")):
            token, _ = enter(stack, person)
            sit(stack, token, 1)
        page = wait_for(lambda: closed(stack), 120, "the close")
        wait_for(lambda: settled(stack, EDITED_ON_THE_SITE), 120, "the site to be put and noted")
        pointer = ContestInForce.decode(stack.pointer(CURRENT) or b"")
        reference = compiled.key(pointer.reference)
        rosters = rosters_key(compiled.decode_rosters(compiled.decode(stack.desk(reference))["rosters"]))
        stored = "results/week-1/rev-1/page.json"
        # The page of the result, the contest in force, a roster and its index; the site's results and contest.
        edited = [("desk", key) for key in (stored, reference, rosters, index_key(pointer.listed))]
        edited += [("site", key) for key in EDITED_ON_THE_SITE]
        right = {key: get(stack, bucket, key) for bucket, key in edited}
        for bucket, key in edited:
            put(stack, bucket, key, right[key].replace(WINNER.encode(), "Kẻ Gian".encode()) + b" ")

        def healed() -> bool:
            return all(get(stack, bucket, key) == right[key] for bucket, key in edited)

        wait_for(healed, 120, "bringing everything back")
        wait_for(lambda: all(told(stack).get(key) for _, key in edited), 60, "the lines that set off the alarm")
        assert closed(stack) == page
        assert stack.site("/data/contest.json").json() == json.loads(right["data/contest.json"])
        assert stack.deliver("guide.md", "# Mới")["accepted"]
