"""One cold start, as a separate process: ``python first_call.py bare|app``; prints CPU and wall-clock seconds.

``bare`` is the floor: a botocore client and one stubbed ``update_item``. ``app`` imports the deployed
``app.py``, reads secrets and contest, checks a token and starts an attempt; HTTP is stubbed likewise. With
``memory`` it saves and submits the paper too, and prints the megabytes that are resident then.
"""

from __future__ import annotations

import time

_began = (time.process_time(), time.perf_counter())

import json
import os
import sys
from pathlib import Path
from typing import Any


def bare() -> None:
    from botocore.session import get_session
    from stubs import stub

    client = get_session().create_client("dynamodb", region_name=os.environ["AWS_REGION"])
    stub(client)
    client.update_item(
        TableName="entries",
        Key={"pk": {"S": "w1#a3"}, "sk": {"S": "a3" + "0" * 18}},
        UpdateExpression="SET #used = :one",
        ExpressionAttributeNames={"#used": "used"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def app() -> None:
    _asked("POST", "/attempts", None, {})


def memory() -> None:
    attempt = _asked("POST", "/attempts", None, {})["attempt"]
    named, answers = {"attempt_id": attempt["attempt_id"]}, {"answers": {"1": ["A"]}, "revision": 0}
    _asked("PUT", "/attempts/{attempt_id}/answers", named, answers)
    _asked("POST", "/attempts/{attempt_id}/submission", named, answers)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(pages * os.sysconf("SC_PAGESIZE") / 1e6)


def _asked(method: str, resource: str, path: dict[str, str] | None, body: dict[str, Any]) -> Any:
    from stubs import gateway_event, stub_signed

    stub_signed()
    import app as deployed

    event = gateway_event(method, resource, path, os.environ["TOKEN"], json.dumps(body))
    answer = deployed.app(event, None)
    if answer["statusCode"] not in (200, 201):
        raise SystemExit(str(answer))
    return json.loads(answer["body"])


if __name__ == "__main__":
    {"bare": bare, "app": app, "memory": memory}[sys.argv[1]]()
    if sys.argv[1] != "memory":
        print(time.process_time() - _began[0], time.perf_counter() - _began[1])
