"""The desk as the functions have it: its bucket, and the pointers into it, which are items of ``tallies``.

Whoever may write the bucket, an organiser or a thief of their key, can move no pointer; what a pointer names by
its digest is checked when it is loaded (``services.contest.checked``).
"""

from __future__ import annotations

import zlib
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.services.contest.checked import POINTERS
from chalicelib.storage.dynamodb import Client, busy_if_pushed_back, refused_item
from chalicelib.storage.objects import Bucket, ReadOnlyBucket
from chalicelib.storage.signed_http import SignedHttp


class Pointers:
    """``ConditionalObjects`` in a table: ``value``, deflated, below 400 KB, and its ``digest``.

    ``consistent``: whether it reads what was written just now, at twice the price.
    """

    def __init__(self, client: Client, table: str, *, consistent: bool = True) -> None:
        self._client, self._table, self._consistent = client, table, consistent

    def get(self, key: str) -> bytes | None:
        with busy_if_pushed_back():
            answer = self._client.get_item(
                TableName=self._table, Key={"id": {"S": key}}, ConsistentRead=self._consistent
            )
        item = answer.get("Item")
        return zlib.decompress(item["value"]["B"]) if item else None

    def put(self, key: str, data: bytes) -> None:
        self._put(key, data)

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if before is not None:
            condition = {
                "ConditionExpression": "digest = :before",
                "ExpressionAttributeValues": {":before": {"B": sha256(before).digest()}},
            }
        try:
            self._put(key, after, **condition)
        except ClientError as error:
            if refused_item(error)[0]:
                return False
            raise
        return True

    def _put(self, key: str, data: bytes, **condition: Any) -> None:
        item = {
            "id": {"S": key},
            "value": {"B": zlib.compress(data)},
            "digest": {"B": sha256(data).digest()},
        }
        with busy_if_pushed_back():
            self._client.put_item(TableName=self._table, Item=item, **condition)


class Desk(Bucket):
    """For reading and writing."""

    def __init__(self, client: Any, name: str, pointers: Pointers, lock_days: int = 0) -> None:
        super().__init__(client, name, lock_days=lock_days)
        self._pointers = pointers

    def get(self, key: str, most: int | None = None, version: str = "") -> bytes | None:
        return self._pointers.get(key) if key.startswith(POINTERS) else super().get(key, most, version)

    def put(self, key: str, data: bytes) -> None:
        if key.startswith(POINTERS):
            self._pointers.put(key, data)
        else:
            super().put(key, data)

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        replace = self._pointers.replace if key.startswith(POINTERS) else super().replace
        return replace(key, before, after)


class ReadOnlyDesk(ReadOnlyBucket):
    """For reading, without the start-up time of a client of S3; pointers may be moved."""

    def __init__(self, http: SignedHttp, name: str, pointers: Pointers) -> None:
        super().__init__(http, name)
        self._pointers = pointers

    def get(self, key: str) -> bytes | None:
        return self._pointers.get(key) if key.startswith(POINTERS) else super().get(key)

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        return self._pointers.replace(key, before, after)
