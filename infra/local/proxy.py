"""One origin for site and API: a small reverse proxy in front of the local CloudFront.

It gives requests the distribution's host name, enforces API Gateway's limit of 10 MB for a body, and answers in
the API's own form (RFC 9457) when nothing behind it can. It packs the site's texts, as CloudFront does and the
local one does not. It passes on only the site's own names and `/api`: the local AWS has paths that work under
any host name, and one of them deletes everything.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections.abc import Collection
from types import TracebackType
from typing import Self
from uuid import uuid4

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from chalicelib.web import problems

LARGEST_BODY = 10 * 1024 * 1024
_SECONDS = 60
# Each concurrent request may start one more Lambda process of 80 MB; requests beyond these wait here.
_AT_ONCE = 16
# As CloudFront: these types, from 1,000 bytes to 10 MB.
_PACKED = {"application/json", "image/svg+xml", "text/css", "text/html", "text/javascript"}
_WORTH_PACKING = range(1_000, 10_000_001)
_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "expect",
}


def _problem(code: str) -> web.Response:
    document = problems.document(code, f"proxy-{uuid4()}")  # in no log
    headers = {"Content-Type": problems.CONTENT_TYPE, "Cache-Control": "no-store"}
    if document["status"] == 503:
        headers["Retry-After"] = "2"
    body = json.dumps(document, ensure_ascii=False).encode()
    return web.Response(status=document["status"], body=body, headers=headers)


def _absent() -> web.Response:
    """S3's answer through CloudFront for a missing object."""
    text = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    return web.Response(status=403, text=text, content_type="application/xml")


def _packs(request: web.Request, answer: aiohttp.ClientResponse) -> bool:
    return (
        request.method == "GET"
        and answer.status == 200
        and not request.rel_url.raw_path.startswith("/api/")
        and "gzip" in request.headers.get("Accept-Encoding", "")
        and "Content-Encoding" not in answer.headers
        and answer.content_type in _PACKED
        and (answer.content_length or 0) in _WORTH_PACKING
    )


class Proxy:
    """Serves on ``listener`` for the length of a ``with`` block, in a thread of its own.

    ``names`` are the first parts of the paths that it passes on to ``upstream``, as requests for ``host``.
    """

    def __init__(self, listener: socket.socket, upstream: str, host: str, names: Collection[str]) -> None:
        self._listener = listener
        self._upstream = upstream
        self._host = host
        self._names = {"api", *names}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._client: aiohttp.ClientSession
        self._runner: web.AppRunner

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._client = aiohttp.ClientSession(
            auto_decompress=False,
            connector=aiohttp.TCPConnector(limit=_AT_ONCE),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=_SECONDS),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        # A malformed request concerns its sender, not the terminal.
        logging.getLogger("aiohttp.server").addHandler(logging.NullHandler())
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", r"/{path:(?s:.*)}", self._forward)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2, auto_decompress=False)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener, backlog=512).start()

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._client.close()

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path
        if path == "/api" or (path.startswith("/api/") and "%0A" in path.upper()):
            # MiniStack's CloudFront ends its pattern /api/* at a line break and asks the site's bucket.
            return _problem("not_found")
        if path != "/" and path.split("/")[1] not in self._names:
            return _absent()
        try:
            if (request.content_length or 0) > LARGEST_BODY:
                raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, request.content_length or 0)
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _problem("too_large")
        headers = CIMultiDict(i for i in request.headers.items() if i[0].lower() not in _HOP_BY_HOP)
        headers["Host"] = self._host
        if known := headers.get("If-None-Match"):
            headers["If-None-Match"] = known.replace("W/", "")  # as ``_pass_on`` marks what it packs
        # The emulator appends this proxy's address, as API Gateway appends CloudFront's. All callers have one
        # address here, so whoever plays many people sends one for each.
        headers.setdefault("X-Forwarded-For", str(request.remote))
        url = URL(f"{self._upstream}{request.rel_url.raw_path_qs}", encoded=True)
        try:
            async with self._client.request(
                request.method,
                url,
                headers=headers,
                data=body or None,
                allow_redirects=False,
            ) as answer:
                return await self._pass_on(request, answer)
        except aiohttp.ClientConnectorError:  # it is starting or stopping
            return _problem("busy")
        except (aiohttp.ClientError, TimeoutError):
            return _problem("busy")

    async def _pass_on(self, request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        if answer.status >= 502 and answer.content_type != problems.CONTENT_TYPE:
            # A function took too long: API Gateway answers as infra/template.py says, MiniStack differently.
            return _problem("busy")
        response = web.StreamResponse(status=answer.status, reason=answer.reason)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP_BY_HOP:
                response.headers.add(name, value)
        if _packs(request, answer):
            response.headers.popall("Content-Length")
            if etag := answer.headers.get("ETag"):
                response.headers["ETag"] = f"W/{etag}"
            response.enable_compression(web.ContentCoding.gzip)
        await response.prepare(request)
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
        return response
