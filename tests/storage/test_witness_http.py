"""Calls to witnesses: whatever they do, the log goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from chalicelib.services.ports import NoAnswer
from chalicelib.storage.witness_http import post


@contextmanager
def served(status: int, body: bytes, *headers: tuple[str, str]) -> Iterator[str]:
    class Witness(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Witness) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_status_and_body_are_handed_on() -> None:
    with served(409, b"17\n") as url:
        assert post(f"{url}/add-checkpoint", b"old 0\n\n") == (409, b"17\n")


def test_a_redirection_is_not_followed() -> None:
    with served(302, b"", ("Location", "http://127.0.0.1:1/")) as url:
        assert post(url, b"x")[0] == 302


def test_of_a_long_answer_the_beginning_is_enough() -> None:
    with served(200, b"x" * 1_000_000) as url:
        assert len(post(url, b"x")[1]) == 65_536


def test_nobody_there_is_no_answer() -> None:
    with served(200, b"") as url:
        pass
    with pytest.raises(NoAnswer):
        post(url, b"x")
