"""One id leads from a refusal to the log; the log names nobody, and costs less than half of what it did."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import app as entry_points
from chalicelib.domain.identity import log_id, log_key, participant_id
from chalicelib.web import log_lines
from chalicelib.wiring import api
from tests.stack import ROOT
from tests.web.counter import AN, BINH, PEPPER, Counter

SECRET = b"entry secret"
AN_ID = participant_id(PEPPER, str(AN["citizen_id"]))
PERSONAL = {"citizen_id", "full_name", "date_of_birth", "phone", "password"}
WHO = log_id(log_key(SECRET), AN_ID)
ID = "Xb1aPHl8IAMEVFg="
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the functions write to the log."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(log_lines.JsonLines().format(record))

    handler, logger = Kept(), logging.getLogger("cuoc-thi")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


@pytest.fixture
def served(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The counter behind the function's entry point, which logs as the API does."""
    api._log_key.cache_clear()
    monkeypatch.setattr(api, "_entry_secret", lambda: SECRET)
    monkeypatch.setattr(api, "exam", lambda: counter.exam)
    monkeypatch.setattr(api, "account", lambda: counter.account)
    counter.exam.tokens.seen = api._seen
    return counter


@pytest.fixture
def ask(served: Counter) -> Ask:
    """Sends a request through the gateway's event; the answer's body."""

    def asked(
        method: str,
        route: str,
        body: Any = None,
        token: str = "",
        number: str = ID,
        **path: str,
    ) -> dict[str, Any]:
        headers = {"content-type": "application/json", **({"authorization": token} if token else {})}
        event = {
            "resource": route,
            "headers": headers,
            "multiValueQueryStringParameters": None,
            "pathParameters": path or None,
            "stageVariables": None,
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
            "requestContext": {
                "resourcePath": route,
                "httpMethod": method,
                "identity": {"sourceIp": "203.0.113.7"},
                "requestId": "chosen-by-the-sender",
                "extendedRequestId": number,
            },
        }
        answer = entry_points.app(event, None)
        told: dict[str, Any] = json.loads(answer["body"] or "{}")
        return told

    return asked


def test_a_refusal_has_the_id_that_its_line_has(ask: Ask, lines: list[str]) -> None:
    told = ask("POST", "/attempts", {}, "Bearer nobody")
    line = json.loads(lines[-1])
    assert told["request_id"] == line["request_id"] == ID
    assert (line["route"], line["status"], line["code"], line["level"]) == (
        "POST /attempts", 401, "unauthorized", "WARN",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "route", "code"),
    [("GET", "/nothing", "method_not_allowed"), ("DELETE", "/attempts", "method_not_allowed")],
)
def test_a_refusal_of_the_framework_has_it_too(
    method: str, route: str, code: str, ask: Ask, lines: list[str]
) -> None:
    assert ask(method, route, number="abc")["request_id"] == "abc"
    assert (json.loads(lines[-1])["code"], json.loads(lines[-1])["request_id"]) == (code, "abc")


def test_an_error_is_one_line_with_its_trace_and_the_id(
    ask: Ask, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "exam", lambda: 1 / 0)
    told = ask("GET", "/contest")
    trace, line = (json.loads(line) for line in lines[-2:])
    assert (told["code"], line["code"], line["status"]) == ("internal", "internal", 500)
    assert trace["request_id"] == line["request_id"] == told["request_id"]
    assert (trace["level"], trace["message"]) == ("ERROR", "unexpected")
    assert "ZeroDivisionError" in trace["exception"]


def a_visit(ask: Ask, served: Counter) -> None:
    """Registers, mistakes the password, signs in, sits a paper with an overtaken save, hands in twice."""
    ask("POST", "/participants", AN)
    known = {"citizen_id": AN["citizen_id"], "password": AN["password"]}
    ask("POST", "/sessions", {**known, "password": "không phải thế"})
    token = f"Bearer {ask('POST', '/sessions', known)['token']}"
    attempt = ask("POST", "/attempts", {}, token)["attempt"]
    number = attempt["attempt_id"]
    served.clock.now += 60_000
    sheet = json.loads(served.sheet(attempt))
    ask("PUT", "/attempts/{attempt_id}/answers", sheet, token, attempt_id=number)
    ask("PUT", "/attempts/{attempt_id}/answers", {**sheet, "answers": {}}, token, attempt_id=number)
    saved = ask("GET", "/attempts/{attempt_id}", None, token, attempt_id=number)["attempt"]
    sheet["revision"] = saved["revision"]
    ask("POST", "/attempts/{attempt_id}/submission", sheet, token, attempt_id=number)
    ask("POST", "/attempts/{attempt_id}/submission", {**sheet, "answers": {}}, token, attempt_id=number)
    ask("GET", "/me", None, token)


