"""Calls to a provider that is slow, huge, lost or misled: all end soon, and none follows it anywhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from chalicelib.domain.errors import CodeRefused, ProviderDown
from chalicelib.storage.provider_http import LARGEST, HttpCalls
from tests.provider import Answer, Request, hostile

ANSWERS: dict[str, Answer] = {}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with hostile(ANSWERS) as address:
        yield address


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager() as made:
        yield made


@pytest.fixture
def calls(pool: urllib3.PoolManager) -> HttpCalls:
    return HttpCalls(pool)


def answering(content: Any, status: int = 200, **headers: str) -> Answer:
    return lambda request: request.say(content, status, **headers)


def test_a_form_is_posted_and_its_answer_read(url: str, calls: HttpCalls) -> None:
    ANSWERS["/token"] = lambda request: request.say(
        {**request.form, "auth": request.headers["Authorization"], "type": request.headers["Content-Type"]}
    )
    assert calls.post(f"{url}/token", {"Authorization": "Basic x"}, {"code": "a&b=c"}) == {
        "code": ["a&b=c"],
        "auth": "Basic x",
        "type": "application/x-www-form-urlencoded",
    }


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(url: str, calls: HttpCalls, status: int) -> None:
    followed: list[str] = []
    ANSWERS["/elsewhere"] = lambda request: followed.append(request.path)
    ANSWERS["/token"] = answering({}, status, Location=f"{url}/elsewhere")
    with pytest.raises(CodeRefused):
        calls.post(f"{url}/token", {}, {"code": "x"})
    assert followed == []


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_told_with_the_providers_own_code(url: str, calls: HttpCalls, status: int) -> None:
    ANSWERS["/token"] = answering({"error": "invalid_grant", "error_description": "Nguyễn Văn An"}, status)
    with pytest.raises(CodeRefused, match=f"^{status}: invalid_grant$"):
        calls.post(f"{url}/token", {}, {})


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_provider_that_fails_is_down(url: str, calls: HttpCalls, status: int) -> None:
    ANSWERS["/token"] = answering({"error": "server_error"}, status)
    with pytest.raises(ProviderDown):
        calls.post(f"{url}/token", {}, {})


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>Bao tri</html>", b"[]", b"null", b"\xff", b"[" * 50_000],
    ids=lambda data: str(data[:9]),
)
def test_a_page_in_place_of_json_is_a_failure(url: str, calls: HttpCalls, content: bytes) -> None:
    ANSWERS["/token"] = answering(content)
    with pytest.raises(ProviderDown):
        calls.post(f"{url}/token", {}, {})


def test_an_answer_may_have_64_kilobytes_and_no_more(url: str, calls: HttpCalls) -> None:
    rest = LARGEST - len('{"x": ""}')
    ANSWERS["/whole"] = answering({"x": "a" * rest})
    ANSWERS["/more"] = answering({"x": "a" * (rest + 1)})
    assert len(calls.get(f"{url}/whole", {})["x"]) == rest
    with pytest.raises(ProviderDown, match="too large"):
        calls.get(f"{url}/more", {})


def test_an_answer_without_end_is_cut_off(url: str, calls: HttpCalls) -> None:
    ended = threading.Event()

    def endless(request: Request) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b" " * 65_536)
        finally:
            ended.set()

    ANSWERS["/endless"] = endless
    with pytest.raises(ProviderDown):
        calls.get(f"{url}/endless", {})
    assert ended.wait(30)


def test_compression_is_not_accepted(url: str, calls: HttpCalls) -> None:
    ANSWERS["/keys"] = answering(b"\x1f\x8b\x08\x00", 200, **{"Content-Encoding": "gzip"})
    with pytest.raises(ProviderDown, match="no JSON"):
        calls.get(f"{url}/keys", {})


def silent(request: Request, over: threading.Event) -> None:
    over.wait()


def dripping_its_head(request: Request, over: threading.Event) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not over.wait(0.02):
        request.wfile.write(b"x")


def dripping_its_body(request: Request, over: threading.Event) -> None:
    request.send_response(200)
    request.end_headers()
    while not over.wait(0.02):
        request.wfile.write(b" ")


@pytest.mark.parametrize("slow", [silent, dripping_its_head, dripping_its_body])
def test_one_budget_of_time_is_over_whatever_the_provider_does(
    url: str, pool: urllib3.PoolManager, slow: Callable[[Request, threading.Event], None]
) -> None:
    """The provider would never end: that the call does is the proof."""
    over = threading.Event()
    ANSWERS["/slow"] = lambda request: slow(request, over)
    ANSWERS["/quick"] = answering({})
    calls = HttpCalls(pool, budget=0.3)
    try:
        with pytest.raises(ProviderDown):
            calls.get(f"{url}/slow", {})
        with pytest.raises(ProviderDown, match="no time is left"):  # one budget over all calls
            calls.get(f"{url}/quick", {})
    finally:
        over.set()
        for thread in threading.enumerate():
            if thread.name == "provider call":
                thread.join()


def test_a_provider_that_is_not_there_is_down(calls: HttpCalls) -> None:
    with pytest.raises(ProviderDown):
        calls.get("http://127.0.0.1:9/", {})


def test_a_connection_that_breaks_is_a_failure(url: str, calls: HttpCalls) -> None:
    ANSWERS["/token"] = lambda request: request.connection.close()
    with pytest.raises(ProviderDown):
        calls.post(f"{url}/token", {}, {})


def test_nothing_is_asked_twice(url: str, calls: HttpCalls) -> None:
    asked: list[int] = []

    def once(request: Request) -> None:
        asked.append(1)
        request.say({}, 503)

    ANSWERS["/token"] = once
    with pytest.raises(ProviderDown):
        calls.post(f"{url}/token", {}, {})
    assert asked == [1]
