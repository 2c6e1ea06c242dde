"""Calls to other people's servers, over plain urllib3: few, bounded in time and size, and never repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import urllib3

from chalicelib.services.ports import NoAnswer


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str]


def ask(method: str, url: str, body: bytes | None, waits: urllib3.Timeout, most: int) -> Answer:
    """At most ``most`` bytes of the body. Raises ``NoAnswer``; a redirection is an answer, and not followed."""
    try:
        with urllib3.PoolManager(retries=False, timeout=waits) as pool:
            answer = pool.request(method, url, body=body, redirect=False, preload_content=False)
            return Answer(answer.status, answer.read(most), answer.headers)
    except urllib3.exceptions.HTTPError as error:
        raise NoAnswer(type(error).__name__) from error
