"""What a visitor gets from the public address, over plain urllib3."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import urllib3

from chalicelib.services.publishing.watch import Met, NoAnswer

_MOST = 4 * 1024 * 1024


def get(url: str) -> Met:
    """Raises ``NoAnswer``; a redirection is an answer, and not followed."""
    waits = urllib3.Timeout(connect=3, read=10)
    try:
        with urllib3.PoolManager(retries=False, timeout=waits) as pool:
            answer = pool.request("GET", url, redirect=False, preload_content=False)
            body = answer.read(_MOST)
    except urllib3.exceptions.HTTPError as error:
        raise NoAnswer(type(error).__name__) from error
    return Met(answer.status, body, _moment(answer.headers.get("Last-Modified")))


def _moment(header: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(header or "").timestamp() * 1000)
    except ValueError:
        return None
