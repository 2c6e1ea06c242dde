"""Parts that several functions share: the database, secrets, the clock."""

from __future__ import annotations

import time
from functools import lru_cache

from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.secret_values import read_secret
from chalicelib.storage.signed_http import SignedHttp


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def secret(http: SignedHttp, name: str) -> bytes:
    value = read_secret(http, name)
    if value is None:
        raise LookupError(f"the secret {name} has no value")
    return value


def rotated(http: SignedHttp, name: str) -> list[bytes]:
    """The previous value, if there is one, and the current."""
    previous = read_secret(http, name, "AWSPREVIOUS")
    return [*([previous] if previous else []), secret(http, name)]


@lru_cache(maxsize=1)
def dynamo(region: str) -> Dynamo:
    """DynamoDB with the time limits of all functions: refused soon, and asked again once."""
    return Dynamo(SignedHttp(region, connect=1, read=2, retries=1))
