"""Parts that several functions share: the session, secrets, buckets, the clock."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from botocore.session import Session, get_session

from chalicelib.storage.secret_values import read_secret
from chalicelib.storage.signed_http import SignedHttp

if TYPE_CHECKING:
    from botocore.config import Config

    from chalicelib.storage.objects import Bucket


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=1)
def session() -> Session:
    return get_session()


def secret(http: SignedHttp, name: str) -> bytes:
    value = read_secret(http, name)
    if value is None:
        raise LookupError(f"the secret {name} has no value")
    return value


def rotated(http: SignedHttp, name: str) -> list[bytes]:
    """The previous value, if there is one, and the current."""
    previous = read_secret(http, name, "AWSPREVIOUS")
    return [*([previous] if previous else []), secret(http, name)]


def bucket(region: str, name: str, cache: str = "no-store", waits: Config | None = None) -> Bucket:
    """A bucket to write to. ``waits``: time limits of its client, if a person waits for it."""
    import boto3  # noqa: PLC0415  the API hardly needs it

    from chalicelib.storage.objects import Bucket  # noqa: PLC0415

    return Bucket(boto3.client("s3", region_name=region, config=waits), name, cache)


def site_bucket(region: str, name: str) -> Bucket:
    return bucket(region, name, "public, max-age=30")
