"""Chalice with a problem document for every refusal and one log line per request."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, Response

from chalicelib.domain.errors import ContestError
from chalicelib.web import problems

_HEADERS: dict[str, str | list[str]] = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
}
# Chalice gives the logger with the app's name a handler that writes to standard output.
log = logging.getLogger("cuoc-thi")


def reply(status: int, body: Any = None) -> Response:
    """A JSON response, without a body for None."""
    text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, headers=_HEADERS, status_code=status)


def problem(document: dict[str, Any], retry_after: int | None = None) -> Response:
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
        return problem(problems.of(error), error.retry_after)
    except Exception:  # the last resort: logged with its trace, answered without
        log.exception("unexpected")
        return problem(problems.document("internal"))


class ContestApp(Chalice):
    """Chalice answers unknown routes, methods and content types itself; those become problems too."""

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name)
        log.setLevel(logging.INFO)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        began = time.perf_counter()
        answer: dict[str, Any] = super().__call__(event, context)
        status = answer["statusCode"]
        headers = answer["headers"]
        if status >= 400 and headers.get("Content-Type") != problems.CONTENT_TYPE:
            answer["body"] = json.dumps(problems.of_status(status), ensure_ascii=False)
            answer["headers"] = {**headers, "Content-Type": problems.CONTENT_TYPE, "Cache-Control": "no-store"}
        request = event.get("requestContext", {})
        # What the organisers have stopped is no error: an alarm leaves it out (StoppedFilter in the template).
        wanted = ',"code":"stopped"' if status == 503 and '"code":"stopped"' in answer["body"] else ""
        log.info(
            '{"method":"%s","route":"%s","status":%d%s,"ms":%.1f}',
            request.get("httpMethod"),
            request.get("resourcePath"),
            status,
            wanted,
            (time.perf_counter() - began) * 1000,
        )
        return answer
