"""A proxy in front of the local AWS that makes requests to DynamoDB and S3 fail in every way they can.

The caller sees each fault as the real service or network would show it, so that the callers' own time-outs,
retries and conditions are tested.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")
_DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
# Longer than the functions' patience.
_HANGS_S = 2.6

# The faults that may happen to a request, and their usual rates.
RATES: Mapping[str, float] = {
    "throttled": 0.02,  # refused before anything was done
    "server error": 0.02,  # refused before anything was done
    "reset before": 0.01,  # the connection ends before the service saw the request
    "reset after": 0.02,  # it was done, and the answer is lost
    "done twice": 0.02,  # the network or a retry below delivers it twice; the second answer arrives
    "hangs": 0.0005,  # it was done, and the answer comes after the caller's patience
}


class FaultProxy:
    """Runs in a thread for the length of a ``with`` block. ``rates`` may be changed at any time."""

    def __init__(self, upstream: str, seed: int, rates: Mapping[str, float] = RATES) -> None:
        self._upstream, self._dice = upstream, random.Random(seed)
        self.rates: dict[str, float] = dict(rates)
        self.counts: Counter[str] = Counter()
        self.requests = 0
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the proxy did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        timeout = aiohttp.ClientTimeout(total=120)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(
            timeout=timeout, connector=connector, auto_decompress=False
        ) as session:
            self._session = session
            server = web.Server(self._handle, access_log=None)
            runner = web.ServerRunner(server, shutdown_timeout=1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self._ready.set()
            await self._over.wait()
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            if request.headers.get("Expect", "").lower() == "100-continue":  # else botocore waits a second
                await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = b"".join([piece async for piece in request.content.iter_any()])  # however large
        except ConnectionError:  # the caller was killed
            return _cut(request)
        service = _SERVICE.search(request.headers.get("Authorization", ""))
        fault = self._fault() if service and service[1] in {"dynamodb", "s3"} else None
        self.requests += 1
        if fault is not None and service is not None:
            self.counts[f"{service[1]}: {fault}"] += 1
        if fault in {"throttled", "server error"}:
            assert service is not None
            return _refusal(service[1], fault)
        if fault == "reset before":
            return _cut(request)
        answer = await self._forward(request, body)
        if fault == "done twice":
            answer = await self._forward(request, body)
        elif fault == "reset after":
            return _cut(request)
        elif fault == "hangs":
            await asyncio.sleep(_HANGS_S)
        return answer

    def _fault(self) -> str | None:
        point = self._dice.random()
        for fault, rate in self.rates.items():
            point -= rate
            if point < 0:
                return fault
        return None

    async def _forward(self, request: web.BaseRequest, body: bytes) -> web.Response:
        url = URL(f"{self._upstream}{request.raw_path}", encoded=True)
        own = {"connection", "expect"}
        headers = {name: value for name, value in request.headers.items() if name.lower() not in own}
        async with self._session.request(
            request.method,
            url,
            data=BytesIO(body),
            headers=headers,
            skip_auto_headers=("User-Agent", "Content-Type"),
        ) as got:
            data = await got.read()
            dropped = {"connection", "transfer-encoding", "content-length", "server", "date"}
            kept = {name: value for name, value in got.headers.items() if name.lower() not in dropped}
            return web.Response(status=got.status, body=data, headers=kept)


def _refusal(service: str, fault: str) -> web.Response:
    if service == "dynamodb":
        status, code = (
            (400, "ProvisionedThroughputExceededException")
            if fault == "throttled"
            else (500, "InternalServerError")
        )
        return web.json_response({"__type": f"{_DYNAMODB}{code}", "message": "chaos"}, status=status)
    status, code = (503, "SlowDown") if fault == "throttled" else (500, "InternalError")
    text = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>chaos</Message></Error>"
    return web.Response(status=status, text=text, content_type="application/xml")


def _cut(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
