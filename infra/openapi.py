"""Writes docs/openapi.json from the code: `make openapi`. A test fails when the two differ.

Bodies come from the pydantic models that check them, answers from the types that mypy holds the code to
(web/shapes.py), problems from web/problems.py. The refusals of each route are listed here, and tests try them
all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import TypedDictSchema

from chalicelib.domain.errors import FieldError, InvalidInput, ProviderDown, Stale, Stopped
from chalicelib.web import account, bodies, problems, provider, shapes

DOCUMENT = Path(__file__).parent.parent / "docs" / "openapi.json"
Json = dict[str, Any]

# The gateway and the framework may answer these on any route; a body the gateway cannot read is "not_json".
ANYWHERE = ("not_json", "refused", "too_large", "unsupported_media_type", "internal", "busy")
# Problems with members of their own.
SHAPES: dict[str, Any] = {
    "invalid": shapes.InvalidProblem,
    "stale": shapes.StaleProblem,
    "finished": shapes.FinishedProblem,
    "stopped": shapes.StoppedProblem,
    "provider_down": shapes.ProviderDownProblem,
    "proof_required": shapes.ProofRequiredProblem,
}


@dataclass(frozen=True, slots=True)
class Link:
    """A client's possible next step. ``body`` and ``attempt`` are OpenAPI's run-time expressions."""

    operation: str
    says: str = ""
    attempt: str | None = None
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One route. ``answers``: status → shape, None for no content; ``codes``: of its refusals."""

    id: str
    summary: str
    answers: dict[int, Any]
    codes: tuple[str, ...] = ()
    body: type[bodies.Body] | None = None
    body_required: bool = True
    signed_in: bool = False
    links: tuple[Link, ...] = ()


_SAME = "$request.path.attempt_id"
_STARTED = "$response.body#/attempt/attempt_id"
_TOKEN = "Send the `token` of the answer as `Authorization: Bearer <token>`."  # noqa: S105  words, no secret

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/health"): Operation(
        "getHealth", "The version and the question bank in use", {200: shapes.Health}, ("not_loaded",)
    ),
    ("GET", "/contest"): Operation(
        "getContest",
        "The public definition, the server's time, the open week",
        {200: shapes.Contest},
        ("not_loaded",),
    ),
    ("GET", "/challenge"): Operation(
        "getChallenge",
        "A proof-of-work challenge for registering; sign-in and password tell theirs when they need one",
        {200: shapes.Challenge},
        ("not_loaded",),
        links=(Link("registerParticipant", "Its solution is `proof`."),),
    ),
    ("POST", "/participants"): Operation(
        "registerParticipant",
        "Register",
        {201: shapes.Registered},
        (
            "invalid",
            "excluded",
            "disqualified",
            "already_registered",
            "proof_required",
            "stopped",
            "not_loaded",
        ),
        body=account.Registration,
        links=(
            Link(
                "signIn",
                body={
                    "citizen_id": "$request.body#/citizen_id",
                    "password": "$request.body#/password",
                },
            ),
        ),
    ),
    ("POST", "/sessions"): Operation(
        "signIn",
        "Sign in",
        {200: shapes.Session},
        (
            "invalid",
            "wrong_credentials",
            "excluded",
            "disqualified",
            "proof_required",
            "stopped",
            "not_loaded",
        ),
        body=account.Credentials,
        links=(Link("startAttempt", _TOKEN), Link("getMe", _TOKEN)),
    ),
    ("GET", "/sign-in"): Operation(
        "beginProviderSignIn",
        "Where to sign in at the identity provider, if the contest has one",
        {200: shapes.ProviderFlow},
        ("no_provider", "provider_down", "not_loaded"),
    ),
    ("POST", "/sign-in"): Operation(
        "finishProviderSignIn",
        "What the provider proves: a session (200), or a ticket to register with (202); safe to repeat",
        {200: shapes.Session, 202: shapes.Ticket},
        (
            "invalid",
            "no_provider",
            "flow_expired",
            "other_browser",
            "code_refused",
            "identity_too_weak",
            "provider_down",
            "excluded",
            "disqualified",
            "stopped",
            "not_loaded",
        ),
        body=provider.ProviderAnswer,
    ),
    ("POST", "/password"): Operation(
        "resetPassword",
        "Set a lost password anew by the code that the organisers handed out",
        {204: None},
        ("invalid", "wrong_code", "proof_required"),
        body=account.PasswordReset,
        links=(
            Link(
                "signIn",
                body={"citizen_id": "$request.body#/citizen_id", "password": "$request.body#/password"},
            ),
        ),
    ),
    ("GET", "/me"): Operation(
        "getMe",
        "The person, this week's attempts, and all attempts of all weeks",
        {200: shapes.Me},
        ("unauthorized", "not_loaded"),
        signed_in=True,
        links=(Link("readAttempt", attempt="$response.body#/attempts/0/attempt_id"),),
    ),
    ("POST", "/attempts"): Operation(
        "startAttempt",
        "Start an attempt (201), or be handed the one that is open (200)",
        {201: shapes.Started, 200: shapes.Started},
        ("unauthorized", "invalid", "no_open_week", "no_attempts_left", "stopped", "not_loaded"),
        body=bodies.Empty,
        body_required=False,
        signed_in=True,
        links=(
            Link("readAttempt", attempt=_STARTED),
            Link("saveAnswers", attempt=_STARTED),
            Link("submitAttempt", attempt=_STARTED),
        ),
    ),
    ("GET", "/attempts/{attempt_id}"): Operation(
        "readAttempt",
        "The paper with the saved answers while open, the result when finished",
        {200: shapes.OpenAttempt | shapes.FinishedAttempt},
        ("unauthorized", "attempt_not_found", "not_found", "not_loaded"),
        signed_in=True,
        links=(Link("saveAnswers", attempt=_SAME), Link("submitAttempt", attempt=_SAME)),
    ),
    ("PUT", "/attempts/{attempt_id}/answers"): Operation(
        "saveAnswers",
        "Save answers built on `revision`; a repetition returns the stored revision",
        {200: shapes.Saved},
        (
            "unauthorized",
            "attempt_not_found",
            "not_found",
            "invalid",
            "stale",
            "finished",
            "overdue",
            "not_loaded",
        ),
        body=bodies.PaperAnswers,
        signed_in=True,
        links=(Link("readAttempt", attempt=_SAME), Link("submitAttempt", attempt=_SAME)),
    ),
    ("POST", "/attempts/{attempt_id}/submission"): Operation(
        "submitAttempt",
        "Submit what was built on `revision`, or is saved; repeated, it gives the stored result",
        {200: shapes.Submitted},
        (
            "unauthorized",
            "attempt_not_found",
            "not_found",
            "invalid",
            "stale",
            "finished",
            "overdue",
            "not_loaded",
        ),
        body=bodies.PaperAnswers,
        signed_in=True,
        links=(
            Link("submitAttempt", "A repetition is safe.", attempt=_SAME),
            Link("readAttempt", attempt=_SAME),
        ),
    ),
}


