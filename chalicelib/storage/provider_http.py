"""Calls to the identity provider: few, short, to the addresses of the contest only.

No redirect is followed, since the request carries a secret; nothing is tried again, since a code is good once.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3

from chalicelib.domain.errors import CodeRefused, ProviderDown

BUDGET_S = 4.0
LARGEST = 65_536
_PIECE = 8_192


class HttpCalls:
    """``ProviderCalls``; its budget begins when it is made."""

    def __init__(self, pool: urllib3.PoolManager, budget: float = BUDGET_S) -> None:
        self._pool, self._ends = pool, time.monotonic() + budget

    def get(self, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
        return self._answer(lambda: self._send("GET", url, headers, None))

    def post(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> dict[str, Any]:
        typed = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        return self._answer(lambda: self._send("POST", url, typed, urlencode(form)))

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise ProviderDown("no time is left")
        return left

    def _answer(self, send: Callable[[], tuple[int, bytes]]) -> dict[str, Any]:
        status, data = self._in_time(send)
        if status >= 500 or status == 429:
            raise ProviderDown(str(status))
        try:
            said = json.loads(data)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            # A page instead of JSON is some machine's in between; without a body, the provider's own refusal.
            raise ProviderDown("no JSON") if status == 200 else CodeRefused(str(status))
        if status != 200:
            raise CodeRefused(f"{status}: {str(said.get('error', ''))[:100]}")
        return said

    def _in_time(self, send: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
        """In a thread, for a name server or drops of a header can hold a socket beyond any of its timeouts.

        A thread that is given up ends with the next piece that it gets, or with its environment.
        """
        done: list[tuple[int, bytes]] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                done.append(send())
            except BaseException as error:  # noqa: BLE001  handed over to the caller
                failed.append(error)

        thread = threading.Thread(target=run, name="provider call", daemon=True)
        thread.start()
        thread.join(self._left())
        if done:
            return done[0]
        if failed:
            raise failed[0]
        raise ProviderDown("no answer in time")

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> tuple[int, bytes]:
        timeout = urllib3.Timeout(connect=min(1.0, self._left()), read=self._left())
        try:
            response = self._pool.request(
                method,
                url,
                body=body,
                headers={"Accept": "application/json", **headers},
                redirect=False,
                retries=False,
                timeout=timeout,
                preload_content=False,
                decode_content=False,
            )
            try:
                return response.status, self._read(response)
            finally:
                response.close()  # there is little to keep a connection for
        except urllib3.exceptions.HTTPError as error:
            raise ProviderDown(type(error).__name__) from error

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        data = b""
        while piece := response.read(_PIECE):
            data += piece
            self._left()
            if len(data) > LARGEST:
                raise ProviderDown("the answer is too large")
        return data
