"""What a visitor gets from the public address."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import urllib3

from chalicelib.services.publishing.watch import Met
from chalicelib.storage.outside_http import ask

_MOST = 4 * 1024 * 1024


def get(url: str) -> Met:
    """Raises ``NoAnswer``."""
    answer = ask("GET", url, None, urllib3.Timeout(connect=3, read=10), _MOST)
    return Met(answer.status, answer.body, _moment(answer.headers.get("Last-Modified")))


def _moment(header: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(header or "").timestamp() * 1000)
    except ValueError:
        return None
