"""schemathesis against docs/openapi.json on a running stack, following its links between operations.

Four phases: the document's examples, its limits one by one (coverage), anything (fuzzing), and chains of
requests along the links (stateful). The last two alternate until there are enough requests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.engine import Status, events, from_schema

from tests.fuzz.people import Json, People

# Checks that do not fit this API, or need to be told what it does.
CHECKS: dict[str, Any] = {
    # "busy" is an answer of an overloaded machine; `make fuzz` counts it among the 5xx all the same.
    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
    # Rules that a schema cannot express (a citizen ID that agrees with the birth date) are refused with 422.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "401", "403", "404", "409", "413", "422", "429", "503"]
    },
    "negative_data_rejection": {
        "expected-statuses": ["400", "401", "403", "404", "409", "413", "415", "422", "429", "503"]
    },
    # API Gateway knows no 405: an unknown method is an unknown route.
    "unsupported_method": {"enabled": False},
}


@dataclass
class Report:
    """Requests and answers. ``findings`` holds each kind once, with the request that shows it."""

    statuses: Counter[int] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        return self.statuses.total()

    def add(self, other: Report) -> None:
        for mine, others in zip(vars(self).values(), vars(other).values(), strict=True):
            mine.update(others)

    def find(self, kind: str, shown: str) -> None:
        self.found[kind] += 1
        self.findings.setdefault(kind, shown)


_counter: Any = None


def counted(counter: Any) -> None:
    """For a process of a pool: each answer is added to ``counter``, which all processes share."""
    global _counter  # noqa: PLW0603  one a process
    _counter = counter


def fuzz(
    document: Json,
    site: str,
    units: list[str],
    seed: int,
    *,
    wanted: int,
    seconds: int,
    met: Sequence[str] = (),
) -> Report:
    """Sends ``wanted`` requests, and more until each answer of ``met`` was given, within ``seconds``.

    Runs of different seeds may overlap.
    """
    api, report = f"{site}/api", Report()
    crowd = People(document, api, units, seed, first=seed % 20 * 50_000)
    crowd.settle(8)
    config = {
        "base-url": api,
        "workers": 1,
        "max-time": seconds,
        "continue-on-failure": True,
        "request-timeout": 30,
        "seed": seed,
        "suppress-health-check": ["all"],
        "generation": {"max-examples": 15, "no-shrink": True, "database": "none"},
        "checks": CHECKS,
    }
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(config))
    _hook(schema, crowd, report)
    stream = from_schema(schema).execute()
    for event in stream:
        _take(event, report)
        if report.requests >= wanted and all(report.answers[answer] for answer in met):
            stream.stop()
    return report


def _hook(schema: Any, crowd: People, report: Report) -> None:
    @schema.auth(refresh_interval=None)
    class Session:
        def get(self, case: Any, context: Any) -> str:
            return crowd.token()

        def set(self, case: Any, data: str, context: Any) -> None:
            case.headers["Authorization"] = data

    @schema.hook
    def map_body(context: Any, body: Any) -> Any:
        return crowd.body(_id(context), body)

    @schema.hook
    def map_path_parameters(context: Any, path_parameters: Any) -> Any:
        return crowd.path(path_parameters)

    @schema.hook
    def after_call(context: Any, case: Any, response: Any) -> None:
        crowd.note(_id(context), case.body, response, (case.path_parameters or {}).get("attempt_id"))
        report.statuses[response.status_code] += 1
        if _counter is not None:
            with _counter.get_lock():
                _counter.value += 1
        if response.status_code < 400:
            code = ""
        elif "problem+json" in "".join(response.headers.get("content-type", [])):
            code = response.json().get("code", "?")
        else:
            code = "no problem document"
        described = case.method == case.operation.method.upper()
        operation = _id(context) if described else "other methods"
        report.answers[f"{operation} {response.status_code} {code}".rstrip()] += 1
        if response.status_code >= 500 and code != "busy":
            report.find(f"{_id(context)} {response.status_code}", f"{case.as_curl_command()}\n{response.text}")

    @schema.hook
    def after_network_error(context: Any, case: Any, request: Any) -> None:
        report.find(f"{_id(context)} no answer", case.as_curl_command())

    schemathesis.hooks.unregister_all()  # before_call is the one hook that belongs to no schema

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        case.headers["X-Forwarded-For"] = crowd.address()
        attempt = (case.path_parameters or {}).get("attempt_id")
        in_a_chain = case.meta is not None and case.meta.phase.name.value == "stateful"
        if crowd.knows(case.headers.get("Authorization")) and (in_a_chain or not crowd.stranger()):
            case.headers["Authorization"] = crowd.token(attempt)
        if case.operation.definition.raw["operationId"] in {"saveAnswers", "submitAttempt"}:
            case.body = crowd.revised(attempt, case.body)


def _id(context: Any) -> str:
    return str(context.operation.definition.raw["operationId"])


def _take(event: events.EngineEvent, report: Report) -> None:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError):
        report.find(f"{event.label}: {type(event.value).__name__}", str(event.value))
    if not isinstance(event, events.ScenarioFinished):
        return
    report.phases[event.phase.value] += len(event.recorder.interactions)
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.status is not Status.SUCCESS and check.failure_info is not None:
                failure = check.failure_info.failure
                label = event.recorder.cases[case_id].value.operation.label
                report.find(
                    f"{label}: {check.name}",
                    f"{failure.title}\n{failure.message}\n{check.failure_info.code_sample}",
                )
