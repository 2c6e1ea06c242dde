"""The pointers into the desk, which are items of ``tallies``.

Whoever may write the bucket, an organiser or a thief of their key, can move no pointer; what a pointer names by
its digest is checked when it is loaded (``services.contest.checked``).
"""

from __future__ import annotations

import zlib
from hashlib import sha256
from typing import Any

from chalicelib.storage.dynamodb import Client, refused_item


class Pointers:
    """``ConditionalObjects`` in a table: ``value``, deflated, below 400 KB, and its ``digest``.

    ``consistent``: whether it reads what was written just now, at twice the price.
    """

    def __init__(self, client: Client, table: str, *, consistent: bool = True) -> None:
        self._client, self._table, self._consistent = client, table, consistent

    def get(self, key: str) -> bytes | None:
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
        except Exception as error:
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
        self._client.put_item(TableName=self._table, Item=item, **condition)
