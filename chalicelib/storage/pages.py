"""Raw pages of a DynamoDB query or scan, up to 1 MB each; the caller decodes them, with the types here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from chalicelib.domain.errors import Busy
from chalicelib.storage.signed_http import SignedHttp

PATIENCE = 10


class Text(msgspec.Struct, gc=False):
    S: str


class Number(msgspec.Struct, gc=False):
    N: str


class Binary(msgspec.Struct, gc=False):
    B: bytes  # base64 in JSON, which msgspec decodes


class _Rest(msgspec.Struct):
    LastEvaluatedKey: msgspec.Raw = msgspec.Raw()


_rest = msgspec.json.Decoder(_Rest).decode


def pages(http: SignedHttp, action: Literal["Query", "Scan"], request: Mapping[str, Any]) -> Iterator[bytes]:
    """All pages of ``request``; waits out throttling.

    Gives up with ``Busy`` when a page is refused ten times in a row (about a minute).
    """
    body = json.dumps(request).encode()
    key = b""
    while True:
        page = _page(http, action, body[:-1] + b',"ExclusiveStartKey":' + key + b"}" if key else body)
        yield page
        key = bytes(_rest(page).LastEvaluatedKey)
        if not key or key == b"null":
            return


def _page(http: SignedHttp, action: str, body: bytes) -> bytes:
    for trial in range(PATIENCE):
        try:
            return http.call("dynamodb", f"DynamoDB_20120810.{action}", body, version="1.0")
        except Busy:
            if trial == PATIENCE - 1:
                raise
            time.sleep(min(0.1 * 2**trial, 10))
    raise AssertionError  # pragma: no cover
