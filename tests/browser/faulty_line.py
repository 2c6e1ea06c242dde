"""A line between one device and the stack, which fails as lines and crowded servers do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import threading
from collections.abc import Iterator

import aiohttp
from aiohttp import web

# The possible fates of a request for an attempt. Everything else passes.
FAULTS = ("good", "lost before", "lost after", "refused", "slow", "doubled", "late")
_SECONDS_LATE = 6.0
_NOT_FORWARDED = {"connection", "keep-alive", "transfer-encoding", "host", "content-encoding", "content-length"}


class FaultyLine:
    """``url`` is the site through this line; ``fault`` is the present fate of requests for an attempt."""

    def __init__(self, site_url: str, dice: random.Random) -> None:
        self._site, self._dice = site_url, dice
        self.fault = "good"
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._late: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._client = aiohttp.ClientSession(auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar())
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._forward)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener).start()

    async def _stop(self) -> None:
        late = list(self._late)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._runner.cleanup()
        await self._client.close()

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        fault = self.fault if request.path.startswith("/api/attempts") else "good"
        if fault == "refused":
            problem = {"type": "about:blank", "title": "", "status": 503, "detail": "", "code": "busy"}
            headers = {"Retry-After": "1", "Content-Type": "application/problem+json"}
            return web.Response(status=503, text=json.dumps(problem), headers=headers)
        if fault == "late":
            self._later(request, body)
        if fault in {"lost before", "late"}:
            return self._cut(request)
        if fault == "slow":
            await asyncio.sleep(self._dice.uniform(0, 1.5))
        answer = await self._ask(request, body)
        if fault == "doubled":
            self._later(request, body)
        if fault == "slow":
            await asyncio.sleep(self._dice.uniform(0, 1.5))
        return self._cut(request) if fault == "lost after" else answer

    def _cut(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _later(self, request: web.Request, body: bytes) -> None:
        """Sends the same request once more, when nobody waits for its answer."""

        async def arrive() -> None:
            await asyncio.sleep(self._dice.uniform(0, _SECONDS_LATE))
            with contextlib.suppress(aiohttp.ClientError):
                await self._ask(request, body)

        task = self._loop.create_task(arrive())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _ask(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED}
        url = f"{self._site}{request.rel_url}"
        async with self._client.request(request.method, url, headers=headers, data=body or None) as answer:
            kept = {n: value for n, value in answer.headers.items() if n.lower() not in _NOT_FORWARDED}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


@contextlib.contextmanager
def faulty_line(site_url: str, dice: random.Random) -> Iterator[FaultyLine]:
    line = FaultyLine(site_url, dice)
    line.start()
    try:
        yield line
    finally:
        line.stop()
