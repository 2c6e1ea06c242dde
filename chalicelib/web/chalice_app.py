"""Chalice with a problem document for every refusal and one log line per request, both with its id."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

import msgspec
from chalice.app import Chalice, Response

from chalicelib.domain.errors import ContestError
from chalicelib.web import log_lines, problems

_HEADERS: dict[str, str | list[str]] = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
}
# A paper takes 60 µs by ``json``, and 5 so.
_encode = msgspec.json.Encoder().encode
# No answer is binary, and Chalice would look for eighteen types in each request, three times. The gateway has
# been told of them when the package was made.
_NO_TYPES: list[str] = []
log = logging.getLogger("cuoc-thi")


def reply(status: int, body: Any = None) -> Response:
    """A JSON response, without a body for None."""
    text = "" if body is None else _encode(body).decode()
    return Response(text, headers=_HEADERS, status_code=status)


def problem(document: dict[str, Any], retry_after: int | None = None) -> Response:
    log_lines.add(code=document["code"])
    headers: dict[str, str | list[str]] = {
        "Content-Type": problems.CONTENT_TYPE,
        "Cache-Control": "no-store",
    }
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, headers=headers, status_code=document["status"])


def guarded(view: Callable[[], Response]) -> Response:
    """The view's answer, or the problem document of the exception it raises.

    It wraps the view because Chalice turns other exceptions into its own 500 before any middleware runs.
    """
    try:
        return view()
    except ContestError as error:
        return problem(problems.of(error, log_lines.request_id()), error.retry_after)
    except Exception:  # the last resort: logged with its trace, answered without
        log.exception("unexpected")
        return problem(problems.document("internal", log_lines.request_id()))


class ContestApp(Chalice):
    """Chalice answers unknown routes, methods and content types itself; those become problems too."""

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name)
        log_lines.set_up()
        for kind in ("scheduled", "dynamodb", "pure_lambda"):
            self.register_middleware(_numbered, kind)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        began = time.perf_counter()
        self.api.binary_types = _NO_TYPES
        request = event.get("requestContext", {})
        # Not requestId: whoever sends the header X-Amzn-RequestId chooses that one.
        log_lines.begin(request.get("extendedRequestId", ""))
        answer: dict[str, Any] = super().__call__(event, context)
        status = answer["statusCode"]
        headers = answer["headers"]
        if status >= 400 and headers.get("Content-Type") != problems.CONTENT_TYPE:
            told = problems.of_status(status, log_lines.request_id())
            log_lines.add(code=told["code"])
            answer["body"] = json.dumps(told, ensure_ascii=False)
            answer["headers"] = {**headers, "Content-Type": problems.CONTENT_TYPE, "Cache-Control": "no-store"}
        # A refusal is a warning: with LogLevel=WARN each id that a page has shown is in the log all the same.
        (log.info if status < 400 else log.warning)(
            {
                "route": f"{request.get('httpMethod')} {request.get('resourcePath')}",
                "status": status,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
        )
        return answer


def _numbered(event: Any, answer: Callable[[Any], Any]) -> Any:
    """Lines of a run have Lambda's own id of it."""
    log_lines.begin(event.context.aws_request_id)
    return answer(event)
