"""Shows from the logs what became of a request, or all requests of a person in order.

    python -m infra.trace --id Xb1aPHl8IAMEVFg=                        on the running local stack
    python -m infra.trace --who 00c0ffee00c0ffee --stage prod          in AWS, by CloudWatch Logs Insights

The id of a request is in its answer if it was refused, and so on the page. The name that the logs have for a
person is in the answer to a lookup.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from infra.place import FUNCTIONS, say_where, stack_of

# Insights answers with no more lines.
MOST = 10_000
_SIGNS = re.compile(r"[A-Za-z0-9+/=_-]{8,64}")
# Told by the columns, or of use to programs alone.
_SHOWN = {"timestamp", "level", "route", "status", "code", "ms", "request_id", "who", "exception"}


class NoAnswer(Exception):
    """Insights did not finish the query."""


class Line(NamedTuple):
    """A line of a log group; ``at`` as Insights says it, in UTC."""

    at: str
    group: str
    says: dict[str, Any]


def groups(stack: str) -> list[str]:
    """The log groups of a stack: its functions' and the gateway's."""
    return [
        *(f"/aws/lambda/{stack}-{function}" for function in FUNCTIONS),
        f"/aws/apigateway/{stack}-access",
    ]


def find(
    logs: Any, stack: str, field: str, value: str, days: int, now: datetime, pause: float = 1.0
) -> list[Line]:
    """The lines whose ``field`` is ``value``, oldest first. Raises ``NoAnswer``.

    ``pause``: seconds between two looks whether the answer is there.
    """
    text = re.sub("[^A-Za-z0-9]", ".", value)  # two signs mean something to Insights
    query = logs.start_query(
        logGroupNames=groups(stack),
        startTime=int((now - timedelta(days=days)).timestamp()),
        endTime=int(now.timestamp()) + 1,
        queryString=f'fields @timestamp, @log, @message | filter @message like /"{field}":"{text}"/ '
        f"| sort @timestamp asc | limit {MOST}",
    )["queryId"]
    while (answer := logs.get_query_results(queryId=query))["status"] in {"Scheduled", "Running"}:
        time.sleep(pause)
    if answer["status"] != "Complete":
        raise NoAnswer(f"CloudWatch Logs Insights: {answer['status']}. Try fewer DAYS.")
    lines = [_line({cell["field"]: cell["value"] for cell in row}) for row in answer["results"]]
    return [line for line in lines if line.says.get(field) == value]


def _line(row: dict[str, str]) -> Line:
    try:
        says = json.loads(row["@message"])
    except ValueError:
        says = None
    return Line(row["@timestamp"], row["@log"], says if isinstance(says, dict) else {})


def told(line: Line) -> str:
    """A line for people: when, where, route, outcome, time taken, and whatever else the log says."""
    at, group, says = line
    source = group.rpartition("-")[2] if group.endswith("-access") else _function(group)
    outcome = [str(says[name]) for name in ("route", "status", "code") if name in says]
    outcome += [f"{says['ms']} ms"] if "ms" in says else []
    outcome += [f"{name} {says[name]}" for name in ("request_id", "who") if name in says]
    outcome += [f"{name}={json.dumps(value)}" for name, value in says.items() if name not in _SHOWN]
    trace = "".join(f"\n    {row}" for row in str(says.get("exception", "")).splitlines())
    return f"{at}  {source:<10}  {'  '.join(outcome)}{trace}"


def _function(group: str) -> str:
    return next((name for name in FUNCTIONS if group.endswith(f"-{name}")), group)


def main(given: Sequence[str] | None = None) -> None:
    """Prints the lines, or says what may be the reason that there are none."""
    parser = argparse.ArgumentParser(prog="python -m infra.trace", description=__doc__.split("\n")[0])
    parser.add_argument("--id", default="", help="of a request: on the page's error line")
    parser.add_argument("--who", default="", help="a person in the logs: in the answer to a lookup")
    parser.add_argument("--days", type=int, default=7, help="how far to look back; AWS charges by what is read")
    say_where(parser)
    options = parser.parse_args(given)
    field, value = ("request_id", options.id) if options.id else ("who", options.who)
    if bool(options.id) == bool(options.who) or not _SIGNS.fullmatch(value):
        sys.exit(
            "Which request, or whose? For example: make trace ID=Xb1aPHl8IAMEVFg=, "
            "or make trace WHO=00c0ffee00c0ffee"
        )
    try:
        stack, client = stack_of(options)
        lines = find(client("logs"), stack, field, value, options.days, datetime.now(UTC))
    except (NoAnswer, ClientError, BotoCoreError) as error:
        sys.exit(f"Not found out. {error}")
    if not lines:
        sys.exit(
            f"Nothing in the logs of the last {options.days} days (DAYS=…). They show a request within a "
            "minute, and with LogLevel=WARN only refused ones."
        )
    print("\n".join(map(told, lines)))
    if len(lines) == MOST:
        print(f"Insights gives no more than {MOST} lines: there may be more.")


if __name__ == "__main__":
    main()
