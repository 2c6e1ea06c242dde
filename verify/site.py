"""Fetches the files that a contest's site publishes; the site may be hostile, so everything has a limit."""

from __future__ import annotations

import gzip
import io
import json
import re
import socket
import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from ssl import create_default_context
from time import monotonic
from typing import IO, Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from verify.outcome import CannotCheck, Failed

# Path below the site's address → the file, or None if there is none.
Fetch = Callable[[str], bytes | None]

# The largest file that is read, by its path; the first that fits.
LIMITS = [
    (re.compile(pattern), limit)
    for pattern, limit in (
        (r"data/log/(batch/\d+/)?tile/\d+/", 256 * 32),
        (r"data/log/tile/entries/", 256 * (2 + 0xFFFF)),
        (r"data/log/", 128 << 10),
        (r"data/keys\.json", 128 << 10),
        (r"data/proof/.*\.jsonl\.gz", 1 << 30),
        (r"", 64 << 20),
    )
]
SECONDS, SECONDS_PER_MB = 60, 10  # to answer, and more for each megabyte that a file may have
PIECE = 1 << 16

# How far what a site packs may swell: a bundle is mostly hashes and shrinks to a sixth; of one line, in bytes.
SWELLS, LINE = 100, 1 << 16
DIGITS = 20  # of a number in JSON; its exponent, if it has one, is as small


