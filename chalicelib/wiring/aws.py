"""Parts that several functions share: the session, secrets, buckets, the clock."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.secret_values import read_secret
from chalicelib.storage.signed_http import SignedHttp

if TYPE_CHECKING:
    from chalicelib.storage.desk import Desk
    from chalicelib.storage.objects import Bucket
    from chalicelib.storage.site import Site


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


def bucket(region: str, name: str) -> Bucket:
    """A bucket to write to."""
    import boto3  # noqa: PLC0415

    from chalicelib.storage.objects import Bucket  # noqa: PLC0415

    return Bucket(boto3.client("s3", region_name=region), name)


def desk_bucket(region: str, name: str, tallies: str, lock_days: int = 0) -> Desk:
    """The desk to write to; its pointers are in the table ``tallies``."""
    import boto3  # noqa: PLC0415

    from chalicelib.storage.desk import Desk  # noqa: PLC0415
    from chalicelib.storage.pointers import Pointers  # noqa: PLC0415

    pointers = Pointers(dynamo(region), tallies)
    return Desk(boto3.client("s3", region_name=region), name, pointers, lock_days)


def site_bucket(region: str, name: str, tallies: str) -> Site:
    """The site; what is put there is noted in the table ``tallies``."""
    import boto3  # noqa: PLC0415

    from chalicelib.storage.site import Site  # noqa: PLC0415

    return Site(boto3.client("s3", region_name=region), name, dynamo(region), tallies)
