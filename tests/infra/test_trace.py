"""`make trace` asks the logs for exactly one request or one person, and says in a line what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from infra import place, trace
from infra.package import build

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
ID = "Xb1/PHl8+AMEVFg="
WHO = "711e0264b849b40e"
LINE = {"timestamp": "2026-11-29T07:59:58.120Z", "request_id": ID, "who": WHO}
API, ACCESS = "123456789012:/aws/lambda/cuoc-thi-prod-api", "123456789012:/aws/apigateway/cuoc-thi-prod-access"


@pytest.fixture
def insights() -> Iterator[Stubber]:
    """CloudWatch Logs; parameters and answers are checked against the service's model."""
    with Stubber(boto3.client("logs", region_name="ap-southeast-1")) as stubber:
        yield stubber


def asked(insights: Stubber, field: str, pattern: str) -> None:
    query = (
        f'fields @timestamp, @log, @message | filter @message like /"{field}":"{pattern}"/ '
        "| sort @timestamp asc | limit 10000"
    )
    expected = {
        "logGroupNames": trace.groups("cuoc-thi-prod"),
        "startTime": int(NOW.timestamp()) - 7 * 86_400,
        "endTime": int(NOW.timestamp()) + 1,
        "queryString": query,
    }
    insights.add_response("start_query", {"queryId": "q"}, expected)


def answered(insights: Stubber, *rows: tuple[str, str], status: str = "Complete") -> None:
    cells: list[Any] = [
        [
            {"field": "@timestamp", "value": "2026-11-29 07:59:58.120"},
            {"field": "@log", "value": group},
            {"field": "@message", "value": message},
        ]
        for group, message in rows
    ]
    insights.add_response("get_query_results", {"status": status, "results": cells}, {"queryId": "q"})


def test_signs_that_mean_something_to_insights_are_asked_for_as_any_and_compared_afterwards(
    insights: Stubber,
) -> None:
    asked(insights, "request_id", "Xb1.PHl8.AMEVFg.")
    answered(insights, status="Running")
    another = json.dumps({**LINE, "request_id": ID.replace("+", "-")})
    answered(insights, (API, json.dumps(LINE)), (API, another), (API, "no JSON"), (API, "[1]"))
    found = trace.find(insights.client, "cuoc-thi-prod", "request_id", ID, 7, NOW, pause=0)
    assert [line.says for line in found] == [LINE]
    insights.assert_no_pending_responses()


@pytest.mark.parametrize("status", ["Failed", "Cancelled", "Timeout"])
def test_a_query_without_an_answer_is_no_empty_answer(status: str, insights: Stubber) -> None:
    asked(insights, "who", WHO)
    answered(insights, status=status)
    with pytest.raises(trace.NoAnswer, match=status):
        trace.find(insights.client, "cuoc-thi-prod", "who", WHO, 7, NOW, pause=0)


@pytest.mark.parametrize(
    ("group", "says", "line"),
    [
        (
            API,
            {**LINE, "level": "WARN", "code": "stale", "route": "PUT /x", "status": 409, "ms": 3.2},
            f"api         PUT /x  409  stale  3.2 ms  request_id {ID}  who {WHO}",
        ),
        (
            ACCESS,
            {"request_id": ID, "route": "POST /attempts", "status": "503", "ms": "1", "error": "THROTTLED"},
            f'access      POST /attempts  503  1 ms  request_id {ID}  error="THROTTLED"',
        ),
        (
            "/aws/lambda/cuoc-thi-local-publish-live",
            {"timestamp": "…", "level": "ERROR", "message": "unexpected", "exception": "Traceback:\n  1 / 0"},
            'publish-live  message="unexpected"\n    Traceback:\n      1 / 0',
        ),
    ],
)
def test_a_line_says_what_became_of_a_request(group: str, says: dict[str, Any], line: str) -> None:
    assert trace.told(trace.Line("2026-11-29 07:59:58.120", group, says)) == f"2026-11-29 07:59:58.120  {line}"


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["--id", ID, "--who", WHO],
        ["--id", "short"],
        ["--id", "A" * 65],
        ["--who", 'x"/ or @message like /x'],
    ],
)
def test_what_is_no_id_is_asked_of_nobody(given: list[str]) -> None:
    with pytest.raises(SystemExit, match=r"Which request, or whose\?"):
        trace.main(given)


@pytest.fixture
def local(insights: Stubber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A running local stack's file; its logs are ``insights``."""
    insights.add_response(
        "start_query",
        {"queryId": "q"},
        {
            "logGroupNames": trace.groups("cuoc-thi-local"),
            "startTime": ANY,
            "endTime": ANY,
            "queryString": ANY,
        },
    )
    monkeypatch.setattr(place, "stack_client", lambda stack, service: insights.client)
    file = tmp_path / "stack.json"
    file.write_text(json.dumps({"desk_bucket": "cuoc-thi-local-desk-000000000000-ap-southeast-1"}))
    return file


def test_the_running_local_stack_is_asked_in_the_same_way(
    local: Path, insights: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {**LINE, "route": "GET /me", "status": 200, "ms": 3.2}
    answered(insights, ("/aws/lambda/cuoc-thi-local-api", json.dumps(said, separators=(",", ":"))))
    trace.main(["--who", WHO, "--stack", str(local)])
    (line,) = capsys.readouterr().out.splitlines()
    assert line == f"2026-11-29 07:59:58.120  api         GET /me  200  3.2 ms  request_id {ID}  who {WHO}"


def test_nothing_in_the_logs_is_said_with_what_may_be_the_reason(local: Path, insights: Stubber) -> None:
    answered(insights)
    with pytest.raises(SystemExit, match=r"Nothing in the logs of the last 7 days \(DAYS=…\)"):
        trace.main(["--id", ID, "--stack", str(local)])


def test_every_log_group_of_the_stack_is_asked() -> None:
    resources = json.loads(build("prod").template.read_text(encoding="utf-8"))["Resources"].values()
    names = [
        one["Properties"]["LogGroupName"]["Fn::Sub"]
        for one in resources
        if one["Type"] == "AWS::Logs::LogGroup"
    ]
    assert sorted(names) == sorted(trace.groups("${AWS::StackName}"))