def test_a_persons_requests_are_found_in_order_and_the_log_names_nobody(
    ask: Ask, served: Counter, lines: list[str]
) -> None:
    a_visit(ask, served)
    mine = [json.loads(line) for line in lines]
    ask("POST", "/participants", BINH)
    assert [(line["route"].partition(" ")[2].split("/")[-1], line["status"]) for line in mine] == [
        ("participants", 201),
        ("sessions", 401),
        ("sessions", 200),
        ("attempts", 201),
        ("answers", 200),
        ("answers", 409),
        ("{attempt_id}", 200),
        ("submission", 200),
        ("submission", 409),
        ("me", 200),
    ]
    assert {line["who"] for line in mine} == {WHO}
    assert json.loads(lines[-1])["who"] != WHO
    secrets = [AN_ID, "203.0", *(str(AN[name]) for name in PERSONAL)]
    assert not [secret for secret in secrets if secret in "".join(lines)]


def test_who_is_not_known_is_not_named(ask: Ask, served: Counter, lines: list[str]) -> None:
    a_visit(ask, served)
    ask("GET", "/contest")
    assert "who" not in json.loads(lines[-1]), "the request before was somebody's"


def test_nothing_is_read_for_the_log_where_nobody_is_known(
    ask: Ask, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "_entry_secret", lambda: pytest.fail("a secret was read"))
    ask("GET", "/contest")
    ask("POST", "/attempts", {}, "Bearer nobody")
    assert len(lines) == 2


def test_a_run_of_another_function_has_lambdas_id_of_it(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = SimpleNamespace(step=lambda event: [])
    monkeypatch.setattr("chalicelib.wiring.close_weeks.closing", lambda: closing)
    entry_points.close_by_shares({"step": "plan"}, SimpleNamespace(aws_request_id="8f507cfc"))
    assert json.loads(lines[-1]) == json.loads(lines[-1]) | {"request_id": "8f507cfc", "plan": []}


@pytest.mark.parametrize(
    ("level", "kept"), [("DEBUG", 2), ("INFO", 2), ("WARN", 1), ("ERROR", 0)]
)  # the values that the template allows
def test_the_level_is_a_setting(
    level: str, kept: int, ask: Ask, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_LOG_LEVEL", level)
    log_lines.set_up()
    try:
        ask("GET", "/contest")
        ask("GET", "/nothing")
    finally:
        monkeypatch.undo()
        log_lines.set_up()
    assert len(lines) == kept


def test_every_line_has_what_lambda_needs_to_find_its_level(
    ask: Ask, served: Counter, lines: list[str]
) -> None:
    a_visit(ask, served)
    for line in map(json.loads, lines):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
        assert line.get("level", "INFO") == ("INFO" if line["status"] < 400 else "WARN")


UUID = "8f507cfc-0000-4697-b07a-ac58fc914c95"
EVENT = 26  # bytes that CloudWatch adds to each event when it counts
# A save as it was logged before: Lambda's plain lines, as its developer guide shows them, and our own of then.
BEFORE = [
    f"START RequestId: {UUID} Version: $LATEST\n",
    'cuoc-thi - INFO - {"method":"PUT","route":"/attempts/{attempt_id}/answers","status":200,"ms":12.3}\n',
    f"END RequestId: {UUID}\n",
    (
        f"REPORT RequestId: {UUID}\tDuration: 13.57 ms\tBilled Duration: 14 ms\tMemory Size: 1024 MB\t"
        "Max Memory Used: 112 MB\t\n"
    ),
    (
        f'{{"at":"1661130000123","request":"{UUID}","method":"PUT", "path":"/attempts/{{attempt_id}}/answers",'
        '"status":"200","ms":"17", "function_ms":"15","bytes":"96", "error":"-"}\n'
    ),
]
ACCESS = {
    "extendedRequestId": ID,
    "httpMethod": "PUT",
    "resourcePath": "/attempts/{attempt_id}/answers",
    "status": "200",
    "responseLatency": "17",
    "error.responseType": "-",
}


def volume(events: list[str]) -> int:
    return sum(len(event.strip().encode()) + EVENT for event in events)


def test_a_save_is_half_of_what_it_was_in_the_logs(ask: Ask, served: Counter, lines: list[str]) -> None:
    a_visit(ask, served)
    (save,) = [line for line in lines if "/answers" in line and '"status":200' in line]
    access = access_line()
    assert volume([save, access]) <= 0.5 * volume(BEFORE)


def access_line() -> str:
    """The access log's line of a save, from the template's format."""
    template = (ROOT / "infra" / "template.yaml").read_text(encoding="utf-8")
    (lines,) = re.findall(r"Format: >-\n((?: +.*\n)+?)(?= +MethodSettings)", template)
    form = " ".join(line.strip() for line in lines.splitlines())
    for name, value in ACCESS.items():
        form = form.replace(f"$context.{name}", value)
    assert "$context" not in form
    assert json.loads(form)["request_id"] == ID
    return form
