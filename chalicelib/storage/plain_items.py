"""Items whose key is ``id`` alone, by expressions in DynamoDB's own words over signed requests.

The API's registration and sign-in go this way; PynamoDB's models would bring all of botocore into its package
and 0.2 s into the first sign-in of each environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chalicelib.storage.dynamodb import Dynamo, refused_item
from chalicelib.storage.signed_http import AwsRefusal

Value = bool | int | str | bytes
# BatchGetItem takes no more.
_AT_ONCE = 100
_NAMES = re.compile(r"#(\w+)")


class PlainItems:
    """One table. Expressions name attributes as ``#name``, and values, given by keyword, as ``:name``."""

    def __init__(self, client: Dynamo, table: str) -> None:
        self._client, self._table = client, table

    def get_many(self, keys: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Those that are there, read consistently, each once, in no particular order."""
        asked: list[Any] = [{"id": {"S": key}} for key in dict.fromkeys(keys)]
        while asked:
            page, asked = asked[:_AT_ONCE], asked[_AT_ONCE:]
            request = {"RequestItems": {self._table: {"Keys": page, "ConsistentRead": True}}}
            answer = self._client.call("BatchGetItem", request)
            for found in answer["Responses"].get(self._table, ()):
                yield {name: _plain(value) for name, value in found.items()}
            asked += answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", ())

    def put(self, item: Mapping[str, Value | None], condition: str, **values: Value) -> bool:
        """False if the condition is not met. What is None is left out."""
        typed = {name: _typed(value) for name, value in item.items() if value is not None}
        request = {"TableName": self._table, "Item": typed, **_expressed(values, ConditionExpression=condition)}
        return self._done("PutItem", request)

    def update(self, key: str, update: str, condition: str = "", **values: Value) -> bool:
        """False if the condition is not met."""
        expressed = _expressed(values, UpdateExpression=update, ConditionExpression=condition)
        return self._done("UpdateItem", {"TableName": self._table, "Key": {"id": {"S": key}}, **expressed})

    def _done(self, action: str, request: dict[str, Any]) -> bool:
        try:
            self._client.call(action, request)
        except AwsRefusal as refusal:
            if refused_item(refusal)[0]:
                return False
            raise
        return True


def _expressed(values: Mapping[str, Value], **expressions: str) -> dict[str, Any]:
    request: dict[str, Any] = {name: text for name, text in expressions.items() if text}
    names = {f"#{name}": name for text in expressions.values() for name in _NAMES.findall(text)}
    if names:
        request["ExpressionAttributeNames"] = names
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": _typed(value) for name, value in values.items()}
    return request


def _typed(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"S": value} if isinstance(value, str) else {"B": value}


def _plain(value: dict[str, Any]) -> Value:
    ((kind, told),) = value.items()
    plain: Value = int(told) if kind == "N" else told
    return plain
