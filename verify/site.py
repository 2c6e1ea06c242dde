"""Fetches the files that a contest's site publishes."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from verify.outcome import CannotCheck, Failed

# Path below the site's address → the file, or None if there is none.
Fetch = Callable[[str], bytes | None]


def over_http(address: str) -> Fetch:
    """Raises ``CannotCheck`` if it is not a web address, and later if the site does not answer."""
    if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).netloc:
        raise CannotCheck(
            f"“{address}” không phải địa chỉ trang web (https://…).",
            f"“{address}” is not a web address (https://…).",
        )

    def fetch(path: str) -> bytes | None:
        url = f"{address.rstrip('/')}/{path}"
        try:
            with urlopen(Request(url, headers={"Accept-Encoding": "identity"}), timeout=60) as answer:  # noqa: S310
                data: bytes = answer.read()
        except HTTPError as error:
            if error.code in {403, 404}:  # a bucket that cannot be listed answers 403 for a missing file
                return None
            raise CannotCheck(f"{url} trả lời {error.code}.", f"{url} answered {error.code}.") from None
        except (URLError, OSError) as error:
            raise CannotCheck(f"Không kết nối được {url}: {error}.", f"Cannot reach {url}: {error}.") from None
        return data

    return fetch


def file(fetch: Fetch, path: str) -> bytes:
    """Fetches a file. Raises ``CannotCheck`` if it is not there; one that was taken back is empty."""
    data = fetch(path)
    if not data:
        raise CannotCheck(f"Trang web chưa có tệp {path}.", f"The site has no file {path} (yet).")
    return data


def read_json(fetch: Fetch, path: str) -> Any:
    """Reads fractional numbers as ``Decimal``. Raises ``CannotCheck``, or ``Failed`` if it is not JSON."""
    data = file(fetch, path)
    try:
        return json.loads(data, parse_float=Decimal)
    except ValueError:
        raise Failed(f"Tệp {path} không phải JSON.", f"The file {path} is not JSON.") from None
