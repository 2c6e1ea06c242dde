"""What a visitor gets, over a real connection on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chalicelib.services.ports import NoAnswer
from chalicelib.storage.visitor_http import get


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/")
        else:
            self.send_response(200)
        if self.path == "/dated":
            self.send_header("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT")
        if self.path == "/misdated":
            self.send_header("Last-Modified", "yesterday")
        self.end_headers()
        self.wfile.write(b"body")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_status_body_and_time_are_met(site: str) -> None:
    assert get(f"{site}/dated") == (200, b"body", 1_700_000_000_000)
    assert get(f"{site}/misdated") == get(f"{site}/") == (200, b"body", None)
    assert get(f"{site}/moved").status == 302


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        get("http://127.0.0.1:9/")
