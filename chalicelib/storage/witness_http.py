"""Calls to witnesses, over plain urllib3: they are few, far away and not waited for long."""

from __future__ import annotations

import urllib3

from chalicelib.services.log.witnesses import NoAnswer

_MOST = 64 * 1024


def post(url: str, body: bytes) -> tuple[int, bytes]:
    """Status and body. Raises ``NoAnswer``; a redirection is an answer, and not followed."""
    waits = urllib3.Timeout(connect=2, read=3)
    try:
        with urllib3.PoolManager(retries=False, timeout=waits) as pool:
            answer = pool.request("POST", url, body=body, redirect=False, preload_content=False)
            return answer.status, answer.read(_MOST)
    except urllib3.exceptions.HTTPError as error:
        raise NoAnswer(type(error).__name__) from error