def over_http(address: str) -> Fetch:
    """Raises ``CannotCheck`` if it is not a web address, and later if the site does not answer properly."""
    try:
        parts = urlsplit(address)
        named = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError:
        named = None
    if not named or not re.fullmatch(r"[!-~]+", address) or set(address) & set("?#"):
        raise CannotCheck(
            f"“{address}” không phải địa chỉ trang web (https://…).",
            f"“{address}” is not a web address (https://…).",
        )
    context = create_default_context() if parts.scheme == "https" else None

    def fetch(path: str) -> bytes | None:
        if not re.fullmatch(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*", path):
            raise Failed(
                f"Trang web nêu tên tệp lạ: {path[:80]!r}.", f"The site names a strange file: {path[:80]!r}."
            )
        url, limit = f"{address.rstrip('/')}/{path}", limit_of(path)
        ends = monotonic() + SECONDS + SECONDS_PER_MB * (limit >> 20)
        opener = build_opener(_Web(ends), _SecureWeb(ends, context), _SameHost())
        try:
            return _body(opener, url, limit)
        except HTTPError as error:
            error.close()
            if error.code in {403, 404}:  # a bucket that cannot be listed answers 403 for a missing file
                return None
            raise CannotCheck(f"{url} trả lời {error.code}.", f"{url} answered {error.code}.") from None
        except TimeoutError:
            raise _too_slow(url) from None
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise _too_slow(url) from None
            raise _unreachable(url, error) from None
        except (OSError, HTTPException, ValueError, zlib.error) as error:
            raise _unreachable(url, error) from None

    return fetch


def limit_of(path: str) -> int:
    return next(limit for pattern, limit in LIMITS if pattern.match(path))


def _body(opener: OpenerDirector, url: str, limit: int) -> bytes:
    asked = Request(url, headers={"Accept-Encoding": "identity", "User-Agent": "cuoc-thi-verify"})  # noqa: S310 - http(s) only
    with opener.open(asked, timeout=SECONDS) as answer:
        packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in {"identity", "", "gzip"}:
            raise CannotCheck(
                f"{url} nén theo cách không đọc được ({packed[:40]!r}).",
                f"{url} is encoded as {packed[:40]!r}, which cannot be read.",
            )
        unpack = zlib.decompressobj(wbits=31) if packed == "gzip" else None
        data = bytearray()
        while piece := answer.read(PIECE):
            data += unpack.decompress(piece, limit + 1 - len(data)) if unpack else piece
            if len(data) > limit:
                raise CannotCheck(
                    f"{url} lớn hơn mức cho phép ({limit} byte).", f"{url} is larger than {limit} bytes may be."
                )
        if answer.length or (unpack and not unpack.eof):
            raise CannotCheck(f"{url} bị cắt ngang.", f"{url} was cut off.")
    return bytes(data)


def _too_slow(url: str) -> CannotCheck:
    return CannotCheck(f"{url} trả lời quá chậm.", f"{url} is too slow.")


def _unreachable(url: str, error: Exception) -> CannotCheck:
    said = str(error)[:200]
    return CannotCheck(f"Không đọc được {url}: {said}.", f"Cannot read {url}: {said}.")


class Until(io.RawIOBase):
    """Reads a socket until a time: a time-out of each read alone lets a server that drips go on for ever."""

    def __init__(self, connection: socket.socket, ends: float) -> None:
        self._connection, self._ends = connection, ends
        self._raw = connection.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return cast("io.RawIOBase", self._raw).readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Timed:
    """What ``http.client`` needs of a socket, until a time."""

    def __init__(self, connection: socket.socket, ends: float) -> None:
        self._connection, self._ends = connection, ends
        self.sendall, self.close = connection.sendall, connection.close

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(Until(self._connection, self._ends))


class _Web(HTTPHandler):
    def __init__(self, ends: float) -> None:
        super().__init__()
        self._ends = ends

    def http_open(self, req: Request) -> HTTPResponse:
        ends = self._ends

        class Connection(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                self.sock: Any = _Timed(self.sock, ends)

        return self.do_open(Connection, req)


class _SecureWeb(HTTPSHandler):
    def __init__(self, ends: float, context: Any) -> None:
        super().__init__(context=context)
        self._ends, self._trusted = ends, context

    def https_open(self, req: Request) -> HTTPResponse:
        ends, trusted = self._ends, self._trusted

        class Connection(HTTPSConnection):
            def __init__(self, host: str, **options: Any) -> None:
                super().__init__(host, context=trusted, **options)

            def connect(self) -> None:
                super().connect()
                self.sock: Any = _Timed(self.sock, ends)

        return self.do_open(Connection, req)


class _SameHost(HTTPRedirectHandler):
    """Follows a redirection to another path of the host, or from http to https."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        fp.close()  # urllib would read all of it
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        same = new.hostname == old.hostname and new.scheme in {old.scheme, "https"}
        if not same or (new.scheme == old.scheme and new.port != old.port):
            raise CannotCheck(
                f"{req.full_url} chuyển sang trang khác: {newurl[:200]}.",
                f"{req.full_url} redirects to another site: {newurl[:200]}.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def file(fetch: Fetch, path: str) -> bytes:
    """Fetches a file. Raises ``CannotCheck`` if it is not there; one that was taken back is empty."""
    data = fetch(path)
    if not data:
        raise CannotCheck(f"Trang web chưa có tệp {path}.", f"The site has no file {path} (yet).")
    return data


def read_json(fetch: Fetch, path: str) -> Any:
    """Raises ``CannotCheck`` if there is no such file, else as ``parsed`` does."""
    return parsed(file(fetch, path), path)


def parsed(data: bytes, path: str) -> Any:
    """Reads fractions as ``Decimal``. Raises ``Failed`` if it is no JSON, ``CannotCheck`` beyond the limits."""
    try:
        return JSON.decode(data.decode())
    except RecursionError:
        raise CannotCheck(
            f"Tệp {path} lồng nhau quá sâu.", f"The file {path} is nested too deeply to be read."
        ) from None
    except OverflowError:
        raise CannotCheck(
            f"Tệp {path} có số quá dài.", f"The file {path} has a number that is too long to be read."
        ) from None
    except ValueError:
        raise Failed(f"Tệp {path} không phải JSON.", f"The file {path} is not JSON.") from None


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise OverflowError
    return int(text)


def _decimal(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= 2 * DIGITS else None
    if number is None or abs(number.adjusted()) > DIGITS:
        raise OverflowError
    return number


def _no_number(_: str) -> Any:
    raise ValueError  # NaN and Infinity, which are no JSON


JSON = json.JSONDecoder(parse_float=_decimal, parse_int=_integer, parse_constant=_no_number)


def fraction(text: str | int) -> Fraction:
    """A number of the rules. Python would read “1e999999999” too, for hours. Raises ``Failed``."""
    if not re.fullmatch(r"[0-9]{1,20}(?:[./][0-9]{1,20})?", str(text)):
        raise Failed(f"{str(text)[:40]!r} không phải số.", f"{str(text)[:40]!r} is not a number.")
    return Fraction(str(text))


def lines(packed: bytes, path: str) -> Iterator[bytes]:
    """The lines of a gzip file, without their ends. Raises ``Failed``; ``CannotCheck`` if it swells too far."""
    left = SWELLS * len(packed) + LINE
    with gzip.open(io.BytesIO(packed)) as unpacked:
        while True:
            try:
                line = unpacked.readline(LINE)
            except (OSError, EOFError, zlib.error):
                raise Failed(f"Tệp nén {path} bị hỏng.", f"The packed file {path} is damaged.") from None
            if not line:
                return
            left -= len(line)
            if left < 0 or len(line) == LINE:
                raise CannotCheck(
                    f"Tệp nén {path} bung ra quá lớn.", f"The packed file {path} unpacks to too much."
                )
            yield line.removesuffix(b"\n")
