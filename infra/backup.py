"""Exports a table to files and restores it, in the format of DynamoDB's own export to S3 (DYNAMODB_JSON).

    python -m infra.backup export entries backup/entries
    python -m infra.backup restore entries backup/entries --stage prod
    python -m infra.backup export entries backup/entries --stage prod --name entries-restored

A folder holds any number of ``*.json.gz``, one item a line: ``{"Item": {"id": {"S": "…"}}}``. Restoring puts
missing items back and never touches an existing one, so it may be repeated, and newer items stay.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.place import AT_ONCE, TABLES, say_where, stack_of

FILE = "items.json.gz"
Item = dict[str, Any]


def export(dynamodb: Any, table: str, folder: Path) -> int:
    """Writes all items of ``table``, as they are now, into ``folder``; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    draft = folder / f"{FILE}.part"
    with gzip.open(draft, "wt", encoding="utf-8") as file:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            for item in page["Items"]:
                file.write(json.dumps({"Item": item}, default=_text, separators=(",", ":")) + "\n")
                count += 1
    draft.replace(folder / FILE)
    return count


def items(folder: Path) -> Iterator[Item]:
    """The items of an export. Raises ``FileNotFoundError`` for a folder without one."""
    files = sorted(folder.rglob("*.json.gz"))
    if not files:
        raise FileNotFoundError(f"{folder} holds no *.json.gz")
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield {name: _value(stored) for name, stored in json.loads(line)["Item"].items()}


def _text(data: bytes) -> str:
    """Bytes as DynamoDB's JSON writes them."""
    return base64.b64encode(data).decode()


def _value(stored: dict[str, Any]) -> dict[str, Any]:
    """An attribute of DynamoDB's JSON as boto3 takes it: only bytes differ."""
    ((kind, value),) = stored.items()
    if kind == "B":
        value = base64.b64decode(value)
    elif kind == "BS":
        value = [base64.b64decode(data) for data in value]
    elif kind == "L":
        value = [_value(inner) for inner in value]
    elif kind == "M":
        value = {name: _value(inner) for name, inner in value.items()}
    return {kind: value}


def restore(
    dynamodb: Any,
    table: str,
    folder: Path,
    change: Callable[[Item], Item | None] | None = None,
    *,
    over: bool = False,
) -> tuple[int, int]:
    """Puts missing items back into ``table``; returns how many it put and how many were already there.

    ``change``: says what to put in an item's place, None for nothing. ``over``: also over what is there.
    """
    keys = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    hash_key = next(key["AttributeName"] for key in keys if key["KeyType"] == "HASH")

    missing_only = {
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": hash_key},
    }

    def put(item: Item) -> bool:
        try:
            dynamodb.put_item(TableName=table, Item=item, **({} if over else missing_only))
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    missing = there = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = items(folder)
        changed = found if change is None else (one for one in map(change, found) if one is not None)
        for batch in _batches(changed):
            put_back = sum(pool.map(put, batch))
            missing += put_back
            there += len(batch) - put_back
    return missing, there


def _batches(source: Iterator[Item]) -> Iterator[list[Item]]:
    """A million futures at once would be a gigabyte."""
    while batch := list(itertools.islice(source, 1_000)):
        yield batch


def undelete(s3: Any, bucket: str, prefix: str) -> int:
    """Removes the delete markers from objects below ``prefix``; returns how many objects came back."""
    count = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for marker in page.get("DeleteMarkers", []):
            if marker["IsLatest"]:
                s3.delete_object(Bucket=bucket, Key=marker["Key"], VersionId=marker["VersionId"])
                count += 1
    return count


def main() -> None:
    """Exports or restores one table and prints the number of items."""
    parser = argparse.ArgumentParser(prog="python -m infra.backup", description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("export", "restore"))
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", help="another table than the stack's own, for example one restored by PITR")
    say_where(parser)
    options = parser.parse_args()
    try:
        stack, client = stack_of(options)
        dynamodb, name = client("dynamodb"), options.name or f"{stack}-{options.table}"
        if options.what == "export":
            print(f"{export(dynamodb, name, options.folder):,} items of {name} are in {options.folder / FILE}.")
        else:
            put, there = restore(dynamodb, name, options.folder)
            print(f"{put:,} items were put back into {name}; {there:,} were already there and are unchanged.")
    except OSError as error:
        sys.exit(f"{options.folder} cannot be used: {error}.")
    except (ClientError, BotoCoreError) as error:
        sys.exit(f"Not done. {error}")


if __name__ == "__main__":
    main()
