"""HTTP/1.1 over kept connections: as much of it as AWS's services speak, for requests that are signed anyway.

Importing ``http.client`` or urllib3 and parsing headers as mail would cost more than all the rest of a request.
"""

from __future__ import annotations

import select
import socket
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol
from weakref import finalize

if TYPE_CHECKING:
    from ssl import SSLContext

# Kept for the next requests; a function has few threads.
_IDLE = 10
_LONGEST_LINE, _MOST_HEADERS = 65_536, 100


class Address(NamedTuple):
    secure: bool
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Address:
        """``url``: scheme and host, with or without a port."""
        scheme, _, rest = url.partition("://")
        host, _, port = rest.partition("/")[0].partition(":")
        return cls(scheme == "https", host, int(port or (443 if scheme == "https" else 80)))

    @property
    def name(self) -> str:
        """As the header ``Host`` tells it: without the usual port."""
        return self.host if self.port == (443 if self.secure else 80) else f"{self.host}:{self.port}"


class Answer(NamedTuple):
    """``headers``: their names in small letters."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class BadAnswer(Exception):
    """What came is no answer in HTTP, or not all of it."""


class Lines(Protocol):
    def send(self, to: Address, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Sends one request, once. Raises ``OSError`` and ``BadAnswer``."""


class KeptLines:
    """``Lines`` of a process. ``connect``, ``read``: seconds for a connection, for each piece of an answer."""

    def __init__(self, connect: float, read: float) -> None:
        self._connect, self._read = connect, read
        self._idle: dict[Address, deque[_Line]] = {}

    def send(self, to: Address, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        idle = self._idle.setdefault(to, deque(maxlen=_IDLE))
        line = _ready(idle) or _Line(_opened(to, self._connect, self._read))
        head = [f"{method} {path} HTTP/1.1\r\nHost: {to.name}\r\nContent-Length: {len(body)}\r\n"]
        head += [f"{name}: {value}\r\n" for name, value in headers.items()]
        head.append("User-Agent: cuoc-thi\r\n")
        try:
            answer, stays = line.ask("".join(head).encode() + b"\r\n" + body)
        except BaseException:
            line.close()
            _ready(idle, but=True)
            raise
        if stays and len(idle) < _IDLE:
            idle.append(line)
        else:
            line.close()
        return answer


def _ready(idle: deque[_Line], *, but: bool = False) -> _Line | None:
    """The line used last that still stands; ``but``: none is, after one has failed: all have slept as long."""
    while True:
        try:
            line = idle.pop()
        except IndexError:
            return None
        if not but and line.stands():
            return line
        line.close()


@lru_cache(maxsize=1)
def tls() -> SSLContext:
    """One for all connections: each new one reads the file of authorities again, 16 ms."""
    import ssl  # noqa: PLC0415  the AWS on this machine speaks without

    return ssl.create_default_context()


def _opened(to: Address, connect: float, read: float) -> socket.socket:
    line = socket.create_connection((to.host, to.port), connect)
    try:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if to.secure:
            line = tls().wrap_socket(line, server_hostname=to.host)
        line.settimeout(read)
    except BaseException:
        line.close()
        raise
    return line


class _Line:
    def __init__(self, opened: socket.socket) -> None:
        self._socket, self._pieces = opened, opened.makefile("rb")
        self.close = finalize(self, _hang_up, self._socket, self._pieces)

    def stands(self) -> bool:
        """Whether the other side has not hung up: nobody speaks unasked."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def ask(self, request: bytes) -> tuple[Answer, bool]:
        """The answer, and whether the line may be used again."""
        self._socket.sendall(request)
        try:
            return self._answer()
        except ValueError as error:  # a length that is no number
            raise BadAnswer(str(error)) from error

    def _answer(self) -> tuple[Answer, bool]:
        status, headers = _head(self._pieces)
        stays = headers.get("connection", "").lower() != "close"
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Answer(status, headers, _chunks(self._pieces)), stays
        if status in {204, 304}:
            return Answer(status, headers, b""), stays
        length = headers.get("content-length")
        if length is None:
            return Answer(status, headers, self._pieces.read()), False
        return Answer(status, headers, _exactly(self._pieces, int(length))), stays


def _hang_up(opened: socket.socket, pieces: BinaryIO) -> None:
    pieces.close()
    opened.close()


def _line(pieces: BinaryIO) -> bytes:
    line = pieces.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise BadAnswer("the connection was closed" if len(line) < _LONGEST_LINE else "a line is too long")
    return line.rstrip(b"\r\n")


def _head(pieces: BinaryIO) -> tuple[int, dict[str, str]]:
    version, _, rest = _line(pieces).partition(b" ")
    if version not in {b"HTTP/1.1", b"HTTP/1.0"} or not rest[:3].isdigit():
        raise BadAnswer(f"{version[:20]!r} {rest[:20]!r}")
    headers: dict[str, str] = {} if version == b"HTTP/1.1" else {"connection": "close"}
    for _ in range(_MOST_HEADERS):
        line = _line(pieces)
        if not line:
            return int(rest[:3]), headers
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    raise BadAnswer("too many headers")


def _exactly(pieces: BinaryIO, length: int) -> bytes:
    data = pieces.read(length)
    if len(data) < length:
        raise BadAnswer(f"{len(data)} of {length} bytes")
    return data


def _chunks(pieces: BinaryIO) -> bytes:
    data = []
    while length := int(_line(pieces).partition(b";")[0], 16):
        data.append(_exactly(pieces, length))
        _line(pieces)
    while _line(pieces):  # trailers
        pass
    return b"".join(data)