class _Schemas(GenerateJsonSchema):
    """pydantic's schemas without a title for every field; answers have no further fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def typed_dict_schema(self, schema: TypedDictSchema) -> Json:
        return {**super().typed_dict_schema(schema), "additionalProperties": False}


def document() -> Json:
    """The whole OpenAPI 3.1 document."""
    schemas, named = _schemas()
    refusals: Json = {}
    paths: Json = {}
    for (method, path), operation in OPERATIONS.items():
        item = paths.setdefault(path, {})
        if "{attempt_id}" in path:
            item["parameters"] = [{"$ref": "#/components/parameters/attempt_id"}]
        item[method.lower()] = _operation(operation, named, refusals)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cuộc Thi",
            "version": "1",
            "description": (
                "The API of an online quiz contest. Times are RFC 3339 with offset; unknown fields are "
                "refused; every answer carries `Date`; a body may have 16 KB. A path or method that is not "
                "listed gets the problem `not_found` (404), behind another gateway `method_not_allowed` (405)."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": refusals,
            "parameters": {
                "attempt_id": {
                    "name": "attempt_id",
                    "in": "path",
                    "required": True,
                    "description": "As starting the attempt gave it.",
                    "schema": {"type": "string", "pattern": shapes.ATTEMPT_ID},
                }
            },
            "headers": {
                "Date": {"description": "The server's clock.", "required": True, "schema": {"type": "string"}},
                "Cache-Control": {"required": True, "schema": {"const": "no-store"}},
                "Retry-After": {
                    "description": "Seconds to wait.",
                    "required": True,
                    "schema": {"type": "integer", "minimum": 1},
                },
            },
            "examples": {code: _example(code) for code in sorted(_codes())},
            "securitySchemes": {
                "session": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token that signing in gives; opaque, for twelve hours.",
                }
            },
        },
    }


def _schemas() -> tuple[Json, dict[int, Json]]:
    """The component schemas; and the reference to each model or shape, by its id()."""
    wanted = [shape for op in OPERATIONS.values() for shape in (op.body, *op.answers.values()) if shape]
    wanted += [shapes.Problem, *SHAPES.values()]
    referring, defined = TypeAdapter.json_schemas(
        [(id(shape), "validation", TypeAdapter(shape)) for shape in wanted],
        schema_generator=_Schemas,
        ref_template="#/components/schemas/{model}",
    )
    components: Json = defined["$defs"]
    return components, {key: schema for (key, _), schema in referring.items()}


def _operation(operation: Operation, named: dict[int, Json], refusals: Json) -> Json:
    """The operation; its refusals go to ``refusals``, which others share."""
    described: Json = {"operationId": operation.id, "summary": operation.summary}
    if operation.body:
        content = {"application/json": {"schema": named[id(operation.body)]}}
        described["requestBody"] = {"required": operation.body_required, "content": content}
    answers = {
        status: _answer(status, named[id(shape)] if shape else None)
        for status, shape in operation.answers.items()
    }
    if operation.links:
        links = {link.operation: _link(link) for link in operation.links}
        for answer in answers.values():
            answer["links"] = links
    codes = sorted((*operation.codes, *ANYWHERE), key=_status)
    for status, group in groupby(codes, key=_status):
        possible = list(group)
        name = "-".join(possible)
        refusals[name] = _refusal(status, possible, named)
        answers[status] = {"$ref": f"#/components/responses/{name}"}
    described["responses"] = {str(status): answers[status] for status in sorted(answers)}
    described["security"] = [{"session": []}] if operation.signed_in else []
    return described


def _codes() -> set[str]:
    return {code for operation in OPERATIONS.values() for code in (*operation.codes, *ANYWHERE)}


def _status(code: str) -> int:
    return problems.PROBLEMS[code].status


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("Date", "Cache-Control", *names)}


def _answer(status: int, schema: Json | None) -> Json:
    answer: Json = {"description": HTTPStatus(status).phrase, "headers": _headers()}
    if schema:
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def _refusal(status: int, codes: list[str], named: dict[int, Json]) -> Json:
    by_shape: dict[int, list[str]] = {}
    for code in codes:
        by_shape.setdefault(id(SHAPES.get(code, shapes.Problem)), []).append(code)
    possible: list[Json] = [
        {"allOf": [named[shape], {"properties": {"status": {"const": status}, "code": {"enum": own}}}]}
        for shape, own in by_shape.items()
    ]
    content = {
        "schema": possible[0] if len(possible) == 1 else {"oneOf": possible},
        "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
    }
    return {
        "description": "; ".join(f"`{code}`" for code in codes),
        "headers": _headers(*(["Retry-After"] if status == 503 else [])),
        "content": {problems.CONTENT_TYPE: content},
    }


def _link(link: Link) -> Json:
    described: Json = {"operationId": link.operation}
    if link.says:
        described["description"] = link.says
    if link.attempt:
        described["parameters"] = {"attempt_id": link.attempt}
    if link.body:
        described["requestBody"] = link.body
    return described


def _example(code: str) -> Json:
    number = "Xb1aPHl8IAMEVFg="
    wrong = [FieldError("phone", "Hãy ghi số điện thoại di động gồm 10 chữ số, ví dụ 0912345678.")]
    result: shapes.Result = {
        "attempt_id": "1-2-1661130000123-00c0ffee00c0ffee",
        "week": 1,
        "number": 2,
        "counted": True,
        "score": 17,
        "ruled_score": None,
        "total": 20,
        "duration_ms": 1_200_000,
        "submitted_at": "2022-08-22T08:20:00.123+07:00",
        "late": False,
        "rulings": [],
        "questions": [],
        "receipt": None,
    }
    challenge: shapes.Challenge = {
        "algorithm": "SHA-256",
        "challenge": "9f2c" * 16,
        "maxnumber": 400_000,
        "salt": "00c0ffee00c0ffee?expires=1661131200&steps=4&",
        "signature": "41d7" * 16,
    }
    known = {
        "invalid": lambda: problems.of(InvalidInput(wrong), number),
        "stale": lambda: problems.of(Stale({"1": ["B"], "3": ["A", "D"]}, 1234, 61_000), number),
        "finished": lambda: {**problems.document(code, number), "result": result},
        "proof_required": lambda: {**problems.document(code, number), "challenge": challenge},
        "provider_down": lambda: problems.of(ProviderDown(lasting=True), number),
        "stopped": lambda: problems.of(Stopped("Đang sửa một câu hỏi, 10 giờ mở lại."), number),
    }
    return {"value": known.get(code, lambda: problems.document(code, number))()}


def text() -> str:
    """The document in its committed form."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
    print(f"{len(OPERATIONS)} operations are described in {DOCUMENT}.")
