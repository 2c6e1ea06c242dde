"""The connections: what they make of answers, good and bad, and that they are kept and replaced."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from chalicelib.storage import http_lines
from chalicelib.storage.http_lines import Address, Answer, BadAnswer, KeptLines

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Gives one of ``answers`` to each request, in order; None hangs up instead."""

    def __init__(self, *answers: bytes | None, context: ssl.SSLContext | None = None) -> None:
        self.answers, self.requests, self.connections = list(answers), list[bytes](), 0
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = Address(context is not None, "127.0.0.1", self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        while self.answers:
            connection, _ = self._listener.accept()
            if not self.answers:
                connection.close()
                return
            self.connections += 1
            with suppress(ssl.SSLError, ConnectionError):  # who does not trust the certificate hangs up
                wrap = self._context and self._context.wrap_socket
                with wrap(connection, server_side=True) if wrap else connection as talking:
                    self._talk(talking)
            connection.close()

    def _talk(self, connection: socket.socket) -> None:
        while self.answers:
            data = b""
            while b"\r\n\r\n" not in data:
                piece = connection.recv(65_536)
                if not piece:
                    return
                data += piece
            head, _, body = data.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(65_536)
            self.requests.append(head + b"\r\n\r\n" + body)
            answer = self.answers.pop(0)
            if answer is None:
                return
            connection.sendall(answer)
            if b"Connection: close" in answer or (b"Content-Length" not in answer and b"chunked" not in answer):
                return

    def close(self) -> None:
        self.answers.clear()
        with socket.create_connection(self.address[1:]):  # ends the wait for one
            pass
        self._thread.join()
        self._listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(*answers: bytes | None, **options: Any) -> Server:
        started.append(Server(*answers, **options))
        return started[-1]

    yield start
    for server in started:
        if server._thread.is_alive():
            server.close()
        server._listener.close()


def ask(lines: KeptLines, server: Server, body: bytes = b"hello") -> Answer:
    return lines.send(server.address, "POST", "/path", {"X-A": "b"}, body)


def patient() -> KeptLines:
    return KeptLines(connect=5, read=5)


def test_one_connection_serves_all_requests(serve: Callable[..., Server]) -> None:
    server, lines = serve(OK, OK, OK), patient()
    for body in (b"hello", b"", b"x" * 300_000):
        assert ask(lines, server, body) == (200, {"content-length": "2"}, b"ok")
        assert server.requests[-1].endswith(b"\r\n\r\n" + body)
    assert server.connections == 1
    told = server.requests[0].split(b"\r\n")
    assert told[0] == b"POST /path HTTP/1.1"
    assert {b"X-A: b", b"Content-Length: 5", f"Host: {server.address.name}".encode()} <= set(told)


@pytest.mark.parametrize(
    ("answer", "status", "data"),
    [
        (CHUNKED + b"2\r\nab\r\n3;x=y\r\ncde\r\n0\r\nT: r\r\n\r\n", 200, b"abcde"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, b"until the end"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length-Unused: x\r\n\r\n", 204, b""),
        (b"HTTP/1.1 503\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 503, b""),
    ],
)  # fmt: skip
def test_an_answer_is_read_however_its_length_is_told(
    serve: Callable[..., Server], answer: bytes, status: int, data: bytes
) -> None:
    got = ask(patient(), serve(answer))
    assert (got.status, got.data) == (status, data)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nConnection: close\r\n\r\n5\r\nab",
        b"SSH-2.0-OpenSSH\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_half_an_answer_is_none(serve: Callable[..., Server], answer: bytes | None) -> None:
    with pytest.raises((BadAnswer, ConnectionError)):
        ask(patient(), serve(answer))


def test_a_connection_on_which_the_other_side_hung_up_is_not_used_again(serve: Callable[..., Server]) -> None:
    goodbye = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    server, lines = serve(OK.replace(b"200", b"201"), goodbye, OK), patient()
    assert [ask(lines, server).status for _ in range(3)] == [201, 200, 200]
    assert server.connections == 2


def test_after_a_failure_no_kept_connection_is_trusted(serve: Callable[..., Server]) -> None:
    server, lines = serve(OK, None, OK), patient()
    ask(lines, server)
    with pytest.raises((BadAnswer, ConnectionError)):
        ask(lines, server)
    assert ask(lines, server).data == b"ok"
    assert server.connections == 2


def test_silence_ends_by_a_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = Address(False, "127.0.0.1", mute.getsockname()[1])
        with pytest.raises(TimeoutError):
            KeptLines(connect=5, read=0.01).send(address, "GET", "/", {}, b"")


def test_all_connections_share_one_reading_of_the_authorities(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  fixed words
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    made: list[ssl.SSLContext] = []
    create = ssl.create_default_context

    def counted() -> ssl.SSLContext:
        made.append(create())
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    http_lines.tls.cache_clear()
    stranger = serve(OK, context=context)
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(patient(), stranger)
    made[0].load_verify_locations(certificate)
    servers = [serve(OK, OK, context=context) for _ in range(2)]
    for server in servers:
        lines = patient()
        assert [ask(lines, server).data for _ in range(2)] == [b"ok", b"ok"]
    assert [server.connections for server in servers] == [1, 1]
    assert len(made) == 1
    http_lines.tls.cache_clear()


@pytest.mark.parametrize(
    ("url", "address", "name"),
    [
        ("https://s3.x.amazonaws.com", (True, "s3.x.amazonaws.com", 443), "s3.x.amazonaws.com"),
        ("http://127.0.0.1:4566/", (False, "127.0.0.1", 4566), "127.0.0.1:4566"),
        ("http://localhost", (False, "localhost", 80), "localhost"),
    ],
)
def test_an_address_is_read_from_its_url(url: str, address: tuple[bool, str, int], name: str) -> None:
    assert (tuple(Address.of(url)), Address.of(url).name) == (address, name)
