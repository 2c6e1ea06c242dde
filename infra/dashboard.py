"""The dashboard of a week: what people meet, what bounds it, what is behind."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

Widget = dict[str, Any]
Metric = list[Any]

_WIDTH, _HEIGHT = 8, 6
_API = ["ApiName", "${AWS::StackName}", "Stage", "api"]
# What people do, in the order in which they do it.
_ROUTES = (
    ("register", "POST", "/participants"),
    ("sign in", "POST", "/sessions"),
    ("start", "POST", "/attempts"),
    ("save", "PUT", "/attempts/{attempt_id}/answers"),
    ("hand in", "POST", "/attempts/{attempt_id}/submission"),
)
FUNCTIONS = ("APIHandler", "CloseWeeks", "CloseByShares", "Intake", "ReadFile", "Tally", "PublishLive", "Visit")


def body(alarms: Iterable[str]) -> str:
    """The dashboard's JSON with ``${…}`` for what only the stack knows; ``alarms``: their logical names."""
    rows: list[list[Widget]] = [
        [
            _graph("What people do, a minute", [_route(*one) for one in _ROUTES], "Sum"),
            _graph("5xx at the gateway, stopped on purpose", [
                ["AWS/ApiGateway", "5XXError", *_API],
                ["${AWS::StackName}", "Stopped"],
            ], "Sum"),
            _graph("Time of an answer (ms)", [
                ["AWS/ApiGateway", "Latency", *_API, {"stat": "p50"}],
                ["AWS/ApiGateway", "Latency", *_API, {"stat": "p95"}],
                ["AWS/ApiGateway", "Latency", *_API, {"stat": "p99"}],
            ], "p95"),
        ],
        [
            _graph("Functions at once, in the whole account", [
                ["AWS/Lambda", "ConcurrentExecutions"],
                ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", "${APIHandler}"],
            ], "Maximum"),
            _graph("Turned away by Lambda and by the tables", [
                ["AWS/Lambda", "Throttles", "FunctionName", "${APIHandler}"],
                ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", "${EntriesTable}"],
                ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", "${ParticipantsTable}"],
            ], "Sum"),
            _graph("Writes to the tables, a minute", [
                ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "${EntriesTable}"],
                ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "${ParticipantsTable}"],
            ], "Sum"),
        ],
        [
            _graph("Errors of functions", [
                ["AWS/Lambda", "Errors", "FunctionName", f"${{{name}}}"] for name in FUNCTIONS
            ], "Sum"),
            _graph("Live figures behind (ms)", [
                ["AWS/Lambda", "IteratorAge", "FunctionName", "${Tally}"],
            ], "Maximum"),
            _graph("Weeks without a result, altered objects, forged entries", [
                ["${AWS::StackName}", "NotClosed"],
                ["${AWS::StackName}", "AlteredObjects"],
                ["${AWS::StackName}", "Unauthentic"],
            ], "Sum"),
        ],
    ]  # fmt: skip
    first = {
        "type": "alarm",
        "width": 3 * _WIDTH,
        "height": 4,
        "x": 0,
        "y": 0,
        "properties": {"title": "Alarms", "alarms": [f"${{{name}.Arn}}" for name in sorted(alarms)]},
    }
    placed = [
        widget | {"x": column * _WIDTH, "y": 4 + row * _HEIGHT}
        for row, widgets in enumerate(rows)
        for column, widget in enumerate(widgets)
    ]
    return json.dumps({"start": "-P7D", "periodOverride": "inherit", "widgets": [first, *placed]})


def _route(label: str, method: str, resource: str) -> Metric:
    return ["AWS/ApiGateway", "Count", *_API, "Method", method, "Resource", resource, {"label": label}]


def _graph(title: str, metrics: list[Metric], statistic: str) -> Widget:
    properties = {
        "title": title,
        "metrics": metrics,
        "stat": statistic,
        "period": 60,
        "region": "${AWS::Region}",
        "view": "timeSeries",
    }
    return {"type": "metric", "width": _WIDTH, "height": _HEIGHT, "properties": properties}
