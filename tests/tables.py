"""Tables of DynamoDB, made without the template."""

from __future__ import annotations

from typing import Any


def make_table(dynamodb: Any, name: str, *keys: str, **more: Any) -> Any:
    """A table with these keys, which are texts; returns what DynamoDB tells about it."""
    return dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[
            {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        **more,
    )
